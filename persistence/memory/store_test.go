package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"switchyard/persistence"
	"switchyard/persistence/memory"
	"switchyard/persistence/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) persistence.Store { return memory.New(2) })
}

func TestArchive(t *testing.T) {
	t.Parallel()
	storetest.RunArchive(t, func(*testing.T) persistence.Archive { return memory.New(2) })
}

// In a bubble, the hours of a window pass while everybody waits.
func TestBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s := memory.New(1)
		defer s.Close()
		l, err := s.Acquire(ctx, 0, "node")
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan string, 10)
		go func() {
			for e, err := range s.Inbox(ctx, l, "") {
				if err != nil {
					close(read)
					return
				}
				read <- e.Key
			}
		}()
		in := persistence.Input{Key: "a", Window: 7 * 24 * time.Hour}
		for _, step := range []struct {
			pause     time.Duration
			duplicate bool
		}{{0, false}, {in.Window - 1, true}, {in.Window - 1, true}, {in.Window, false}} {
			<-time.After(step.pause)
			r, err := s.Ingest(ctx, 0, in)
			if err != nil || r.Duplicate != step.duplicate {
				t.Errorf("after %v: duplicate %v, %v, want %v", step.pause, r.Duplicate, err, step.duplicate)
			}
		}
		synctest.Wait()
		if len(read) != 2 {
			t.Errorf("%d entries were read, want 2", len(read))
		}
	})
}

func TestLeaseRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s := memory.New(1)
		first, _ := s.Acquire(ctx, 0, "first")
		for range 3 {
			<-time.After(memory.LeaseTime - 1)
			if _, err := s.Acquire(ctx, 0, "second"); !errors.Is(err, persistence.ErrHeld) {
				t.Errorf("acquire within the lease: %v", err)
			}
			if err := s.Renew(ctx, first); err != nil {
				t.Errorf("renew: %v", err)
			}
		}
		<-time.After(memory.LeaseTime)
		if err := s.Commit(ctx, first, persistence.Batch{ID: "a", Seq: 1}); err != nil {
			t.Errorf("a lease that nobody else took ended by itself: %v", err)
		}
		<-time.After(memory.LeaseTime)
		second, err := s.Acquire(ctx, 0, "second")
		if err != nil || second.Seq != 1 {
			t.Errorf("acquire after the lease: %+v, %v", second, err)
		}
		if err := s.Commit(ctx, first, persistence.Batch{ID: "b", Seq: 2}); !errors.Is(err, persistence.ErrLost) {
			t.Errorf("commit of the first: %v", err)
		}
	})
}

// Forgotten keys do not pile up: a key that is asked for again after many others is new, and memory stays bounded by
// what is open. The test can only see the first.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New(1)
		for round := range 3 {
			for n := range 2000 {
				r, err := s.Ingest(context.Background(), 0, persistence.Input{Key: fmt.Sprint(n), Window: time.Minute})
				if err != nil || r.Duplicate {
					t.Fatalf("round %d, key %d: %+v, %v", round, n, r, err)
				}
			}
			<-time.After(time.Minute)
		}
	})
}
