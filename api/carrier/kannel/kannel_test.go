package kannel_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/kannel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "6f25f9ff-9af4-4c0e-8b5e-6d2f0a8b1c11"
	customer = "+14155550100"
	business = "+18005550199"
)

func channel() carrier.Channel {
	return carrier.Channel{
		ID: "main", Number: business, Account: "engine", APIKey: "pass word", Secrets: []string{"current&secret", "old"}, APIBase: "http://127.0.0.1:13013",
		WebhookURL: "https://sms.example.com/webhooks/kannel/main", ReceiptURL: "https://sms.example.com/webhooks/kannel/main/receipts",
	}
}

func sign(r *carrier.Request, secret string) {
	r.URL.RawQuery += "&secret=" + url.QueryEscape(secret)
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New:     func(client *http.Client) carrier.Carrier { return kannel.New(client) },
		Channel: channel(), Sign: sign, Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestKannel(t *testing.T)       { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

// TestBasic: Kannel makes a header of user:password@ in its get-url.
func TestBasic(t *testing.T) {
	for password, genuine := range map[string]bool{"old": true, "wrong": false, "": false} {
		header := http.Header{}
		req := http.Request{Header: header}
		req.SetBasicAuth("kannel", password)
		r := carrier.Request{Method: http.MethodGet, URL: &url.URL{}, Header: header}
		if err := kannel.New(nil).Verify(channel(), r); (err == nil) != genuine {
			t.Errorf("password %q: %v", password, err)
		}
	}
}

// query is get-url as docs/carriers.md has it, with its escapes filled in, and what is given in pairs instead.
func query(pairs ...string) string {
	values := url.Values{
		"id": {id}, "from": {customer}, "to": {business}, "text": {"Hello"}, "coding": {"0"}, "charset": {"UTF-8"}, "smsc": {"fake1"},
		"epoch": {"1768478400"}, "udh": {""},
	}
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
	get := func(name string, want carrier.Text, pairs ...string) carriertest.Inbound {
		return carriertest.Inbound{Name: name, Method: http.MethodGet, Query: query(pairs...), Want: one(want)}
	}
	bad := func(name string, pairs ...string) carriertest.Inbound {
		return carriertest.Inbound{Name: name, Method: http.MethodGet, Query: query(pairs...), WantErr: carrier.ErrMalformed}
	}
	posted := text("Hello  €")
	posted.At = time.Time{}
	part := func(ref string, number, total int) carrier.Text {
		p := text("Hello")
		p.Part = &carrier.Part{Ref: ref, Number: number, Total: total}
		return p
	}
	data := text("")
	data.Media = []carrier.Media{{ContentType: "application/octet-stream"}}
	return []carriertest.Inbound{
		{
			Name: "by post-url", ContentType: `text/plain; charset="UTF-8"`, Query: url.Values{"id": {id}, "from": {customer}, "to": {business}}.Encode(),
			Body: "Hello  €", Want: one(posted),
		},
		get("by get-url", text("Hello")),
		get("emoji", text("😀 ok"), "text", "😀 ok"),
		get("an empty text", text(""), "text", ""),
		get("not recoded: UTF-16", text("€😀"), "text", "\x20\xac\xd8\x3d\xde\x00", "charset", "UTF-16BE"),
		get("not recoded: Latin 1", text("café"), "text", "caf\xe9", "charset", "iso-8859-1"),
		get("invalid UTF-8 is mended", text("caf\uFFFD"), "text", "caf\xe9"),
		get("binary", data, "text", "\x01\x02", "coding", "1"),
		get("a part, reference of one byte", part("2a", 1, 2), "udh", "\x05\x00\x03\x2a\x02\x01"),
		get("a part, reference of two bytes", part("000b", 2, 3), "udh", "\x06\x08\x04\x00\x0b\x03\x02"),
		get("a part behind another element", part("07", 2, 2), "udh", "\x09\x24\x02\x01\x01\x00\x03\x07\x02\x02"),
		get("a header of something else", text("Hello"), "udh", "\x03\x24\x01\x01"),
		get("a header cut short", text("Hello"), "udh", "\x05\x00\x03\x2a"),
		bad("a part that cannot be", "udh", "\x05\x00\x03\x2a\x02\x03"),
		bad("no id", "id", ""),
		bad("no sender", "from", ""),
		bad("no receiver", "to", ""),
		{Name: "a broken escape", Method: http.MethodGet, Query: query() + "&x=%", WantErr: carrier.ErrMalformed},
		{Name: "posted as a form", ContentType: carrier.FormType, Query: query(), Body: "a=b", WantErr: carrier.ErrMalformed},
	}
}

func reports() []carriertest.Inbound {
	row := func(name, kind, reply string, want ...carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: name, Receipts: true, Method: http.MethodGet, WantReceipts: want,
			Query: url.Values{"message": {"ms_1"}, "type": {kind}, "reply": {reply}}.Encode(),
		}
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) carrier.Receipt {
		return carrier.Receipt{Message: "ms_1", State: state, Class: class, Detail: detail}
	}
	lost := row("no message", "1", "")
	lost.Query, lost.WantErr = "type=1", carrier.ErrMalformed
	return []carriertest.Inbound{
		row("accepted by the carrier", "8", "ACK/", receipt(carrier.ReceiptSent, "", "")),
		row("buffered", "4", "", receipt(carrier.ReceiptSent, "", "")),
		row("delivered", "1", "id:3e8 sub:001 dlvrd:001 stat:DELIVRD err:000", receipt(carrier.ReceiptDelivered, "", "")),
		row("failed", "2", "id:3e8 stat:UNDELIV err:027 text:", receipt(carrier.ReceiptFailed, carrier.ClassUnreachable, "UNDELIV the text could not be delivered")),
		row("failed without a word", "2", "", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "failed without a reason")),
		row("rejected", "16", "NACK/0x0000000b/Invalid Destination Address", receipt(carrier.ReceiptFailed, carrier.ClassInvalid, "0x0000000b the customer's number is not valid")),
		row("rejected for what we do not know", "16", "NACK/0x000000ff/Unknown", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "code 0x000000ff")),
		row("something new", "32", ""),
		lost,
	}
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: "Hi & bye"}
	yes := carriertest.Response{Status: 202, Body: "0: Accepted for delivery"}
	asked := func(body, coding string) carriertest.Request {
		return carriertest.Request{Method: "GET", Path: "/cgi-bin/sendsms", Query: url.Values{
			"username": {"engine"}, "password": {"pass word"}, "from": {business}, "to": {customer}, "text": {body}, "coding": {coding}, "charset": {"UTF-8"},
			"dlr-mask": {"31"},
			"dlr-url":  {"https://sms.example.com/webhooks/kannel/main/receipts?message=ms_1&secret=current%26secret&type=%d&reply=%A"},
		}.Encode()}
	}
	unicode := text
	unicode.Body = "Привет"
	rows := []carriertest.Send{
		{Name: "accepted", Text: text, Response: yes, WantRequest: asked("Hi & bye", "0")},
		{Name: "accepted for later", Text: text, Response: carriertest.Response{Status: 202, Body: "3: Queued for later delivery"}},
		{Name: "outside GSM-7", Text: unicode, Response: yes, WantRequest: asked("Привет", "2")},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 400, Body: "Missing receiver number"}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "400"}},
		{Name: "wrong password", Text: text, Response: carriertest.Response{Status: 403, Body: "Authorization failed for sendsms"}, WantErr: &carrier.SendError{Class: carrier.ClassAuth, Code: "403", Retryable: true, After: 30 * time.Second}},
		{Name: "no bearerbox", Text: text, Response: carriertest.Response{Status: 503, Body: "Temporal failure, try again later."}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "503", Retryable: true, After: time.Second}},
	}
	return append(rows, carriertest.Faults(text, yes)...)
}
