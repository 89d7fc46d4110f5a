package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence/pebble"
	"switchyard/persistence/redis/redistest"
)

// movedCentre is a contact centre at one address, whose store is another one from time to time.
type movedCentre struct {
	*server
	late string // where the carrier of the Twilio channel will be, once it is there
}

// newMovedCentre makes one whose Twilio channel has a carrier that cannot be reached yet.
func newMovedCentre(t *testing.T, store string) *movedCentre {
	t.Helper()
	buildProgram(t)
	listen, ops := freeAddress(t), freeAddress(t)
	c := &movedCentre{server: &server{outside: newOutside(t, "http://"+listen, 1, 3), ops: "http://" + ops}, late: freeAddress(t)}
	for i := range c.tenant.Channels {
		if ch := &c.tenant.Channels[i]; ch.ID == twilioLine {
			ch.APIBase = "http://" + c.late + "/twilio"
		}
	}
	document := file(t, "tenant.json", documentOf(t, c.tenant))
	c.args = []string{"serve", "--listen", listen, "--ops-listen", ops, "--store", store, "--tenant", document}
	c.start()
	return c
}

// rest stops the service in order.
func (c *movedCentre) rest() {
	c.t.Helper()
	c.ask(syscall.SIGTERM)
	if code := c.exit(); code != exitOK {
		c.t.Fatalf("exit code %d after SIGTERM:\n%s", code, c.stderr.String())
	}
}

// serveOn serves from another store. There is no tenant file any more: whoever is there came by import.
func (c *movedCentre) serveOn(store string) {
	c.t.Helper()
	c.args = append(append([]string{}, c.args[:5]...), "--store", store)
	c.start()
}

// arrive lets the late carrier be there.
func (c *movedCentre) arrive() {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", c.late)
	if err != nil {
		c.t.Fatal(err)
	}
	carrier := &http.Server{Handler: c.phones}
	ended := make(chan error, 1)
	go func() { ended <- carrier.Serve(l) }()
	c.t.Cleanup(func() {
		_ = carrier.Close() // nobody calls any more
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			c.t.Error(err)
		}
	})
}

// takeIn has a service that works nothing off take a webhook in, and returns the status.
func (c *movedCentre) takeIn(dir string, h hookCall) int {
	c.t.Helper()
	store, err := pebble.Open(dir, pebble.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := newService(serviceConfig{store: store, listener: loopback(c.t), ops: loopback(c.t), publicURL: c.base, log: quiet()})
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, h.path, strings.NewReader(h.body))
	r.Header = h.header.Clone()
	r.Header.Set("Content-Type", h.kind)
	answer := httptest.NewRecorder()
	s.http.Handler.ServeHTTP(answer, r)
	if err := errors.Join(s.listener.Close(), s.ops.Close(), s.stop(c.t.Context())); err != nil {
		c.t.Fatal(err)
	}
	return answer.Code
}

// move carries everything from one store to another by the commands, as an operator would.
func (c *movedCentre) move(from, to string, more ...string) {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "centre.jsonl.gz")
	for _, args := range [][]string{{"export", "--store", from, path}, append(append([]string{"import", "--store", to}, more...), path)} {
		if code, stdout, stderr := command(c.t, "", args...); code != exitOK || !strings.Contains(stdout+stderr, "tenant test") {
			c.t.Fatalf("%v: %d\n%s%s", args, code, stdout, stderr)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		c.t.Errorf("the export's mode is %v, %v; want 0600", info.Mode(), err)
	}
}

// acceptNext accepts the next offer and returns its conversation.
func (c *movedCentre) acceptNext(agent client) string {
	c.t.Helper()
	var offer string
	c.eventually("an offer rings", func() bool {
		desk, err := agent.desk(c.t.Context())
		if err == nil && len(desk.Offers) > 0 {
			offer = desk.Offers[0].ID
		}
		return offer != ""
	})
	taken, err := agent.accept(c.t.Context(), offer)
	if err != nil {
		c.t.Fatal(err)
	}
	return taken.ID
}

// stateOf is how far a reply is.
func (c *movedCentre) stateOf(who client, m messageObject) string {
	for _, is := range who.transcript(c.t, m.Conversation) {
		if is.ID == m.ID {
			return is.State
		}
	}
	return ""
}

// hear reads a stream from one cursor to another and returns what it told, by place and name.
func (c *movedCentre) hear(agent client, from, to string) []string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), testPatience)
	defer cancel()
	over := errors.New("over")
	var heard []string
	err := agent.listen(ctx, from, func(e event) error {
		if e.id != "" && e.name != "hello" {
			heard = append(heard, e.id+" "+e.name)
		}
		if e.id == to || e.name == "reset" {
			return over
		}
		return nil
	})
	if !errors.Is(err, over) || len(heard) == 0 {
		c.t.Errorf("the stream from %s to %s told %v, %v", from, to, heard, err)
	}
	return heard
}

