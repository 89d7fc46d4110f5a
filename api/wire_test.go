package api

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// TestStalledReaderIsCut guards against a desktop that reads nothing: it is cut and counted, and holds up nobody's shutdown.
func TestStalledReaderIsCut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	slow := reply("cv_1", 1, routing.MessageSent)
	slow.Text = strings.Repeat("x", 16<<10)
	notices := make([]routing.Notice, 100)
	for i := range notices {
		notices[i] = routing.Notice{Type: routing.NoticeMessageAdded, At: noon, Message: &slow}
	}
	for range 6 { // more than a loopback's buffers hold
		h.notify(t, acme, "ann", notices...)
	}
	base := listening(t, impatient{h.server}, h.server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /v1/desk/events?after= HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n\r\n", h.token("ann"))
	for testutil.ToFloat64(h.server.metrics.unsent) == 0 {
		if ctx.Err() != nil {
			t.Fatal("a reader that reads nothing is never cut, or not counted")
		}
		runtime.Gosched()
	}
	h.server.Close()
}

// impatient makes the time that a reader has for a write short.
type impatient struct{ http.Handler }

func (i impatient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.Handler.ServeHTTP(impatientWriter{w}, r)
}

type impatientWriter struct{ http.ResponseWriter }

func (w impatientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w impatientWriter) SetWriteDeadline(at time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(at.Add(50*time.Millisecond - writeTime))
}

// TestBodyThatNeverComes guards connections against being held by the promise of a body, also where nobody reads it.
func TestBodyThatNeverComes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		theirs := plugged(t, newHouse(t))
		fmt.Fprint(theirs, "GET /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n")
		began := time.Now()
		if _, err := io.Copy(io.Discard, theirs); err != nil || time.Since(began) > bodyTime {
			t.Errorf("the connection is held for %v, %v", time.Since(began), err)
		}
	})
}

// TestStalledReaderHoldsUpNobody guards the server's end against a desktop that reads nothing.
func TestStalledReaderHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		fmt.Fprintf(plugged(t, h), "GET /v1/desk/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n\r\n", h.token("ann"))
		synctest.Wait()
		began := time.Now()
		h.server.Close()
		if took := time.Since(began); took > partingTime {
			t.Errorf("closing took %v", took)
		}
	})
}

// plugged is a client's end of a connection that takes nothing that is not being read, until the end of the test.
func plugged(t *testing.T, h *house) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	hs := HTTPServer(h.server, slog.New(slog.DiscardHandler))
	served := make(chan struct{})
	go func() { defer close(served); _ = hs.Serve(&oneConn{conn: ours, closed: make(chan struct{})}) }()
	t.Cleanup(func() { _ = theirs.Close(); _ = hs.Close(); <-served })
	return theirs
}

// oneConn is a listener to which one client has come.
type oneConn struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *oneConn) Accept() (c net.Conn, err error) {
	if l.conn != nil {
		c, l.conn = l.conn, nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}
func (l *oneConn) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }
