package infobip

import (
	"context"
	"encoding/json"
	"net/http"

	"switchyard/api/carrier"
)

// meanings are the names of Infobip's errors, statuses and groups of statuses that say something about a text.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
EC_UNKNOWN_SUBSCRIBER              invalid      the customer's number is not in service
EC_ILLEGAL_SUBSCRIBER              blocked      the customer's number is barred
EC_CALL_BARRED                     blocked      the customer's number is barred
EC_ABSENT_SUBSCRIBER               unreachable  the handset is off
EC_ABSENT_SUBSCRIBER_SM            unreachable  the handset is off
EC_SUBSCRIBER_BUSY_FOR_MT_SMS      unreachable  the handset is busy
EC_DEST_ADDRESS_BLACKLISTED        opted_out    the customer has opted out with the carrier
EC_SOURCE_ADDRESS_BLACKLISTED      blocked      the channel's number is blocked
EC_MESSAGE_EXPIRED                 expired      not delivered in time
EC_CONTENT_FILTERED                blocked      the text was filtered
REJECTED_DESTINATION               blocked      the customer's number is blocked
REJECTED_DESTINATION_NOT_REGISTERED unregistered the account may not send to this number yet
REJECTED_NETWORK                   blocked      the account may not send to this network
REJECTED_NOT_ENOUGH_CREDITS        auth         the account has no credit left
REJECTED_PREFIX_MISSING            invalid      the customer's number is not valid
REJECTED_INVALID_DESTINATION       invalid      the customer's number is not valid
REJECTED_SENDER                    unregistered the channel's number cannot send texts for this account
REJECTED_SOURCE                    unregistered the channel's number cannot send texts for this account
REJECTED_FLOODING_FILTER           rate         too many texts to this number
UNDELIVERABLE_NOT_DELIVERED        unreachable  the text could not be delivered
EXPIRED                            expired      not delivered in time
REJECTED                           blocked      rejected
`)

// request is the body of a call of the API.
type request struct {
	Messages []message `json:"messages"`
}

type message struct {
	Sender       string        `json:"sender"`
	Destinations []destination `json:"destinations"`
	Content      struct {
		Text string `json:"text"`
	} `json:"content"`
	Webhooks struct {
		Delivery *struct {
			URL string `json:"url"`
		} `json:"delivery,omitempty"`
		ContentType  string `json:"contentType"`
		CallbackData string `json:"callbackData"`
	} `json:"webhooks"`
}

type destination struct {
	To string `json:"to"`
	ID string `json:"messageId"`
}

// Send implements [carrier.Carrier]. Our message id is Infobip's too, and comes back with each report. Whether it also keeps a text
// from being sent twice is not documented, so an unanswered call stays unknown.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.APIBase == "" || ch.APIKey == "" {
		return carrier.Accepted{}, carrier.Unready("api_base and api_key")
	}
	text := message{Sender: carrier.WithoutPlus(m.From), Destinations: []destination{{carrier.WithoutPlus(m.To), m.Message}}}
	text.Content.Text = m.Body
	text.Webhooks.ContentType, text.Webhooks.CallbackData = carrier.JSONType, m.Message
	if ch.ReceiptURL != "" {
		text.Webhooks.Delivery = &struct {
			URL string `json:"url"`
		}{ch.ReceiptURL}
	}
	req, err := carrier.NewJSONRequest(ctx, ch, "", "/sms/3/messages", request{[]message{text}})
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "App "+ch.APIKey)
	return c.caller.HandOver(req, accepted)
}

// accepted reads an answer: the text's id, or why it was refused. A good answer may hold a rejected text.
func accepted(answer carrier.Answer) (string, *carrier.SendError) {
	if answer.Status == http.StatusBadRequest {
		return "", carrier.Refused(answer, "", carrier.Meaning{Class: carrier.ClassInvalid, Words: "Infobip refuses the text or a number"})
	}
	var body struct {
		Messages []struct {
			ID     string `json:"messageId"`
			Status status
		}
	}
	_ = json.Unmarshal(answer.Body, &body) // without an id the outcome is unknown
	if len(body.Messages) == 0 {
		return "", nil
	}
	first := body.Messages[0]
	if first.Status.GroupName == "REJECTED" {
		return "", meanings.Refusal(answer, first.Status.Name)
	}
	return first.ID, nil
}
