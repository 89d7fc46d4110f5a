package pebble

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// Store is an open data directory. Make it with [Open].
type Store struct {
	directory *directory
	format    format
	health    *health
	db        *pebble.DB
	parts     []*partition
	queue     queue
	views     views
	sweeper   sweeper
	counters  counters
	nodes     persistence.Nodes
	stopped   chan struct{} // closed when the committer has ended
}

var _ persistence.Store = (*Store)(nil)

func newStore(d *directory, f format, logger *slog.Logger) *Store {
	s := &Store{
		directory: d,
		format:    f,
		queue:     newQueue(),
		stopped:   make(chan struct{}),
	}
	s.health = newHealth(logger, s.wakeReaders)
	for i := range f.partitions {
		s.parts = append(s.parts, newPartition(i))
	}
	return s
}

func (s *Store) wakeReaders() {
	for _, p := range s.parts {
		p.wakeReaders()
	}
}

// load reads what is kept in memory: the state and the inbox of each partition.
func (s *Store) load() error {
	for _, p := range s.parts {
		if err := p.load(s.db); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) start() {
	s.views.turn(s.db)
	go s.commitGroups()
}

// Partitions is the number that the directory was made with.
func (s *Store) Partitions() int { return len(s.parts) }

func (s *Store) partition(part int) (*partition, error) {
	if part < 0 || part >= len(s.parts) {
		return nil, fmt.Errorf("%w: there is no partition %d, they run from 0 to %d", persistence.ErrInvalid, part, len(s.parts)-1)
	}
	return s.parts[part], nil
}

// submit gives work to the committer and waits for its answer. When ctx ends first the work is done all the same.
func (s *Store) submit(ctx context.Context, w work) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.queue.add(w); err != nil {
		return err
	}
	select {
	case err := <-w.task().done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ingest implements [persistence.Store].
func (s *Store) Ingest(ctx context.Context, part int, in persistence.Input) (persistence.Receipt, error) {
	p, err := s.partition(part)
	if err == nil {
		err = in.Valid()
	}
	if err != nil {
		return persistence.Receipt{}, err
	}
	w := newIngest(p, in)
	if err := s.submit(ctx, w); err != nil {
		return persistence.Receipt{}, err
	}
	return w.receipt, nil
}

// Commit implements [persistence.Store].
func (s *Store) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	p, err := s.partition(l.Part)
	if err == nil {
		err = b.Valid()
	}
	if err != nil {
		return err
	}
	return s.submit(ctx, newCommit(p, l, b))
}

// Ping implements [persistence.Store]: it passes through the committer.
func (s *Store) Ping(ctx context.Context) error {
	return s.submit(ctx, &probe{job: newJob(s.parts[0], 0)})
}

// Watch implements [persistence.Store].
func (s *Store) Watch(ctx context.Context, part int) <-chan persistence.Bell {
	p, err := s.partition(part)
	if err != nil {
		none := make(chan persistence.Bell)
		close(none)
		return none
	}
	return p.bells.Watch(ctx)
}

// Close implements [persistence.Store]. Closing twice is harmless. The directory stays locked to the end of the process
// when Pebble got stuck in the middle of a write.
func (s *Store) Close() error {
	if !s.queue.close() {
		<-s.stopped
		return nil
	}
	<-s.stopped
	s.wakeReaders()
	for _, p := range s.parts {
		p.bells.Close()
	}
	s.views.close()
	if s.counters.stuck.Load() {
		return s.health.err()
	}
	err := s.db.Close()
	if s.health.err() != nil {
		err = nil // told already to everybody who was waiting
	}
	return errors.Join(err, s.directory.unlock())
}
