package vonagesms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/vonagesms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	id       = "020000001B0FE827"
	customer = "14155550100"
	business = "18005550199"
)

func noon() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// signAt adds time and signature to the parameters, wherever they are.
func signAt(at time.Time) func(r *carrier.Request, secret string) {
	return func(r *carrier.Request, secret string) {
		stamp := strconv.FormatInt(at.Unix(), 10)
		if r.Is(carrier.JSONType) {
			var fields map[string]string
			if json.Unmarshal(r.Body, &fields) != nil || fields == nil {
				return
			}
			fields["timestamp"] = stamp
			fields["sig"] = sig(secret, fields)
			r.Body, _ = json.Marshal(fields)
			return
		}
		text := string(r.Body)
		if r.Method == http.MethodGet {
			text = r.URL.RawQuery
		}
		text += "&timestamp=" + stamp
		f, _ := carrier.ParseForm(text)
		fields := map[string]string{}
		for _, p := range f {
			fields[p.Key] = p.Value
		}
		text += "&sig=" + sig(secret, fields)
		if r.Method == http.MethodGet {
			r.URL.RawQuery = text
			return
		}
		r.Body = []byte(text)
	}
}

func sig(secret string, fields map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		b.WriteString("&" + key + "=" + strings.NewReplacer("&", "_", "=", "_").Replace(fields[key]))
	}
	return strings.ToUpper(hex.EncodeToString(carrier.Digest(secret, sha256.New, []byte(b.String()))))
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New: func(client *http.Client) carrier.Carrier { return vonagesms.New(client, noon) },
		Channel: carrier.Channel{
			ID: "main", Number: "+" + business, Account: "a1b2c3d4", Secrets: []string{"current", "old"}, APIKey: "api secret",
			WebhookURL: "https://sms.example.com/webhooks/vonage_sms/main", ReceiptURL: "https://sms.example.com/webhooks/vonage_sms/main/receipts",
		},
		Sign: signAt(noon()), SignStale: signAt(noon().Add(-49 * time.Hour)), Inbound: append(texts(), reports()...), Sends: sends(),
	}
}

func TestVonageSMS(t *testing.T)    { carriertest.Run(t, suite()) }
func FuzzInbound(f *testing.F)      { suite().Fuzz(f) }
func BenchmarkWebhook(b *testing.B) { suite().Benchmark(b) }

func TestVendorSignatures(t *testing.T) {
	carriertest.Vectors(t, "testdata/signatures.json", 18, func(v carriertest.Vector) (carrier.Carrier, carrier.Channel) {
		return vonagesms.New(nil, v.Clock), carrier.Channel{Secrets: []string{"another", v.Secret}}
	})
}

// TestAge: what Vonage sends again after a day is still good, what it will send is not.
func TestAge(t *testing.T) {
	for age, genuine := range map[time.Duration]bool{24 * time.Hour: true, 48 * time.Hour: true, -300 * time.Second: true, -301 * time.Second: false} {
		r := carrier.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: form("text", "hi")}, Header: http.Header{}}
		signAt(noon().Add(-age))(&r, "old")
		if err := vonagesms.New(nil, noon).Verify(suite().Channel, r); (err == nil) != genuine {
			t.Errorf("%v old: %v", age, err)
		}
	}
}

// form encodes a webhook's parameters, given in pairs, upon those that each text has.
func form(pairs ...string) string {
	values := url.Values{"messageId": {id}, "msisdn": {customer}, "to": {business}, "message-timestamp": {"2026-01-15 12:00:00"}, "type": {"text"}}
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
	part := text("lo, wor")
	part.Part = &carrier.Part{Ref: "23", Number: 2, Total: 3}
	data := text("")
	data.Media = []carrier.Media{{ContentType: "application/octet-stream"}}
	concat := func(number, total string) string {
		return form("text", "lo, wor", "concat", "true", "concat-ref", "23", "concat-part", number, "concat-total", total)
	}
	return carriertest.As(carrier.FormType, []carriertest.Inbound{
		{Name: "a text", Body: form("text", "Hi & bye = 😀", "keyword", "HI", "api-key", "a1b2c3d4", "nonce", "x"), Want: one(text("Hi & bye = 😀"))},
		{Name: "by GET", Method: http.MethodGet, Query: form("text", "hello"), Want: one(text("hello"))},
		{
			Name: "in JSON", ContentType: carrier.JSONType, Want: one(text("hello")),
			Body: `{"messageId":"` + id + `","msisdn":"` + customer + `","to":"` + business + `","message-timestamp":"2026-01-15 12:00:00","text":"hello"}`,
		},
		{Name: "a part of a long text", Body: concat("2", "3"), Want: one(part)},
		{Name: "binary", Body: form("type", "binary", "data", "0102", "udh", "050003"), Want: one(data)},
		{Name: "a thousand parts", Body: concat("1", "1000"), WantErr: carrier.ErrMalformed},
		{Name: "a part after the last", Body: concat("4", "3"), WantErr: carrier.ErrMalformed},
		{Name: "a part before the first", Body: concat("0", "3"), WantErr: carrier.ErrMalformed},
		{Name: "a part that is no number", Body: concat("two", "3"), WantErr: carrier.ErrMalformed},
		{Name: "no id", Body: form("messageId", ""), WantErr: carrier.ErrMalformed},
		{Name: "no sender", Body: form("msisdn", ""), WantErr: carrier.ErrMalformed},
		{Name: "no receiver", Body: form("to", ""), WantErr: carrier.ErrMalformed},
	})
}

