// Package twilio is Twilio's dialect: form-encoded webhooks proven by X-Twilio-Signature, TwiML answers, and the Messages
// resource of its REST API.
package twilio

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Twilio's name in paths and in a channel's configuration.
const Name = "twilio"

// Carrier speaks Twilio. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Twilio's API through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Window implements [carrier.Carrier]: 7 days, since Twilio signs no time and a captured request would replay for ever.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{AnswersKeywords: true, Needs: []carrier.Need{
		{Field: carrier.NeedAccount, Write: "write the Account SID, AC and 32 hexadecimal digits"},
		{Field: carrier.NeedSecret, Write: "write env:NAME, file:PATH or the account's Auth Token itself"},
	}}
}

// Ack implements [carrier.Carrier]. Twilio executes what a text's answer says, so it is an empty TwiML document; anything
// in plain text would be texted to the customer.
func (Carrier) Ack(receipts bool) carrier.Ack {
	if receipts {
		return carrier.Ack{Status: http.StatusNoContent}
	}
	return carrier.Ack{
		Status:      http.StatusOK,
		ContentType: "text/xml",
		Body:        `<?xml version="1.0" encoding="UTF-8"?><Response/>`,
	}
}
