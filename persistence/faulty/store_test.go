package faulty_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
	"switchyard/persistence/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Without a script it is the store that it wraps.
func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) persistence.Store { return faulty.New(memory.New(2)) })
}

func TestArchive(t *testing.T) {
	t.Parallel()
	storetest.RunArchive(t, func(*testing.T) persistence.Archive { return faulty.New(memory.New(2)) })
}

// played is a store with a script, and a lease on its partition.
type played struct {
	*faulty.Store
	inner *memory.Store
	lease persistence.Lease
}

func play(t *testing.T, script ...faulty.Fault) played {
	t.Helper()
	inner := memory.New(1)
	s := faulty.New(inner, script...)
	t.Cleanup(func() {
		if left := s.Left(); left != 0 {
			t.Errorf("%d faults did not happen", left)
		}
		s.Close()
	})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	return played{Store: s, inner: inner, lease: l}
}

func batch(seq uint64) persistence.Batch {
	return persistence.Batch{ID: string('a' + rune(seq)), Seq: seq, Append: []persistence.Append{{List: "list"}}}
}

// commit commits and says how long the list is then.
func (p played) commit(t *testing.T, seq uint64) (int, error) {
	t.Helper()
	err := p.Commit(t.Context(), p.lease, batch(seq))
	items, rangeErr := p.inner.Range(t.Context(), 0, "list", "", 10)
	if rangeErr != nil {
		t.Fatal(rangeErr)
	}
	return len(items), err
}

func TestFailAndUnknown(t *testing.T) {
	t.Parallel()
	p := play(t, faulty.Fail(faulty.Commit, 1), faulty.Unknown(faulty.Commit, 3))
	for n, step := range []struct {
		seq  uint64
		want error
		list int
	}{
		{1, persistence.ErrUnavailable, 0},
		{1, nil, 1},
		{2, faulty.ErrUnknown, 2},
		{2, nil, 2}, // the same batch again is harmless
		{3, nil, 3},
	} {
		list, err := p.commit(t, step.seq)
		if !errors.Is(err, step.want) || list != step.list {
			t.Errorf("call %d: %v and %d entries, want %v and %d", n+1, err, list, step.want, step.list)
		}
	}
	if n := p.Calls(faulty.Commit); n != 5 {
		t.Errorf("%d calls were counted", n)
	}
}

func TestUnknownIngest(t *testing.T) {
	t.Parallel()
	p := play(t, faulty.Unknown(faulty.Ingest, 1))
	in := persistence.Input{Key: "a", Window: time.Hour}
	if _, err := p.Ingest(t.Context(), 0, in); !errors.Is(err, faulty.ErrUnknown) {
		t.Errorf("ingest: %v", err)
	}
	if r, err := p.Ingest(t.Context(), 0, in); err != nil || !r.Duplicate {
		t.Errorf("the same again: %+v, %v", r, err)
	}
}

func TestLose(t *testing.T) {
	t.Parallel()
	p := play(t, faulty.Lose(faulty.Commit, 2))
	if _, err := p.commit(t, 1); err != nil {
		t.Fatal(err)
	}
	if list, err := p.commit(t, 2); !errors.Is(err, persistence.ErrLost) || list != 1 {
		t.Errorf("commit: %v and %d entries", err, list)
	}
	if err := p.Renew(t.Context(), p.lease); !errors.Is(err, persistence.ErrLost) {
		t.Errorf("renew: %v", err)
	}
	l, err := p.Acquire(t.Context(), 0, "another")
	if err != nil || l.Seq != 1 {
		t.Errorf("acquire: %+v, %v", l, err)
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate, shut := faulty.NewGate(), faulty.NewGate()
		p := play(t, faulty.Hold(faulty.Commit, 1, gate), faulty.Hold(faulty.Commit, 2, shut))
		done := make(chan error)
		go func() { done <- p.Commit(t.Context(), p.lease, batch(1)) }()
		<-gate.Reached()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("the call went through a shut gate: %v", err)
		default:
		}
		gate.Open()
		if err := <-done; err != nil {
			t.Errorf("commit: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := p.Commit(ctx, p.lease, batch(2)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a commit that is held for ever: %v", err)
		}
	})
}

func TestSequences(t *testing.T) {
	t.Parallel()
	p := play(t, faulty.Fail(faulty.Inbox, 1), faulty.Unknown(faulty.Inbox, 2), faulty.Lose(faulty.Inbox, 3))
	for _, key := range []string{"a", "b"} {
		if _, err := p.Ingest(t.Context(), 0, persistence.Input{Key: key, Window: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	for n, step := range []struct {
		entries int
		want    error
	}{{0, persistence.ErrUnavailable}, {1, faulty.ErrUnknown}, {0, persistence.ErrLost}} {
		entries, last := 0, error(nil)
		for _, err := range p.Inbox(t.Context(), p.lease, "") {
			if last = err; err == nil {
				entries++
			}
		}
		if entries != step.entries || !errors.Is(last, step.want) {
			t.Errorf("call %d: %d entries and %v, want %d and %v", n+1, entries, last, step.entries, step.want)
		}
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	p := play(t)
	p.Add(faulty.Fail(faulty.Ping, p.Calls(faulty.Ping)+2))
	if err := p.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := p.Ping(t.Context()); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	for name, f := range map[string]faulty.Fault{"past": faulty.Fail(faulty.Ping, 2), "without lease": faulty.Lose(faulty.Get, 9)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a fault that is %s was taken", name)
				}
			}()
			p.Add(f)
		}()
	}
}
