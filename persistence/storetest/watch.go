package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// heard returns the next bell.
func (f *fixture) heard(t *testing.T, bells <-chan persistence.Bell) persistence.Bell {
	t.Helper()
	select {
	case bell, open := <-bells:
		if !open {
			t.Fatal("the channel is closed, want a bell")
		}
		return bell
	case <-f.ctx.Done():
		t.Fatal("no bell rings")
	}
	return persistence.Bell{}
}

// ended waits until a channel is closed.
func (f *fixture) ended(t *testing.T, bells <-chan persistence.Bell) {
	t.Helper()
	for {
		select {
		case _, open := <-bells:
			if !open {
				return
			}
		case <-f.ctx.Done():
			t.Fatal("the channel is not closed")
		}
	}
}

func watchBells(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	one, two, elsewhere := f.Watch(ctx, 0), f.Watch(f.ctx, 0), f.Watch(f.ctx, 1)
	r := f.ingest(t, 0, input("a"))
	b := everything(r.ID)
	if err := f.Commit(f.ctx, f.acquire(t, 0), b); err != nil {
		t.Fatalf("commit: %v", err)
	}
	for _, bells := range []<-chan persistence.Bell{one, two} {
		rung := map[persistence.Bell]bool{}
		for len(rung) < 2 {
			rung[f.heard(t, bells)] = true
		}
		wanted := map[persistence.Bell]bool{{Stream: "stream"}: true, {Reply: "a"}: true}
		if diff := cmp.Diff(wanted, rung); diff != "" {
			t.Errorf("bells (-want +got):\n%s", diff)
		}
	}
	cancel()
	f.ended(t, one)
	f.next(t, f.acquire(t, 0), 1, persistence.Batch{Event: []persistence.Event{{Stream: "again"}}})
	for f.heard(t, two) != (persistence.Bell{Stream: "again"}) {
	}
	select {
	case bell := <-elsewhere:
		t.Errorf("a bell of another partition rings: %+v", bell)
	default:
	}
}

func watchSlowReader(t *testing.T, f *fixture) {
	bells := f.Watch(f.ctx, 0)
	l := f.acquire(t, 0)
	var b persistence.Batch
	for n := range 2000 {
		b.Event = append(b.Event, persistence.Event{Stream: fmt.Sprint(n)})
	}
	f.next(t, l, 0, b)
	f.next(t, l, 1, persistence.Batch{})
	f.heard(t, bells)
}
