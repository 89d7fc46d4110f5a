package redis

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Quiet keeps the client library from writing to standard error: what matters comes back as an error. It holds for the
// whole process; call it once, before the first [Open].
func Quiet() { redis.SetLogger(silence{}) }

type silence struct{}

// Printf is what the client library calls.
func (silence) Printf(context.Context, string, ...any) {}
