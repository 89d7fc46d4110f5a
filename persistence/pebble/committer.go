package pebble

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// maxGroup and maxGroupBytes are how much work, and how many bytes of it, go into one batch. The work that passes the
// second is the last one.
const (
	maxGroup      = 512
	maxGroupBytes = 4 << 20
)

// Stats are counts since the store was opened.
type Stats struct {
	Operations uint64 // inputs, commits, acquisitions and pings that the committer has answered
	Groups     uint64 // batches of such operations that wrote something
	Syncs      uint64 // syncs of the log: one for each group
	Swept      uint64 // ingest keys forgotten because their window had ended
}

type counters struct {
	operations, groups, syncs, swept atomic.Uint64
	stuck                            atomic.Bool // Pebble panicked in a write and may hold its locks
}

// Stats returns the counts at this moment.
func (s *Store) Stats() Stats {
	return Stats{
		Operations: s.counters.operations.Load(),
		Groups:     s.counters.groups.Load(),
		Syncs:      s.counters.syncs.Load(),
		Swept:      s.counters.swept.Load(),
	}
}

// commitGroups is the committer, the only goroutine that writes. It takes everything that waits as one group, and while
// the group is being synced the next one gathers.
func (s *Store) commitGroups() {
	defer close(s.stopped)
	sweeping := time.NewTicker(sweepEvery)
	defer sweeping.Stop()
	g := newGroup(s)
	var works []work
	for {
		select {
		case <-s.queue.ring:
		case <-sweeping.C:
		}
		runtime.Gosched() // whoever is about to add work comes along, also when there is one processor only
		var closed bool
		works, closed = s.queue.take(works[:0])
		if closed {
			s.refuse(works)
			return
		}
		g.run(works)
		clear(works)
	}
}

// refuse answers everything that still waits when the store is closed.
func (s *Store) refuse(works []work) {
	for len(works) > 0 {
		for _, w := range works {
			w.task().done <- persistence.ErrClosed
		}
		works, _ = s.queue.take(works[:0])
	}
}

// group is one round of the committer, used again for the next.
type group struct {
	store   *Store
	batch   *pebble.Batch
	now     time.Time
	known   map[string]*known // ingest keys that this group has looked at, by their dedupe key
	touched []*partition      // whose state is to be written
	key     []byte            // scratch
	value   []byte            // scratch
}

func newGroup(s *Store) *group { return &group{store: s, known: make(map[string]*known)} }

// run checks every work in order, writes what they want in one batch with one sync, and answers all of them.
func (g *group) run(works []work) {
	s := g.store
	g.batch, g.now = s.db.NewBatch(), time.Now()
	for _, w := range works {
		if err := s.health.err(); err != nil {
			w.task().err = err
			continue
		}
		w.task().err = w.check(g)
	}
	if s.health.err() == nil {
		g.sweep()
	}
	err := g.write()
	for _, w := range works {
		j := w.task()
		if j.err == nil && err == nil {
			w.publish()
		}
	}
	for _, w := range works {
		j := w.task()
		if err != nil && j.err == nil {
			j.err = err
		}
		s.counters.operations.Add(1)
		j.done <- j.err
	}
	g.reset()
}

// write makes the group durable. Its error means that the outcome is not known.
func (g *group) write() error {
	s := g.store
	for _, p := range g.touched {
		g.key = appendFamily(g.key[:0], p.number, familyState)
		g.value = appendState(g.value[:0], p)
		g.set(g.key, g.value)
	}
	if g.batch.Empty() {
		return nil
	}
	if s.health.err() == nil {
		s.apply(g.batch)
	}
	if err := s.health.err(); err != nil {
		return fmt.Errorf("pebble: it is not known whether this was written: %w", *s.health.cause.Load())
	}
	s.counters.groups.Add(1)
	s.counters.syncs.Add(1)
	s.views.turn(s.db)
	return nil
}

// apply writes and syncs one batch; whether that succeeded, health knows.
func (s *Store) apply(b *pebble.Batch) {
	defer func() {
		if r := recover(); r != nil {
			s.counters.stuck.Store(true)
			s.health.fail(fmt.Errorf("pebble: write: %v", r))
		}
	}()
	if err := s.db.Apply(b, pebble.Sync); err != nil {
		s.health.fail(fmt.Errorf("pebble: write: %w", err))
	}
}

func (g *group) reset() {
	if g.store.health.err() == nil {
		_ = g.batch.Close() // only gives its memory back
	}
	g.batch = nil
	clear(g.known)
	for _, p := range g.touched {
		p.touched = false
	}
	g.touched = g.touched[:0]
}

// touch has the partition's state written with this group.
func (g *group) touch(p *partition) {
	if !p.touched {
		p.touched = true
		g.touched = append(g.touched, p)
	}
}

// set and drop add to the batch, which copies what it is given. A batch in memory takes everything: see [pebble.Batch].
func (g *group) set(key, value []byte) { _ = g.batch.Set(key, value, nil) }
func (g *group) drop(key []byte)       { _ = g.batch.Delete(key, nil) }
