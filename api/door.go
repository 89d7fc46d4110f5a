package api

import (
	"context"
	"sync"
	"time"
)

// Limits of signing in by password.
const (
	failuresAllowed = 5                // in a row
	failuresPause   = 30 * time.Second // after which one more attempt is free
	failuresKept    = 10_000           // names that are remembered
	hashingAtOnce   = 2                // hashing is made to be slow; it shall not slow down everything else
)

// door remembers who has tried wrong passwords, and bounds how many are worked on at once.
type door struct {
	work chan struct{}

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	failed int
	last   time.Time
}

func newDoor() *door {
	return &door{work: make(chan struct{}, hashingAtOnce), tries: map[string]tries{}}
}

// locked says how long the name still has to wait, 0 when it has not.
func (d *door) locked(name string, now time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tries[name]
	if t.failed < failuresAllowed {
		return 0
	}
	return max(0, t.last.Add(failuresPause).Sub(now))
}

// note takes down how an attempt went.
func (d *door) note(name string, good bool, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if good {
		delete(d.tries, name)
		return
	}
	if len(d.tries) >= failuresKept {
		for other, t := range d.tries {
			if now.Sub(t.last) > failuresPause || len(d.tries) >= failuresKept {
				delete(d.tries, other)
			}
		}
	}
	d.tries[name] = tries{failed: d.tries[name].failed + 1, last: now}
}

// check works on a password as soon as it is its turn.
func (d *door) check(ctx context.Context, hash, password string) (bool, error) {
	select {
	case d.work <- struct{}{}:
		defer func() { <-d.work }()
		return checkPassword(hash, password), nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
