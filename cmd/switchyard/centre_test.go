package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
	"switchyard/api/carrier/simulated"
	"switchyard/api/desktop"
	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// testPatience is how long a test waits for what must come; it is only ever used up by a failure.
const testPatience = 3 * time.Minute

// reportTries is how often the network tries a delivery report, with pauses of two seconds at the most: it does not give up while the test
// lasts. Else a report is lost, and the text's fate with it, when the service happens to be dead at each of a few tries.
const reportTries = 1000

// outside is the world around a Switchyard: the phone network, and people with their clients.
type outside struct {
	t       testing.TB
	base    string // Switchyard's address
	network string // the phone network's
	tenant  routing.Tenant
	phones  *simulated.Network
	http    *http.Client
	books   func() reading // where the store is to be looked into; nil: nowhere
}

// newOutside makes the world around the Switchyard at base. The tenant's document belongs to it, since it names the network.
func newOutside(t testing.TB, base string, agents, capacity int) *outside {
	t.Helper()
	return newOutsideOf(t, base, testTenant(t, "", agents, capacity), nil, func(network http.Handler) http.Handler { return network })
}

// newOutsideOf makes a tenant's world. Its network calls the webhooks with hooks, unless that is nil, and is called by way of
// gate.
func newOutsideOf(t testing.TB, base string, tenant routing.Tenant, hooks *http.Client, gate func(http.Handler) http.Handler) *outside {
	t.Helper()
	o := &outside{t: t, base: base, tenant: tenant}
	var lines []simulated.Line
	for _, ch := range tenant.Channels {
		hook := base + "/webhooks/" + ch.Carrier + "/" + string(ch.ID)
		lines = append(lines, simulated.Line{
			ID: string(ch.ID), Carrier: ch.Carrier, Number: ch.Number, Account: ch.Account, Secret: ch.Secret,
			WebhookURL: hook, ReceiptURL: hook + "/receipts",
		})
	}
	var err error
	if o.phones, err = simulated.NewNetwork(simulated.Config{Channels: lines, Client: hooks, ReportTries: reportTries}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gate(o.phones))
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	o.http = &http.Client{Transport: transport}
	t.Cleanup(func() {
		o.phones.Close()
		transport.CloseIdleConnections()
		server.Close()
	})
	o.network = server.URL
	for i := range o.tenant.Channels {
		o.tenant.Channels[i].APIBase = o.network + o.tenant.Channels[i].APIBase
	}
	return o
}

// signIn signs somebody in and returns the way to the API.
func (o *outside) signIn(id string) client {
	o.t.Helper()
	var session struct {
		Token string `json:"token"`
	}
	body := map[string]string{"tenant": string(o.tenant.ID), "agent": id, "password": testPassword}
	anonymous := newClient(o.base, "", o.http)
	o.eventually("sign in "+id, func() bool {
		return anonymous.call(o.t.Context(), http.MethodPost, "/v1/session", "", body, &session) == nil
	})
	return newClient(o.base, session.Token, o.http)
}

// text has a phone send a text and returns the status of the webhook.
func (o *outside) text(from, to, text string) int {
	o.t.Helper()
	status, err := o.typed(o.t.Context(), phoneText{from, to, text})
	if err != nil {
		o.t.Fatal(err)
	}
	return status
}

func (o *outside) typed(ctx context.Context, t phoneText) (status int, err error) {
	var answer struct {
		WebhookStatus int `json:"webhook_status"`
	}
	err = newClient(o.network, "", o.http).call(ctx, http.MethodPost, "/texts", "", t, &answer)
	return answer.WebhookStatus, err
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
	eventually(o.t, what, holds)
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(testPatience)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("%s: not so after %v", what, testPatience)
		case <-t.Context().Done():
			t.Fatalf("%s: the test has ended", what)
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
	return newCentreWith(t, store, agents, capacity, measures.Options{})
}

func newCentreWith(t testing.TB, store persistence.Store, agents, capacity int, metrics measures.Options) *centre {
	t.Helper()
	if store == nil {
		var err error
		if store, err = pebble.Open(t.TempDir(), pebble.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	parts := serviceConfig{store: store, pages: desktop.New(), listener: loopback(t), ops: loopback(t), log: slog.New(slog.DiscardHandler), metrics: metrics}
	parts.publicURL = addressOf(parts.listener)
	c := &centre{outside: newOutside(t, parts.publicURL, agents, capacity)}
	var err error
	if c.service, err = newService(parts); err != nil {
		t.Fatal(err)
	}
	begin := func() error { return c.service.install(t.Context(), c.tenant, documentOf(t, c.tenant), "") }
	if err := c.service.start(t.Context(), begin); err != nil {
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
