package vonage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/vonage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
	customer = "14155550100"
	business = "18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

type claims map[string]any

// token is a JSON web token as Vonage makes it.
func token(secret, header string, c claims) string {
	payload, _ := json.Marshal(c)
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(signed)))
}

func good(body []byte, at time.Time) claims {
	return claims{"iss": "Vonage", "iat": at.Unix(), "jti": "1", "payload_hash": carrier.HashHex(body), "api_key": "a1b2c3d4"}
}

func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		r.Header.Set("Authorization", "Bearer "+token(secret, `{"alg":"HS256","typ":"JWT"}`, good(r.Body, at)))
	}
}

func channel() carrier.Channel {
	return carrier.Channel{
		ID: "main", Number: "+" + business, Account: "a1b2c3d4", Secrets: []string{"current signature secret", "old signature secret"}, APIKey: "api secret",
		WebhookURL: "https://sms.example.com/webhooks/vonage/main", ReceiptURL: "https://sms.example.com/webhooks/vonage/main/receipts",
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New:     func(client *http.Client) carrier.Carrier { return vonage.New(client, noon) },
		Channel: channel(), Sign: signAt(noon()), SignStale: signAt(noon().Add(301 * time.Second)),
		Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestVonage(t *testing.T)       { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 5, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return vonage.New(nil, v.Clock), carrier.Channel{Account: "a1b2c3d4", Secrets: []string{"another", v.Secret}}
	})
}

// TestToken: the token's claims are checked to the letter, and what bears no token at all is to come again.
func TestToken(t *testing.T) {
	const hs256 = `{"alg":"HS256","typ":"JWT"}`
	body := []byte(`{"message_uuid":"1"}`)
	with := func(key string, value any) claims {
		c := good(body, noon())
		c[key] = value
		return c
	}
	rows := []struct {
		name, header string
		want         error
	}{
		{"good", "Bearer " + token("s", hs256, good(body, noon())), nil},
		{"small letters", "bearer " + token("s", hs256, good(body, noon())), nil},
		{"no account named", "Bearer " + token("s", hs256, with("api_key", "")), nil},
		{"another account's", "Bearer " + token("s", hs256, with("api_key", "ffffffff")), carrier.ErrSignature},
		{"another issuer's", "Bearer " + token("s", hs256, with("iss", "Nobody")), carrier.ErrSignature},
		{"without the body's hash", "Bearer " + token("s", hs256, with("payload_hash", "")), carrier.ErrSignature},
		{"another scheme", "Basic " + token("s", hs256, good(body, noon())), carrier.ErrSignature},
		{"algorithm none", "Bearer " + token("s", `{"alg":"none"}`, good(body, noon())), carrier.ErrSignature},
		{"algorithm of key pairs", "Bearer " + token("s", `{"alg":"RS256"}`, good(body, noon())), carrier.ErrSignature},
		{"no token", "", carrier.ErrUnsigned},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			ch := channel()
			ch.Secrets = []string{"s"}
			r := carrier.Request{Header: http.Header{}, Body: body}
			if row.header != "" {
				r.Header.Set("Authorization", row.header)
			}
			if err := vonage.New(nil, noon).Verify(ch, r); !errors.Is(err, row.want) || row.want == carrier.ErrSignature && errors.Is(err, carrier.ErrUnsigned) { //nolint:errorlint // which row
				t.Errorf("Verify: %v, want %v", err, row.want)
			}
		})
	}
}

func texts() []carriertest.Inbound {
	text := func(body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
	}
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	flat := func(more string) string {
		return `{"channel":"sms","message_uuid":"` + id + `","to":"` + business + `","from":"` + customer + `","timestamp":"2026-01-15T12:00:00Z",` + more +
			`"sms":{"num_messages":"1"},"usage":{"currency":"EUR","price":"0.0057"},"context_status":"none"}`
	}
	image := text("")
	image.Media = []carrier.Media{{ContentType: "image/jpeg"}}
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text", Body: flat(`"message_type":"text","text":"Hi 😀",`), Want: one(text("Hi 😀"))},
		{
			Name: "the older, nested form", Want: one(text("Hi")),
			Body: `{"message_uuid":"` + id + `","to":{"type":"sms","number":"` + business + `"},"from":{"type":"sms","number":"` + customer + `"},` +
				`"timestamp":"2026-01-15T12:00:00Z","message":{"content":{"type":"text","text":"Hi"}}}`,
		},
		{Name: "numbers as numbers", Body: `{"message_uuid":"` + id + `","to":` + business + `,"from":` + customer + `,"timestamp":"2026-01-15T12:00:00Z","text":"1"}`, Want: one(text("1"))},
		{Name: "an attachment is named", Body: flat(`"message_type":"image","image":{"url":"https://x/a.JPG?b=c"},`), Want: one(image)},
		{Name: "no id", Body: `{"to":"1","from":"2"}`, WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: `{"message_uuid":"1","to":"` + business + `"}`, WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
		{Name: "a form", ContentType: carrier.FormType, Body: "a=b", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	report := func(status, more string) string {
		return `{"message_uuid":"` + id + `","to":"` + customer + `","from":"` + business + `","timestamp":"2026-01-15T12:00:00Z","status":"` + status +
			`","usage":{"currency":"EUR","price":"0.1"},"client_ref":"ms_1"` + more + `}`
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}}
	}
	rows := []carriertest.Inbound{
		{Name: "submitted", Body: report("submitted", ""), WantReceipts: receipt(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Body: report("delivered", ""), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "read", Body: report("read", ""), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{
			Name: "rejected", Body: report("rejected", `,"error":{"type":"https://developer.vonage.com/api-errors/messages#1240","title":"1240","detail":"to `+customer+`"}`),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "1240 the customer refuses texts from this number"),
		},
		{
			Name: "undeliverable with a code of its own", Body: report("undeliverable", `,"error":{"code":1180}`),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "1180 the handset is off"),
		},
		{Name: "undeliverable", Body: report("undeliverable", ""), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "undeliverable without a reason")},
		{Name: "a state nobody announced", Body: report("teleported", "")},
		{Name: "report without an id", Body: `{"status":"delivered"}`, WantErr: carrier.ErrMalformed},
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", rows))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: `Hi ☎`}
	yes := carriertest.Response{Status: 202, Body: `{"message_uuid":"` + id + `"}`}
	refused := func(status int, code string, want carrier.SendError) carriertest.Send {
		want.Code = code
		return carriertest.Send{
			Name: code, Text: text, WantErr: &want,
			Response: carriertest.Response{Status: status, Body: `{"type":"https://developer.vonage.com/api-errors/messages#` + code + `","title":"x","detail":"to ` + customer + `"}`},
		}
	}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/v1/messages", Header: map[string]string{"Authorization": "Basic YTFiMmMzZDQ6YXBpIHNlY3JldA=="},
				Body: `{"message_type":"text","channel":"sms","to":"` + customer + `","from":"` + business + `","text":"Hi ☎","client_ref":"ms_1"}`,
			},
		},
		refused(422, "1170", carrier.SendError{Class: carrier.ClassInvalid, Detail: "the customer's number is not valid"}),
		refused(429, "1000", carrier.SendError{Class: carrier.ClassRate, Retryable: true, After: time.Second}),
		refused(402, "1070", carrier.SendError{Class: carrier.ClassAuth, Retryable: true, After: 30 * time.Second}),
		refused(422, "9999", carrier.SendError{Class: carrier.ClassUnknown}),
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 202, Body: `<html>`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "202", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
