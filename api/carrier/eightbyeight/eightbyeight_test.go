package eightbyeight_test

import (
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/eightbyeight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "9c2ae8f8-8b1e-4b1c-9f0a-6f0d5a1e2b3c"
	customer = "+14155550100"
	business = "+18005550199"
)

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return eightbyeight.New(client) },
		Channel: carrier.Channel{
			ID: "main", Number: business, Account: "sub_1", Secrets: []string{"Token current", "Token old"}, APIKey: "key1",
			WebhookURL: "https://sms.example.com/webhooks/8x8/main", ReceiptURL: "https://sms.example.com/webhooks/8x8/main/receipts",
		},
		Sign:    func(r *carrier.Request, secret string) { r.Header.Set("Authorization", secret) },
		Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestEightByEight(t *testing.T) { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func event(kind, payload string) string {
	return `{"namespace":"SMS","eventType":"` + kind + `","description":"x","payload":` + payload + `}`
}

func texts() []carriertest.Inbound {
	inbound := func(umid, source, body string) string {
		return event("inbound_message_received", `{"umid":"`+umid+`","subAccountId":"sub_1","timestamp":"2026-01-15T12:00:00.00Z","source":"`+source+
			`","destination":"`+business+`","body":"`+body+`","encoding":"UCS2","smsCount":1,"price":{"amount":0.01,"currency":"USD"}}`)
	}
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text", Body: inbound(id, customer, "Hi 😀"), Want: []carrier.Text{{CarrierID: id, From: customer, To: business, Body: "Hi 😀", At: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}}},
		{Name: "another event", Body: event("something_new", `{}`)},
		{Name: "no event", Body: `{}`, WantErr: carrier.ErrMalformed},
		{Name: "no id", Body: inbound("", customer, ""), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: inbound(id, "", ""), WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	row := func(state, code string, want ...carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: state + " " + code, WantReceipts: want,
			Body: event("outbound_message_status_changed", `{"umid":"`+id+`","clientMessageId":"ms_1","destination":"`+customer+
				`","status":{"state":"`+state+`","detail":"x","timestamp":"2026-01-15T12:00:00Z","errorCode":`+code+`}}`),
		}
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) carrier.Receipt {
		return carrier.Receipt{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", []carriertest.Inbound{
		row("queued", "null"),
		row("sent", "null", receipt(carrier.ReceiptSent, "", "")),
		row("delivered", "null", receipt(carrier.ReceiptDelivered, "", "")),
		row("read", "null", receipt(carrier.ReceiptDelivered, "", "")),
		row("undelivered", "46", receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "46 the handset cannot be reached")),
		row("rejected", "null", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "rejected without a reason")),
		{Name: "report without an id", Body: event("outbound_message_status_changed", `{}`), WantErr: carrier.ErrMalformed},
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 200, Body: `{"umid":"` + id + `","clientMessageId":"ms_1","destination":"` + customer + `","encoding":"UCS2","status":{"code":"QUEUED","description":"ok"}}`}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/api/v1/subaccounts/sub_1/messages", Header: map[string]string{"Authorization": "Bearer key1"},
				Body: `{"source":"` + business + `","destination":"` + customer + `","text":"Hi ☎","encoding":"AUTO","clientMessageId":"ms_1",` +
					`"dlrCallbackUrl":"https://sms.example.com/webhooks/8x8/main/receipts"}`,
			},
		},
		{Name: "a good answer with a rejected text", Text: text, Response: carriertest.Response{Status: 200, Body: `{"umid":"` + id + `","status":{"code":"REJECTED","description":"x"}}`}, WantErr: &carrier.SendError{Class: carrier.ClassUnknown, Code: "200"}},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 400, Body: `{"code":1002,"message":"` + customer + `","errorId":"x"}`}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "1002"}},
		{Name: "too soon", Text: text, Response: carriertest.Response{Status: 400, Body: `{"code":1400}`}, WantErr: &carrier.SendError{Class: carrier.ClassRate, Code: "1400", Retryable: true, After: time.Second}},
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 200, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "200", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
