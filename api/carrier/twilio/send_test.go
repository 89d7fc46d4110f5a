package twilio_test

import (
	"net/url"
	"strings"
	"time"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
)

var outbound = carrier.Outbound{Message: "ms_1", From: business, To: customer, Body: "Hi & bye = 100% ☎"}

func answers() []carriertest.Send {
	refused := func(code string, class carrier.Class, words string) *carrier.SendError {
		return &carrier.SendError{Class: class, Code: code, Detail: words}
	}
	rate := func(code string, after time.Duration) *carrier.SendError {
		return &carrier.SendError{Class: carrier.ClassRate, Code: code, Retryable: true, After: after}
	}
	auth := func(code string) *carrier.SendError {
		return &carrier.SendError{Class: carrier.ClassAuth, Code: code, Retryable: true, After: 30 * time.Second}
	}
	unknown := func(code string) *carrier.SendError {
		return &carrier.SendError{Class: carrier.ClassCarrier, Code: code, Unknown: true}
	}
	type response = carriertest.Response
	rows := []carriertest.Send{
		{
			Name: "accepted", Response: response{Status: 201, Body: `{"sid":"` + sid + `","status":"queued","error_code":null}`},
			Want: carrier.Accepted{CarrierID: sid}, WantRequest: carriertest.Request{
				Method: "POST", Path: "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json",
				Header: map[string]string{
					"Authorization": "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTpjdXJyZW50IHRva2Vu",
					"Content-Type":  formType,
				},
				Body: url.Values{
					"To": {customer}, "From": {business}, "Body": {"Hi & bye = 100% ☎"},
					"StatusCallback": {"https://sms.example.com/webhooks/twilio/twilio-main/receipts?message=ms_1"},
				}.Encode(),
			},
		},
		{
			Name: "opted out", Response: response{Status: 400, Body: `{"code":21610,"message":"to +14155550100","status":400}`},
			WantErr: refused("21610", carrier.ClassOptedOut, "the customer has opted out with the carrier"),
		},
		{
			Name: "bad number", Response: response{Status: 400, Body: `{"code":21211}`},
			WantErr: refused("21211", carrier.ClassInvalid, "the customer's number is not valid"),
		},
		{
			Name: "a code nobody knows", Response: response{Status: 400, Body: `{"code":29999}`},
			WantErr: refused("29999", carrier.ClassUnknown, "refused without a reason"),
		},
		{Name: "a refusal in HTML", Response: response{Status: 404, Body: `<html>`}, WantErr: refused("404", carrier.ClassUnknown, "refused without a reason")},
		{Name: "wrong secret", Response: response{Status: 401, Body: `{"code":20003}`}, WantErr: auth("20003")},
		{Name: "wrong secret, no code", Response: response{Status: 403}, WantErr: auth("403")},
		{Name: "rate with Retry-After", Response: response{Status: 429, Header: map[string]string{"Retry-After": "7"}, Body: `{"code":20429}`}, WantErr: rate("20429", 7*time.Second)},
		{Name: "rate without a body", Response: response{Status: 429}, WantErr: rate("429", time.Second)},
		{Name: "rate for ever", Response: response{Status: 429, Header: map[string]string{"Retry-After": "4000000000"}}, WantErr: rate("429", time.Hour)},
		{Name: "rate with a wait that is past", Response: response{Status: 429, Header: map[string]string{"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}}, WantErr: rate("429", 0)},
		{Name: "queue full", Response: response{Status: 400, Body: `{"code":21611}`}, WantErr: rate("21611", time.Second)},
		{Name: "carrier failed", Response: response{Status: 500, Body: `{"code":20500}`}, WantErr: unknown("500")},
		{Name: "carrier busy", Response: response{Status: 503, Header: map[string]string{"Retry-After": "1"}}, WantErr: unknown("503")},
		{Name: "carrier's own time-out", Response: response{Status: 408}, WantErr: unknown("408")},
		{Name: "accepted in HTML", Response: response{Status: 200, Body: `<html>`}, WantErr: unknown("200")},
		{Name: "accepted without an id", Response: response{Status: 201, Body: `{"status":"queued"}`}, WantErr: unknown("201")},
		{Name: "accepted at great length", Response: response{Status: 201, Body: `{"sid":"` + sid + `"}` + strings.Repeat(" ", 1<<20)}, WantErr: unknown("201")},
		{
			Name: "redirected", Response: response{Status: 307, Header: map[string]string{"Location": "/elsewhere"}},
			WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "307"},
		},
	}
	for i := range rows {
		rows[i].Text = outbound
	}
	return rows
}
