package redis

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// fault says what became of a call that Redis did not answer as it should: [persistence.ErrClosed],
// [persistence.ErrUnavailable] when surely nothing was written, and otherwise an error that leaves the outcome open.
func (s *Store) fault(err error) error {
	switch {
	case err == nil:
		return nil
	case s.closed.Load():
		return persistence.ErrClosed
	case wroteNothing(err):
		return fmt.Errorf("%w: redis: %w", persistence.ErrUnavailable, err)
	}
	return fmt.Errorf("redis: the outcome is not known, the same call may be repeated: %w", err)
}

// wroteNothing tells errors that come before the first write of a script.
func wroteNothing(err error) bool {
	if dial := (*net.OpError)(nil); errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	if errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrPoolExhausted) {
		return true
	}
	said := redis.Error(nil)
	if !errors.As(err, &said) {
		return false
	}
	word, _, _ := strings.Cut(said.Error(), " ")
	switch word {
	case "OOM", "MISCONF", "NOREPLICAS", "READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN",
		"BUSY", "NOPERM", "NOAUTH", "WRONGPASS":
		return true
	}
	return false
}
