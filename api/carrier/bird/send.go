package bird

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/api/carrier"
)

const apiBase = "https://api.bird.com"

// meanings are Bird's error codes of receipts, and the codes of its refusals. Bird documents few of them.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
AccessDenied       auth    account or key refused
InvalidPayload     invalid the text or a number is not valid
TooManyRequests    rate    too many requests
103                opted_out the customer has opted out with the carrier
`)

// message is the body of a call of the API.
type message struct {
	Receiver struct {
		Contacts []contact `json:"contacts"`
	} `json:"receiver"`
	Body struct {
		Type string `json:"type"`
		Text struct {
			Text string `json:"text"`
		} `json:"text"`
	} `json:"body"`
	Reference string `json:"reference"`
}

type contact struct {
	Key   string `json:"identifierKey"`
	Value string `json:"identifierValue"`
}

// Send implements [carrier.Carrier]. The number that sends is the SMS channel's at Bird. The API takes no idempotency key; the reference
// brings our id back with each report.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.Application == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account, application and api_key")
	}
	text := message{Reference: m.Message}
	text.Receiver.Contacts = []contact{{"phonenumber", m.To}}
	text.Body.Type, text.Body.Text.Text = "text", m.Body
	path := "/workspaces/" + url.PathEscape(ch.Account) + "/channels/" + url.PathEscape(ch.Application) + "/messages"
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, path, text)
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "AccessKey "+ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
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
