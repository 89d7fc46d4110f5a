package storetest

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func inboxOrder(f *fixture) {
	var wanted []persistence.Entry
	for n := range 20 {
		in := input(fmt.Sprint(n))
		if n == 7 {
			in.Body = nil
		}
		wanted = append(wanted, persistence.Entry{ID: f.ingest(0, in).ID, Key: in.Key, Body: append([]byte{}, in.Body...)})
	}
	l := f.acquire(0)
	if diff := cmp.Diff(wanted, f.waiting(l, "", 20)); diff != "" {
		f.Errorf("inbox (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wanted, f.waiting(l, "", 20)); diff != "" {
		f.Errorf("to read the inbox changed it (-want +got):\n%s", diff)
	}
}

// reading is a reader of an inbox in a goroutine of its own.
type reading struct {
	keys chan string
	end  chan error // the error that the sequence ended with, or nil
}

func (f *fixture) read(ctx context.Context, l persistence.Lease) reading {
	r := reading{keys: make(chan string, 100), end: make(chan error, 1)}
	go func() {
		for e, err := range f.Inbox(ctx, l, "") {
			if err != nil {
				r.end <- err
				return
			}
			r.keys <- e.Key
		}
		r.end <- nil
	}()
	return r
}

func (r reading) expect(f *fixture, keys ...string) {
	f.Helper()
	for _, wanted := range keys {
		select {
		case key := <-r.keys:
			if key != wanted {
				f.Fatalf("read %q, want %q", key, wanted)
			}
		case err := <-r.end:
			f.Fatalf("the inbox ended (%v), want %q", err, wanted)
		case <-f.ctx.Done():
			f.Fatalf("%q did not come", wanted)
		}
	}
}

func (r reading) expectEnd(f *fixture, wanted error) {
	f.Helper()
	select {
	case err := <-r.end:
		f.want("end of the inbox", err, wanted)
	case key := <-r.keys:
		f.Fatalf("read %q, want the end", key)
	case <-f.ctx.Done():
		f.Fatal("the inbox did not end")
	}
}

func inboxWaits(f *fixture) {
	l := f.acquire(0)
	r := f.read(f.ctx, l)
	for _, key := range []string{"a", "b", "c"} {
		f.ingest(0, input(key))
		f.ingest(1, input("elsewhere "+key))
		r.expect(f, key)
	}
	f.acquire(0)
	r.expectEnd(f, persistence.ErrLost)
}

// inboxDecoded: what comes along with a body is the very thing, or nothing.
func inboxDecoded(f *fixture) {
	l := f.acquire(0)
	seen := 0
	f.ingest(0, input("0"))
	for e, err := range f.Inbox(f.ctx, l, "") {
		if err != nil {
			f.Fatalf("inbox: %v", err)
		}
		if said, known := e.Decoded.(*string); known && *said != e.Key {
			f.Errorf("%q came with what %q says", e.Key, *said)
		}
		if seen++; seen == 20 {
			break
		}
		in := input(fmt.Sprint(seen))
		in.Decoded = &in.Key
		f.ingest(0, in)
	}
}

func inboxAfter(f *fixture) {
	ids := []persistence.ID{""}
	keys := []string{"a", "b", "c", "d"}
	for _, key := range keys {
		ids = append(ids, f.ingest(0, input(key)).ID)
	}
	l := f.acquire(0)
	check := func(from int, wanted ...string) {
		f.Helper()
		if diff := cmp.Diff(wanted, keysOf(f.waiting(l, ids[from], len(wanted)))); diff != "" {
			f.Errorf("after %q (-want +got):\n%s", ids[from], diff)
		}
	}
	check(0, "a", "b", "c", "d")
	check(1, "b", "c", "d")
	check(3, "d")
	f.next(l, 0, persistence.Batch{Ack: []persistence.ID{ids[2]}})
	check(0, "a", "c", "d")
	check(2, "c", "d")
	ids = append(ids, f.ingest(0, input("e")).ID)
	check(4, "e")
}

func inboxAcknowledged(f *fixture) {
	const n = 200
	l := f.acquire(0)
	var odd []persistence.ID
	var even []string
	for i := range n {
		id := f.ingest(0, input(fmt.Sprint(i))).ID
		if i%2 == 1 {
			odd = append(odd, id)
		} else {
			even = append(even, fmt.Sprint(i))
		}
	}
	f.next(l, 0, persistence.Batch{Ack: odd})
	l = f.acquire(0)
	if diff := cmp.Diff(even, keysOf(f.waiting(l, "", len(even)))); diff != "" {
		f.Errorf("inbox (-want +got):\n%s", diff)
	}
	// A reader that is under way does not see what is acknowledged before it comes there.
	seen := 0
	for e, err := range f.Inbox(f.ctx, l, "") {
		if err != nil {
			f.Fatalf("inbox: %v", err)
		}
		if seen++; seen == 1 {
			var rest []persistence.ID
			for _, e := range f.waiting(l, e.ID, len(even)-1) {
				rest = append(rest, e.ID)
			}
			f.next(l, l.Seq, persistence.Batch{Ack: rest})
			f.ingest(0, input("end"))
		} else if e.Key == "end" {
			break
		}
	}
	if seen != 2 {
		f.Errorf("read %d entries, want the first and the end", seen)
	}
}

func inboxLost(f *fixture) {
	f.ingest(0, input("a"))
	for name, lose := range map[string]func(l persistence.Lease){
		"acquired again": func(persistence.Lease) { f.acquire(0) },
		"released": func(l persistence.Lease) {
			if err := f.Release(f.ctx, l); err != nil {
				f.Fatalf("release: %v", err)
			}
		},
	} {
		l := f.acquire(0)
		r := f.read(f.ctx, l)
		r.expect(f, "a")
		lose(l)
		r.expectEnd(f, persistence.ErrLost)
		for _, err := range f.Inbox(f.ctx, l, "") {
			f.want("inbox of a lease that was "+name, err, persistence.ErrLost)
		}
	}
}

func inboxClosed(f *fixture) {
	r := f.read(f.ctx, f.acquire(0))
	f.ingest(0, input("a"))
	r.expect(f, "a")
	if err := f.Close(); err != nil {
		f.Fatalf("close: %v", err)
	}
	r.expectEnd(f, persistence.ErrClosed)
}

func inboxCancelled(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	r := f.read(ctx, f.acquire(0))
	f.ingest(0, input("a"))
	r.expect(f, "a")
	cancel()
	r.expectEnd(f, nil)
	for e, err := range f.Inbox(ctx, f.acquire(0), "") {
		f.Errorf("a context that has ended yields %v, %v", e, err)
	}
}

func inboxBreak(f *fixture) {
	f.ingest(0, input("a"))
	f.ingest(0, input("b"))
	l := f.acquire(0)
	for range 2 {
		if got := f.waiting(l, "", 1)[0].Key; got != "a" {
			f.Errorf("read %q, want a", got)
		}
	}
}
