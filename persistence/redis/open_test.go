package redis_test

import (
	"errors"
	"strings"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make    func(t *testing.T, m *mini)
		options redis.Options
		want    error
		says    string
	}{
		"appendfsync everysec": {
			make: func(_ *testing.T, m *mini) { m.set(map[string]string{"appendfsync": "everysec"}) },
			want: redis.ErrUnsafe, says: `appendfsync is "everysec", set it to "always": otherwise`,
		},
		"no append-only file": {
			make: func(_ *testing.T, m *mini) { m.set(map[string]string{"appendonly": "no"}) },
			want: redis.ErrUnsafe, says: `appendonly is "no", set it to "yes"`,
		},
		"no sync while rewriting": {
			make: func(_ *testing.T, m *mini) { m.set(map[string]string{"no-appendfsync-on-rewrite": "yes"}) },
			want: redis.ErrUnsafe, says: "no-appendfsync-on-rewrite",
		},
		"eviction": {
			make: func(_ *testing.T, m *mini) { m.set(map[string]string{"maxmemory-policy": "allkeys-lru"}) },
			want: redis.ErrUnsafe, says: `maxmemory-policy is "allkeys-lru", set it to "noeviction"`,
		},
		"settings that may not be read": {
			make: func(_ *testing.T, m *mini) {
				m.refuse("CONFIG", "NOPERM this user has no permissions to run 'config|get'")
			},
			want: redis.ErrUnsafe, says: `allow this user "+config|get"`,
		},
		"an old version": {
			make: func(_ *testing.T, m *mini) { m.version = "6.2.14" },
			want: redis.ErrVersion, says: "it is version 6.2.14, Switchyard needs 7.0 or newer",
		},
		"another number of partitions": {
			make:    func(t *testing.T, m *mini) { open(t, m.url(), redis.Options{Partitions: 3}) },
			options: redis.Options{Partitions: 4},
			want:    redis.ErrPartitions, says: "it has 3, not 4",
		},
		"a newer format": {
			make: func(_ *testing.T, m *mini) { m.HSet("switchyard:store", "format", "3") },
			want: persistence.ErrFormat, says: "format 3, this version reads 2",
		},
		"a number of partitions that is none": {
			make: func(_ *testing.T, m *mini) { m.HSet("switchyard:store", "partitions", "many") },
			want: persistence.ErrDamaged, says: `"many" partitions`,
		},
		"too many partitions": {
			options: redis.Options{Partitions: 4097},
			want:    persistence.ErrInvalid, says: "at most 4096",
		},
		"a wrong password": {
			make: func(_ *testing.T, m *mini) { m.RequireAuth("right") },
			want: persistence.ErrUnavailable, says: "NOAUTH",
		},
		"nobody there": {
			make: func(_ *testing.T, m *mini) { m.Close() },
			want: persistence.ErrUnavailable, says: "connection refused",
		},
		"a Redis that is loading": {
			make: func(_ *testing.T, m *mini) { m.refuse("INFO", "LOADING Redis is loading the dataset in memory") },
			want: persistence.ErrUnavailable, says: "LOADING",
		},
		"no place to subscribe": {
			make: func(_ *testing.T, m *mini) { m.refuse("SUBSCRIBE", "NOPERM no channel for you") },
			says: "subscribe to switchyard:*",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMini(t)
			url := m.url()
			if c.make != nil {
				c.make(t, m)
			}
			s, err := redis.Open(t.Context(), url, c.options)
			if err == nil {
				t.Error(s.Close())
			}
			if c.want != nil && !errors.Is(err, c.want) || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want one that says %q", err, c.says)
			}
		})
	}
}

func TestAllowUnsafe(t *testing.T) {
	t.Parallel()
	m := newMini(t)
	m.set(map[string]string{"appendfsync": "everysec"})
	open(t, m.url(), redis.Options{AllowUnsafe: true})
	m.refuse("CONFIG", "ERR unknown command 'config'")
	open(t, m.url(), redis.Options{AllowUnsafe: true})
}

func TestPartitionsStay(t *testing.T) {
	t.Parallel()
	m := newMini(t)
	if n := open(t, m.url(), redis.Options{}).Partitions(); n != redis.DefaultPartitions {
		t.Errorf("%d partitions in a new Redis", n)
	}
	if n := open(t, m.url(), redis.Options{Partitions: redis.DefaultPartitions}).Partitions(); n != redis.DefaultPartitions {
		t.Errorf("%d partitions at the second opening", n)
	}
}

// Who wants what is there does not set anything up in its place.
func TestExisting(t *testing.T) {
	t.Parallel()
	m := newMini(t)
	if _, err := redis.Open(t.Context(), m.url(), redis.Options{Existing: true}); !errors.Is(err, persistence.ErrNotFound) {
		t.Errorf("a new Redis: %v, want %v", err, persistence.ErrNotFound)
	}
	if made := m.Keys(); len(made) != 0 {
		t.Errorf("made: %v", made)
	}
	open(t, m.url(), redis.Options{})
	open(t, m.url(), redis.Options{Existing: true})
	m.refuse("EXISTS", "LOADING wait")
	if _, err := redis.Open(t.Context(), m.url(), redis.Options{Existing: true}); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("a Redis that does not tell: %v, want %v", err, persistence.ErrUnavailable)
	}
}

// TestURLs looks at URLs that name no Redis: none is dialled, and no password is told.
func TestURLs(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"http://localhost":                           "use redis://",
		"redis":                                      "use redis://",
		"redisx://localhost":                         "use redis://",
		"redis://u:hush@localhost/none":              "invalid database number",
		"redis://u:hush@localhost:port/0":            "invalid port",
		"redis://u:hush@localhost/0?nonsense=1":      "nonsense",
		"redis-sentinel://u:hush@localhost:26379":    "?master_name=",
		"rediss-sentinel://u:hush@localhost/0?x=y":   "unexpected option",
		"redis-cluster://u:hush@localhost?route=far": "unexpected option",
	} {
		_, err := redis.Open(t.Context(), url, redis.Options{})
		if !errors.Is(err, persistence.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want one that says %q", url, err, says)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the password is told: %v", url, err)
		}
	}
	if got := redis.Redacted("redis://u:hush@localhost:6379/1?password=hush"); got != "redis://u:xxxxx@localhost:6379/1" {
		t.Errorf("redacted: %s", got)
	}
}
