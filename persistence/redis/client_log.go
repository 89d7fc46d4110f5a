package redis

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// LogClient has the client library tell what it thinks worth telling to log, at debug level, instead of writing to
// standard error. It holds for the whole process; call it once, before the first [Open].
func LogClient(log *slog.Logger) { redis.SetLogger(clientLog{log}) }

type clientLog struct{ *slog.Logger }

// Printf is what the client library calls.
func (l clientLog) Printf(ctx context.Context, format string, args ...any) {
	l.LogAttrs(ctx, slog.LevelDebug, "redis client", slog.String("says", fmt.Sprintf(format, args...)))
}
