// Package messagebird is the dialect of MessageBird's older API: forms and queries with a signed token, and the Messages resource. The
// API of the company's new name is the carrier bird.
package messagebird

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is the name of MessageBird's older API in paths and in a channel's configuration.
const Name = "messagebird"

// Carrier speaks MessageBird. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls MessageBird's API through the transport of client (nil means the default one); now is the clock that
// the age of a token is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{Needs: []carrier.Need{
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of the live access key"},
		{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the signing key"},
	}}
}

// Window implements [carrier.Carrier]: the token carries the time.
func (Carrier) Window() time.Duration { return carrier.WindowTimed }

// Ack implements [carrier.Carrier].
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }
