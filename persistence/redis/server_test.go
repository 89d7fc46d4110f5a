package redis_test

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/storetest"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// redisServer is a redis-server of a test's own, as the documentation asks for it.
type redisServer struct {
	t       testing.TB
	port    string
	options []string
	process *exec.Cmd
	said    *bytes.Buffer
	exited  chan struct{}
}

// newRedisServer starts a redis-server that keeps its data in dir; more options are as on its command line.
func newRedisServer(t testing.TB, dir string, options ...string) *redisServer {
	t.Helper()
	r := &redisServer{t: t, options: append([]string{
		"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning",
	}, options...)}
	t.Cleanup(r.kill)
	for range 5 {
		r.port = freePort(t)
		if r.start() {
			return r
		}
	}
	t.Fatalf("redis-server (the Debian package of that name) does not start:\n%s", r.said)
	return nil
}

// freePort is a port that nobody listens on, for now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// start starts the process and waits until it answers; false when it has ended instead.
func (r *redisServer) start() bool {
	r.t.Helper()
	r.said, r.exited = &bytes.Buffer{}, make(chan struct{})
	r.process = exec.CommandContext(context.Background(), "redis-server", append([]string{"--port", r.port}, r.options...)...)
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
	for client.Ping(context.Background()).Err() != nil {
		select {
		case <-look.C:
		case <-r.exited:
			return false
		}
	}
	return true
}

// kill ends the process at once, as kill -9 does, and waits for its end.
func (r *redisServer) kill() {
	_ = r.process.Process.Kill() // it may have ended
	<-r.exited
}

// restart starts it again after a kill, on the same port and data.
func (r *redisServer) restart() {
	r.t.Helper()
	if !r.start() {
		r.t.Fatalf("redis-server does not start again:\n%s", r.said)
	}
}

func (r *redisServer) addr() string { return "127.0.0.1:" + r.port }

func (r *redisServer) url() string { return "redis://" + r.addr() }

// client is a way to the server that goes round the store.
func (r *redisServer) client() *goredis.Client {
	return goredis.NewClient(&goredis.Options{Addr: r.addr(), MaxRetries: -1, DisableIdentity: true})
}

// do runs a command on the server.
func (r *redisServer) do(args ...any) any {
	r.t.Helper()
	client := r.client()
	defer client.Close()
	answer, err := client.Do(context.Background(), args...).Result()
	if err != nil {
		r.t.Fatalf("%v: %v", args, err)
	}
	return answer
}

func TestStoreOnServer(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, newRedisServer(t, t.TempDir()).url(), redis.Options{Partitions: 2})
	})
}

// A server that was killed has everything that was acknowledged when it starts again.
func TestDurable(t *testing.T) {
	t.Parallel()
	storetest.RunDurable(t, func(t *testing.T, dir string) persistence.Store {
		server := newRedisServer(t, dir)
		return &killed{open(t, server.url(), redis.Options{Partitions: 2}), server}
	})
}

// killed is a store whose server is killed when it is closed.
type killed struct {
	persistence.Store
	server *redisServer
}

func (k *killed) Close() error {
	err := k.Store.Close()
	k.server.kill()
	return err
}

// eventually waits until something holds.
func (r *redisServer) eventually(what string, holds func() bool) {
	r.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			r.t.Fatalf("%s: not so after %v", what, patience)
		}
	}
}

// calls counts what has been called since the server started.
func (r *redisServer) calls() map[string]int {
	r.t.Helper()
	calls := make(map[string]int)
	for line := range strings.Lines(r.do("info", "commandstats").(string)) {
		name, rest, found := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		count, _, _ := strings.Cut(rest, ",")
		if n, err := strconv.Atoi(count); found && err == nil {
			calls[name] = n
		}
	}
	return calls
}
