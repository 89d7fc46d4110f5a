package plivo_test

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/plivo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "97ceeb52-58b6-11e1-86da-77300b68f8bb"
	customer = "14155550100"
	business = "18005550199"
)

func channel() carrier.Channel {
	return carrier.Channel{
		ID: "main", Number: "+" + business, Account: "MA0000000000000001", Secrets: []string{"current token", "old token"},
		WebhookURL: "https://sms.example.com/webhooks/plivo/main", ReceiptURL: "https://sms.example.com/webhooks/plivo/main/receipts",
	}
}

func hmac(secret, text string) string {
	return base64.StdEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(text)))
}

func signV2(r *carrier.Request, secret string) {
	r.Header.Set("X-Plivo-Signature-V2-Nonce", "12345")
	r.Header.Set("X-Plivo-Signature-V2", hmac(secret, r.URL.Scheme+"://"+r.URL.Host+r.URL.Path+"12345"))
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New:     func(client *http.Client) carrier.Carrier { return plivo.New(client) },
		Channel: channel(), Sign: signV2, Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestPlivo(t *testing.T)        { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 7, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return plivo.New(nil), carrier.Channel{Secrets: []string{"another", v.Secret}}
	})
}

// TestVersion3: where version 3 is there it counts, and it covers every parameter.
func TestVersion3(t *testing.T) {
	const body = "Text=Hi&From=" + customer
	const v3 = "https://sms.example.com/webhooks/plivo/main?From" + customer + "TextHi.nonce"
	rows := []struct {
		name, header, signature, body string
		genuine                       bool
	}{
		{"genuine", "X-Plivo-Signature-V3", hmac("current token", v3), body, true},
		{"of the main account", "X-Plivo-Signature-Ma-V3", hmac("current token", v3), body, true},
		{"one of several", "X-Plivo-Signature-V3", "x, " + hmac("old token", v3), body, true},
		{"parameter changed", "X-Plivo-Signature-V3", hmac("current token", v3), "Text=Ho&From=" + customer, false},
		{"parameter added", "X-Plivo-Signature-V3", hmac("current token", v3), body + "&To=1", false},
		{"false, whatever version 2 says", "X-Plivo-Signature-V3", hmac("x", v3), body, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u, _ := url.Parse(channel().WebhookURL)
			r := carrier.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: []byte(row.body)}
			signV2(&r, "current token")
			r.Header.Set("X-Plivo-Signature-V3-Nonce", "nonce")
			r.Header.Set(row.header, row.signature)
			if err := plivo.New(nil).Verify(channel(), r); (err == nil) != row.genuine {
				t.Errorf("Verify: %v, want genuine = %t", err, row.genuine)
			}
		})
	}
}

// form encodes a webhook's parameters, given in pairs, upon those that each text has.
func form(pairs ...string) string {
	values := map[string]string{"MessageUUID": id, "From": customer, "To": business}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	var b []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		b = append(b, key+"="+url.QueryEscape(values[key]))
	}
	return strings.Join(b, "&")
}

func texts() []carriertest.Inbound {
	text := func(body string) carrier.Text {
		return carrier.Text{CarrierID: id, From: customer, To: business, Body: body}
	}
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	heeded := func(verdict, body string) []carrier.Text {
		s := text(body)
		s.OptOut = verdict
		return one(s)
	}
	media := text("look")
	media.Media = []carrier.Media{{ContentType: "image/png"}, {ContentType: "application/octet-stream"}}
	many := text("")
	many.Media = slices.Repeat([]carrier.Media{{ContentType: "application/octet-stream"}}, carrier.MediaMost)
	return carriertest.As(carrier.FormType, []carriertest.Inbound{
		{Name: "a text with parameters that nobody announced", Body: form("Text", "Hi & bye 😀", "Type", "sms", "Units", "1", "NewIn2027", "x"), Want: one(text("Hi & bye 😀"))},
		{Name: "by GET", Method: http.MethodGet, Query: form("Text", "hello"), Want: one(text("hello"))},
		{Name: "attachments are named", Body: form("Type", "mms", "Body", "look", "MediaCount", "2", "Media1", "https://x/1.png"), Want: one(media)},
		{Name: "more attachments than a text has", Body: form("MediaCount", "1000000000"), Want: one(many)},
		{Name: "fewer than none", Body: form("MediaCount", "-3", "Text", "hi"), Want: one(text("hi"))},
		{Name: "opt-out", Body: form("Text", "Stop", "MessageIntent", "optout"), Want: heeded("stop", "Stop")},
		{Name: "opt-in", Body: form("Text", "Start", "MessageIntent", "optin"), Want: heeded("start", "Start")},
		{Name: "help", Body: form("Text", "Help", "MessageIntent", "help"), Want: heeded("help", "Help")},
		{Name: "no id", Body: form("MessageUUID", ""), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: form("From", ""), WantErr: carrier.ErrMalformed},
		{Name: "no receiver", Body: form("To", ""), WantErr: carrier.ErrMalformed},
		{Name: "a broken escape", Body: form() + "&Text=100%", WantErr: carrier.ErrMalformed},
		{Name: "JSON", ContentType: carrier.JSONType, Body: "{}", WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}}
	}
	rows := []carriertest.Inbound{
		{Name: "sent", Body: form("Status", "sent", "Sequence", "1"), WantReceipts: receipt(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Body: form("Status", "delivered", "ErrorCode", "000"), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "read", Body: form("Status", "read"), WantReceipts: receipt(carrier.ReceiptDelivered, "", "")},
		{Name: "undelivered", Body: form("Status", "undelivered", "ErrorCode", "30"), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassBlocked, "30 filtered as spam")},
		{Name: "failed", Body: form("Status", "failed"), WantReceipts: receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "failed without a reason")},
		{Name: "queued", Body: form("Status", "queued")},
		{Name: "report without an id", Body: form("Status", "sent", "MessageUUID", ""), WantErr: carrier.ErrMalformed},
	}
	return carriertest.As(carrier.FormType, carriertest.OnReceipts("message=ms_1", append(rows, carriertest.Inbound{
		Name: "report by GET", Method: http.MethodGet, Query: "message=ms_1&" + form("Status", "delivered"), WantReceipts: receipt(carrier.ReceiptDelivered, "", ""),
	})))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: "Hi ☎"}
	yes := carriertest.Response{Status: 202, Body: `{"api_id":"1","message":"message(s) queued","message_uuid":["` + id + `"]}`}
	return append([]carriertest.Send{
		{
			Name: "accepted", Text: text, Response: yes, Want: carrier.Accepted{CarrierID: id}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/v1/Account/MA0000000000000001/Message/", Header: map[string]string{"Authorization": "Basic TUEwMDAwMDAwMDAwMDAwMDAxOmN1cnJlbnQgdG9rZW4="},
				Body: `{"src":"+` + business + `","dst":"+` + customer + `","text":"Hi ☎","type":"sms","method":"POST",` +
					`"url":"https://sms.example.com/webhooks/plivo/main/receipts?message=ms_1"}`,
			},
		},
		{Name: "refused", Text: text, Response: carriertest.Response{Status: 400, Body: `{"error":"to ` + customer + `"}`}, WantErr: &carrier.SendError{Class: carrier.ClassInvalid, Code: "400", Detail: "Plivo refuses the text or a number"}},
		{Name: "no credit", Text: text, Response: carriertest.Response{Status: 402}, WantErr: &carrier.SendError{Class: carrier.ClassAuth, Code: "402", Retryable: true, After: 30 * time.Second}},
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 202, Body: `{"message_uuid":[]}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "202", Unknown: true}},
	}, carriertest.Faults(text, yes)...)
}
