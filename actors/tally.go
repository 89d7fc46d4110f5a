package actors

import (
	"context"
	"sync"
)

// tally counts what has been begun and not finished. Unlike a WaitGroup it may rise from zero while somebody waits.
type tally struct {
	mu   sync.Mutex
	n    int
	zero chan struct{}
}

// Add begins n things.
func (t *tally) Add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n += n
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// Done finishes one.
func (t *tally) Done() { t.Add(-1) }

// Wait returns when nothing is unfinished, or with the context's cause.
func (t *tally) Wait(ctx context.Context) error {
	t.mu.Lock()
	if t.n == 0 {
		t.mu.Unlock()
		return nil
	}
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	t.mu.Unlock()
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
