package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"switchyard/persistence/redis/redistest"
)

// The killed contact centre.
const (
	kills         = 32
	killAgents    = 12
	killCapacity  = 3
	killCustomers = 60
	killRate      = 80 // texts per second
	killTexts     = 20 // that are taken at the least between two kills
)

// server is a Switchyard in a process of its own, that can be killed and started again at the same place.
type server struct {
	*outside
	*child
	args []string
	ops  string
}

// newServer starts one on a directory of the test's own.
func newServer(t testing.TB, agents, capacity int) *server {
	t.Helper()
	return newServerOn(t, "pebble:"+filepath.Join(t.TempDir(), "store"), agents, capacity)
}

// newServerOn starts one on a store.
func newServerOn(t testing.TB, store string, agents, capacity int) *server {
	t.Helper()
	return newServerIn(t, store, func(base string) *outside { return newOutside(t, base, agents, capacity) })
}

// newServerIn starts one on a store and in a world of its own.
func newServerIn(t testing.TB, store string, world func(base string) *outside) *server {
	t.Helper()
	buildProgram(t)
	dir, listen, ops := t.TempDir(), freeAddress(t), freeAddress(t)
	s := &server{outside: world("http://" + listen), ops: "http://" + ops}
	tenant := filepath.Join(dir, "tenant.json")
	if err := os.WriteFile(tenant, []byte(documentOf(t, s.tenant)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.args = []string{"serve", "--listen", listen, "--ops-listen", ops, "--store", store, "--tenant", tenant}
	s.start()
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.child = startChild(s.t, s.args...)
	s.ready(s.child, s.ops)
}

// freeAddress is an address that nobody listens on, and that is free again when the service that used it was killed.
func freeAddress(t testing.TB) string {
	t.Helper()
	return "127.0.0.1:" + redistest.FreePort(t)
}

// TestKill: killed again and again under load and started again on the same directory, it goes on exactly where it was.
func TestKill(t *testing.T) {
	t.Parallel()
	s := newServer(t, killAgents, killCapacity)
	survive(t, s, kills, func(int) {
		s.kill()
		s.start()
	})
}

// unknown is how many texts nobody knows whether they arrived.
func (h history) unknown() int {
	n := 0
	for _, k := range h.transcripts {
		for _, m := range k.messages {
			if m.State == "unknown" {
				n++
			}
		}
	}
	return n
}

// survive lets something be killed again and again under load, and checks that nothing came of it.
func survive(t *testing.T, s *server, kills int, kill func(n int)) {
	t.Helper()
	r := newRecorder(s.tenant)
	agents, sam := s.hire(killAgents), s.signIn("sam")
	stop := s.play(r, agents, 0)
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var texting sync.WaitGroup
	texting.Go(func() { s.customers(r, killCustomers, killRate).work(ctx) })
	begun, long := time.Now(), soakTime(t)
	for n := 0; n < kills || (os.Getenv("SWITCHYARD_SOAK") != "" && time.Since(begun) < long); n++ {
		// Each time a little later, so that it hits other moments.
		enough := r.taken() + killTexts + 3*(n%8)
		s.eventually("texts are taken", func() bool { return r.taken() >= enough })
		kill(n)
	}
	cancel()
	texting.Wait()
	h := s.settle(r, sam, agents)
	t.Logf("%d texts taken of %d, %d conversations, %d replies, %d with an unknown outcome",
		r.taken(), len(h.sent), len(h.transcripts), len(h.replies), h.unknown())
}
