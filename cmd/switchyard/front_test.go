package main

import (
	"bytes"
	"context"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// front is a load balancer of the plainest kind before the nodes: it gives each request to one that seems to be well, whoever
// owns what, and knows nothing of what it carries. To whom no connection can be made is passed over; when a request has been
// sent and no answer comes, the caller hears nothing either, since nobody knows what came of it.
type front struct {
	*httptest.Server
	backends []*backend
	running  sync.WaitGroup

	mu       sync.Mutex
	notTaken []notTaken
}

// notTaken is a webhook that a node has answered with anything but 2xx: which node, when it was asked, and when it had answered.
type notTaken struct {
	addr            string
	asked, answered time.Time
}

// backend is a node as the front knows it.
type backend struct {
	addr string
	well atomic.Bool
	http *http.Transport
}

const (
	// laneHeader asks for one of two nodes that are sure to differ, for one and the same body.
	laneHeader = "X-Lane"
	// answerTime is how long the front waits for an answer to begin: longer than any node makes a client wait.
	answerTime = 8 * time.Second
	probeEvery = 100 * time.Millisecond
	probeTime  = time.Second
)

// newFront listens at once, and serves when the nodes' addresses are known.
func newFront(t testing.TB) *front {
	t.Helper()
	f := &front{}
	f.Server = httptest.NewUnstartedServer(f)
	return f
}

func (f *front) base() string { return "http://" + f.Listener.Addr().String() }

// serve begins to hand requests on.
func (f *front) serve(t testing.TB, nodes []*node) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	for _, n := range nodes {
		b := &backend{addr: n.front.addr(), http: &http.Transport{
			DisableKeepAlives: true, ResponseHeaderTimeout: answerTime, DialContext: n.dial,
		}}
		f.backends = append(f.backends, b)
		f.running.Go(func() { b.watch(ctx) })
	}
	f.Start()
	t.Cleanup(func() {
		end()
		f.CloseClientConnections()
		f.Close()
		f.running.Wait()
	})
}

// watch asks the node now and then for a page that is not there: whoever says so is well.
func (b *backend) watch(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		b.well.Store(b.answers(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *backend) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "http://"+b.addr+"/nothing", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := b.http.RoundTrip(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return true
}

// ServeHTTP implements [http.Handler].
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for _, b := range f.order(r, body) {
		asked := time.Now()
		resp, err := b.send(r, body)
		if refused := (*net.OpError)(nil); errors.As(err, &refused) && refused.Op == "dial" {
			continue
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if strings.HasPrefix(r.URL.Path, "/webhooks/") && resp.StatusCode/100 != 2 {
			f.note(notTaken{b.addr, asked, time.Now()})
		}
		relay(w, resp)
		return
	}
	panic(http.ErrAbortHandler) // nobody is there
}

// order is whom a request is given to, one after the other until a connection can be made: first those that are well.
func (f *front) order(r *http.Request, body []byte) []*backend {
	var order []*backend
	if lane, err := strconv.Atoi(r.Header.Get(laneHeader)); err == nil {
		sum := fnv.New32a()
		_, _ = sum.Write(body) // never fails
		first := int(sum.Sum32()%uint32(len(f.backends))) + lane
		for n := range f.backends {
			order = append(order, f.backends[(first+n)%len(f.backends)])
		}
		return order
	}
	var ill []*backend
	for _, n := range rand.Perm(len(f.backends)) {
		if b := f.backends[n]; b.well.Load() {
			order = append(order, b)
		} else {
			ill = append(ill, b)
		}
	}
	return append(order, ill...)
}

func (b *backend) send(r *http.Request, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+b.addr+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = r.Header.Clone()
	req.Header.Del(laneHeader)
	req.Host = r.Host
	return b.http.RoundTrip(req)
}

// relay hands an answer on as it comes. One that breaks off breaks off at the client too.
func relay(w http.ResponseWriter, resp *http.Response) {
	defer resp.Body.Close()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	control, chunk := http.NewResponseController(w), make([]byte, 16<<10)
	for {
		n, err := resp.Body.Read(chunk)
		if n > 0 {
			if _, gone := w.Write(chunk[:n]); gone != nil {
				return
			}
			_ = control.Flush() // the client may be gone
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

func (f *front) note(h notTaken) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notTaken = append(f.notTaken, h)
}

// notTakenSince are the webhooks that nodes were asked to take since then, and have not.
func (f *front) notTakenSince(begun time.Time) []notTaken {
	f.mu.Lock()
	defer f.mu.Unlock()
	var since []notTaken
	for _, h := range f.notTaken {
		if h.asked.After(begun) {
			since = append(since, h)
		}
	}
	return since
}
