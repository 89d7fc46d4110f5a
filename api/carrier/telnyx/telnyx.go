// Package telnyx is Telnyx's dialect: JSON events that Telnyx signs with an Ed25519 key of its own, and the v2 API.
package telnyx

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Telnyx's name in paths and in a channel's configuration.
const Name = "telnyx"

// Carrier speaks Telnyx. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Telnyx's API through the transport of client (nil means the default one); now is the clock that
// the age of a signature is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{AnswersKeywords: true, Needs: []carrier.Need{
		{Field: carrier.NeedPublicKey, Write: "write the account's public key (base64), from Keys & Credentials in the Telnyx portal"},
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of an API key (v2)"},
	}}
}

// Window implements [carrier.Carrier]. The signature carries the time, but a list of what was missed names a text for days.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]: any 2xx, within the two seconds that Telnyx waits.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }
