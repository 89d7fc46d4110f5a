package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
)

// TestDrain: asked to stop under load, it ends soon and rightly; started again, nothing is missing.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := newServer(t, killAgents, killCapacity)
	r := newRecorder(s.tenant)
	agents, sam := s.hire(killAgents), s.signIn("sam")
	stop := s.play(r, agents, 0)
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var texting sync.WaitGroup
	texting.Go(func() { s.customers(r, killCustomers, killRate).work(ctx) })
	for n := range 3 {
		s.eventually("there is something to lose", func() bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			return len(r.replies) > 30*(n+1)
		})
		s.ask(syscall.SIGTERM)
		if code := s.exit(); code != exitOK {
			t.Errorf("exit code %d after SIGTERM, want 0:\n%s", code, s.stderr.String())
		}
		s.start()
	}
	cancel()
	texting.Wait()
	h := s.settle(r, sam, agents)
	for _, k := range h.transcripts {
		for _, m := range k.messages {
			if m.State == "unknown" {
				t.Errorf("reply %q: its outcome is unknown, although nothing was cut off", m.Text)
			}
		}
	}
}

// TestSecondSignal: who asks twice does not wait.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	s := newServer(t, 1, 1)
	s.signIn("agent-0") // whoever can knows that the channels are known, too
	// A request whose body does not come keeps the service from ending. Who is told to continue knows that it has arrived.
	hanging, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.base[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hanging.Close() }()
	if _, err := hanging.Write([]byte("POST /webhooks/simulated/" + simulatedLine + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(hanging).ReadString('\n'); err != nil || said != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("the request is answered %q (%v)", said, err)
	}
	s.ask(syscall.SIGTERM)
	s.eventually("it is being stopped", func() bool {
		answer, err := s.http.Get(s.ops + "/readyz") //nolint:noctx // ends with the service
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusServiceUnavailable
	})
	s.ask(syscall.SIGTERM)
	if code := s.exit(); code != exitFailure {
		t.Errorf("exit code %d after the second signal, want 1", code)
	}
}
