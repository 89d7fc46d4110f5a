package storetest

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// heard returns the next bell.
func (f *fixture) heard(bells <-chan persistence.Bell) persistence.Bell {
	f.Helper()
	select {
	case bell, open := <-bells:
		if !open {
			f.Fatal("the channel is closed, want a bell")
		}
		return bell
	case <-f.ctx.Done():
		f.Fatal("no bell rings")
	}
	return persistence.Bell{}
}

// ended waits until a channel is closed.
func (f *fixture) ended(bells <-chan persistence.Bell) {
	f.Helper()
	for {
		select {
		case _, open := <-bells:
			if !open {
				return
			}
		case <-f.ctx.Done():
			f.Fatal("the channel is not closed")
		}
	}
}

func watchBells(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	one, two, elsewhere := f.Watch(ctx, 0), f.Watch(f.ctx, 0), f.Watch(f.ctx, 1)
	r := f.ingest(0, input("a"))
	b := everything(r.ID)
	if err := f.Commit(f.ctx, f.acquire(0), b); err != nil {
		f.Fatalf("commit: %v", err)
	}
	for _, bells := range []<-chan persistence.Bell{one, two} {
		rung := map[persistence.Bell]bool{}
		for len(rung) < 2 {
			rung[f.heard(bells)] = true
		}
		wanted := map[persistence.Bell]bool{{Stream: "stream"}: true, {Reply: "a"}: true}
		if diff := cmp.Diff(wanted, rung); diff != "" {
			f.Errorf("bells (-want +got):\n%s", diff)
		}
	}
	cancel()
	f.ended(one)
	f.next(f.acquire(0), 1, persistence.Batch{Event: []persistence.Event{{Stream: "again"}}})
	again := persistence.Bell{}
	for again.Stream != "again" {
		again = f.heard(two)
	}
	select {
	case bell := <-elsewhere:
		f.Errorf("a bell of another partition rings: %+v", bell)
	default:
	}
}

func watchSlowReader(f *fixture) {
	bells := f.Watch(f.ctx, 0)
	l := f.acquire(0)
	var b persistence.Batch
	for n := range 2000 {
		b.Event = append(b.Event, persistence.Event{Stream: fmt.Sprint(n)})
	}
	f.next(l, 0, b)
	f.next(l, 1, persistence.Batch{})
	f.heard(bells)
}
