package pebble

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"switchyard/persistence"
)

// health remembers the first failure of Pebble. After it the store refuses everything until it is opened again: what was
// being written may or may not be there, and only a replay of the log tells.
//
// It is Pebble's logger too, because Pebble reports what it cannot recover from (the log or the manifest cannot be
// written) by Fatalf and expects the process to end there. Ours goes on, broken: in those places Pebble then returns as
// if it had succeeded, so whoever writes asks err() before believing it.
type health struct {
	logger *slog.Logger
	cause  atomic.Pointer[error]
	alarm  func() // called once, after the first failure; must not wait
}

var _ pebble.Logger = (*health)(nil)

func newHealth(logger *slog.Logger, alarm func()) *health {
	return &health{logger: logger, alarm: alarm}
}

// err is nil as long as nothing failed, and wraps [persistence.ErrUnavailable] from then on.
func (h *health) err() error {
	if cause := h.cause.Load(); cause != nil {
		return fmt.Errorf("%w until it is opened again: %w", persistence.ErrUnavailable, *cause)
	}
	return nil
}

// fail breaks the store. The first cause is kept.
func (h *health) fail(cause error) {
	if h.cause.CompareAndSwap(nil, &cause) {
		h.logger.Error("the store is broken and refuses everything until it is opened again", slog.Any("error", cause))
		h.alarm()
	}
}

func (h *health) corrupt(info pebble.DataCorruptionInfo) {
	h.fail(fmt.Errorf("%w (%s: %w)", persistence.ErrDamaged, info.Path, info.Details))
}

// Infof implements [pebble.Logger].
func (h *health) Infof(format string, args ...any) {
	if h.logger.Enabled(context.Background(), slog.LevelDebug) {
		h.logger.Debug("pebble", slog.String("text", fmt.Sprintf(format, args...)))
	}
}

// Errorf implements [pebble.Logger].
func (h *health) Errorf(format string, args ...any) { h.Infof(format, args...) }

// Fatalf implements [pebble.Logger]. It returns.
func (h *health) Fatalf(format string, args ...any) { h.fail(fmt.Errorf(format, args...)) }

// damage marks an error of reading as damage, and breaks the store.
func (h *health) damage(err error) error {
	if !errors.Is(err, persistence.ErrDamaged) {
		err = fmt.Errorf("%w: %w", persistence.ErrDamaged, err)
	}
	h.fail(err)
	return err
}

// unlockedFS leaves out Pebble's own lock file: the data directory is locked as a whole.
type unlockedFS struct{ vfs.FS }

// Lock implements [vfs.FS].
func (unlockedFS) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// Unwrap implements [vfs.FS].
func (u unlockedFS) Unwrap() vfs.FS { return u.FS }
