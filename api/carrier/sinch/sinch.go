// Package sinch is the dialect of Sinch's SMS API (XMS): JSON webhooks with a signature over body, nonce and time, and batches.
package sinch

import (
	"crypto/sha256"
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Sinch's name in paths and in a channel's configuration.
const Name = "sinch"

// Carrier speaks Sinch. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Sinch's API through the transport of client (nil means the default one); now is the clock that the age
// of a signature is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{Needs: []carrier.Need{
		{Field: carrier.NeedAccount, Write: "write the service plan's id"},
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of the service plan's API token"},
		{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the webhooks' secret; Sinch sets one up on request"},
	}}
}

// Window implements [carrier.Carrier]: the signature carries the time.
func (Carrier) Window() time.Duration { return carrier.WindowTimed }

// Ack implements [carrier.Carrier]: any 2xx. Sinch never sends again what was answered 4xx.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }

const headers = "X-Sinch-Webhook-Signature"

// Verify implements [carrier.Carrier]. The signature is the base64 of HMAC-SHA256 over "<body>.<nonce>.<Unix seconds>".
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	stamp, algorithm := r.Header.Get(headers+"-Timestamp"), r.Header.Get(headers+"-Algorithm")
	at, ok := carrier.Unix(stamp)
	if !ok || !carrier.Fresh(c.now(), at) || algorithm != "" && algorithm != "HmacSHA256" {
		return carrier.ErrSignature
	}
	given := carrier.Base64SHA256(r.Header.Get(headers))
	if !carrier.HMAC(ch.Secrets, sha256.New, given, r.Body, []byte("."+r.Header.Get(headers+"-Nonce")+"."+stamp)) {
		return carrier.ErrSignature
	}
	return nil
}
