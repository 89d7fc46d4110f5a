// Package vonagesms is the dialect of Vonage's older SMS API, known as Nexmo's: parameters as query, form or JSON, each with a
// signature over all of them, parts of long texts that nobody joined, and a send call that is answered 200 whatever happened.
package vonagesms

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is the name of Vonage's older SMS API in paths and in a channel's configuration.
const Name = "vonage_sms"

// Carrier speaks Vonage's older SMS API. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Vonage's API through the transport of client (nil means the default one); now is the clock that the age
// of a signature is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{Needs: []carrier.Need{
		{Field: carrier.NeedAccount, Write: "write the account's API key, such as a1b2c3d4"},
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of the account's API secret"},
		{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the signature secret; Vonage's support switches signatures on"},
	}}
}

// Window implements [carrier.Carrier]: longer than a signature is good for, see oldest.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]: Vonage sends again for a day what is not answered 200.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }
