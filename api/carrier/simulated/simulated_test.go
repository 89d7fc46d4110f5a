package simulated_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/simulated"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	customer = "+14155550100"
	business = "+18005550198"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func signAt(t time.Time) func(*carrier.Request, string) {
	return func(r *carrier.Request, secret string) {
		r.Header.Set("X-Simulated-Signature", simulated.Sign(secret, t, r.Body))
	}
}

func channel() carrier.Channel {
	return carrier.Channel{
		ID: "sim-main", Number: business, Account: "-", Secrets: []string{"current", "being replaced"},
		WebhookURL: "https://sms.example.com/webhooks/simulated/sim-main",
		ReceiptURL: "https://sms.example.com/webhooks/simulated/sim-main/receipts",
	}
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New:       func(client *http.Client) carrier.Carrier { return simulated.New(client, at(noon)) },
		Channel:   channel(),
		Sign:      signAt(noon),
		SignStale: signAt(noon.Add(-301 * time.Second)),
		Inbound:   webhooks(),
		Sends:     sends(),
	}
}

func TestSimulated(t *testing.T) { carriertest.Run(t, suite()) }

func webhooks() []carriertest.Inbound {
	text := func(body string) []carrier.Text {
		return []carrier.Text{{CarrierID: "sim_1", From: customer, To: business, Body: body}}
	}
	report := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: "sim_1", State: state, Class: class, Detail: detail}}
	}
	whole := text("look")
	whole[0].Media, whole[0].At = []carrier.Media{{ContentType: "image/jpeg"}}, noon
	const head = `{"id":"sim_1","from":"+14155550100","to":"+18005550198",`
	const receipt = `{"id":"sim_1","message":"ms_1",`
	rows := []carriertest.Inbound{
		{Name: "a text", Body: head + `"text":"hello"}`, Want: text("hello")},
		{Name: "all fields and one more", Body: head + `"text":"look","media":["image/jpeg"],"at":"2026-06-01T12:00:00Z","new":1}`, Want: whole},
		{Name: "invalid UTF-8 is mended", Body: head + "\"text\":\"caf\xe9!\"}", Want: text("caf\uFFFD!")},
		{Name: "no text", Body: head + `"media":[]}`, Want: text("")},
		{Name: "no id", Body: `{"from":"+14155550100","to":"+18005550198"}`, WantErr: carrier.ErrMalformed},
		{Name: "no from", Body: `{"id":"sim_1","to":"+18005550198"}`, WantErr: carrier.ErrMalformed},
		{Name: "no to", Body: `{"id":"sim_1","from":"+14155550100"}`, WantErr: carrier.ErrMalformed},
		{Name: "not JSON", Body: `hello`, WantErr: carrier.ErrMalformed},
		{Name: "a list", Body: `[]`, WantErr: carrier.ErrMalformed},
		{Name: "empty", Body: ``, WantErr: carrier.ErrMalformed},
		{Name: "not said to be JSON", ContentType: "text/plain", Body: head + `"text":"hello"}`, WantErr: carrier.ErrMalformed},
		{Name: "sent", Receipts: true, Body: receipt + `"state":"sent"}`, WantReceipts: report(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Receipts: true, Body: receipt + `"state":"delivered"}`, WantReceipts: report(carrier.ReceiptDelivered, "", "")},
		{
			Name: "failed", Receipts: true, Body: receipt + `"state":"failed","class":"landline","detail":"a landline"}`,
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassLandline, "a landline"),
		},
		{
			Name: "failed in a class nobody knows", Receipts: true, Body: receipt + `"state":"failed","class":"moon"}`,
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassUnknown, ""),
		},
		{Name: "a state nobody knows", Receipts: true, Body: receipt + `"state":"teleported"}`},
		{Name: "a receipt without an id", Receipts: true, Body: `{"message":"ms_1","state":"sent"}`, WantErr: carrier.ErrMalformed},
	}
	for i := range rows {
		if rows[i].ContentType == "" {
			rows[i].ContentType = "application/json; charset=utf-8"
		}
	}
	return rows
}

