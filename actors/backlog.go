package actors

import (
	"sync"
	"time"

	"switchyard/persistence"
)

// backlog is what a tenure has read from the inbox and not worked off, with the time at which each was accepted.
type backlog struct {
	mu     sync.Mutex
	inputs map[persistence.ID]time.Time
}

func (b *backlog) begin(id persistence.ID, accepted time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inputs == nil {
		b.inputs = map[persistence.ID]time.Time{}
	}
	b.inputs[id] = accepted
}

func (b *backlog) finish(ids []persistence.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		delete(b.inputs, id)
	}
}

// count is how many there are, and when the oldest was accepted. Those that cannot be read have no time.
func (b *backlog) count() (n int, oldest time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range b.inputs {
		if !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return len(b.inputs), oldest
}

// backlog is how many inputs this node has read and not worked off, and the age of the oldest.
func (e *Engine) backlog() (inputs int, age time.Duration) {
	now := time.Now()
	for _, t := range e.tenures() {
		n, oldest := t.backlog.count()
		inputs += n
		if !oldest.IsZero() {
			age = max(age, now.Sub(oldest)) // another machine's clock may be ahead
		}
	}
	return inputs, age
}
