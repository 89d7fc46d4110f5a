// Package faulty is a [persistence.Store] that fails on purpose, by a script. It wraps another store; what the script does
// not mention passes through. The same script and the same order of calls fail in the same way every time, and nothing
// but channels is waited on, so it lives inside testing/synctest bubbles when the wrapped store does.
//
//	gate := faulty.NewGate()
//	store := faulty.New(memory.New(1),
//		faulty.Fail(faulty.Ingest, 2),       // the second Ingest: ErrUnavailable, and nothing was done
//		faulty.Unknown(faulty.Commit, 3),    // the third Commit: an error, and it was done
//		faulty.Lose(faulty.Commit, 5),       // the fifth Commit: ErrLost, and the lease is gone
//		faulty.Hold(faulty.Commit, 6, gate), // the sixth Commit: waits for gate.Open()
//	)
package faulty

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"switchyard/persistence"
)

// ErrUnknown is what the caller of a call that was done is told when its reply got lost.
var ErrUnknown = errors.New("faulty: the reply was lost; the outcome is not known")

// Store fails by its script. Make it with [New].
type Store struct {
	inner persistence.Archive

	mu     sync.Mutex
	calls  map[Method]int
	script map[Method]map[int]Fault
}

var _ persistence.Archive = (*Store)(nil)

// New wraps inner. The wrapper closes it. It panics when a fault of script is nonsense.
func New(inner persistence.Archive, script ...Fault) *Store {
	s := &Store{inner: inner, calls: make(map[Method]int), script: make(map[Method]map[int]Fault)}
	s.Add(script...)
	return s
}

// Add adds to the script while the store is in use. The counts go on: see [Store.Calls].
func (s *Store) Add(script ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(script...)
}

// Soon lets the n-th of the method's next calls fail, 1 being the very next, also while others are calling.
func (s *Store) Soon(kind func(Method, int) Fault, m Method, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(kind(m, s.calls[m]+n))
}

func (s *Store) add(script ...Fault) {
	for _, f := range script {
		if f.nth <= s.calls[f.method] {
			panic(fmt.Sprintf("faulty: call %d of %s is past", f.nth, f.method))
		}
		if f.kind == lose && !f.method.leased() {
			panic(fmt.Sprintf("faulty: %s has no lease to lose", f.method))
		}
		if s.script[f.method] == nil {
			s.script[f.method] = make(map[int]Fault)
		}
		s.script[f.method][f.nth] = f
	}
}

// Calls is how often a method has been called.
func (s *Store) Calls(m Method) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[m]
}

// Left is how many faults of the script have not happened yet; at the end of a test it should be 0.
func (s *Store) Left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := 0
	for _, faults := range s.script {
		left += len(faults)
	}
	return left
}