func sends() []carriertest.Send {
	type response = carriertest.Response
	refused := func(code string, class carrier.Class) *carrier.SendError {
		return &carrier.SendError{Class: class, Code: code}
	}
	unknown := func(code string) *carrier.SendError {
		return &carrier.SendError{Class: carrier.ClassCarrier, Code: code, Unknown: true}
	}
	rows := []carriertest.Send{
		{
			Name: "accepted", Response: response{Status: 202, Body: `{"id":"sim_9"}`}, Want: carrier.Accepted{CarrierID: "sim_9"},
			WantRequest: carriertest.Request{
				Method: "POST", Path: "/messages", Header: map[string]string{"Authorization": "Bearer current", "Content-Type": "application/json"},
				Body: `{"message":"ms_1","from":"+18005550198","to":"+14155550100","text":"hi \"you\"",
					"receipt_url":"https://sms.example.com/webhooks/simulated/sim-main/receipts"}`,
			},
		},
		{Name: "refused", Response: response{Status: 400, Body: `{"class":"landline","detail":"a landline"}`}, WantErr: refused("400", carrier.ClassLandline)},
		{Name: "refused without a reason", Response: response{Status: 404, Body: `<html>`}, WantErr: refused("404", carrier.ClassUnknown)},
		{Name: "wrong secret", Response: response{Status: 401}, WantErr: &carrier.SendError{Class: carrier.ClassAuth, Code: "401", Retryable: true, After: 30 * time.Second}},
		{
			Name: "too fast", Response: response{Status: 429, Header: map[string]string{"Retry-After": "3"}},
			WantErr: &carrier.SendError{Class: carrier.ClassRate, Code: "429", Retryable: true, After: 3 * time.Second},
		},
		{Name: "failed", Response: response{Status: 503}, WantErr: unknown("503")},
		{Name: "unreadable yes", Response: response{Status: 202, Body: `{}`}, WantErr: unknown("202")},
		{Name: "broken", Response: response{Fault: carriertest.Broken}, WantErr: unknown("")},
		{
			Name: "nobody listens", Response: response{Fault: carriertest.Refused},
			WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Retryable: true, After: time.Second},
		},
	}
	for i := range rows {
		rows[i].Text = carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: `hi "you"`}
	}
	return rows
}

// TestSignatureHeader: the header's form and its time are checked to the letter.
func TestSignatureHeader(t *testing.T) {
	body := []byte(`{"id":"sim_1"}`)
	good := simulated.Sign("current", noon, body)
	_, proof, _ := strings.Cut(good, ",")
	rows := []struct {
		name, header string
		now          time.Time
		genuine      bool
	}{
		{"good", good, noon, true},
		{"as old as allowed", good, noon.Add(300 * time.Second), true},
		{"as new as allowed", good, noon.Add(-300 * time.Second), true},
		{"too old", good, noon.Add(301 * time.Second), false},
		{"too new", good, noon.Add(-301 * time.Second), false},
		{"another time", "t=1780315201," + proof, noon, false},
		{"no time", proof, noon, false},
		{"no proof", "t=1780315200", noon, false},
		{"empty proof", "t=1780315200,v1=", noon, false},
		{"proof not in hex", "t=1780315200,v1=xyz", noon, false},
		{"empty", "", noon, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := carrier.Request{Header: http.Header{"X-Simulated-Signature": {row.header}}, Body: body}
			if err := simulated.New(nil, at(row.now)).Verify(channel(), r); (err == nil) != row.genuine {
				t.Errorf("Verify: %v, want genuine = %t", err, row.genuine)
			}
		})
	}
}

// FuzzInbound: no webhook breaks the parser, and what it reads is whole.
func FuzzInbound(f *testing.F) {
	f.Add([]byte(`{"id":"sim_1","from":"+14155550100","to":"+18005550198","text":"hello"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := simulated.New(nil, at(noon))
		r := carrier.Request{Method: http.MethodPost, URL: &url.URL{}, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
		texts, err := c.Inbound(channel(), r)
		receipts, receiptsErr := c.Receipts(channel(), r)
		for _, err := range []error{err, receiptsErr} {
			if err != nil && !errors.Is(err, carrier.ErrMalformed) {
				t.Fatal(err)
			}
		}
		for _, text := range texts {
			if text.CarrierID == "" || text.From == "" || text.To == "" || !utf8.ValidString(text.Body) {
				t.Fatalf("read %+v", text)
			}
		}
		if len(texts) > 0 && len(receipts) > 0 {
			t.Fatal("one request is both a text and a report")
		}
	})
}

// BenchmarkWebhook is what each inbound text costs: the proof and the reading.
func BenchmarkWebhook(b *testing.B) {
	s := suite()
	s.Inbound = []carriertest.Inbound{{
		ContentType: carrier.JSONType, Body: `{"id":"sim_1","from":"+14155550100","to":"+18005550198","text":"Hi, where is my order 4711?","at":"2026-06-01T12:00:00Z"}`,
	}}
	s.Benchmark(b)
}
