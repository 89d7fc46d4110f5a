package redis_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"go.uber.org/goleak"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/storetest"
)

func TestMain(m *testing.M) {
	redis.Quiet()
	goleak.VerifyTestMain(m)
}

// mini is a Redis in this process whose version and settings are what a test wants.
type mini struct {
	*miniredis.Miniredis
	mu       sync.Mutex
	version  string
	settings map[string]string
	refuses  map[string]string // what a command is refused with
}

func newMini(t testing.TB) *mini {
	t.Helper()
	return newMiniBy(t, (*miniredis.Miniredis).Start)
}

func newMiniBy(t testing.TB, start func(*miniredis.Miniredis) error) *mini {
	t.Helper()
	m := &mini{Miniredis: miniredis.NewMiniRedis(), version: "7.0.15", refuses: map[string]string{}, settings: map[string]string{
		"appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "maxmemory-policy": "noeviction",
	}}
	if err := start(m.Miniredis); err != nil {
		t.Fatal(err)
	}
	m.Server().SetPreHook(m.answer)
	ctx, stop := context.WithCancel(context.Background())
	var clock sync.WaitGroup
	clock.Go(func() { m.keepTime(ctx) })
	t.Cleanup(func() {
		stop()
		clock.Wait()
		m.Close()
	})
	return m
}

// keepTime lets windows end: miniredis' own clock stands still. It is not wound all the time, since that takes every key in order.
func (m *mini) keepTime(ctx context.Context) {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case now := <-tick.C:
			m.FastForward(now.Sub(last))
			last = now
		case <-ctx.Done():
			return
		}
	}
}

// answer stands in for the commands that miniredis lacks.
func (m *mini) answer(c *server.Peer, command string, args ...string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	command = strings.ToUpper(command)
	if refusal := m.refuses[command]; refusal != "" {
		c.WriteError(refusal)
		return true
	}
	switch {
	case command == "INFO":
		c.WriteBulk("# Server\r\nredis_version:" + m.version + "\r\n")
	case command == "CONFIG" && len(args) == 2:
		c.WriteMapLen(1)
		c.WriteBulk(args[1])
		c.WriteBulk(m.settings[args[1]])
	default:
		return false
	}
	return true
}

func (m *mini) refuse(command, with string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuses[command] = with
}

func (m *mini) set(settings map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.settings, settings)
}

// url has the store wait for an answer that takes long: on a busy machine scripts do, which are interpreted here, and their outcome would
// count as not known.
func (m *mini) url() string { return "redis://" + m.Addr() + "?read_timeout=1m" }

func open(t testing.TB, url string, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func input(key string) persistence.Input {
	return persistence.Input{Key: key, Sum: "sum", Body: fmt.Append(nil, "body of ", key), Window: time.Hour}
}

func TestArchiveOnMiniredis(t *testing.T) {
	t.Parallel()
	storetest.RunArchive(t, func(t *testing.T) persistence.Archive {
		return open(t, newMini(t).url(), redis.Options{Partitions: 2})
	})
}

func TestStoreOnMiniredis(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, newMini(t).url(), redis.Options{Partitions: 2})
	})
}
