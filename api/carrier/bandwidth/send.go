package bandwidth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/api/carrier"
)

const apiBase = "https://messaging.bandwidth.com"

// meanings are Bandwidth's error codes of receipts, and the types of its refusals.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
4301 invalid      the text holds characters that cannot be sent
4302 unregistered the channel's number is not valid for this account
4303 invalid      the customer's number is not valid
4360 expired      not sent within its validity
4403 unregistered the channel's number may not send texts
4404 blocked      texts to the customer's number are forbidden
4406 invalid      the customer's number is not in service
4432 blocked      the account may not send to this country
4434 landline     the customer's number is toll-free and takes no texts
4470 blocked      filtered as spam
4481 blocked      the channel's number is blocked
4482 opted_out    the customer has opted out with the carrier
4492 invalid      the customer's number is an emergency number
4700 unknown      the customer's carrier gives no reason
4702 unreachable  the handset cannot be reached
4720 unreachable  the customer's number cannot be reached
4750 blocked      rejected by the customer's carrier
4770 blocked      filtered as spam by the customer's carrier
4795 unregistered the toll-free number is not verified
5106 carrier      the carrier's own failure
request-validation                    invalid the text or a number is not valid
max-message-queue-size-exceeded       rate    the account's queue is full
message-rate-limit                    rate    too many requests
`)

// message is the body of a call of the API.
type message struct {
	Application string   `json:"applicationId"`
	To          []string `json:"to"`
	From        string   `json:"from"`
	Text        string   `json:"text"`
	Tag         string   `json:"tag"`
	Priority    string   `json:"priority"`
}

// Send implements [carrier.Carrier]. Bandwidth takes no idempotency key; the tag brings our id back with each report. Replies of
// people to people are of high priority.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.Application == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account, application and api_key")
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/api/v2/users/"+url.PathEscape(ch.Account)+"/messages", message{
		Application: ch.Application, To: []string{m.To}, From: m.From, Text: m.Body, Tag: m.Message, Priority: "high",
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(ch.APIKey)))
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct{ ID, Type string }
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	if answer.Status < http.StatusBadRequest {
		return body.ID, nil
	}
	return "", meanings.Refusal(answer, body.Type)
}
