// Package vonage is the dialect of Vonage's Messages API: JSON webhooks with a signed token, and v1 of the API. The older SMS API is
// a carrier of its own.
package vonage

import (
	"net/http"
	"strings"
	"time"

	"switchyard/api/carrier"
)

// Name is the name of Vonage's Messages API in paths and in a channel's configuration.
const Name = "vonage"

// Carrier speaks Vonage's Messages API. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Vonage's API through the transport of client (nil means the default one); now is the clock that
// the age of a token is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{Needs: []carrier.Need{
		{Field: carrier.NeedAccount, Write: "write the account's API key, such as a1b2c3d4"},
		{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the account's signature secret"},
		{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of the account's API secret"},
	}}
}

// Window implements [carrier.Carrier]: the token carries the time.
func (Carrier) Window() time.Duration { return carrier.WindowTimed }

// Ack implements [carrier.Carrier]: Vonage sends again for a day what is not answered 200.
func (Carrier) Ack(bool) carrier.Ack { return carrier.EmptyAck() }

// Verify implements [carrier.Carrier]. The header Authorization holds a JSON web token with the time and the hash of the body. Vonage
// says that a webhook comes without one now and then, and comes again with one after an error.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return carrier.ErrUnsigned
	}
	scheme, token, _ := strings.Cut(header, " ")
	var claims struct {
		Issuer   string `json:"iss"`
		IssuedAt int64  `json:"iat"`
		BodyHash string `json:"payload_hash"`
		Account  string `json:"api_key"`
	}
	switch {
	case !strings.EqualFold(scheme, "Bearer"),
		carrier.ReadJWT(token, ch.Secrets, &claims) != nil,
		claims.Issuer != "Vonage",
		claims.Account != "" && ch.Account != "" && claims.Account != ch.Account,
		!carrier.Fresh(c.now(), time.Unix(claims.IssuedAt, 0)),
		!strings.EqualFold(claims.BodyHash, carrier.HashHex(r.Body)):
		return carrier.ErrSignature
	}
	return nil
}
