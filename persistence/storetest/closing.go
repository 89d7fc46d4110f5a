package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// calls are all methods of the port that may fail, on partition 0.
func (f *fixture) calls(ctx context.Context, l persistence.Lease) map[string]func() error {
	return map[string]func() error{
		"ingest":  func() error { _, err := f.Ingest(ctx, 0, input("late")); return err },
		"attend":  func() error { _, err := f.Attend(ctx, persistence.Node{Name: "n", Life: "l"}); return err },
		"depart":  func() error { return f.Depart(ctx, "l") },
		"acquire": func() error { _, err := f.Acquire(ctx, 0, "node"); return err },
		"renew":   func() error { return f.Renew(ctx, l) },
		"release": func() error { return f.Release(ctx, l) },
		"load": func() error {
			for _, err := range f.Load(ctx, l) {
				return err
			}
			return nil
		},
		"commit": func() error { return f.Commit(ctx, l, persistence.Batch{ID: "late", Seq: l.Seq + 1}) },
		"get":    func() error { _, err := f.Get(ctx, 0, "a"); return err },
		"getall": func() error { _, err := f.GetAll(ctx, 0, "a"); return err },
		"look":   func() error { _, _, err := f.Look(ctx, 0, []string{"a"}, "b", 1); return err },
		"scan":   func() error { _, err := f.Scan(ctx, 0, "", "", 1); return err },
		"range":  func() error { _, err := f.Range(ctx, 0, "a", "", 1); return err },
		"last":   func() error { _, err := f.Last(ctx, 0, "a"); return err },
		"answer": func() error { _, err := f.Answer(ctx, 0, "a"); return err },
		"ping":   func() error { return f.Ping(ctx) },
	}
}

func contextEnded(f *fixture) {
	l := f.acquire(0)
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	for name, call := range f.calls(ctx, l) {
		f.want(name, call(), context.Canceled)
	}
	f.ended(f.Watch(ctx, 0))
	if err := f.Ping(f.ctx); err != nil {
		f.Errorf("ping: %v", err)
	}
	f.next(l, 0, persistence.Batch{})
}

func closeRefusesEverything(f *fixture) {
	l := f.acquire(0)
	if err := f.Close(); err != nil {
		f.Fatalf("close: %v", err)
	}
	for name, call := range f.calls(f.ctx, l) {
		f.want(name, call(), persistence.ErrClosed)
	}
	for _, err := range f.Inbox(f.ctx, l, "") {
		f.want("inbox", err, persistence.ErrClosed)
	}
	f.ended(f.Watch(f.ctx, 0))
}

func closeEndsWaitingCalls(f *fixture) {
	r := f.read(f.ctx, f.acquire(0))
	bells := f.Watch(f.ctx, 0)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				if _, err := f.Ingest(f.ctx, 1, input(fmt.Sprint(n, i))); err != nil && !errors.Is(err, persistence.ErrFull) {
					f.want("ingest", err, persistence.ErrClosed)
					return
				}
			}
		})
	}
	f.ingest(0, input("a"))
	r.expect(f, "a")
	if err := f.Close(); err != nil {
		f.Fatalf("close: %v", err)
	}
	all.Wait()
	r.expectEnd(f, persistence.ErrClosed)
	f.ended(bells)
}

func closeTwice(f *fixture) {
	for range 2 {
		if err := f.Close(); err != nil {
			f.Errorf("close: %v", err)
		}
	}
}

// partitionsApart does the same in two partitions and sees that they do not meet.
func partitionsApart(f *fixture) {
	for part := range 2 {
		value := fmt.Append(nil, "of partition ", part)
		in := input("a")
		in.Body = value
		r := f.ingest(part, in)
		if r.Duplicate {
			f.Error("the key is known in the other partition")
		}
		l := f.acquire(part)
		if got := f.waiting(l, "", 1)[0].Body; string(got) != string(value) {
			f.Errorf("inbox of partition %d: %q", part, got)
		}
		f.next(l, 0, persistence.Batch{
			Put:    map[string][]byte{"hot/x": value},
			Append: []persistence.Append{{List: "list", Value: value}},
			Event:  []persistence.Event{{Stream: "stream", Value: value}},
			Reply:  []persistence.Reply{{Key: "a", Value: value}},
		})
	}
	for part := range 2 {
		wanted := fmt.Sprint("of partition ", part)
		record, _ := f.Get(f.ctx, part, "hot/x")
		answer, _ := f.Answer(f.ctx, part, "a")
		records, _ := f.Scan(f.ctx, part, "", "", 10)
		list, _ := f.Range(f.ctx, part, "list", "", 10)
		stream, _ := f.Range(f.ctx, part, "stream", "", 10)
		got := append([]string{string(record), string(answer)}, valuesOf(append(list, stream...))...)
		if diff := cmp.Diff([]string{wanted, wanted, wanted, wanted}, got); diff != "" || len(records) != 1 {
			f.Errorf("partition %d has %d records (-want +got):\n%s", part, len(records), diff)
		}
	}
}
