// Package bird is Bird's dialect: JSON events with a signature over time, address and body, and the channels API. What MessageBird's
// customers used before is the carrier messagebird. Bird publishes no whole example of an event: reading is tolerant.
package bird

import (
	"crypto/sha256"
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Bird's name in paths and in a channel's configuration.
const Name = "bird"

// Carrier speaks Bird. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Bird's API through the transport of client (nil means the default one); now is the clock that the age
// of a signature is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{Needs: []carrier.Need{
		{Field: carrier.NeedAccount, Write: "write the id of the workspace"},
		{Field: carrier.NeedApplication, Write: "write the id of the SMS channel"},
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of an access key"},
		{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the signing key of the webhook subscription"},
	}}
}

// Window implements [carrier.Carrier]: the signature carries the time.
func (Carrier) Window() time.Duration { return carrier.WindowTimed }

// Ack implements [carrier.Carrier]: any 2xx.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }

const (
	signatureHeader = "Messagebird-Signature"
	timeHeader      = "Messagebird-Request-Timestamp"
)

// Verify implements [carrier.Carrier]. The signature is the base64 of HMAC-SHA256 over the time, the address and the hash of the body, a
// line each.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	stamp := r.Header.Get(timeHeader)
	at, ok := carrier.Unix(stamp)
	if !ok || !carrier.Fresh(c.now(), at) {
		return carrier.ErrSignature
	}
	given := carrier.Base64SHA256(r.Header.Get(signatureHeader))
	if !carrier.HMAC(ch.Secrets, sha256.New, given, []byte(stamp+"\n"+r.URL.String()+"\n"), carrier.SHA256(r.Body)) {
		return carrier.ErrSignature
	}
	return nil
}