func reports() []carriertest.Inbound {
	row := func(status, code string, want ...carrier.Receipt) carriertest.Inbound {
		return carriertest.Inbound{
			Name: status + " " + code, WantReceipts: want,
			Body: form("msisdn", customer, "to", business, "status", status, "err-code", code, "scts", "2601151200", "client-ref", "ms_1", "price", "0.1", "network-code", "310260"),
		}
	}
	receipt := func(state carrier.ReceiptState, class carrier.Class, detail string) carrier.Receipt {
		return carrier.Receipt{Message: "ms_1", CarrierID: id, State: state, Class: class, Detail: detail}
	}
	return carriertest.As(carrier.FormType, carriertest.OnReceipts("", []carriertest.Inbound{
		row("accepted", "0", receipt(carrier.ReceiptSent, "", "")),
		row("buffered", "0", receipt(carrier.ReceiptSent, "", "")),
		row("delivered", "0", receipt(carrier.ReceiptDelivered, "", "")),
		row("expired", "1", receipt(carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time")),
		row("failed", "9", receipt(carrier.ReceiptFailed, carrier.ClassOptedOut, "9 the customer refuses texts from this number")),
		row("rejected", "0", receipt(carrier.ReceiptFailed, carrier.ClassUnknown, "rejected without a reason")),
		row("unknown", "1"),
		{Name: "report without an id", Body: "status=delivered", WantErr: carrier.ErrMalformed},
	}))
}

func sends() []carriertest.Send {
	text := carrier.Outbound{Message: "ms_1", From: "+" + business, To: "+" + customer, Body: "Hi €"}
	unicode := text
	unicode.Body = "Привет"
	answer := func(status string) carriertest.Response {
		return carriertest.Response{Status: 200, Body: `{"message-count":"2","messages":[{"to":"` + customer + `","message-id":"` + id + `","status":"` + status + `","error-text":"` + customer + `"},{"message-id":"2","status":"0"}]}`}
	}
	asked := func(body, kind string) carriertest.Request {
		return carriertest.Request{Method: "POST", Path: "/sms/json", Header: map[string]string{"Content-Type": carrier.FormType}, Body: url.Values{
			"api_key": {"a1b2c3d4"}, "api_secret": {"api secret"}, "from": {business}, "to": {customer}, "text": {body}, "type": {kind},
			"client-ref": {"ms_1"}, "status-report-req": {"1"}, "callback": {"https://sms.example.com/webhooks/vonage_sms/main/receipts"},
		}.Encode()}
	}
	refused := func(status string, want carrier.SendError) carriertest.Send {
		want.Code = status
		return carriertest.Send{Name: "200 with status " + status, Text: text, Response: answer(status), WantErr: &want}
	}
	return append([]carriertest.Send{
		{Name: "accepted", Text: text, Response: answer("0"), Want: carrier.Accepted{CarrierID: id}, WantRequest: asked("Hi €", "text")},
		{Name: "outside GSM-7", Text: unicode, Response: answer("0"), Want: carrier.Accepted{CarrierID: id}, WantRequest: asked("Привет", "unicode")},
		refused("1", carrier.SendError{Class: carrier.ClassRate, Retryable: true, After: time.Second}),
		refused("4", carrier.SendError{Class: carrier.ClassAuth, Retryable: true, After: 30 * time.Second}),
		refused("5", carrier.SendError{Class: carrier.ClassCarrier, Unknown: true}),
		refused("12", carrier.SendError{Class: carrier.ClassInvalid, Detail: "the text is too long"}),
		refused("77", carrier.SendError{Class: carrier.ClassUnknown}),
		{Name: "accepted without an id", Text: text, Response: carriertest.Response{Status: 200, Body: `{"messages":[]}`}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "200", Unknown: true}},
	}, carriertest.Faults(text, answer("0"))...)
}
