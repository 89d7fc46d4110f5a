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
	// Channel is the channel of all rows. It has two secrets, an account and both webhook addresses; the suite sets its APIBase.
	Channel carrier.Channel
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
	t.Run("signature", s.signature)
	t.Run("inbound", s.inbound)
	t.Run("acks", s.acks)
	t.Run("send", s.sends)
}

func (s Suite) acks(t *testing.T) {
	c := s.New(Client(t))
	for _, receipts := range []bool{false, true} {
		ack := c.Ack(receipts)
		if ack.Status < 200 || ack.Status > 299 {
			t.Errorf("Ack(receipts %t) has status %d, want 2xx", receipts, ack.Status)
		}
		if (ack.ContentType == "") != (ack.Body == "") {
			t.Errorf("Ack(receipts %t) has content type %q and body %q: both or neither", receipts, ack.ContentType, ack.Body)
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
