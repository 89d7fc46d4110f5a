// Package infobip is Infobip's dialect: JSON lists of results behind a fixed authorization, and v3 of the SMS API.
package infobip

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Infobip's name in paths and in a channel's configuration.
const Name = "infobip"

// Carrier speaks Infobip. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Infobip's API through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{
		Needs: []carrier.Need{
			{Field: carrier.NeedAPIBase, Write: "write the account's own address, https://….api.infobip.com"},
			{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of an API key"},
			{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of user:password, as the forwarding and the reports give them"},
		},
		Weak: "Infobip signs nothing unless its subscription is told to: the user and password are all; use long random ones and HTTPS only",
	}
}

// Window implements [carrier.Carrier]: nothing carries a signed time.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]: any 2xx.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }

// Verify implements [carrier.Carrier]: the authorization that the webhooks are set up with.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	if !carrier.Authorized(ch.Secrets, r.Header) {
		return carrier.ErrSignature
	}
	return nil
}
