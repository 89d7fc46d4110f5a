// Package bandwidth is Bandwidth's dialect: JSON lists of events behind Basic authentication, and v2 of the messaging API.
package bandwidth

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Bandwidth's name in paths and in a channel's configuration.
const Name = "bandwidth"

// Carrier speaks Bandwidth. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Bandwidth's API through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{
		Needs: []carrier.Need{
			{Field: carrier.NeedAccount, Write: "write the account id"},
			{Field: carrier.NeedApplication, Write: "write the id of the messaging application"},
			{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of user:password, as the application's callbacks give them"},
			{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of user:password of the API's user"},
		},
		Weak: "Bandwidth signs nothing: the callback's user and password are all; use long random ones and HTTPS only",
	}
}

// Window implements [carrier.Carrier]: nothing carries a signed time.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]: any 2xx within 10 s.
func (Carrier) Ack(bool) carrier.Ack { return carrier.Ack{Status: http.StatusNoContent} }

// Verify implements [carrier.Carrier]: the user and password that the application's callbacks are set up with.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	if !carrier.Authorized(ch.Secrets, r.Header) {
		return carrier.ErrSignature
	}
	return nil
}
