package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	sse "github.com/tmaxmax/go-sse"

	"switchyard/actors/routing"
)

// listening serves h on the loopback, until the end of the test.
func listening(t *testing.T, h http.Handler, end func()) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hs := HTTPServer(h, slog.New(slog.DiscardHandler))
	served := make(chan struct{})
	go func() { defer close(served); _ = hs.Serve(l) }()
	t.Cleanup(func() { end(); _ = hs.Close(); <-served })
	return "http://" + l.Addr().String()
}

// TestIndependentClient has another library's client hear everything once and in order, over many cuts.
func TestIndependentClient(t *testing.T) {
	t.Parallel()
	const events = 40
	h := newHouse(t)
	cutter := &cutter{Handler: h.server}
	base := listening(t, cutter, h.server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &sse.Client{
		HTTPClient: &http.Client{Transport: transport}, Backoff: sse.Backoff{InitialInterval: time.Millisecond, Multiplier: 1},
		OnRetry: func(error, time.Duration) {},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/desk/events?after=", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token("ann"))
	connection := client.NewConnection(r)
	got := make(chan sse.Event, 4*events)
	connection.SubscribeToAll(func(e sse.Event) { got <- e })
	done := make(chan struct{})
	go func() { defer close(done); _ = connection.Connect() }()
	var last string
	for n, hellos := 0, 0; n < events; {
		select {
		case e := <-got:
			if e.Type == "hello" {
				hellos++
				h.notify(t, acme, "ann", make10()...)
				break
			}
			if e.Type != "agent.updated" || e.LastEventID <= last {
				t.Fatalf("event %d is %s at %q after %q", n, e.Type, e.LastEventID, last)
			}
			last = e.LastEventID
			if n++; n%10 == 0 {
				cutter.cut()
			}
		case <-ctx.Done():
			t.Fatal("the events did not arrive")
		}
	}
	cancel()
	<-done
	contract.note("deskEvents")
}

func make10() []routing.Notice {
	notices := make([]routing.Notice, 10)
	for i := range notices {
		notices[i] = routing.Notice{Type: routing.NoticeAgentUpdated, At: noon}
	}
	return notices
}

// cutter serves requests until it is told to break them all off.
type cutter struct {
	http.Handler
	mu   sync.Mutex
	cuts []context.CancelFunc
}

func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cut := context.WithCancel(r.Context())
	c.mu.Lock()
	c.cuts = append(c.cuts, cut)
	c.mu.Unlock()
	c.Handler.ServeHTTP(w, r.WithContext(ctx))
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cut := range c.cuts {
		cut()
	}
	c.cuts = nil
}

// TestBrokenReaderIsCounted guards the writes to a client that has gone.
func TestBrokenReaderIsCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := &brokenWriter{header: http.Header{}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/desk/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token("ann"))
	h.server.ServeHTTP(w, r)
	if n := testutil.ToFloat64(h.server.metrics.unsent); n != 1 || w.deadline.IsZero() {
		t.Errorf("%v cut streams are counted, the write's deadline is %v", n, w.deadline)
	}
	if n := testutil.ToFloat64(h.server.metrics.streams); n != 0 {
		t.Errorf("%v streams are open", n)
	}
}

// brokenWriter takes nothing.
type brokenWriter struct {
	header   http.Header
	deadline time.Time
}

func (w *brokenWriter) Header() http.Header                 { return w.header }
func (w *brokenWriter) WriteHeader(int)                     {}
func (w *brokenWriter) Write([]byte) (int, error)           { return 0, net.ErrClosed }
func (w *brokenWriter) SetWriteDeadline(at time.Time) error { w.deadline = at; return nil }
