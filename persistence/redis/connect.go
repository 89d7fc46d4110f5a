package redis

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"switchyard/persistence"
)

const (
	// answerTime is how long Redis may take to answer before the outcome counts as not known.
	answerTime = 5 * time.Second
	dialTime   = 3 * time.Second
	// connections is how many connections a node keeps to each Redis at the most; "?pool_size=" changes it.
	connections = 64
)

// connect makes a client for a URL; it does not connect yet. [Open] documents the schemes. Nothing is retried below us: a
// repetition is only right where the port says so.
func connect(where string) (redis.UniversalClient, error) {
	scheme, rest, found := strings.Cut(where, "://")
	kind, secure := strings.CutPrefix(scheme, "rediss")
	if !secure {
		kind = strings.TrimPrefix(scheme, "redis")
	}
	plain := "redis://" + rest
	if secure {
		plain = "rediss://" + rest
	}
	if !found || !strings.HasPrefix(scheme, "redis") {
		kind = "unknown"
	}
	switch kind {
	case "":
		o, err := redis.ParseURL(plain)
		if err != nil {
			return nil, badURL(where, err)
		}
		o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = -1, true, true, quiet()
		o.DialTimeout, o.ReadTimeout = orElse(o.DialTimeout, dialTime), orElse(o.ReadTimeout, answerTime)
		o.PoolSize, o.DialerRetries = orElse(o.PoolSize, connections), orElse(o.DialerRetries, 1)
		return redis.NewClient(o), nil
	case "-sentinel":
		o, err := redis.ParseFailoverURL(plain)
		if err != nil {
			return nil, badURL(where, err)
		}
		if o.MasterName == "" {
			return nil, badURL(where, fmt.Errorf("name the primary with ?master_name="))
		}
		o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity = -1, true, true
		o.DialTimeout, o.ReadTimeout = orElse(o.DialTimeout, dialTime), orElse(o.ReadTimeout, answerTime)
		o.PoolSize, o.DialerRetries = orElse(o.PoolSize, connections), orElse(o.DialerRetries, 1)
		return redis.NewFailoverClient(o), nil
	case "-cluster":
		o, err := redis.ParseClusterURL(plain)
		if err != nil {
			return nil, badURL(where, err)
		}
		o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = -1, true, true, quiet()
		o.DialTimeout, o.ReadTimeout = orElse(o.DialTimeout, dialTime), orElse(o.ReadTimeout, answerTime)
		o.PoolSize, o.DialerRetries = orElse(o.PoolSize, connections), orElse(o.DialerRetries, 1)
		return redis.NewClusterClient(o), nil
	}
	return nil, fmt.Errorf("%w: %q is no URL of a Redis; use redis://, redis-sentinel:// or redis-cluster://, with rediss in "+
		"place of redis for TLS", persistence.ErrInvalid, scheme)
}

func orElse[T int | time.Duration](given, otherwise T) T {
	if given != 0 {
		return given
	}
	return otherwise
}

// quiet keeps the client from asking for maintenance notices, which Redis 7 does not know and an ACL need not allow.
func quiet() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// badURL says what is wrong without repeating a password.
func badURL(where string, err error) error {
	return fmt.Errorf("%w: URL of the Redis %s: %w", persistence.ErrInvalid, Redacted(where), withoutURL(err))
}

// withoutURL takes the URL out of what url.Parse says.
func withoutURL(err error) error {
	if parse, ok := err.(*url.Error); ok { //nolint:errorlint // url.Parse returns it bare
		return parse.Err
	}
	return err
}

// Redacted is a URL without its password, for logs and errors.
func Redacted(where string) string {
	u, err := url.Parse(where)
	if err != nil {
		scheme, _, _ := strings.Cut(where, ":")
		return scheme + "://…"
	}
	u.RawQuery = ""
	return u.Redacted()
}
