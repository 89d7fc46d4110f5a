package sinch

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/api/carrier"
)

// apiBase is that of the United States; other regions are set as api_base.
const apiBase = "https://us.sms.api.sinch.com"

// meanings are the status codes of receipts, and the codes of refusals, that say something about a text.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
402 unreachable  there is no route to the customer's carrier
403 carrier      the carrier's own failure
404 unreachable  the text could not be delivered for now
405 blocked      the text matches no rule of the account
406 expired      not sent within its validity
407 unknown      cancelled
408 blocked      rejected by the carrier
410 unregistered the channel's number cannot send texts for this account
411 invalid      the text has too many parts
412 blocked      the account may not send to this region
413 auth         the account is blocked
414 invalid      the customer's number is not valid
syntax_invalid_parameter_format invalid      the text or a number is not valid
syntax_constraint_violation     invalid      the text or a number is not valid
syntax_invalid_json             invalid      the request is not valid
unauthorized                    auth         account or token refused
unknown_campaign                unregistered the number has no campaign
`)

// batch is the body of a call of the API.
type batch struct {
	From        string   `json:"from"`
	To          []string `json:"to"`
	Body        string   `json:"body"`
	Report      string   `json:"delivery_report"`
	CallbackURL string   `json:"callback_url,omitempty"`
	Reference   string   `json:"client_reference"`
}

// Send implements [carrier.Carrier]. The API takes no idempotency key; client_reference brings our id back with each report.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account and api_key")
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/xms/v1/"+url.PathEscape(ch.Account)+"/batches", batch{
		From: carrier.WithoutPlus(m.From), To: []string{carrier.WithoutPlus(m.To)}, Body: m.Body, Report: "per_recipient", CallbackURL: ch.ReceiptURL,
		Reference: m.Message,
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "Bearer "+ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the batch's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		ID   string
		Code carrier.Scalar
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	if answer.Status < http.StatusBadRequest {
		return body.ID, nil
	}
	return "", meanings.Refusal(answer, string(body.Code))
}
