// Package redistest starts redis-servers for tests: processes of their own on loopback, with data below the test's directory.
package redistest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of a test's own, as the documentation asks for it.
type Server struct {
	t       testing.TB
	port    string
	file    []string // none, or one to be named first
	options []string
	process *exec.Cmd
	said    *bytes.Buffer
	exited  chan struct{}
}

// New starts a redis-server that keeps its data in dir; more options are as on its command line.
func New(t testing.TB, dir string, options ...string) *Server {
	t.Helper()
	return started(t, append([]string{
		"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning",
		"--repl-diskless-sync-delay", "0", // a test has one replica and need not wait for a second
	}, options...))
}

// NewSentinel starts a Sentinel with a configuration file, which it rewrites.
func NewSentinel(t testing.TB, file string) *Server {
	t.Helper()
	return started(t, []string{"--bind", "127.0.0.1", "--sentinel"}, file)
}

func started(t testing.TB, options []string, file ...string) *Server {
	t.Helper()
	r := &Server{t: t, file: file, options: options}
	t.Cleanup(r.Kill)
	for range 5 {
		r.port = FreePort(t)
		if r.start() {
			return r
		}
	}
	t.Fatalf("redis-server (the Debian package of that name) does not start:\n%s", r.said)
	return nil
}

// Ports that servers of tests are given lie below those that the system gives to whoever asks for any (on Linux from 32768): none of
// those gets in the way of a server that is started again. A cluster's servers also use the port so far above.
const (
	lowestPort  = 12000
	highestPort = 22000
	above       = 10000
)

// FreePort is a port that nobody listens on, and that no other test is given until this one has ended: a server that is killed may be
// down for as long as it likes, and finds its port free.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := lowestPort + rand.IntN(highestPort-lowestPort) //nolint:gosec // any will do
		if !reserve(t, port) {
			continue
		}
		if l := listen(t, "127.0.0.1", port); l != nil {
			_ = l.Close() // nothing was sent
			return strconv.Itoa(port)
		}
	}
	t.Fatal("no free port among a hundred")
	return ""
}

// reserve takes a port for a test, by listening where nobody else does: at another address of the loopback network, and another port, since
// there are programs that listen at all addresses. Tests in other processes find it taken too, and it ends with the process at the latest.
func reserve(t testing.TB, port int) bool {
	t.Helper()
	sign := listen(t, "127.0.0.2", port+above)
	if sign == nil {
		return false
	}
	t.Cleanup(func() { _ = sign.Close() }) // nothing was sent
	return true
}

// listen is nil where somebody listens.
func listen(t testing.TB, address string, port int) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return nil
	}
	return l
}

// start starts the process and waits until it answers; false when it has ended instead.
func (r *Server) start() bool {
	r.t.Helper()
	r.said, r.exited = &bytes.Buffer{}, make(chan struct{})
	//nolint:gosec // the options are a test's own
	r.process = exec.CommandContext(context.Background(), "redis-server", slices.Concat(r.file, []string{"--port", r.port}, r.options)...)
	r.process.Stdout, r.process.Stderr = r.said, r.said
	if err := r.process.Start(); err != nil {
		r.t.Fatalf("%v; install the Debian package redis-server", err)
	}
	go func(process *exec.Cmd, exited chan struct{}) {
		_ = process.Wait() // it is killed
		close(exited)
	}(r.process, r.exited)
	client := r.client()
	defer client.Close()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !r.answers(client) {
		select {
		case <-look.C:
		case <-r.exited:
			return false
		}
	}
	return true
}

// answers says that the server serves, and that it is this one: another may have been quicker to take the port.
func (r *Server) answers(client *redis.Client) bool {
	info, err := client.Info(context.Background(), "server").Result()
	return err == nil && strings.Contains(info, fmt.Sprintf("process_id:%d\r", r.process.Process.Pid)) &&
		client.Ping(context.Background()).Err() == nil
}

// Kill ends the process at once, as kill -9 does, and waits for its end.
func (r *Server) Kill() {
	if r.process == nil || r.process.Process == nil {
		return
	}
	_ = r.process.Process.Kill() // it may have ended
	<-r.exited
}

// Restart starts it again after a kill, on the same port and data.
func (r *Server) Restart() {
	r.t.Helper()
	if !r.start() {
		r.t.Fatalf("redis-server does not start again:\n%s", r.said)
	}
}

// Addr is host and port of the server.
func (r *Server) Addr() string { return "127.0.0.1:" + r.port }

// URL is what a store is opened with.
func (r *Server) URL() string { return "redis://" + r.Addr() }

// client is a way to the server that goes round the store.
func (r *Server) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: r.Addr(), MaxRetries: -1, DisableIdentity: true})
}

// Do runs a command on the server.
func (r *Server) Do(args ...any) any {
	r.t.Helper()
	answer, err := r.Try(args...)
	if err != nil {
		r.t.Fatalf("%v: %v", args, err)
	}
	return answer
}

// Try runs a command on a server that may be cutting its connections: one that is being promoted does.
func (r *Server) Try(args ...any) (any, error) {
	client := r.client()
	defer client.Close()
	return client.Do(context.Background(), args...).Result()
}

// Replication is what the server says of its replication; empty when it does not answer.
func (r *Server) Replication() string {
	answer, _ := r.Try("info", "replication")
	text, _ := answer.(string)
	return text
}

// Calls counts what has been called since the server started.
func (r *Server) Calls() map[string]int {
	r.t.Helper()
	calls := make(map[string]int)
	for line := range strings.Lines(r.Do("info", "commandstats").(string)) {
		name, rest, found := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		count, _, _ := strings.Cut(rest, ",")
		if n, err := strconv.Atoi(count); found && err == nil {
			calls[name] = n
		}
	}
	return calls
}

// Freeze stops the process where it is, as a host that swaps does; it takes connections and answers nothing.
func (r *Server) Freeze() { r.signal(syscall.SIGSTOP) }

// Thaw lets it go on.
func (r *Server) Thaw() { r.signal(syscall.SIGCONT) }

func (r *Server) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}
