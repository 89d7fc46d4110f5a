package twilio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

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
	return c.caller.HandOver(req, read)
}

func newRequest(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (*http.Request, error) {
	if ch.Account == "" || len(ch.Secrets) == 0 {
		return nil, carrier.Unready("account and secret")
	}
	parameters := url.Values{"To": {m.To}, "From": {m.From}, "Body": {m.Body}}
	// The address is signed with each receipt, so the message's id in it is proven too.
	if callback := ch.ReceiptsFor(m.Message); callback != "" {
		parameters.Set("StatusCallback", callback)
	}
	path := "/2010-04-01/Accounts/" + url.PathEscape(ch.Account) + "/Messages.json"
	req, err := carrier.NewRequest(ctx, ch, http.MethodPost, apiBase, path, carrier.FormType, []byte(parameters.Encode()))
	if err == nil {
		req.SetBasicAuth(ch.Account, ch.Secrets[0])
	}
	return req, err
}

// read reads an answer: the text's id, or why it was refused.
func read(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		Sid  string
		Code int
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	if answer.Status < http.StatusBadRequest {
		return body.Sid, nil
	}
	code := ""
	if body.Code > 0 {
		code = strconv.Itoa(body.Code)
	}
	return "", meanings.Refusal(answer, code)
}
