// Package eightbyeight is the dialect of 8x8's CPaaS SMS API, once Wavecell's: JSON events behind a fixed authorization, and v1 of the API.
package eightbyeight

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is 8x8's name in paths and in a channel's configuration.
const Name = "8x8"

// Carrier speaks 8x8. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls 8x8's API through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{
		Needs: []carrier.Need{
			{Field: carrier.NeedAccount, Write: "write the subaccount's id"},
			{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of an API key"},
			{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the Authorization header that the webhooks are set up with"},
		},
		Weak: "8x8 signs nothing: the Authorization header is all; use a long random one, HTTPS, and let only 8x8's addresses reach the webhook",
	}
}

// Window implements [carrier.Carrier]: nothing carries a signed time.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]: any 2xx. 8x8 gives up on a text about two minutes after the first call.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }

// Verify implements [carrier.Carrier]: the header that the webhooks are set up with.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	if !carrier.Authorized(ch.Secrets, r.Header) {
		return carrier.ErrSignature
	}
	return nil
}
