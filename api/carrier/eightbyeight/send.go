package eightbyeight

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/api/carrier"
)

// apiBase is that of Asia and the Pacific; other regions are set as api_base.
const apiBase = "https://sms.8x8.com"

//nolint:gochecknoglobals // constant tables
var (
	// reasons are the error codes of receipts.
	reasons = carrier.NewCodes(`
15 invalid     the customer's number is not valid
36 expired     not delivered in time
42 auth        the account has no credit left
43 blocked     filtered as spam
46 unreachable the handset cannot be reached
57 unknown     the carrier gives no reason
`)
	// refusals are the error codes of calls.
	refusals = carrier.NewCodes(`
1002 invalid      the customer's number is not valid
1005 unregistered the channel's number cannot send texts for this account
1200 auth         account or key refused
1201 auth         account or key refused
1400 rate         the same text was sent too soon before
3003 invalid      the customer's number is not valid
`)
)

// message is the body of a call of the API.
type message struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Text        string `json:"text"`
	Encoding    string `json:"encoding"`
	Message     string `json:"clientMessageId"`
	ReceiptURL  string `json:"dlrCallbackUrl,omitempty"`
}

// Send implements [carrier.Carrier]. The API takes no idempotency key; clientMessageId brings our id back with each report.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account and api_key")
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/api/v1/subaccounts/"+url.PathEscape(ch.Account)+"/messages", message{
		Source: m.From, Destination: m.To, Text: m.Body, Encoding: "AUTO", Message: m.Message, ReceiptURL: ch.ReceiptURL,
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "Bearer "+ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused. A good answer may hold a rejected text.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		UMID   string
		Code   carrier.Scalar
		Status json.RawMessage
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	if answer.Status >= http.StatusBadRequest {
		return "", refusals.Refusal(answer, string(body.Code))
	}
	var status struct {
		Code      string
		ErrorCode carrier.Scalar
	}
	_ = json.Unmarshal(body.Status, &status)
	if status.Code == "REJECTED" {
		return "", refusals.Refusal(answer, string(status.ErrorCode))
	}
	return body.UMID, nil
}
