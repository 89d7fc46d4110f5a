// Package redis is the [persistence.Store] that many machines share: Redis 7, alone, behind Sentinel, or a cluster. Five
// scripts write what counts in service (ingest, acquire, renew, release, commit) and two while data are carried (restore,
// remove), each over the keys of one partition, so that Redis runs each as a whole or not at all; another one (attend) keeps the
// roll of the nodes. A lease says which node tries; the token, the number and the inputs that commit compares say who
// wins. See keys.go for what is kept, lua for the scripts, check.go for what Redis must be set to.
package redis

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// Store is a connection to a Redis. Make it with [Open].
type Store struct {
	client       redis.UniversalClient
	log          *slog.Logger
	name         string // of this store, not of its node: a process may have several
	bell         string // what it rings when it has put something into an inbox
	wait         int
	leaseTime    time.Duration
	scripts      scripts
	parts        []*partition
	subscription *redis.PubSub

	ctx     context.Context // ends when the store is closed
	end     context.CancelFunc
	closed  atomic.Bool
	mu      sync.Mutex
	held    map[int]persistence.Lease // leases to give back when the store is closed
	flights sync.WaitGroup
}

var _ persistence.Store = (*Store)(nil)

// Partitions is the number that this Redis was set up with.
func (s *Store) Partitions() int { return len(s.parts) }

// enter finds a partition for a call.
func (s *Store) enter(ctx context.Context, part int) (*partition, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if part < 0 || part >= len(s.parts) {
		return nil, fmt.Errorf("%w: there is no partition %d, they run from 0 to %d", persistence.ErrInvalid, part, len(s.parts)-1)
	}
	if s.closed.Load() {
		return nil, persistence.ErrClosed
	}
	return s.parts[part], nil
}

// launch starts a goroutine that Close waits for; false when the store is closed already.
func (s *Store) launch(run func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return false
	}
	s.flights.Go(run)
	return true
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

// Ping implements [persistence.Store]: it asks for a write that changes nothing, since a Redis that can be read may refuse
// writes.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.enter(ctx, 0); err != nil {
		return err
	}
	return s.fault(s.client.HSetNX(ctx, storeKey, "format", format).Err())
}

// farewell is how long Close tries to give leases back; a Redis that does not answer lets them run out.
const farewell = time.Second

// Close implements [persistence.Store]. Leases that are still held are given back, so that another node need not wait for
// their end. Closing twice is harmless.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed.Swap(true) {
		s.mu.Unlock()
		s.flights.Wait()
		return nil
	}
	held := s.held
	s.held = nil
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	for _, l := range held {
		if _, err := s.release(ctx, l); err != nil {
			s.log.Warn("a lease was not given back; it runs out by itself", slog.Int("partition", l.Part), slog.Any("error", err))
			break
		}
	}
	s.end()
	err := s.shut()
	s.flights.Wait()
	for _, p := range s.parts {
		p.bells.Close()
		p.wakeReaders()
	}
	return err
}

// shut closes the connections.
func (s *Store) shut() error {
	if s.subscription != nil {
		_ = s.subscription.Close() // it only listened
	}
	if err := s.client.Close(); err != nil {
		return fmt.Errorf("redis: close: %w", err)
	}
	return nil
}