// before counts a call and does what the script says ahead of it. With an error the call must not go through; when lost is
// true its reply must be lost.
func (s *Store) before(ctx context.Context, m Method, l *persistence.Lease) (lost bool, err error) {
	s.mu.Lock()
	s.calls[m]++
	n := s.calls[m]
	f, scripted := s.script[m][n]
	delete(s.script[m], n)
	s.mu.Unlock()
	if !scripted {
		return false, nil
	}
	switch f.kind {
	case fail:
		return false, fmt.Errorf("faulty: call %d of %s: %w", n, m, persistence.ErrUnavailable)
	case lose:
		if err := s.inner.Release(ctx, *l); err != nil {
			return false, err
		}
		return false, persistence.ErrLost
	case hold:
		f.gate.arrive()
		select {
		case <-f.gate.opened:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	case unknown:
		return true, nil
	}
	return false, nil
}

// call makes a call whose reply is value and error.
func call[T any](ctx context.Context, s *Store, m Method, l *persistence.Lease, do func() (T, error)) (T, error) {
	var none T
	lost, err := s.before(ctx, m, l)
	if err != nil {
		return none, err
	}
	reply, err := do()
	if lost {
		return none, fmt.Errorf("%s: %w", m, ErrUnknown)
	}
	return reply, err
}

// do makes a call whose reply is an error alone.
func (s *Store) do(ctx context.Context, m Method, l *persistence.Lease, do func() error) error {
	_, err := call(ctx, s, m, l, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

// sequence makes a call whose reply is a sequence.
func sequence[T any](ctx context.Context, s *Store, m Method, l persistence.Lease, inner func() iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		lost, err := s.before(ctx, m, &l)
		if err != nil {
			if ctx.Err() == nil || m != Inbox {
				yield(none, err)
			}
			return
		}
		for value, err := range inner() {
			if !yield(value, err) {
				return
			}
			if lost {
				yield(none, fmt.Errorf("%s: %w", m, ErrUnknown))
				return
			}
		}
	}
}

// Partitions implements [persistence.Store].
func (s *Store) Partitions() int { return s.inner.Partitions() }

// Ingest implements [persistence.Store].
func (s *Store) Ingest(ctx context.Context, part int, in persistence.Input) (persistence.Receipt, error) {
	return call(ctx, s, Ingest, nil, func() (persistence.Receipt, error) { return s.inner.Ingest(ctx, part, in) })
}

// Attend implements [persistence.Store].
func (s *Store) Attend(ctx context.Context, n persistence.Node) ([]persistence.Node, error) {
	return call(ctx, s, Attend, nil, func() ([]persistence.Node, error) { return s.inner.Attend(ctx, n) })
}

// Depart implements [persistence.Store]. It does not fail: who departs does not look back.
func (s *Store) Depart(ctx context.Context, life string) error { return s.inner.Depart(ctx, life) }

// Acquire implements [persistence.Store].
func (s *Store) Acquire(ctx context.Context, part int, node string) (persistence.Lease, error) {
	return call(ctx, s, Acquire, nil, func() (persistence.Lease, error) { return s.inner.Acquire(ctx, part, node) })
}

// Renew implements [persistence.Store].
func (s *Store) Renew(ctx context.Context, l persistence.Lease) error {
	return s.do(ctx, Renew, &l, func() error { return s.inner.Renew(ctx, l) })
}

// Release implements [persistence.Store].
func (s *Store) Release(ctx context.Context, l persistence.Lease) error {
	return s.do(ctx, Release, &l, func() error { return s.inner.Release(ctx, l) })
}

// Load implements [persistence.Store].
func (s *Store) Load(ctx context.Context, l persistence.Lease) iter.Seq2[persistence.Record, error] {
	return sequence(ctx, s, Load, l, func() iter.Seq2[persistence.Record, error] { return s.inner.Load(ctx, l) })
}

// Inbox implements [persistence.Store].
func (s *Store) Inbox(ctx context.Context, l persistence.Lease, after persistence.ID) iter.Seq2[persistence.Entry, error] {
	return sequence(ctx, s, Inbox, l, func() iter.Seq2[persistence.Entry, error] { return s.inner.Inbox(ctx, l, after) })
}

// Commit implements [persistence.Store].
func (s *Store) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	return s.do(ctx, Commit, &l, func() error { return s.inner.Commit(ctx, l, b) })
}

// Dump implements [persistence.Archive].
func (s *Store) Dump(ctx context.Context, l persistence.Lease, of func(string) bool) iter.Seq2[persistence.Piece, error] {
	return sequence(ctx, s, Dump, l, func() iter.Seq2[persistence.Piece, error] { return s.inner.Dump(ctx, l, of) })
}

// Restore implements [persistence.Archive].
func (s *Store) Restore(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	return s.do(ctx, Restore, &l, func() error { return s.inner.Restore(ctx, l, pieces) })
}

// Remove implements [persistence.Archive].
func (s *Store) Remove(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	return s.do(ctx, Remove, &l, func() error { return s.inner.Remove(ctx, l, pieces) })
}

// Get implements [persistence.Store].
func (s *Store) Get(ctx context.Context, part int, key string) ([]byte, error) {
	return call(ctx, s, Get, nil, func() ([]byte, error) { return s.inner.Get(ctx, part, key) })
}

// GetAll implements [persistence.Store].
func (s *Store) GetAll(ctx context.Context, part int, keys ...string) ([][]byte, error) {
	return call(ctx, s, Get, nil, func() ([][]byte, error) { return s.inner.GetAll(ctx, part, keys...) })
}

// Look implements [persistence.Store].
func (s *Store) Look(ctx context.Context, part int, keys []string, prefix string, limit int) ([][]byte, []persistence.Record, error) {
	var records []persistence.Record
	values, err := call(ctx, s, Get, nil, func() (values [][]byte, err error) {
		values, records, err = s.inner.Look(ctx, part, keys, prefix, limit)
		return values, err
	})
	return values, records, err
}

// Scan implements [persistence.Store].
func (s *Store) Scan(ctx context.Context, part int, prefix, after string, limit int) ([]persistence.Record, error) {
	return call(ctx, s, Scan, nil, func() ([]persistence.Record, error) { return s.inner.Scan(ctx, part, prefix, after, limit) })
}

// Range implements [persistence.Store].
func (s *Store) Range(ctx context.Context, part int, list string, after persistence.ID, limit int) ([]persistence.Item, error) {
	return call(ctx, s, Range, nil, func() ([]persistence.Item, error) { return s.inner.Range(ctx, part, list, after, limit) })
}

// Last implements [persistence.Store].
func (s *Store) Last(ctx context.Context, part int, list string) (persistence.ID, error) {
	return call(ctx, s, Last, nil, func() (persistence.ID, error) { return s.inner.Last(ctx, part, list) })
}

// Answer implements [persistence.Store].
func (s *Store) Answer(ctx context.Context, part int, key string) ([]byte, error) {
	return call(ctx, s, Answer, nil, func() ([]byte, error) { return s.inner.Answer(ctx, part, key) })
}

// Watch implements [persistence.Store]. It does not fail: bells may be lost anyway.
func (s *Store) Watch(ctx context.Context, part int) <-chan persistence.Bell {
	return s.inner.Watch(ctx, part)
}

// Ping implements [persistence.Store].
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, Ping, nil, func() error { return s.inner.Ping(ctx) })
}

// Close implements [persistence.Store].
func (s *Store) Close() error { return s.inner.Close() }
