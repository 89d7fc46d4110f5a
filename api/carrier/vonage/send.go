package vonage

import (
	"context"
	"encoding/json"
	"net/http"

	"switchyard/api/carrier"
)

const apiBase = "https://api.nexmo.com"

// meanings are the error codes of the Messages API that say something about a text, of calls and of receipts.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
1000 rate         too many requests
1010 invalid      a parameter is missing
1020 invalid      a parameter is not valid
1030 carrier      the carrier's own failure
1040 invalid      the text is not valid
1050 blocked      the number is barred
1060 auth         the account is barred
1070 auth         the account has no credit left
1080 auth         the account may not use this API
1120 unregistered the channel's number cannot send texts for this account
1170 invalid      the customer's number is not valid
1180 unreachable  the handset is off
1190 unreachable  the number is not in service
1210 blocked      filtered as spam
1220 unreachable  the handset is busy
1230 unreachable  the network failed
1240 opted_out    the customer refuses texts from this number
1260 unreachable  there is no route to the customer's carrier
1270 unreachable  the handset cannot be reached
1290 blocked      blocked by the carrier
1300 unreachable  the customer's prepaid account is empty
1330 unknown      the carrier gives no reason
`)

// message is the body of a call of the API.
type message struct {
	Kind      string `json:"message_type"`
	Channel   string `json:"channel"`
	To        string `json:"to"`
	From      string `json:"from"`
	Text      string `json:"text"`
	ClientRef string `json:"client_ref"`
}

// Send implements [carrier.Carrier]. The API takes no idempotency key; client_ref brings our id back with each report, which go to
// the address that the account or the application has for them.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account and api_key")
	}
	req, err := carrier.NewJSONRequest(ctx, ch, apiBase, "/v1/messages", message{
		Kind: "text", Channel: "sms", To: carrier.WithoutPlus(m.To), From: carrier.WithoutPlus(m.From), Text: m.Body, ClientRef: m.Message,
	})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.SetBasicAuth(ch.Account, ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		ID   string `json:"message_uuid"`
		Type string
	}
	// An answer that cannot be read leaves the HTTP status to tell.
	_ = json.Unmarshal(answer.Body, &body)
	if answer.Status < http.StatusBadRequest {
		return body.ID, nil
	}
	return "", meanings.Refusal(answer, codeIn(body.Type))
}
