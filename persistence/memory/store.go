// Package memory is a [persistence.Store] that forgets everything at its end. It is the model that other stores are
// compared with, and the store of tests: it waits on channels only and takes the time from the time package alone, so it
// lives inside testing/synctest bubbles.
package memory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"switchyard/persistence"
)

// LeaseTime is how long a lease keeps another node from acquiring the partition, counted from its last Acquire, Renew or
// Commit. A lease that has run out still owns the partition until somebody else acquires it.
const LeaseTime = 10 * time.Second

// Store keeps everything in maps behind one mutex. Make it with [New].
type Store struct {
	mu     sync.Mutex
	parts  []*partition
	closed bool
	nodes  persistence.Nodes
}

var _ persistence.Store = (*Store)(nil)

// New makes an empty store of at least one partition.
func New(partitions int) *Store {
	s := &Store{parts: make([]*partition, max(partitions, 1))}
	for i := range s.parts {
		s.parts[i] = newPartition()
	}
	return s
}

// Partitions is the number given to [New].
func (s *Store) Partitions() int { return len(s.parts) }

// enter locks the store and finds a partition; the caller unlocks unless there is an error.
func (s *Store) enter(ctx context.Context, part int) (*partition, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if part < 0 || part >= len(s.parts) {
		return nil, fmt.Errorf("%w: there is no partition %d, they run from 0 to %d", persistence.ErrInvalid, part, len(s.parts)-1)
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, persistence.ErrClosed
	}
	return s.parts[part], nil
}

// Ingest implements [persistence.Store].
func (s *Store) Ingest(ctx context.Context, part int, in persistence.Input) (persistence.Receipt, error) {
	if err := in.Valid(); err != nil {
		return persistence.Receipt{}, err
	}
	p, err := s.enter(ctx, part)
	if err != nil {
		return persistence.Receipt{}, err
	}
	defer s.mu.Unlock()
	return p.ingest(in, time.Now())
}

// Attend implements [persistence.Store].
func (s *Store) Attend(ctx context.Context, n persistence.Node) ([]persistence.Node, error) {
	if _, err := s.enter(ctx, 0); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	living, news := s.nodes.Attend(n, time.Now(), LeaseTime)
	if news {
		s.ringOwners()
	}
	return living, nil
}

// Depart implements [persistence.Store].
func (s *Store) Depart(ctx context.Context, life string) error {
	if _, err := s.enter(ctx, 0); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.nodes.Depart(life) {
		s.ringOwners()
	}
	return nil
}

// ringOwners says in every partition that nodes have come or gone.
func (s *Store) ringOwners() {
	for _, p := range s.parts {
		p.bells.Ring(persistence.Bell{Owners: true})
	}
}

// Acquire implements [persistence.Store].
func (s *Store) Acquire(ctx context.Context, part int, node string) (persistence.Lease, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return persistence.Lease{}, err
	}
	defer s.mu.Unlock()
	return p.acquire(part, node, time.Now())
}

// Renew implements [persistence.Store].
func (s *Store) Renew(ctx context.Context, l persistence.Lease) error {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	return p.renew(l.Token, time.Now())
}

// Release implements [persistence.Store].
func (s *Store) Release(ctx context.Context, l persistence.Lease) error {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	p.release(l.Token)
	return nil
}

// Commit implements [persistence.Store].
func (s *Store) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	if err := b.Valid(); err != nil {
		return err
	}
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	return p.commit(l.Token, b, time.Now())
}

// Watch implements [persistence.Store].
func (s *Store) Watch(ctx context.Context, part int) <-chan persistence.Bell {
	if part < 0 || part >= len(s.parts) {
		none := make(chan persistence.Bell)
		close(none)
		return none
	}
	return s.parts[part].bells.Watch(ctx)
}

// Ping implements [persistence.Store].
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.enter(ctx, 0); err != nil {
		return err
	}
	s.mu.Unlock()
	return nil
}

// Close implements [persistence.Store]. Closing twice is harmless.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for _, p := range s.parts {
		p.wakeReaders()
		p.bells.Close()
	}
	return nil
}
