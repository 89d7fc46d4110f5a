package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// node is one of several Switchyards on one Redis: a process of its own that is started again where it was, and the links by
// which it reaches the Redis and the front reaches it.
type node struct {
	*child
	t            testing.TB
	program      string
	args         []string
	listen, ops  string
	store, front *link
	http         *http.Client

	mu    sync.Mutex
	past  map[string]float64 // what former lives have counted
	now   map[string]float64 // what this one has, when it was last asked
	lives []*child
}

// newNode makes a node that reaches the Redis by a link; it is not started yet.
func newNode(t testing.TB, program string, store *link, base string, options ...string) *node {
	t.Helper()
	n := &node{
		t: t, program: program, listen: freeAddress(t), ops: freeAddress(t), store: store,
		past: map[string]float64{}, now: map[string]float64{},
	}
	n.front = newLink(t, n.listen)
	transport := &http.Transport{DisableKeepAlives: true}
	n.http = &http.Client{Transport: transport, Timeout: answerTime}
	n.args = append([]string{
		"serve", "--listen", n.listen, "--ops-listen", n.ops, "--store", "redis://" + store.addr(), "--public-url", base, "--log-level", "info",
	}, options...)
	return n
}

// start starts the process.
func (n *node) start() {
	n.t.Helper()
	n.child = startProgram(n.t, n.program, n.args...)
	n.lives = append(n.lives, n.child)
}

// dial connects with the node by the link that the front uses. A link takes every connection; this one is refused where the
// node's would be.
func (n *node) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	direct, err := d.DialContext(ctx, network, n.listen)
	if err != nil {
		return nil, err
	}
	_ = direct.Close() // nothing was sent
	return d.DialContext(ctx, network, addr)
}

// answers says that the node takes requests, whatever it makes of them.
func (n *node) answers() bool {
	n.t.Helper()
	if !n.running() {
		n.t.Fatalf("a node has ended with %d:\n%s", n.exit(), n.stderr.String())
	}
	return n.get("http://"+n.listen+"/nothing", nil) == http.StatusNotFound
}

// back says that the node takes requests, and says itself that it can serve.
func (n *node) back() bool {
	n.t.Helper()
	return n.answers() && n.get("http://"+n.ops+"/readyz", nil) == http.StatusOK
}

// get makes a call and gives the lines of the answer to read; 0 when there is none.
func (n *node) get(address string, read func(line string)) int {
	req, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0
	}
	resp, err := n.http.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); read != nil && lines.Scan(); {
		read(lines.Text())
	}
	return resp.StatusCode
}

// count reads the counters that tell how the node fares.
func (n *node) count() {
	now := map[string]float64{}
	status := n.get("http://"+n.ops+"/metrics", func(line string) {
		name, value, _ := strings.Cut(line, " ")
		if v, err := strconv.ParseFloat(value, 64); err == nil && strings.HasSuffix(name, "_total") {
			now[name] = v
		}
	})
	if status == http.StatusOK {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.now = now
	}
}

// counted is a counter over all lives of the node.
func (n *node) counted(name string) float64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.past[name] + n.now[name]
}

// die kills the process as a power cut would. What it counted since it was last asked is forgotten.
func (n *node) die() {
	n.count()
	n.kill()
	n.bury()
}

// leave asks it to stop in order, and waits for the end.
func (n *node) leave() {
	n.t.Helper()
	n.count()
	n.ask(syscall.SIGTERM)
	if code := n.exit(); code != exitOK {
		n.t.Errorf("exit code %d after SIGTERM, want 0:\n%s", code, n.stderr.String())
	}
	n.bury()
}

func (n *node) bury() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, v := range n.now {
		n.past[name] += v
	}
	n.now = map[string]float64{}
}

func (n *node) freeze() {
	n.t.Helper()
	n.count()
	n.ask(syscall.SIGSTOP)
}

func (n *node) thaw() {
	n.t.Helper()
	n.ask(syscall.SIGCONT)
}

// said is all that the node's lives have logged.
func (n *node) said() string {
	var all strings.Builder
	for _, life := range n.lives {
		all.WriteString(life.stderr.String())
	}
	return all.String()
}
