package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// TestWalkOnRedis takes one text the whole way with everything kept in a Redis, and a second one that finds the history
// after Redis was killed in between.
func TestWalkOnRedis(t *testing.T) {
	t.Parallel()
	const customer = "+12025550111"
	server := redistest.New(t, t.TempDir())
	store, err := redis.Open(t.Context(), server.URL(), redis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := newCentre(t, store, 1, 1)
	ctx := t.Context()
	agent := c.signIn("agent-0")
	stream := c.listenIn(agent)
	if err := agent.setStatus(ctx, "available"); err != nil {
		t.Fatal(err)
	}
	if status := c.text(customer, simulatedNumber, "Where is my order?"); status/100 != 2 {
		t.Fatalf("webhook: %d", status)
	}
	offer := c.hears(stream, "offer.made", anyEvent).Offer
	taken, err := agent.accept(ctx, offer.ID)
	if err != nil || taken.State != stateActive {
		t.Fatalf("accept: %+v, %v", taken, err)
	}
	sent, err := agent.reply(ctx, taken.ID, "It is on its way.", "")
	if err != nil {
		t.Fatal(err)
	}
	c.hears(stream, "message.updated", func(e eventObject) bool { return e.Message.ID == sent.ID && e.Message.State == "delivered" })
	if diff := cmp.Diff([]string{"It is on its way."}, c.received(customer)); diff != "" {
		t.Errorf("the phone has (-want +got):\n%s", diff)
	}

	server.Kill()
	if status := c.text(customer, simulatedNumber, "Lost?"); status != 503 {
		t.Errorf("a text while Redis is gone is answered %d, want 503", status)
	}
	server.Restart()
	c.eventually("commands are taken again", func() bool { return agent.setStatus(ctx, "available") == nil })
	finish(t, agent, taken.ID)
	c.eventually("a text is accepted again", func() bool { return c.text(customer, simulatedNumber, "Thank you!")/100 == 2 })
	second := c.hears(stream, "offer.made", func(e eventObject) bool { return e.Offer.ID != offer.ID }).Offer.Conversation
	if second.LinkedTo != taken.ID {
		t.Errorf("the second conversation is linked to %q, want %q", second.LinkedTo, taken.ID)
	}
}

// TestRedisRefused: a Redis that cannot keep what is promised ends the program with 1 and a way out.
func TestRedisRefused(t *testing.T) {
	t.Parallel()
	lax := redistest.New(t, t.TempDir(), "--appendfsync", "everysec")
	lax.Do("hset", "switchyard:store", "format", "3")
	sixteen := redistest.New(t, t.TempDir())
	sixteen.Do("hset", "switchyard:store", "format", "1", "partitions", "16")
	gone := redistest.New(t, t.TempDir())
	gone.Kill()
	for _, row := range []struct {
		args      []string
		want      int
		complaint string
	}{
		{[]string{"--store", lax.URL()}, exitFailure, `appendfsync is "everysec", set it to "always"`},
		{[]string{"--store", lax.URL(), "--allow-unsafe"}, exitFailure, "format 3"},
		{[]string{"--store", gone.URL()}, exitFailure, "connection refused"},
		{[]string{"--store", sixteen.URL(), "--redis-partitions", "256"}, exitFailure, "it has 16, not 256"},
		{[]string{"--store", "pebble:x", "--redis-partitions", "256"}, exitUsage, "for a store in Redis"},
		{[]string{"--store", "redis://u:hush@127.0.0.1/none"}, exitUsage, "invalid database number"},
		{[]string{"--store", "redis-sentinel://127.0.0.1"}, exitUsage, "master_name"},
		{[]string{"--store", "pebble:x", "--redis-wait", "1"}, exitUsage, "for a store in Redis"},
	} {
		var complaints bytes.Buffer
		code := run(context.Background(), append([]string{"switchyard", "serve"}, row.args...), strings.NewReader(""), &bytes.Buffer{}, &complaints)
		if code != row.want || !strings.Contains(complaints.String(), row.complaint) || strings.Contains(complaints.String(), "hush") {
			t.Errorf("%v: exit %d, %s; want %d and %q", row.args, code, complaints.String(), row.want, row.complaint)
		}
	}
}

// TestKillOnRedis: the service and its Redis are killed by turns under load; it goes on exactly where it was.
func TestKillOnRedis(t *testing.T) {
	t.Parallel()
	store := redistest.New(t, t.TempDir())
	s := newServerOn(t, store.URL(), killAgents, killCapacity)
	s.books = func() reading { return reading{store, partitionOf(s.tenant.ID)} }
	survive(t, s, 12, func(n int) {
		if n%2 == 0 {
			s.kill()
			s.start()
		} else {
			store.Kill()
			store.Restart()
		}
	})
}
