package infobip_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/infobip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "817790313235066447"
	customer = "14155550100"
	business = "18005550199"
)

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return infobip.New(client) },
		Channel: carrier.Channel{
			ID: "main", Number: "+" + business, Secrets: []string{"hook:current", "hook:old"}, APIKey: "key1", APIBase: "https://xyz.api.infobip.com",
			WebhookURL: "https://sms.example.com/webhooks/infobip/main", ReceiptURL: "https://sms.example.com/webhooks/infobip/main/receipts",
		},
		Sign: func(r *carrier.Request, secret string) {
			r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secret)))
		},
		Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestInfobip(t *testing.T)      { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func results(items ...string) string {
	return `{"results":[` + strings.Join(items, ",") + `],"messageCount":1,"pendingMessageCount":0}`
}

func inbound(id, more string) string {
	return `{"messageId":"` + id + `","from":"` + customer + `","to":"` + business + `","receivedAt":"2026-01-15T13:00:00.220+0100","smsCount":1,` +
		`"price":{"pricePerMessage":0,"currency":"EUR"},"callbackData":"x"` + more + `}`
}

func report(group, name, failure string) string {
	return `{"bulkId":"1","messageId":"ms_1","to":"` + customer + `","sentAt":"2026-01-15T12:00:00.220+0000","doneAt":"2026-01-15T12:00:01.220+0000","messageCount":1,` +
		`"callbackData":"ms_1","status":{"groupId":1,"groupName":"` + group + `","id":1,"name":"` + name + `","description":"` + customer + `"},` +
		`"error":{"groupId":0,"groupName":"OK","id":0,"name":"` + failure + `","description":"x","permanent":false}}`
}

func texts() []carriertest.Inbound {
	text := func(id, body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 220e6, time.UTC)}
	}
	media := text(id, "first\nlook")
	media.Media = []carrier.Media{{ContentType: "image/jpeg"}}
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text, with its keyword", Body: results(inbound(id, `,"text":"HELP me 😀","cleanText":"me","keyword":"HELP"`)), Want: []carrier.Text{text(id, "HELP me 😀")}},
		{Name: "several texts", Body: results(inbound("1", `,"text":"a"`), inbound("2", `,"text":"b"`)), Want: []carrier.Text{text("1", "a"), text("2", "b")}},
		{
			Name: "a text beside a report", Body: results(report("DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"), inbound("1", `,"text":"a"`)), Want: []carrier.Text{text("1", "a")},
			WantReceipts: []carrier.Receipt{{Message: "ms_1", CarrierID: "ms_1", State: carrier.ReceiptDelivered}},
		},
		{
			Name: "attachments are named", Want: []carrier.Text{media},
			Body: results(inbound(id, `,"text":"first","message":[{"contentType":"image/jpeg","url":"https://x"},{"contentType":"text/plain","value":"look"}]`)),
		},
		{Name: "no results", Body: results()},
		{Name: "no list", Body: `{}`, WantErr: carrier.ErrMalformed},
		{Name: "no id", Body: results(inbound("", "")), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: results(strings.Replace(inbound(id, ""), customer, "", 1)), WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: "ms_1", State: state, Class: class, Detail: detail}}
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", []carriertest.Inbound{
		{Name: "pending", Body: results(report("PENDING", "PENDING_ENROUTE", "NO_ERROR")), WantReceipts: receipt(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Body: results(report("DELIVERED", "DELIVERED_TO_OPERATOR", "NO_ERROR")), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{
			Name: "undeliverable", Body: results(report("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", "EC_ABSENT_SUBSCRIBER")),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "EC_ABSENT_SUBSCRIBER the handset is off"),
		},
		{
			Name: "expired", Body: results(report("EXPIRED", "EXPIRED_EXPIRED", "EC_NEW_IN_2027")),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassExpired, "EXPIRED not delivered in time"),
		},
		{
			Name: "rejected by the network", Body: results(report("REJECTED", "REJECTED_NETWORK", "NO_ERROR")),
			WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassBlocked, "REJECTED_NETWORK the account may not send to this network"),
		},
		{Name: "undeliverable, for what we do not know", Body: results(report("UNDELIVERABLE", "X", "EC_X")), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "code EC_X")},
		{Name: "a group nobody announced", Body: results(report("TELEPORTED", "X", "X"))},
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: "Hi ☎"}
	answer := func(group, name string) carriertest.Response {
		return carriertest.Response{Status: 200, Body: `{"bulkId":"1","messages":[{"messageId":"ms_1","status":{"groupId":1,"groupName":"` + group + `","id":7,"name":"` + name + `"},"destination":"` + customer + `"}]}`}
	}
	yes := answer("PENDING", "PENDING_ACCEPTED")
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: "ms_1"}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/sms/3/messages", Header: map[string]string{"Authorization": "App key1"},
				Body: `{"messages":[{"sender":"` + business + `","destinations":[{"to":"` + customer + `","messageId":"ms_1"}],"content":{"text":"Hi ☎"},` +
					`"webhooks":{"delivery":{"url":"https://sms.example.com/webhooks/infobip/main/receipts"},"contentType":"application/json","callbackData":"ms_1"}}]}`,
			},
		},
		{Name: "rejected with a good answer", Text: text, Response: answer("REJECTED", "REJECTED_PREFIX_MISSING"), WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "REJECTED_PREFIX_MISSING"}},
		{Name: "rejected for what we do not know", Text: text, Response: answer("REJECTED", "REJECTED_X"), WantErr: &carrier.SendError{Class: carrier.ClassUnknown, Code: "REJECTED_X"}},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 400, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "400"}},
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 200, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "200", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
