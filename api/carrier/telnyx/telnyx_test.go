package telnyx_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/telnyx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "84cca175-9755-4859-b67f-4730d7f58aa3"
	customer = "+14155550100"
	business = "+18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// key is a signing key made of a word.
func key(secret string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(secret))
	return ed25519.NewKeyFromSeed(seed[:])
}

func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		stamp := strconv.FormatInt(at.Unix(), 10)
		r.Header.Set("Telnyx-Timestamp", stamp)
		r.Header.Set("Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(ed25519.Sign(key(secret), append([]byte(stamp+"|"), r.Body...))))
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return telnyx.New(client, noon) },
		Channel: carrier.Channel{
			ID: "main", Number: business, Secrets: []string{"current", "old"}, APIKey: "KEY1", Application: "profile-1",
			WebhookURL: "https://sms.example.com/webhooks/telnyx/main", ReceiptURL: "https://sms.example.com/webhooks/telnyx/main/receipts",
		},
		PublicKey: func(secret string) string {
			if secret == "" {
				return ""
			}
			return base64.StdEncoding.EncodeToString(key(secret).Public().(ed25519.PublicKey))
		},
		Sign: signAt(noon()), SignStale: signAt(noon().Add(-301 * time.Second)),
		Inbound: append(texts(), reports()...),
		Sends:   sends(),
	}
}

func TestTelnyx(t *testing.T)       { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }
func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 9, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return telnyx.New(nil, v.Clock), carrier.Channel{PublicKeys: []string{"AAAA", v.PublicKey}}
	})
}

func event(kind, payload string) string {
	return `{"data":{"record_type":"event","event_type":"` + kind + `","id":"b301ed3f","occurred_at":"2026-01-15T12:00:00.000+00:00","payload":` +
		payload + `},"meta":{"attempt":1,"new_in_2027":[]}}`
}

func inbound(more string) string {
	return event("message.received", `{"id":"`+id+`","direction":"inbound","type":"SMS","from":{"phone_number":"`+customer+`","carrier":"X"},`+
		`"to":[{"phone_number":"`+business+`","status":"webhook_delivered"}],`+more+`"parts":1,"encoding":"GSM-7"}`)
}

func texts() []carriertest.Inbound {
	at := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	text := func(body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: at}
	}
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	received := text("Hi 😀")
	received.At = time.Date(2026, 1, 15, 11, 59, 58, 500e6, time.UTC)
	media := text("")
	media.Media = []carrier.Media{{ContentType: "image/jpeg"}, {}}
	rows := []carriertest.Inbound{
		{Name: "a text", ContentType: "application/json; charset=utf-8", Body: inbound(`"text":"Hi","media":[],`), Want: one(text("Hi"))},
		{Name: "emoji, with a time of its own", Body: inbound(`"text":"Hi \ud83d\ude00","received_at":"2026-01-15T11:59:58.500Z",`), Want: one(received)},
		{Name: "attachments are named", Body: inbound(`"media":[{"url":"https://x/1","content_type":"image/jpeg","size":3},{}],`), Want: one(media)},
		{
			Name: "a group's, ours among the receivers",
			Body: event("message.received", `{"id":"`+id+`","from":{"phone_number":"`+customer+`"},"to":[{"phone_number":"+14155550177"},{"phone_number":"`+business+`"}],"text":"all"}`),
			Want: one(text("all")),
		},
		{Name: "invalid UTF-8 is mended", Body: inbound("\"text\":\"caf\xe9\","), Want: one(text("caf\uFFFD"))},
		{Name: "another event", Body: event("10dlc.campaign.update", `{"id":"x"}`)},
		{Name: "no id", Body: event("message.received", `{}`), WantErr: carrier.ErrMalformed},
		{Name: "no receiver", Body: event("message.received", `{"id":"1","from":{"phone_number":"`+customer+`"}}`), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: event("message.received", `{"id":"1","to":[{"phone_number":"`+business+`"}]}`), WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
		{Name: "a form", ContentType: carrier.FormType, Body: "a=b", WantErr: carrier.ErrMalformed},
	}
	return carriertest.As(carrier.JSONType, rows)
}

func reports() []carriertest.Inbound {
	report := func(kind, status, more string) string {
		return event(kind, `{"id":"`+id+`","direction":"outbound","from":{"phone_number":"`+business+`"},"to":[{"phone_number":"`+customer+`","status":"`+status+`"}],"text":"x"`+more+`}`)
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}}
	}
	rows := []carriertest.Inbound{
		{Name: "sent", Body: report("message.sent", "sent", ""), WantReceipts: receipt(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Body: report("message.finalized", "delivered", ""), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "unconfirmed", Body: report("message.finalized", "delivery_unconfirmed", ""), WantReceipts: receipt(carrier.ReceiptSent, "", "")},
		{
			Name: "failed", Body: report("message.finalized", "delivery_failed", `,"errors":[{"code":"40001","title":"Not routable `+customer+`"}]`),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassLandline, "40001 the number takes no texts, such as a landline"),
		},
		{
			Name: "failed with a number for a code", Body: report("message.finalized", "sending_failed", `,"errors":[{"code":40300}]`),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "40300 the customer has opted out with the carrier"),
		},
		{Name: "failed without a reason", Body: report("message.finalized", "sending_failed", ""), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "sending_failed without a reason")},
		{Name: "queued", Body: report("message.sent", "queued", "")},
		{Name: "report to nobody", Body: event("message.sent", `{"id":"`+id+`"}`)},
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("message=ms_1", rows))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: `Hi "you" ☎`}
	yes := carriertest.Response{Status: 200, Body: `{"data":{"id":"` + id + `","to":[{"status":"queued"}],"parts":1,"errors":[]}}`}
	refused := func(status int, code string, want carrier.SendError) carriertest.Send {
		want.Code = code
		return carriertest.Send{
			Name: code, Text: text, WantErr: &want,
			Response: carriertest.Response{Status: status, Body: `{"errors":[{"code":"` + code + `","title":"x","detail":"to ` + customer + `"}]}`},
		}
	}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/v2/messages", Header: map[string]string{"Authorization": "Bearer KEY1", "Content-Type": "application/json"},
				Body: `{"from":"` + business + `","to":"` + customer + `","text":"Hi \"you\" ☎","type":"SMS","messaging_profile_id":"profile-1",` +
					`"webhook_url":"https://sms.example.com/webhooks/telnyx/main/receipts?message=ms_1","use_profile_webhooks":false}`,
			},
		},
		refused(400, "40310", carrier.SendError{Class: carrier.ClassInvalid, Detail: "the customer's number is not valid"}),
		refused(403, "40300", carrier.SendError{Class: carrier.ClassOptedOut, Detail: "the customer has opted out with the carrier"}),
		refused(429, "10011", carrier.SendError{Class: carrier.ClassRate, Retryable: true, After: time.Second}),
		refused(400, "40318", carrier.SendError{Class: carrier.ClassRate, Retryable: true, After: time.Second}),
		refused(401, "10009", carrier.SendError{Class: carrier.ClassAuth, Retryable: true, After: 30 * time.Second}),
		refused(422, "99999", carrier.SendError{Class: carrier.ClassUnknown, Detail: "refused without a reason"}),
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 200, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "200", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
