package plivo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/api/carrier"
)

const apiBase = "https://api.plivo.com"

// meanings are Plivo's error codes of receipts. Calls are refused by HTTP status only.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
10  invalid      the text is not valid
20  unreachable  the network failed
30  blocked      filtered as spam
40  unregistered the channel's number cannot send this text
50  invalid      the customer's number is not valid or not in service
200 opted_out    the customer has opted out with the carrier
420 expired      not sent within its validity
450 blocked      the account may not send to this country
900 auth         the account has no credit left
`)

// message is the body of a call of the API.
type message struct {
	From   string `json:"src"`
	To     string `json:"dst"`
	Text   string `json:"text"`
	Kind   string `json:"type"`
	URL    string `json:"url,omitempty"`
	Method string `json:"method,omitempty"`
}

// Send implements [carrier.Carrier]. Plivo takes no idempotency key, so an unanswered call stays unknown until its receipt comes; the
// receipt finds its message by the id in the address.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || len(ch.Secrets) == 0 {
		return carrier.Accepted{}, carrier.Unready("account and secret")
	}
	text := message{From: m.From, To: m.To, Text: m.Body, Kind: "sms", URL: ch.ReceiptsFor(m.Message)}
	if text.URL != "" {
		text.Method = http.MethodPost
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/v1/Account/"+url.PathEscape(ch.Account)+"/Message/", text)
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.SetBasicAuth(ch.Account, ch.Secrets[0])
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	switch answer.Status {
	case http.StatusBadRequest:
		return "", carrier.Refused(answer, "", carrier.Meaning{Class: carrier.ClassInvalid, Words: "Plivo refuses the text or a number"})
	case http.StatusPaymentRequired:
		return "", carrier.Refused(answer, "", carrier.Meaning{Class: carrier.ClassAuth, Words: "the account has no credit left"})
	}
	var body struct {
		IDs []string `json:"message_uuid"`
	}
	_ = json.Unmarshal(answer.Body, &body) // without an id the outcome is unknown
	if len(body.IDs) == 0 {
		return "", nil
	}
	return body.IDs[0], nil
}
