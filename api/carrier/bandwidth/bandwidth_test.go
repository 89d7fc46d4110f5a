package bandwidth_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/bandwidth"
	"switchyard/api/carrier/carriertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "14762070468292kw2fuqty55yp2b2"
	customer = "+14155550100"
	business = "+18005550199"
)

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return bandwidth.New(client) },
		Channel: carrier.Channel{
			ID: "main", Number: business, Account: "5500", Application: "93de2206", Secrets: []string{"hook:current", "hook:old"}, APIKey: "api:key",
			WebhookURL: "https://sms.example.com/webhooks/bandwidth/main", ReceiptURL: "https://sms.example.com/webhooks/bandwidth/main/receipts",
		},
		Sign: func(r *carrier.Request, secret string) {
			r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secret)))
		},
		Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestBandwidth(t *testing.T)    { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func inbound(id, more string) string {
	return `{"type":"message-received","time":"2026-01-15T12:00:00.900Z","description":"Incoming message received","to":"` + business + `","message":{"id":"` + id +
		`","owner":"` + business + `","applicationId":"93de2206","time":"2026-01-15T12:00:00.500Z","segmentCount":1,"direction":"in","to":["+14155550177","` +
		business + `"],"from":"` + customer + `"` + more + `}}`
}

func report(kind, more string) string {
	return `{"type":"` + kind + `","time":"2026-01-15T12:00:01Z","description":"ok","to":"` + customer + `"` + more + `,"message":{"id":"` + id +
		`","owner":"` + business + `","direction":"out","to":["` + customer + `"],"from":"` + business + `","text":"","tag":"ms_1"}}`
}

func list(events ...string) string { return "[" + strings.Join(events, ",") + "]" }

func texts() []carriertest.Inbound {
	text := func(id, body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 500e6, time.UTC)}
	}
	media := text(id, "look")
	media.Media = []carrier.Media{{ContentType: "application/smil"}, {ContentType: "image/png"}}
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text", Body: list(inbound(id, `,"text":"Hi 😀","newIn2027":{}`)), Want: []carrier.Text{text(id, "Hi 😀")}},
		{Name: "several texts", Body: list(inbound("1", `,"text":"a"`), inbound("2", `,"text":"b"`)), Want: []carrier.Text{text("1", "a"), text("2", "b")}},
		{
			Name: "texts among reports", Body: list(report("message-delivered", ""), inbound("1", `,"text":"a"`), report("message-sending", "")), Want: []carrier.Text{text("1", "a")},
			WantReceipts: []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: carrier.ReceiptDelivered}, {Message: "ms_1", CarrierID: id, State: carrier.ReceiptSent}},
		},
		{Name: "attachments are named", Body: list(inbound(id, `,"text":"look","media":["https://x/a/0.smil","https://x/a/1.png"]`)), Want: []carrier.Text{media}},
		{Name: "no events", Body: "[]"},
		{Name: "an event nobody announced", Body: list(report("message-teleported", ""))},
		{Name: "our own text is none of the customer's", Body: list(strings.Replace(inbound(id, `,"text":"a"`), `"in"`, `"out"`, 1))},
		{Name: "no id", Body: list(inbound("", "")), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: list(strings.Replace(inbound(id, ""), customer, "", 1)), WantErr: carrier.ErrMalformed},
		{Name: "one event without its list", Body: inbound(id, ""), WantErr: carrier.ErrMalformed},
		{Name: "a form", ContentType: carrier.FormType, Body: "a=b", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}}
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", []carriertest.Inbound{
		{Name: "delivered", Body: list(report("message-delivered", "")), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "read", Body: list(report("message-read", "")), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "failed", Body: list(report("message-failed", `,"errorCode":4702`)), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "4702 the handset cannot be reached")},
		{Name: "failed, opted out", Body: list(report("message-failed", `,"errorCode":"4482"`)), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "4482 the customer has opted out with the carrier")},
		{Name: "no report in time tells nothing", Body: list(report("message-failed", `,"errorCode":9902`))},
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 202, Body: `{"id":"` + id + `","segmentCount":1,"tag":"ms_1"}`}
	refused := func(status int, kind string, want carrier.SendError) carriertest.Send {
		want.Code = kind
		return carriertest.Send{Name: kind, Text: text, WantErr: &want, Response: carriertest.Response{Status: status, Body: `{"type":"` + kind + `","description":"` + customer + `"}`}}
	}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/api/v2/users/5500/messages", Header: map[string]string{"Authorization": "Basic YXBpOmtleQ=="},
				Body: `{"applicationId":"93de2206","to":["` + customer + `"],"from":"` + business + `","text":"Hi ☎","tag":"ms_1","priority":"high"}`,
			},
		},
		refused(400, "request-validation", carrier.SendError{Class: carrier.ClassInvalid, Detail: "the text or a number is not valid"}),
		refused(429, "max-message-queue-size-exceeded", carrier.SendError{Class: carrier.ClassRate, Retryable: true, After: time.Second}),
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 202, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "202", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
