package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// RunDurable tests what a store keeps when it is closed and opened again. Open opens the store in dir, which is empty at
// first; it is called with the same dir after the store has been closed.
func RunDurable(t *testing.T, open func(t *testing.T, dir string) persistence.Store) {
	t.Helper()
	for name, test := range map[string]func(*fixture, func()){
		"Everything stays":           durableEverything,
		"Places are not given again": durablePlaces,
		"Leases end":                 durableLeases,
		"Streams":                    durableStreams,
		"Large inbox":                durableLargeInbox,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			f := newFixture(t, func(t *testing.T) persistence.Store {
				t.Helper()
				return &reopenable{open(t, dir)}
			})
			test(f, func() {
				t.Helper()
				if err := f.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
				f.Store.(*reopenable).Store = open(t, dir)
			})
		})
	}
}

// reopenable is a store that is closed and opened again under the eyes of its fixture.
type reopenable struct{ persistence.Store }

func durableEverything(f *fixture, reopen func()) {
	first, second := f.ingest(0, input("a")), f.ingest(0, input("b"))
	if err := f.Commit(f.ctx, f.acquire(0), everything(first.ID)); err != nil {
		f.Fatalf("commit: %v", err)
	}
	before := f.state()
	for range 3 {
		reopen()
		if diff := cmp.Diff(before, f.state()); diff != "" {
			f.Errorf("state (-before +after):\n%s", diff)
		}
		wanted := persistence.Receipt{ID: first.ID, Duplicate: true, Sum: "sum of a", Reply: []byte("done")}
		if diff := cmp.Diff(wanted, f.ingest(0, input("a"))); diff != "" {
			f.Errorf("receipt of a duplicate (-want +got):\n%s", diff)
		}
		l := f.acquire(0)
		if diff := cmp.Diff([]persistence.Entry{{ID: second.ID, Key: "b", Body: []byte("body of b")}}, f.waiting(l, "", 1)); diff != "" {
			f.Errorf("inbox (-want +got):\n%s", diff)
		}
		if err := f.Commit(f.ctx, l, everything(first.ID)); err != nil {
			f.Errorf("the last batch again: %v", err)
		}
	}
}

func durablePlaces(f *fixture, reopen func()) {
	seen := make(map[persistence.ID]bool)
	var last persistence.ID
	for round := range 4 {
		r := f.ingest(0, input(fmt.Sprint(round)))
		l := f.acquire(0)
		f.next(l, l.Seq, persistence.Batch{
			Ack:    []persistence.ID{r.ID}, // an empty inbox forgets nothing
			Append: []persistence.Append{{List: "list", Value: []byte("x")}},
			Event:  []persistence.Event{{Stream: "stream", Value: []byte("x")}},
		})
		if seen[r.ID] || r.ID <= last {
			f.Errorf("place %q after %q", r.ID, last)
		}
		seen[r.ID], last = true, r.ID
		reopen()
		for _, name := range []string{"list", "stream"} {
			items, err := f.Range(f.ctx, 0, name, "", 10)
			if err != nil || len(items) != round+1 {
				f.Errorf("%s has %d entries, %v, want %d", name, len(items), err, round+1)
			}
		}
	}
}

func durableLeases(f *fixture, reopen func()) {
	epochs := make(map[string]bool)
	for range 3 {
		l := f.acquire(0)
		epoch, _, _ := strings.Cut(l.Token, ":")
		if epochs[epoch] {
			f.Errorf("epoch %s was given twice", epoch)
		}
		epochs[epoch] = true
		reopen()
		f.want("renew", f.Renew(f.ctx, l), persistence.ErrLost)
		f.want("commit", f.Commit(f.ctx, l, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrLost)
	}
}

// durableStreams fills a stream across openings: it is trimmed all the same, and nothing that was dropped comes back.
func durableStreams(f *fixture, reopen func()) {
	const rounds, atOnce = 9, persistence.StreamKeep / 3
	var first persistence.ID
	for round := range rounds {
		l := f.acquire(0)
		var b persistence.Batch
		for i := range atOnce {
			b.Event = append(b.Event, persistence.Event{Stream: "stream", Value: fmt.Append(nil, round*atOnce+i)})
		}
		f.next(l, l.Seq, b)
		reopen()
		items, err := f.Range(f.ctx, 0, "stream", "", rounds*atOnce)
		if err != nil || len(items) == 0 || len(items) > 2*persistence.StreamKeep {
			f.Fatalf("round %d: %d entries, %v", round, len(items), err)
		}
		if got, wanted := string(items[len(items)-1].Value), fmt.Sprint((round+1)*atOnce-1); got != wanted {
			f.Errorf("round %d: the last entry is %q, want %q", round, got, wanted)
		}
		if round == 0 {
			first = items[0].ID
		}
	}
	_, err := f.Range(f.ctx, 0, "stream", first, 1)
	f.want("range after a place that has been dropped", err, persistence.ErrTrimmed)
}

// durableLargeInbox has more in the inbox than a store may like to keep in memory.
func durableLargeInbox(f *fixture, reopen func()) {
	const n = 40
	body := []byte(strings.Repeat("x", 1<<19))
	var ids []persistence.ID
	var keys []string
	for i := range n {
		in := persistence.Input{Key: fmt.Sprint(i), Body: body, Window: window}
		ids, keys = append(ids, f.ingest(0, in).ID), append(keys, in.Key)
	}
	for range 2 {
		l := f.acquire(0)
		for i, e := range f.waiting(l, "", n) {
			if e.Key != keys[i] || string(e.Body) != string(body) {
				f.Fatalf("entry %d is %q with %d bytes", i, e.Key, len(e.Body))
			}
		}
		reopen()
	}
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Ack: append(append([]persistence.ID{}, ids[:10]...), ids[35:]...)})
	if diff := cmp.Diff(keys[10:35], keysOf(f.waiting(l, "", 25))); diff != "" {
		f.Errorf("inbox (-want +got):\n%s", diff)
	}
}
