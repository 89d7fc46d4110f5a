package api

import (
	"context"
	"sync"
	"time"

	"switchyard/actors/routing"
)

// Limits of signing in by password.
const (
	failuresAllowed = 5                // in a row
	failuresPause   = 30 * time.Second // after which one more attempt is free
	failuresKept    = 10_000           // names that are remembered
	waitingAtOnce   = 64               // attempts, those that are worked on among them
	hashingAtOnce   = 2                // hashing is made to be slow; it shall not slow down everything else
)

// door remembers who has tried wrong passwords, and bounds how many are worked on at once.
type door struct {
	line chan struct{} // a place for each attempt
	work chan struct{} // a place for each that is worked on

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	failed int
	last   time.Time
}

func newDoor() *door {
	return &door{line: make(chan struct{}, waitingAtOnce), work: make(chan struct{}, hashingAtOnce), tries: map[string]tries{}}
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

// try works on a name's password as soon as it is its turn, and takes down how that went. A name that has to wait by then is
// told how long: many attempts at once are not more than one after the other. Too many at once are [routing.ErrBusy].
func (d *door) try(ctx context.Context, name, hash, password string) (good bool, wait time.Duration, err error) {
	select {
	case d.line <- struct{}{}:
		defer func() { <-d.line }()
	default:
		return false, 0, routing.ErrBusy
	}
	select {
	case d.work <- struct{}{}:
		defer func() { <-d.work }()
	case <-ctx.Done():
		return false, 0, ctx.Err()
	}
	now := time.Now()
	if wait := d.locked(name, now); wait > 0 {
		return false, wait, nil
	}
	good = checkPassword(hash, password)
	d.note(name, good, now)
	return good, 0, nil
}
