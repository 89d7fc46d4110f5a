package messagebird_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/messagebird"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "e8077d803532c0b5937c639b60216938"
	customer = "14155550100"
	business = "18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		claims := map[string]any{"iss": "MessageBird", "nbf": at.Unix(), "exp": at.Unix() + 60, "jti": "1", "url_hash": carrier.HashHex([]byte(r.URL.String()))}
		if len(r.Body) > 0 {
			claims["payload_hash"] = carrier.HashHex(r.Body)
		}
		payload, _ := json.Marshal(claims)
		signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
		r.Header.Set("MessageBird-Signature-JWT", signed+"."+base64.RawURLEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(signed))))
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return messagebird.New(client, noon) },
		Channel: carrier.Channel{
			ID: "main", Number: "+" + business, Secrets: []string{"current", "old"}, APIKey: "live_1",
			WebhookURL: "https://sms.example.com/webhooks/messagebird/main", ReceiptURL: "https://sms.example.com/webhooks/messagebird/main/receipts",
		},
		Sign: signAt(noon()), SignStale: signAt(noon().Add(-62 * time.Second)), Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestMessageBird(t *testing.T)  { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 20, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return messagebird.New(nil, v.Clock), carrier.Channel{Secrets: []string{"another", v.Secret}}
	})
}

// TestOlderSignatureAges: the older signature is good for five minutes.
func TestOlderSignatureAges(t *testing.T) {
	for age, genuine := range map[time.Duration]bool{0: true, 300 * time.Second: true, 301 * time.Second: false, -301 * time.Second: false} {
		u, _ := url.Parse("https://example.com/?def=bar&abc=foo")
		r := carrier.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: []byte(`{"a key":"some value"}`)}
		r.Header.Set("MessageBird-Signature", "orb0adPhRCYND1WCAvPBr+qjm4STGtyvNDIDNBZ4Ir4=")
		r.Header.Set("MessageBird-Request-Timestamp", "1544544948")
		c := messagebird.New(nil, func() time.Time { return time.Unix(1544544948, 0).Add(age) })
		if err := c.Verify(carrier.Channel{Secrets: []string{"other-secret"}}, r); (err == nil) != genuine {
			t.Errorf("%v old: %v", age, err)
		}
	}
}

// form encodes a webhook's parameters, given in pairs, upon those that each text has.
func form(pairs ...string) string {
	values := url.Values{"id": {id}, "originator": {customer}, "recipient": {business}, "createdDatetime": {"2026-01-15T13:00:00+01:00"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func texts() []carriertest.Inbound {
	text := func(body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
	}
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	media := text("look")
	media.Media = []carrier.Media{{ContentType: "image/png"}, {ContentType: "application/octet-stream"}}
	return carriertest.As(carrier.FormType, []carriertest.Inbound{
		{Name: "a text with parameters that nobody announced", Body: form("body", "Hi & bye 😀", "NewIn2027", "x"), Want: one(text("Hi & bye 😀"))},
		{Name: "by GET", Method: http.MethodGet, Query: form("body", "hello"), Want: one(text("hello"))},
		{Name: "attachments are named", Body: form("body", "look", "mediaUrls[0]", "https://x/1.png?a=b", "mediaUrls[1]", "https://x/%"), Want: one(media)},
		{Name: "no id", Body: form("id", ""), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: form("originator", ""), WantErr: carrier.ErrMalformed},
		{Name: "no receiver", Body: form("recipient", ""), WantErr: carrier.ErrMalformed},
		{Name: "JSON", ContentType: carrier.JSONType, Body: "{}", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}}
	}
	row := func(status, code string, want []carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: status + " " + code, Receipts: true, Method: http.MethodGet, WantReceipts: want,
			Query: url.Values{
				"id": {id}, "reference": {"ms_1"}, "recipient": {customer}, "status": {status}, "statusErrorCode": {code}, "statusReason": {"x"},
				"statusDatetime": {"2026-01-15T12:00:00+00:00"},
			}.Encode(),
		}
	}
	return []carriertest.Inbound{
		row("scheduled", "", nil),
		row("sent", "", receipt(carrier.ReceiptSent, "", "")),
		row("buffered", "0", receipt(carrier.ReceiptSent, "", "")),
		row("delivered", "0", receipt(carrier.ReceiptDelivered, "", "")),
		row("expired", "", receipt(carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time")),
		row("delivery_failed", "103", receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "103 the customer has opted out with the carrier")),
		row("delivery_failed", "", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "delivery_failed without a reason")),
		row("teleported", "", nil),
		{Name: "report without an id", Receipts: true, Method: http.MethodGet, Query: "status=sent", WantErr: carrier.ErrMalformed},
	}
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 201, Body: `{"id":"` + id + `","href":"x","reference":"ms_1"}`}
	refused := func(status int, code string, want carrier.SendError) carriertest.Send {
		want.Code = code
		return carriertest.Send{Name: code, Text: text, WantErr: &want, Response: carriertest.Response{Status: status, Body: `{"errors":[{"code":` + code + `,"description":"` + customer + `","parameter":null}]}`}}
	}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/messages", Header: map[string]string{"Authorization": "AccessKey live_1"},
				Body: `{"recipients":["` + customer + `"],"originator":"+` + business + `","body":"Hi ☎","reference":"ms_1","datacoding":"auto",` +
					`"reportUrl":"https://sms.example.com/webhooks/messagebird/main/receipts"}`,
			},
		},
		refused(401, "2", carrier.SendError{Class: carrier.ClassAuth, Retryable: true, After: 30 * time.Second, Detail: "account or key refused"}),
		refused(422, "10", carrier.SendError{Class: carrier.ClassInvalid}),
		refused(422, "77", carrier.SendError{Class: carrier.ClassUnknown}),
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 201, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "201", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
