package twilio_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/twilio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	formType = "application/x-www-form-urlencoded"
	sid      = "SM00000000000000000000000000000001"
	customer = "+14155550100"
	business = "+18005550199"
)

func channel() carrier.Channel {
	return carrier.Channel{
		ID:         "twilio-main",
		Number:     business,
		Account:    "AC00000000000000000000000000000001",
		Secrets:    []string{"current token", "token being replaced"},
		WebhookURL: "https://sms.example.com/webhooks/twilio/twilio-main",
		ReceiptURL: "https://sms.example.com/webhooks/twilio/twilio-main/receipts",
	}
}

// sign plays Twilio, also where Twilio would send no such form.
func sign(r *carrier.Request, secret string) {
	parameters := url.Values{}
	for pair := range strings.SplitSeq(string(r.Body), "&") {
		if r.Method == http.MethodGet || pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		parameters.Add(decoded(key), decoded(value))
	}
	r.Header.Set("X-Twilio-Signature", twilio.Sign(secret, r.URL.String(), parameters))
}

func decoded(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

func suite() carriertest.Suite {
	return carriertest.Suite{
		New:     func(client *http.Client) carrier.Carrier { return twilio.New(client) },
		Channel: channel(),
		Sign:    sign,
		Inbound: append(texts(), reports()...),
		Sends:   append(answers(), carriertest.Faults(outbound, carriertest.Response{Status: 201, Body: `{"sid":"` + sid + `"}`})...),
	}
}

func TestTwilio(t *testing.T) { carriertest.Run(t, suite()) }

// form encodes a webhook's parameters, given in pairs, upon those that each text has.
func form(pairs ...string) string {
	values := url.Values{"MessageSid": {sid}, "From": {customer}, "To": {business}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func text(body string) carrier.Text {
	return carrier.Text{CarrierID: sid, From: customer, To: business, Body: body}
}

func texts() []carriertest.Inbound {
	one := func(t carrier.Text) []carrier.Text { return []carrier.Text{t} }
	media := text("look")
	media.Media = []carrier.Media{{ContentType: "image/jpeg"}, {ContentType: "application/octet-stream"}}
	many := text("many")
	many.Media = slices.Repeat([]carrier.Media{{ContentType: "application/octet-stream"}}, 10)
	stop := text("Stop")
	stop.OptOut = "stop"
	rows := []carriertest.Inbound{
		{Name: "a text with parameters that nobody announced", Body: form("Body", "Hi & bye = 100% café ☎", "SmsStatus", "received",
			"NumMedia", "0", "FromCity", "SAN FRANCISCO", "NewIn2027", "x"), Want: one(text("Hi & bye = 100% café ☎"))},
		{Name: "by GET", Method: http.MethodGet, Query: form("Body", "hello"), Want: one(text("hello"))},
		{Name: "emoji", Body: form("Body", "😀👍🏽"), Want: one(text("😀👍🏽"))},
		{Name: "a body that looks like base64 is the customer's own", Body: form("Body", "SGVsbG8gd29ybGQhIQ=="), Want: one(text("SGVsbG8gd29ybGQhIQ=="))},
		{Name: "an empty body", Body: form("Body", ""), Want: one(text(""))},
		{Name: "invalid UTF-8 is mended", Body: form("Body", "caf\xe9!"), Want: one(text("caf\uFFFD!"))},
		{Name: "semicolons and empty pairs", Body: "&&" + form() + "&Body=a;b&", Want: one(text("a;b"))},
		{Name: "attachments are named", Body: form("Body", "look", "NumMedia", "2", "MediaContentType0", "image/jpeg",
			"MediaUrl0", "https://api.example.com/1"), Want: one(media)},
		{Name: "more attachments than Twilio allows", Body: form("Body", "many", "NumMedia", "1000000000000"), Want: one(many)},
		{Name: "a count of attachments that is none", Body: form("Body", "hi", "NumMedia", "many"), Want: one(text("hi"))},
		{Name: "the carrier's own opt-out", Body: form("Body", "Stop", "OptOutType", "STOP"), Want: one(stop)},
		{Name: "an opt-out type nobody knows", Body: form("Body", "hi", "OptOutType", "LATER"), Want: one(text("hi"))},
		{
			Name: "a test's own id", Body: form("MessageSid", "SMtest-1", "Body", "hi"),
			Want: one(carrier.Text{CarrierID: "SMtest-1", From: customer, To: business, Body: "hi"}),
		},
		{Name: "no MessageSid", Body: form("MessageSid", ""), WantErr: carrier.ErrMalformed},
		{Name: "an id that swallowed what follows it", Body: form("MessageSid", sid+"NumMedia0"), WantErr: carrier.ErrMalformed},
		{Name: "no From", Body: form("From", ""), WantErr: carrier.ErrMalformed},
		{Name: "no To", Body: form("To", ""), WantErr: carrier.ErrMalformed},
		{Name: "a broken escape", Body: form() + "&Body=100%", WantErr: carrier.ErrMalformed},
		{Name: "an empty form", Body: "", WantErr: carrier.ErrMalformed},
		{Name: "not a form", ContentType: "text/plain", Body: form(), WantErr: carrier.ErrMalformed},
		{Name: "no content type", ContentType: "-", Body: form(), WantErr: carrier.ErrMalformed},
		{Name: "content type with a charset", ContentType: "Application/X-WWW-Form-URLEncoded; charset=UTF-8", Body: form("Body", "hi"), Want: one(text("hi"))},
		{
			Name: "a report on the texts' path", Body: form("MessageStatus", "delivered"),
			WantReceipts: []carrier.Receipt{{CarrierID: sid, State: carrier.ReceiptDelivered}},
		},
	}
	return carriertest.As(formType, rows)
}

func reports() []carriertest.Inbound {
	report := func(state carrier.ReceiptState, class carrier.Class, detail string) []carrier.Receipt {
		return []carrier.Receipt{{Message: "ms_1", CarrierID: sid, State: state, Class: class, Detail: detail}}
	}
	rows := []carriertest.Inbound{
		{Name: "sent", Body: form("MessageStatus", "sent"), WantReceipts: report(carrier.ReceiptSent, "", "")},
		{Name: "delivered", Body: form("MessageStatus", "delivered"), WantReceipts: report(carrier.ReceiptDelivered, "", "")},
		{Name: "read", Body: form("MessageStatus", "read"), WantReceipts: report(carrier.ReceiptDelivered, "", "")},
		{Name: "only the old field", Body: form("SmsStatus", "delivered"), WantReceipts: report(carrier.ReceiptDelivered, "", "")},
		{
			Name: "undelivered", Body: form("MessageStatus", "undelivered", "ErrorCode", "30006"),
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassLandline, "30006 a landline or a carrier that cannot be reached"),
		},
		{
			Name: "failed by a code we do not know", Body: form("MessageStatus", "failed", "ErrorCode", "39999", "ErrorMessage", "no "+customer),
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassUnknown, "code 39999"),
		},
		{
			Name: "failed without a code", Body: form("MessageStatus", "failed"),
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassUnknown, "failed without a reason"),
		},
		{
			Name: "canceled", Body: form("MessageStatus", "canceled", "ErrorCode", ""),
			WantReceipts: report(carrier.ReceiptFailed, carrier.ClassUnknown, "canceled without a reason"),
		},
		{Name: "queued", Body: form("MessageStatus", "queued")},
		{Name: "accepted", Body: form("MessageStatus", "accepted")},
		{Name: "sending", Body: form("MessageStatus", "sending")},
		{Name: "scheduled", Body: form("MessageStatus", "scheduled")},
		{Name: "a state nobody announced", Body: form("MessageStatus", "teleported")},
		{Name: "a text on the receipts' path", Body: form("Body", "hi", "SmsStatus", "received"), Want: []carrier.Text{text("hi")}},
		{Name: "report without an id", Body: form("MessageStatus", "sent", "MessageSid", ""), WantErr: carrier.ErrMalformed},
		{Name: "report that is no form", ContentType: "application/json", Body: "{}", WantErr: carrier.ErrMalformed},
	}
	return carriertest.As(formType, carriertest.OnReceipts("message=ms_1", append(rows, carriertest.Inbound{
		Name: "report by GET", Method: http.MethodGet, Query: "message=ms_1&" + form("MessageStatus", "sent"),
		WantReceipts: report(carrier.ReceiptSent, "", ""),
	})))
}
