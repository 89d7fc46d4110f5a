package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/carrier/simulated"
	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// testPatience is how long a test waits for what must come; it is only ever used up by a failure.
const testPatience = 60 * time.Second

// outside is the world around a Switchyard: the phone network, and people with their clients.
type outside struct {
	t       testing.TB
	base    string // Switchyard's address
	network string // the phone network's
	tenant  routing.Tenant
	phones  *simulated.Network
	http    *http.Client
}

// newOutside makes the world around the Switchyard at base. The tenant's document belongs to it, since it names the network.
func newOutside(t testing.TB, base string, agents, capacity int) *outside {
	t.Helper()
	o := &outside{t: t, base: base}
	line := func(id, carrier, number string) simulated.Line {
		hook := base + "/webhooks/" + carrier + "/" + id
		return simulated.Line{
			ID: id, Carrier: carrier, Number: number, Account: "AC1", Secret: testSecret, WebhookURL: hook, ReceiptURL: hook + "/receipts",
		}
	}
	var err error
	o.phones, err = simulated.NewNetwork(simulated.Config{
		Channels: []simulated.Line{line(simulatedLine, "simulated", simulatedNumber), line(twilioLine, "twilio", twilioNumber)},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.phones)
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	o.http = &http.Client{Transport: transport}
	t.Cleanup(func() {
		o.phones.Close()
		transport.CloseIdleConnections()
		server.Close()
	})
	o.network = server.URL
	o.tenant = testTenant(t, o.network, agents, capacity)
	return o
}

// signIn signs somebody in and returns the way to the API.
func (o *outside) signIn(id string) client {
	o.t.Helper()
	var session struct {
		Token string `json:"token"`
	}
	body := map[string]string{"agent": id, "password": testPassword}
	anonymous := newClient(o.base, "", o.http)
	o.eventually("sign in "+id, func() bool {
		return anonymous.call(o.t.Context(), http.MethodPost, "/v1/session", "", body, &session) == nil
	})
	return newClient(o.base, session.Token, o.http)
}

// text has a phone send a text and returns the status of the webhook.
func (o *outside) text(from, to, text string) int {
	o.t.Helper()
	var answer struct {
		WebhookStatus int `json:"webhook_status"`
	}
	phone := newClient(o.network, "", o.http)
	if err := phone.call(o.t.Context(), http.MethodPost, "/texts", "", phoneText{from, to, text}, &answer); err != nil {
		o.t.Fatal(err)
	}
	return answer.WebhookStatus
}

// received lists what a phone got, in order.
func (o *outside) received(number string) []string {
	o.t.Helper()
	var phone struct {
		Texts []struct {
			Direction string `json:"direction"`
			Text      string `json:"text"`
		} `json:"texts"`
	}
	if err := newClient(o.network, "", o.http).call(context.Background(), http.MethodGet, "/phones/"+number, "", nil, &phone); err != nil {
		o.t.Fatal(err)
	}
	var texts []string
	for _, text := range phone.Texts {
		if text.Direction == "received" {
			texts = append(texts, text.Text)
		}
	}
	return texts
}

// eventually waits until something holds.
func (o *outside) eventually(what string, holds func() bool) {
	o.t.Helper()
	deadline := time.NewTimer(testPatience)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			o.t.Fatalf("%s: not so after %v", what, testPatience)
		case <-o.t.Context().Done():
			o.t.Fatalf("%s: the test has ended", what)
		}
	}
}

// centre is a Switchyard in this process, with the world around it.
type centre struct {
	*outside
	service *service
	benched int64 // texts that a benchmark has sent so far
}

// newCentre starts a Switchyard on a store; nil is Pebble in a directory of the test's own.
func newCentre(t testing.TB, store persistence.Store, agents, capacity int) *centre {
	t.Helper()
	if store == nil {
		var err error
		if store, err = pebble.Open(t.TempDir(), pebble.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	parts := serviceConfig{store: store, listener: loopback(t), ops: loopback(t), log: slog.New(slog.DiscardHandler)}
	parts.publicURL = addressOf(parts.listener)
	c := &centre{outside: newOutside(t, parts.publicURL, agents, capacity)}
	var err error
	if c.service, err = newService(parts); err != nil {
		t.Fatal(err)
	}
	if err := c.service.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.service.install(t.Context(), c.tenant, documentOf(t, c.tenant), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), testPatience)
		defer cancel()
		if err := c.service.stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return c
}

func loopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
