// Package kannel is the dialect of Kannel 1.4.5, an SMS gateway that one runs oneself: it speaks SMPP and other protocols with
// carriers, calls get-url or post-url with each text, takes texts at sendsms and reports to dlr-url. What is written into its
// configuration for Switchyard stands in docs/carriers.md.
package kannel

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
)

// Name is Kannel's name in paths and in a channel's configuration.
const Name = "kannel"

// Carrier speaks Kannel. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls Kannel through the transport of client; nil means the default one.
func New(client *http.Client) Carrier {
	return Carrier{caller: carrier.NewCaller(client)}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{
		Needs: []carrier.Need{
			{Field: carrier.NeedAPIBase, Write: "write the address of Kannel's smsbox, such as http://127.0.0.1:13013"},
			{Field: carrier.NeedAccount, Write: "write the username of the sendsms-user"},
			{Field: carrier.NeedAPIKey, Write: "write env:NAME or file:PATH of the password of the sendsms-user"},
			{Field: carrier.NeedSecret, Write: "write env:NAME or file:PATH of the word that get-url gives as secret="},
		},
		Weak: "Kannel signs nothing: a secret in the address is all; let Kannel reach Switchyard by loopback or a private network only",
	}
}

// Window implements [carrier.Carrier]: nothing carries a signed time.
func (Carrier) Window() time.Duration { return carrier.WindowUntimed }

// Ack implements [carrier.Carrier]. Kannel takes what it understands as text for an answer to the customer: it must be an empty one.
func (Carrier) Ack(bool) carrier.Ack {
	return carrier.EmptyAck()
}

// Verify implements [carrier.Carrier]: the secret in the address, or in the header that Kannel makes of user:password@ in it.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	f, _ := carrier.ParseForm(r.URL.RawQuery)
	if carrier.Known(ch.Secrets, f.Get(secretParameter)) || carrier.Authorized(ch.Secrets, r.Header) {
		return nil
	}
	return carrier.ErrSignature
}

const secretParameter = "secret"
