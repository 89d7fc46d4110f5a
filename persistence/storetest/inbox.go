package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func inboxOrder(t *testing.T, f *fixture) {
	var wanted []persistence.Entry
	for n := range 20 {
		in := input(fmt.Sprint(n))
		if n == 7 {
			in.Body = nil
		}
		wanted = append(wanted, persistence.Entry{ID: f.ingest(t, 0, in).ID, Key: in.Key, Body: append([]byte{}, in.Body...)})
	}
	l := f.acquire(t, 0)
	if diff := cmp.Diff(wanted, f.waiting(t, l, "", 20)); diff != "" {
		t.Errorf("inbox (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wanted, f.waiting(t, l, "", 20)); diff != "" {
		t.Errorf("to read the inbox changed it (-want +got):\n%s", diff)
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

func (r reading) expect(t *testing.T, f *fixture, keys ...string) {
	t.Helper()
	for _, wanted := range keys {
		select {
		case key := <-r.keys:
			if key != wanted {
				t.Fatalf("read %q, want %q", key, wanted)
			}
		case err := <-r.end:
			t.Fatalf("the inbox ended (%v), want %q", err, wanted)
		case <-f.ctx.Done():
			t.Fatalf("%q did not come", wanted)
		}
	}
}

func (r reading) expectEnd(t *testing.T, f *fixture, wanted error) {
	t.Helper()
	select {
	case err := <-r.end:
		want(t, "end of the inbox", err, wanted)
	case key := <-r.keys:
		t.Fatalf("read %q, want the end", key)
	case <-f.ctx.Done():
		t.Fatal("the inbox did not end")
	}
}

func inboxWaits(t *testing.T, f *fixture) {
	l := f.acquire(t, 0)
	r := f.read(f.ctx, l)
	for _, key := range []string{"a", "b", "c"} {
		f.ingest(t, 0, input(key))
		f.ingest(t, 1, input("elsewhere "+key))
		r.expect(t, f, key)
	}
	f.acquire(t, 0)
	r.expectEnd(t, f, persistence.ErrLost)
}

func inboxAfter(t *testing.T, f *fixture) {
	ids := []persistence.ID{""}
	keys := []string{"a", "b", "c", "d"}
	for _, key := range keys {
		ids = append(ids, f.ingest(t, 0, input(key)).ID)
	}
	l := f.acquire(t, 0)
	check := func(from int, wanted ...string) {
		t.Helper()
		if diff := cmp.Diff(wanted, keysOf(f.waiting(t, l, ids[from], len(wanted)))); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", ids[from], diff)
		}
	}
	check(0, "a", "b", "c", "d")
	check(1, "b", "c", "d")
	check(3, "d")
	f.next(t, l, 0, persistence.Batch{Ack: []persistence.ID{ids[2]}})
	check(0, "a", "c", "d")
	check(2, "c", "d")
	ids = append(ids, f.ingest(t, 0, input("e")).ID)
	check(4, "e")
}

func inboxAcknowledged(t *testing.T, f *fixture) {
	const n = 200
	l := f.acquire(t, 0)
	var odd []persistence.ID
	var even []string
	for i := range n {
		id := f.ingest(t, 0, input(fmt.Sprint(i))).ID
		if i%2 == 1 {
			odd = append(odd, id)
		} else {
			even = append(even, fmt.Sprint(i))
		}
	}
	f.next(t, l, 0, persistence.Batch{Ack: odd})
	l = f.acquire(t, 0)
	if diff := cmp.Diff(even, keysOf(f.waiting(t, l, "", len(even)))); diff != "" {
		t.Errorf("inbox (-want +got):\n%s", diff)
	}
	// A reader that is under way does not see what is acknowledged before it comes there.
	seen := 0
	for e, err := range f.Inbox(f.ctx, l, "") {
		if err != nil {
			t.Fatalf("inbox: %v", err)
		}
		if seen++; seen == 1 {
			var rest []persistence.ID
			for _, e := range f.waiting(t, l, e.ID, len(even)-1) {
				rest = append(rest, e.ID)
			}
			f.next(t, l, l.Seq, persistence.Batch{Ack: rest})
			f.ingest(t, 0, input("end"))
		} else if e.Key == "end" {
			break
		}
	}
	if seen != 2 {
		t.Errorf("read %d entries, want the first and the end", seen)
	}
}

func inboxLost(t *testing.T, f *fixture) {
	f.ingest(t, 0, input("a"))
	for name, lose := range map[string]func(l persistence.Lease){
		"acquired again": func(persistence.Lease) { f.acquire(t, 0) },
		"released": func(l persistence.Lease) {
			if err := f.Release(f.ctx, l); err != nil {
				t.Fatalf("release: %v", err)
			}
		},
	} {
		l := f.acquire(t, 0)
		r := f.read(f.ctx, l)
		r.expect(t, f, "a")
		lose(l)
		r.expectEnd(t, f, persistence.ErrLost)
		for _, err := range f.Inbox(f.ctx, l, "") {
			want(t, "inbox of a lease that was "+name, err, persistence.ErrLost)
		}
	}
}

func inboxClosed(t *testing.T, f *fixture) {
	r := f.read(f.ctx, f.acquire(t, 0))
	f.ingest(t, 0, input("a"))
	r.expect(t, f, "a")
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	r.expectEnd(t, f, persistence.ErrClosed)
}

func inboxCancelled(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	r := f.read(ctx, f.acquire(t, 0))
	f.ingest(t, 0, input("a"))
	r.expect(t, f, "a")
	cancel()
	r.expectEnd(t, f, nil)
	for e, err := range f.Inbox(ctx, f.acquire(t, 0), "") {
		t.Errorf("a context that has ended yields %v, %v", e, err)
	}
}

func inboxBreak(t *testing.T, f *fixture) {
	f.ingest(t, 0, input("a"))
	f.ingest(t, 0, input("b"))
	l := f.acquire(t, 0)
	for range 2 {
		if got := f.waiting(t, l, "", 1)[0].Key; got != "a" {
			t.Errorf("read %q, want a", got)
		}
	}
}
