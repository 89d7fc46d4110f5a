package twilio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"switchyard/api/carrier"
)

const apiBase = "https://api.twilio.com"

// Send implements [carrier.Carrier]. Twilio takes no idempotency key, so an unanswered call stays unknown until its receipt
// comes; the receipt finds its message by the id in the callback's address.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	req, err := newRequest(ctx, ch, m)
	if err != nil {
		return carrier.Accepted{}, err
	}
	answer, err := c.caller.Call(req)
	if err != nil {
		return carrier.Accepted{}, err
	}
	if answer.Status >= http.StatusBadRequest {
		return carrier.Accepted{}, refused(answer)
	}
	var accepted struct {
		Sid string `json:"sid"`
	}
	if err := json.Unmarshal(answer.Body, &accepted); err != nil || accepted.Sid == "" {
		return carrier.Accepted{}, &carrier.SendError{
			Class: carrier.ClassCarrier, Code: strconv.Itoa(answer.Status), Unknown: true, Detail: "accepted, but no sid could be read",
		}
	}
	return carrier.Accepted{CarrierID: accepted.Sid}, nil
}

func newRequest(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (*http.Request, error) {
	if ch.Account == "" || len(ch.Secrets) == 0 {
		return nil, &carrier.SendError{Class: carrier.ClassAuth, Detail: "set the channel's account and secret"}
	}
	base := ch.APIBase
	if base == "" {
		base = apiBase
	}
	parameters := url.Values{"To": {m.To}, "From": {m.From}, "Body": {m.Body}}
	if ch.ReceiptURL != "" {
		parameters.Set("StatusCallback", callback(ch.ReceiptURL, m.Message))
	}
	address := base + "/2010-04-01/Accounts/" + url.PathEscape(ch.Account) + "/Messages.json"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(parameters.Encode()))
	if err != nil || (req.URL.Scheme != "https" && req.URL.Scheme != "http") {
		return nil, &carrier.SendError{Class: carrier.ClassCarrier, Detail: "set the channel's api_base to an http or https address"}
	}
	req.Header.Set("Content-Type", formType)
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(ch.Account, ch.Secrets[0])
	return req, nil
}

// callback is the address for the message's receipts. It is signed with each receipt, so the id in it is proven too.
func callback(receiptURL, message string) string {
	mark := "?"
	if strings.Contains(receiptURL, "?") {
		mark = "&"
	}
	return receiptURL + mark + "message=" + url.QueryEscape(message)
}

// refused reads a 4xx. It was surely not accepted; only a rate limit makes it worth another try.
func refused(answer carrier.Answer) *carrier.SendError {
	var body struct {
		Code int `json:"code"`
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	if json.Unmarshal(answer.Body, &body) != nil || body.Code <= 0 {
		body.Code = 0
	}
	m := refusalMeaning(answer.Status, body.Code)
	e := &carrier.SendError{Class: m.class, Code: strconv.Itoa(answer.Status), Detail: m.words}
	if body.Code > 0 {
		e.Code = strconv.Itoa(body.Code)
	}
	if m.class == carrier.ClassRate {
		e.Retryable, e.After = true, answer.RetryAfter()
	}
	return e
}
