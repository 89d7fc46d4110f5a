package vonagesms

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchyard/actors/sms"
	"switchyard/api/carrier"
)

const apiBase = "https://rest.nexmo.com"

//nolint:gochecknoglobals // constant tables
var (
	// statuses are what a send call is answered with.
	statuses = carrier.NewCodes(`
1  rate         too many requests
2  invalid      a parameter is missing
3  invalid      a parameter is not valid
4  auth         account or key refused
5  carrier      the carrier's own failure
6  unreachable  there is no route to the customer's carrier
7  blocked      the customer's number is barred
8  auth         the account is barred
9  auth         the account has no credit left
12 invalid      the text is too long
14 auth         the signature is refused
15 unregistered the channel's number cannot send texts for this account
29 unregistered the account may not send to this number yet
33 blocked      the customer's number is deactivated
`)
	// reasons are the error codes of receipts.
	reasons = carrier.NewCodes(`
1  unknown     the carrier gives no reason
2  unreachable the handset is off
3  unreachable the number is not in service
4  blocked     the customer's number is barred
5  unreachable the number is being ported
6  blocked     filtered as spam
7  unreachable the handset is busy
8  unreachable the network failed
9  opted_out   the customer refuses texts from this number
11 unreachable there is no route to the customer's carrier
12 unreachable the handset cannot be reached
14 blocked     blocked by the carrier
15 unreachable the customer's prepaid account is empty
99 unknown     the carrier gives no reason
`)
)

const (
	accepted      = "0"
	ownFailure    = "5"
	kindText      = "text"
	kindUnicode   = "unicode"
	reportRequest = "1"
)

// Send implements [carrier.Carrier]. That a text holds characters outside GSM-7 must be said. The API takes no idempotency key;
// client-ref brings our id back with each report.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("account and api_key")
	}
	kind := kindText
	if len(sms.Count(m.Body).NotGSM7) > 0 {
		kind = kindUnicode
	}
	parameters := url.Values{
		"api_key": {ch.Account}, "api_secret": {ch.APIKey}, "from": {carrier.WithoutPlus(m.From)}, "to": {carrier.WithoutPlus(m.To)},
		"text": {m.Body}, "type": {kind}, "client-ref": {m.Message}, "status-report-req": {reportRequest},
	}
	if ch.ReceiptURL != "" {
		parameters.Set("callback", ch.ReceiptURL)
	}
	req, err := carrier.NewRequest(ctx, ch, http.MethodPost, apiBase, "/sms/json", carrier.FormType, []byte(parameters.Encode()))
	if err != nil {
		return carrier.Accepted{}, err
	}
	return c.caller.HandOver(req, answered)
}

// answered reads an answer: the id of the text's first part, or why it was refused. Its HTTP status says nothing.
func answered(answer carrier.Answer) (string, *carrier.SendError) {
	var body struct {
		Messages []struct {
			ID     string         `json:"message-id"`
			Status carrier.Scalar `json:"status"`
		}
	}
	_ = json.Unmarshal(answer.Body, &body) // without an id the outcome is unknown
	if len(body.Messages) == 0 {
		return "", nil
	}
	first := body.Messages[0]
	switch first.Status {
	case accepted:
		return first.ID, nil
	case ownFailure:
		return "", &carrier.SendError{Class: carrier.ClassCarrier, Code: ownFailure, Unknown: true, Detail: "the carrier failed"}
	}
	return "", statuses.Refusal(answer, string(first.Status))
}