// transcripts checks what was said in each conversation, and that there is no other.
func (c *movedCentre) transcripts(who client, want map[string][]string) {
	c.t.Helper()
	got := map[string][]string{}
	for _, k := range list[conversationObject](c.t, who, "/v1/conversations?limit=10") {
		for _, m := range who.transcript(c.t, k.ID) {
			if m.Kind == "sms" {
				got[k.ID] = append(got[k.ID], m.Direction+" "+m.Text)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("transcripts (-want +got):\n%s", diff)
	}
}

// refused checks that nothing is moved out of or into a store that is being served.
func (c *movedCentre) refused(store, says string) {
	c.t.Helper()
	for _, args := range [][]string{{"export", "--store", store, "-"}, {"import", "--store", store, filepath.Join("testdata", "export-1.jsonl")}} {
		if code, _, stderr := command(c.t, "", args...); code != exitFailure || !strings.Contains(stderr, says) {
			c.t.Errorf("%v while it is served: %d, %s; want %q", args, code, stderr, says)
		}
	}
}

// again posts webhooks that were taken in before.
func (c *movedCentre) again(hooks ...hookCall) {
	c.t.Helper()
	for _, h := range hooks {
		if status, _ := h.post(c.t, c.base); status/100 != 2 {
			c.t.Errorf("a webhook that comes again: %d", status)
		}
	}
}

// TestMovedCentre: a contact centre moves from a directory to a Redis with other partitions and back, with conversations open,
// a reply that cannot be sent, and a text that nobody has worked off. Nothing is lost, nothing is there twice, and desktops and
// carriers go on where they were.
func TestMovedCentre(t *testing.T) {
	t.Parallel()
	const ana, ben, carl = "+12025550110", "+12025550111", "+12025550112"
	first, back := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "back")
	target := redistest.New(t, t.TempDir())
	c := newMovedCentre(t, "pebble:"+first)
	ctx, agent, sam := t.Context(), c.signIn("agent-0"), c.signIn("sam")
	begin := c.deskOf(agent).Cursor
	if err := agent.setStatus(ctx, "available"); err != nil {
		t.Fatal(err)
	}
	fromAna := simulatedHook("sim_1", ana, "Where is my order?", testSecret)
	fromBen := twilioHook(c.base, "SM00000000000000000000000000000001", ben, "You charged me twice", testSecret)
	fromCarl := simulatedHook("sim_2", carl, "Is anybody there?", testSecret)
	c.again(fromAna)
	withAna := c.acceptNext(agent)
	c.again(fromBen)
	withBen := c.acceptNext(agent)
	sent, err := agent.reply(ctx, withAna, "It is on its way.", "key-1")
	if err != nil {
		t.Fatal(err)
	}
	c.eventually("the reply that can be sent is delivered", func() bool { return c.stateOf(sam, sent) == "delivered" })
	c.refused("pebble:"+first, "in use by another process")
	before := c.deskOf(agent)
	heard := c.hear(agent, begin, before.Cursor)
	stuck, err := agent.reply(ctx, withBen, "I am sorry.", "key-2")
	if err != nil {
		t.Fatal(err)
	}
	c.rest()
	if status := c.takeIn(first, fromCarl); status/100 != 2 {
		t.Fatalf("the text that nobody works off: %d", status)
	}

	c.move("pebble:"+first, target.URL(), "--redis-partitions", "256")
	if got := c.received(ben); len(got) != 0 {
		t.Fatalf("%s has %q already", ben, got)
	}
	c.arrive()
	c.serveOn(target.URL())
	c.refused(target.URL(), "stop every node that serves it")
	if diff := cmp.Diff(heard, c.hear(agent, begin, before.Cursor)); diff != "" {
		t.Errorf("the stream after the move (-before +after):\n%s", diff)
	}
	c.listenIn(agent)
	withCarl := c.acceptNext(agent)
	c.again(fromAna, fromBen, fromCarl)
	for key, m := range map[string]messageObject{"key-1": sent, "key-2": stuck} {
		if same, err := agent.reply(ctx, m.Conversation, m.Text, key); err != nil || same.ID != m.ID {
			t.Errorf("the reply %q again: %+v, %v", m.Text, same, err)
		}
	}
	if _, err := agent.reply(ctx, withCarl, "Yes, I am.", "key-3"); err != nil {
		t.Fatal(err)
	}
	c.eventually("the replies that were waiting have arrived", func() bool {
		return c.stateOf(sam, stuck) == "delivered" && len(c.received(carl)) == 1
	})
	there := c.deskOf(agent).Cursor
	c.rest()

	c.move(target.URL(), "pebble:"+back)
	c.serveOn("pebble:" + back)
	c.again(fromAna, fromBen, fromCarl)
	if diff := cmp.Diff(heard, c.hear(agent, begin, before.Cursor)); diff != "" {
		t.Errorf("the stream after the way back (-before +after):\n%s", diff)
	}
	c.hear(agent, before.Cursor, there)
	for _, number := range []string{ana, ben, carl} {
		if got := c.received(number); len(got) != 1 {
			t.Errorf("%s has received %q, want one reply", number, got)
		}
	}
	finish(t, agent, withAna)
	c.transcripts(sam, map[string][]string{
		withAna:  {"inbound Where is my order?", "outbound It is on its way."},
		withBen:  {"inbound You charged me twice", "outbound I am sorry."},
		withCarl: {"inbound Is anybody there?", "outbound Yes, I am."},
	})
}
