package messagebird

import (
	"context"
	"encoding/json"
	"net/http"

	"switchyard/api/carrier"
)

const apiBase = "https://rest.messagebird.com"

//nolint:gochecknoglobals // constant tables
var (
	// meanings are the error codes of receipts that say something about a text.
	meanings = carrier.NewCodes(`
1   invalid     the customer's number is not in service
5   invalid     the customer's number is not in service
6   unreachable the handset is off
9   blocked     the customer's number is barred
11  blocked     the carrier does not take the text
12  invalid     the customer's number is not valid
13  blocked     the customer's number is barred
27  unreachable the handset is off
31  unreachable the handset is busy
103 opted_out   the customer has opted out with the carrier
104 blocked     rejected by the customer's carrier
110 blocked     filtered as spam
`)
	// refusals are the error codes of calls.
	refusals = carrier.NewCodes(`
2  auth    account or key refused
9  invalid a parameter is missing
10 invalid the text or a number is not valid
25 auth    the account has no credit left
98 carrier the carrier's own failure
99 carrier the carrier's own failure
`)
)

// message is the body of a call of the API.
type message struct {
	Recipients []string `json:"recipients"`
	Originator string   `json:"originator"`
	Body       string   `json:"body"`
	Reference  string   `json:"reference"`
	DataCoding string   `json:"datacoding"`
	ReportURL  string   `json:"reportUrl,omitempty"`
}

// Send implements [carrier.Carrier]. The API takes no idempotency key; the reference brings our id back with each report.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("api_key")
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/messages", message{
		Recipients: []string{carrier.WithoutPlus(m.To)}, Originator: m.From, Body: m.Body, Reference: m.Message, DataCoding: "auto", ReportURL: ch.ReceiptURL,
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "AccessKey "+ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		ID     string
		Errors []struct{ Code carrier.Scalar }
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	switch {
	case answer.Status < http.StatusBadRequest:
		return body.ID, nil
	case len(body.Errors) > 0:
		return "", refusals.Refusal(answer, string(body.Errors[0].Code))
	}
	return "", nil
}
