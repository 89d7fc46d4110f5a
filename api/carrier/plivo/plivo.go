// Package plivo is Plivo's dialect: form-encoded webhooks with a signature of version 2 or 3, and v1 of the API.
package plivo

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Plivo's name in paths and in a channel's configuration.
const Name = "plivo"

// Carrier speaks Plivo. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Plivo's API through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{
		Needs: []carrier.Need{
			{Field: carrier.NeedAccount, Write: "write the Auth ID"},
			{Field: carrier.NeedSecret, Write: "write env:NAME, file:PATH or the Auth Token itself"},
		},
		AnswersKeywords: true,
		Weak: "Plivo's signature of version 2 covers neither the text nor a time: who has seen one request can make others; " +
			"let nobody but Plivo's addresses reach the webhook",
	}
}

// Window implements [carrier.Carrier]: Plivo signs no time.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]. Plivo executes what an answer in XML says, so it is an empty one.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }
