package telnyx

import (
	"context"
	"encoding/json"
	"net/http"

	"switchyard/api/carrier"
)

const apiBase = "https://api.telnyx.com"

// meanings are Telnyx's error codes that say something about a text, of calls and of receipts.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
10009 auth         account or key refused
10010 auth         the key may not send texts
10011 rate         too many requests
40001 landline     the number takes no texts, such as a landline
40002 blocked      filtered as spam, for now
40003 blocked      filtered as spam
40004 blocked      rejected by the customer's carrier
40005 expired      not sent within its validity
40006 unreachable  the customer's carrier is down
40008 unreachable  the text could not be delivered
40009 invalid      the text is not valid
40011 rate         the number's rate is exceeded
40300 opted_out    the customer has opted out with the carrier
40310 invalid      the customer's number is not valid
40318 rate         the number's queue at the carrier is full
`)

// message is the body of a call of the API.
type message struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Text       string `json:"text"`
	Type       string `json:"type"`
	Profile    string `json:"messaging_profile_id,omitempty"`
	WebhookURL string `json:"webhook_url,omitempty"`
	// Receipts go to this channel's address and not to the profile's.
	UseProfile bool `json:"use_profile_webhooks"`
}

// Send implements [carrier.Carrier]. Telnyx takes no idempotency key for texts, so an unanswered call stays unknown until its
// receipt comes; the receipt finds its message by the id in the address.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Credential() == "" {
		return carrier.Accepted{}, carrier.Unready("api_key")
	}
	callback := ch.ReceiptsFor(m.Message)
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/v2/messages", message{
		From: m.From, To: m.To, Text: m.Body, Type: "SMS", Profile: ch.Application, WebhookURL: callback, UseProfile: callback == "",
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "Bearer "+ch.Credential())
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		Data   struct{ ID string }
		Errors []struct{ Code carrier.Scalar }
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	switch {
	case answer.Status < http.StatusBadRequest:
		return body.Data.ID, nil
	case len(body.Errors) > 0:
		return "", meanings.Refusal(answer, string(body.Errors[0].Code))
	}
	return "", nil
}
