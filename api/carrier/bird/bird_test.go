package bird_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/bird"
	"switchyard/api/carrier/carriertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "5eaff7f2-5d5a-4c4a-9f5d-5b1f5b5b5b5b"
	customer = "+14155550100"
	business = "+18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		stamp := strconv.FormatInt(at.Unix(), 10)
		sum := sha256.Sum256(r.Body)
		r.Header.Set("messagebird-request-timestamp", stamp)
		r.Header.Set("messagebird-signature", base64.StdEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(stamp+"\n"+r.URL.String()+"\n"), sum[:])))
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return bird.New(client, noon) },
		Channel: carrier.Channel{
			ID: "main", Number: business, Account: "ws1", Application: "ch1", Secrets: []string{"current", "old"}, APIKey: "key1",
			WebhookURL: "https://sms.example.com/webhooks/bird/main", ReceiptURL: "https://sms.example.com/webhooks/bird/main/receipts",
		},
		Sign: signAt(noon()), SignStale: signAt(noon().Add(-301 * time.Second)), Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestBird(t *testing.T)         { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 3, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return bird.New(nil, v.Clock), carrier.Channel{Secrets: []string{"another", v.Secret}}
	})
}

func event(kind, payload string) string {
	return `{"service":"channels","event":"` + kind + `","payload":` + payload + `}`
}

func inbound(sender, receiver, body string) string {
	return event("sms.inbound", `{"id":"`+id+`","channelId":"ch1","sender":`+sender+`,"receiver":`+receiver+`,"body":`+body+
		`,"status":"accepted","direction":"incoming","createdAt":"2026-01-15T12:00:00Z"}`)
}

func texts() []carriertest.Inbound {
	text := func(body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
	}
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	const (
		phone = `{"contact":{"id":"c","identifierKey":"phonenumber","identifierValue":"` + customer + `"}}`
		line  = `{"connector":{"id":"x","identifierValue":"` + business + `"}}`
		hi    = `{"type":"text","text":{"text":"Hi 😀"}}`
	)
	image := text("")
	image.Media = []carrier.Media{{ContentType: "image/gif"}, {ContentType: "application/pdf"}}
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text", Body: inbound(phone, line, hi), Want: one(text("Hi 😀"))},
		{Name: "without the number that was texted", Body: inbound(phone, `{}`, hi), Want: one(text("Hi 😀"))},
		{Name: "contacts in a list", Body: inbound(`{"contacts":[{"identifierValue":"`+customer+`"}]}`, line, hi), Want: one(text("Hi 😀"))},
		{
			Name: "attachments are named", Want: one(image),
			Body: inbound(phone, line, `{"type":"image","image":{"images":[{"mediaUrl":"https://x/1.gif"}]},"file":{"files":[{"mediaUrl":"https://x/2","contentType":"application/pdf"}]}}`),
		},
		{Name: "another event", Body: event("email.inbound", `{}`)},
		{Name: "no event", Body: `{}`, WantErr: carrier.ErrMalformed},
		{Name: "no id", Body: event("sms.inbound", `{}`), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: inbound(`{}`, line, hi), WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	row := func(status, failure string, want ...carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: status + " " + failure, WantReceipts: want,
			Body: event("sms.outbound", `{"id":"`+id+`","reference":"ms_1","status":"`+status+`","failure":{"code":`+failure+`}}`),
		}
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) carrier.Receipt {
		return carrier.Receipt{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", []carriertest.Inbound{
		row("accepted", "null"),
		row("processing", "null"),
		row("sent", "null", receipt(carrier.ReceiptSent, "", "")),
		row("delivered", "null", receipt(carrier.ReceiptDelivered, "", "")),
		row("delivery_failed", "103", receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "103 the customer has opted out with the carrier")),
		row("rejected", "null", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "rejected without a reason")),
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 202, Body: `{"id":"` + id + `","status":"accepted"}`}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/workspaces/ws1/channels/ch1/messages", Header: map[string]string{"Authorization": "AccessKey key1"},
				Body: `{"receiver":{"contacts":[{"identifierKey":"phonenumber","identifierValue":"` + customer + `"}]},"body":{"type":"text","text":{"text":"Hi ☎"}},"reference":"ms_1"}`,
			},
		},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 422, Body: `{"code":"InvalidPayload","message":"` + customer + `"}`}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "InvalidPayload"}},
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 202, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "202", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
