// Package carriertest states what every carrier must do and checks it with tables: what its webhooks mean, that nothing
// unproven passes, and what it makes of each answer to a text.
package carriertest

import (
	"fmt"
	"net"
	"net/http"
	"testing"

	"switchyard/api/carrier"
)

// Suite is one carrier with its tables.
type Suite struct {
	// New makes the carrier upon the suite's client, which reaches loopback addresses only.
	New func(client *http.Client) carrier.Carrier
	// Channel is the channel of all rows. It has two secrets, all that the carrier needs, and both webhook addresses; the suite sets
	// its APIBase.
	Channel carrier.Channel
	// PublicKey makes the public key of a secret, where the carrier signs with a key of its own; its webhooks are then proven by
	// the channel's public keys.
	PublicKey func(secret string) string
	// Sign puts the carrier's own proof, made with secret, on a webhook.
	Sign func(r *carrier.Request, secret string)
	// SignStale does the same at a time that the carrier must refuse. A carrier whose Window is shorter than 7 days must have
	// it, since only the time in the signature stops a replay after that window.
	SignStale func(r *carrier.Request, secret string)
	// Inbound are the webhook rows; the first must be good and have a body.
	Inbound []Inbound
	// Sends are the rows of sending.
	Sends []Send
}

// Run checks the carrier against its tables and against the rules that hold for all of them.
func Run(t *testing.T, s Suite) {
	t.Helper()
	if len(s.Channel.Secrets) != 2 || len(s.Inbound) == 0 {
		t.Fatal("a suite needs a channel with two secrets and at least one inbound row")
	}
	t.Run("setup", s.setup)
	t.Run("signature", s.signature)
	t.Run("inbound", s.inbound)
	t.Run("hostile", s.hostile)
	t.Run("acks", s.acks)
	t.Run("send", s.sends)
}

// setup: what a carrier needs can be written down, and a channel that lacks it sends nothing.
func (s Suite) setup(t *testing.T) {
	c := s.New(Client(t))
	lacking := map[string]func(ch *carrier.Channel){
		carrier.NeedAccount:     func(ch *carrier.Channel) { ch.Account = "" },
		carrier.NeedApplication: func(ch *carrier.Channel) { ch.Application = "" },
		carrier.NeedSecret:      func(ch *carrier.Channel) { ch.Secrets = nil },
		carrier.NeedPublicKey:   func(ch *carrier.Channel) { ch.PublicKeys = nil },
		carrier.NeedAPIKey:      func(ch *carrier.Channel) { ch.APIKey, ch.Secrets = "", nil },
		carrier.NeedAPIBase:     func(ch *carrier.Channel) { ch.APIBase = "" },
		"api_base not http":     func(ch *carrier.Channel) { ch.APIBase = "ftp://127.0.0.1" },
		"api_base not a URL":    func(ch *carrier.Channel) { ch.APIBase = "http://127.0.0.1:x" },
	}
	used := map[string]bool{"api_base not http": true, "api_base not a URL": true}
	for _, need := range c.Setup().Needs {
		if need.Write == "" || lacking[need.Field] == nil {
			t.Errorf("need %q: it must be a field of a channel, and what to write there said", need.Field)
		}
		used[need.Field] = need.Field != carrier.NeedPublicKey
	}
	if used[carrier.NeedAPIKey] {
		used[carrier.NeedSecret] = false // it proves webhooks only
	}
	for name, change := range lacking {
		if !used[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			ch := s.proven(s.Channel.Secrets)
			change(&ch)
			_, err := c.Send(t.Context(), ch, carrier.Outbound{Message: "ms_1", From: ch.Number, To: "+14155550100", Body: "hi"})
			failed, ok := err.(*carrier.SendError) //nolint:errorlint // the contract is the type itself
			if !ok || failed.Unknown || failed.Retryable || failed.Detail == "" {
				t.Errorf("Send: %#v, want a plain refusal", err)
			}
		})
	}
}

// proven is the channel with these secrets, or with their public keys.
func (s Suite) proven(secrets []string) carrier.Channel {
	ch := s.Channel
	ch.Secrets = secrets
	if s.PublicKey != nil {
		ch.Secrets, ch.PublicKeys = nil, nil
		for _, secret := range secrets {
			ch.PublicKeys = append(ch.PublicKeys, s.PublicKey(secret))
		}
	}
	return ch
}

func (s Suite) acks(t *testing.T) {
	c := s.New(Client(t))
	for _, receipts := range []bool{false, true} {
		ack := c.Ack(receipts)
		if ack.Status < 200 || ack.Status > 299 {
			t.Errorf("Ack(receipts %t) has status %d, want 2xx", receipts, ack.Status)
		}
		if ack.ContentType == "" && ack.Body != "" {
			t.Errorf("Ack(receipts %t) has the body %q without a content type", receipts, ack.Body)
		}
	}
}

// Client is an HTTP client that refuses every host but loopback ones and leaves no connection behind.
func Client(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: loopbackOnly{transport}}
}

// loopbackOnly keeps a test from talking to a real carrier.
type loopbackOnly struct {
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (l loopbackOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	ip := net.ParseIP(r.URL.Hostname())
	if ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("a test may reach loopback addresses only, not %s", r.URL.Hostname())
	}
	return l.next.RoundTrip(r)
}
