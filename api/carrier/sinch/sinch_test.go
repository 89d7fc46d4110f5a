package sinch_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/sinch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "01JHFFHQ0P99JPPNQPJDV7JTBP"
	customer = "14155550100"
	business = "18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		stamp := strconv.FormatInt(at.Unix(), 10)
		r.Header.Set("x-sinch-webhook-signature", base64.StdEncoding.EncodeToString(carrier.Digest(secret, sha256.New, r.Body, []byte(".nonce."+stamp))))
		r.Header.Set("x-sinch-webhook-signature-algorithm", "HmacSHA256")
		r.Header.Set("x-sinch-webhook-signature-nonce", "nonce")
		r.Header.Set("x-sinch-webhook-signature-timestamp", stamp)
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return sinch.New(client, noon) },
		Channel: carrier.Channel{
			ID: "main", Number: "+" + business, Account: "plan1", Secrets: []string{"current", "old"}, APIKey: "token1",
			WebhookURL: "https://sms.example.com/webhooks/sinch/main", ReceiptURL: "https://sms.example.com/webhooks/sinch/main/receipts",
		},
		Sign: signAt(noon()), SignStale: signAt(noon().Add(-301 * time.Second)), Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestSinch(t *testing.T)        { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 3, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return sinch.New(nil, v.Clock), carrier.Channel{Secrets: []string{"another", v.Secret}}
	})
}

// TestAlgorithm: a signature of another kind than the one that is checked is none.
func TestAlgorithm(t *testing.T) {
	for algorithm, genuine := range map[string]bool{"HmacSHA256": true, "": true, "none": false} {
		r := carrier.Request{Method: http.MethodPost, URL: &url.URL{}, Header: http.Header{}, Body: []byte("{}")}
		signAt(noon())(&r, "current")
		r.Header.Set("x-sinch-webhook-signature-algorithm", algorithm)
		if err := sinch.New(nil, noon).Verify(suite().Channel, r); (err == nil) != genuine {
			t.Errorf("%q: %v", algorithm, err)
		}
	}
}

func inbound(kind, body string) string {
	return `{"type":"` + kind + `","id":"` + id + `","from":"` + customer + `","to":"` + business + `","body":` + body +
		`,"operator_id":"310260","sent_at":"2026-01-15T12:00:00Z","received_at":"2026-01-15T12:00:01.5Z","new_in_2027":[]}`
}

func texts() []carriertest.Inbound {
	text := func(body string, kinds ...string) []carrier.Text {
		t := carrier.Text{CarrierID: id, From: customer, To: business, Body: body, At: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
		for _, kind := range kinds {
			t.Media = append(t.Media, carrier.Media{ContentType: kind})
		}
		return []carrier.Text{t}
	}
	received := text("x")
	received[0].At = time.Date(2026, 1, 15, 12, 0, 1, 500e6, time.UTC)
	return carriertest.As(carrier.JSONType, []carriertest.Inbound{
		{Name: "a text", Body: inbound("mo_text", `"Hi 😀"`), Want: text("Hi 😀")},
		{Name: "only the time of arrival", Body: `{"type":"mo_text","id":"` + id + `","from":"` + customer + `","to":"` + business + `","body":"x","received_at":"2026-01-15T12:00:01.5Z"}`, Want: received},
		{Name: "an empty text", Body: inbound("mo_text", `null`), Want: text("")},
		{Name: "binary", Body: inbound("mo_binary", `"AQI="`), Want: text("", "application/octet-stream")},
		{
			Name: "attachments are named", Body: inbound("mo_media", `{"subject":"s","message":"m","media":[{"url":"https://x/1.png"},{"content_type":"video/mp4","status":"Uploaded","code":0}]}`),
			Want: text("s\nm", "image/png", "video/mp4"),
		},
		{Name: "no type", Body: `{}`, WantErr: carrier.ErrMalformed},
		{Name: "no id", Body: `{"type":"mo_text","from":"1","to":"2"}`, WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: "{", WantErr: carrier.ErrMalformed},
		{Name: "a form", ContentType: carrier.FormType, Body: "a=b", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	row := func(status, code string, want ...carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: status + " " + code, WantReceipts: want,
			Body: `{"at":"2026-01-15T12:00:02Z","batch_id":"` + id + `","client_reference":"ms_1","code":` + code + `,"recipient":"` + customer + `","status":"` + status + `","type":"recipient_delivery_report_sms"}`,
		}
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) carrier.Receipt {
		return carrier.Receipt{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}
	}
	return carriertest.As(carrier.JSONType, carriertest.OnReceipts("", []carriertest.Inbound{
		row("Queued", "400"),
		row("Unknown", "418"),
		row("Dispatched", "401", receipt(carrier.ReceiptSent, "", "")),
		row("Delivered", "0", receipt(carrier.ReceiptDelivered, "", "")),
		row("Expired", "406", receipt(carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time")),
		row("Failed", "402", receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "402 there is no route to the customer's carrier")),
		row("Rejected", "0", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "rejected without a reason")),
		{
			Name: "a summary", WantReceipts: []carrier.Receipt{receipt(carrier.ReceiptDelivered, "", "")},
			Body: `{"type":"delivery_report_sms","batch_id":"` + id + `","client_reference":"ms_1","total_message_count":1,"statuses":[{"code":0,"count":1,"recipients":["x"],"status":"Delivered"}]}`,
		},
		{Name: "report without an id", Body: `{"type":"recipient_delivery_report_sms","status":"Delivered"}`, WantErr: carrier.ErrMalformed},
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 201, Body: `{"id":"` + id + `","to":["` + customer + `"],"canceled":false}`}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/xms/v1/plan1/batches", Header: map[string]string{"Authorization": "Bearer token1"},
				Body: `{"from":"` + business + `","to":["` + customer + `"],"body":"Hi ☎","delivery_report":"per_recipient","client_reference":"ms_1",` +
					`"callback_url":"https://sms.example.com/webhooks/sinch/main/receipts"}`,
			},
		},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 400, Body: `{"code":"syntax_constraint_violation","text":"` + customer + `"}`}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "syntax_constraint_violation"}},
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 201, Body: `{}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "201", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
