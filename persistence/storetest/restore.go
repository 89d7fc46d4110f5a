package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// restoreEverything: what was carried over reads as it did, and goes on.
func restoreEverything(a *archive) {
	l := a.fill()
	was := a.dump(l, anything)
	target := a.acquire(1)
	a.restore(target, was...)
	a.same("restored", was, a.dump(target, anything))
	for _, name := range []string{aList, aStream} {
		before, err := a.Range(a.ctx, 0, name, "", 10)
		if err != nil {
			a.Fatal(err)
		}
		after, err := a.Range(a.ctx, 1, name, before[0].ID, 10)
		if err != nil {
			a.Fatalf("range after a place of the source: %v", err)
		}
		if diff := cmp.Diff(before[1:], after); diff != "" {
			a.Errorf("%s (-was +is):\n%s", name, diff)
		}
	}
	a.next(target, target.Seq, persistence.Batch{
		Append: []persistence.Append{{List: aList, Value: []byte("new")}},
		Event:  []persistence.Event{{Stream: aStream, Value: []byte("new")}},
	})
	for _, name := range []string{aList, aStream} {
		items, err := a.Range(a.ctx, 1, name, "", 10)
		if err != nil || len(items) != 3 || string(items[2].Value) != "new" || items[2].ID <= items[1].ID {
			a.Errorf("%s goes on as %v, %v", name, items, err)
		}
		if last, err := a.Last(a.ctx, 1, name); err != nil || last != items[2].ID {
			a.Errorf("the last of %s is %q, %v", name, last, err)
		}
	}
}

// restoreRepetitions: a key is known as it was, with digest and answer, for its window.
func restoreRepetitions(a *archive) {
	l := a.fill()
	target := a.acquire(1)
	a.restore(target, a.dump(l, anything)...)
	for key, reply := range map[string][]byte{"k/t/a": []byte("done"), "k/t/b": nil, "w/u/c": {}} {
		r := a.ingest(1, persistence.Input{Key: key, Sum: "another", Window: window})
		if !r.Duplicate || r.Sum != "sum of "+key || string(r.Reply) != string(reply) || (r.Reply == nil) != (reply == nil) {
			a.Errorf("%s again: %+v", key, r)
		}
		answer, err := a.Answer(a.ctx, 1, key)
		if string(answer) != string(reply) || errors.Is(err, persistence.ErrNotFound) != (reply == nil) {
			a.Errorf("the answer under %s is %q, %v", key, answer, err)
		}
	}
	const brief = 40 * time.Millisecond
	a.restore(target, persistence.Known{Key: "brief", Window: brief}, persistence.Known{Key: "k/t/a", Sum: "replaced", Window: window})
	if r := a.ingest(1, input("k/t/a")); r.Sum != "replaced" || r.Reply != nil {
		a.Errorf("a key that was restored again: %+v", r)
	}
	look := time.NewTicker(brief / 4)
	defer look.Stop()
	for {
		known := 0
		for _, p := range a.dump(target, func(name string) bool { return name == "brief" }) {
			if p, ok := p.(persistence.Known); ok {
				known++
				if p.Window <= 0 || p.Window > brief {
					a.Fatalf("of a window of %v, %v is left", brief, p.Window)
				}
			}
		}
		if known == 0 {
			break
		}
		select {
		case <-look.C:
		case <-a.ctx.Done():
			a.Fatal("a key is remembered for ever")
		}
	}
	if r := a.ingest(1, input("brief")); r.Duplicate {
		a.Error("a key is remembered after its window")
	}
}

// restoreBesideOthers: what was there before stays, and gets on with what came.
func restoreBesideOthers(a *archive) {
	l := a.fill()
	was := a.dump(l, anything)
	target := a.acquire(1)
	waits := a.ingest(1, input("k/v/a"))
	a.next(target, 0, persistence.Batch{
		Put:    map[string][]byte{"case/v/1": []byte("1")},
		Append: []persistence.Append{{List: "log/v/c", Value: []byte("1")}},
		Event:  []persistence.Event{{Stream: "desk/v/a", Value: []byte("1")}},
	})
	there := a.dump(target, anything)
	a.restore(target, was...)
	together := append(slices.Clone(there), was...)
	a.same("together", together, a.dump(target, anything))
	entries := a.waiting(target, "", 3)
	if diff := cmp.Diff([]string{"k/v/a", "k/t/b", "c/d"}, keysOf(entries)); diff != "" || entries[0].ID != waits.ID {
		a.Errorf("the inbox (-want +got):\n%s", diff)
	}
}

// restoreInputs: inputs are given new places after all that were given, keys know them, and they can be worked off once.
func restoreInputs(a *archive) {
	target := a.acquire(1)
	first := a.ingest(1, input("k/v/a"))
	a.restore(target, persistence.Known{Key: "w/t/x", Sum: "s", Window: window}, persistence.Known{Key: "w/t/y", Window: window},
		persistence.Entry{ID: first.ID, Key: "w/t/y", Body: []byte("2")}, persistence.Entry{ID: first.ID, Key: "w/t/x", Body: []byte{}}, persistence.Entry{Key: "c/z"})
	waiting := a.waiting(target, "", 4)
	if diff := cmp.Diff([]string{"k/v/a", "w/t/y", "w/t/x", "c/z"}, keysOf(waiting)); diff != "" {
		a.Errorf("the inbox (-want +got):\n%s", diff)
	}
	for i, key := range map[int]string{1: "w/t/y", 2: "w/t/x"} {
		if r := a.ingest(1, input(key)); !r.Duplicate || r.ID != waiting[i].ID || r.ID <= first.ID {
			a.Errorf("%s again: %+v, want place %s", key, r, waiting[i].ID)
		}
	}
	if r := a.ingest(1, input("c/z")); r.Duplicate || r.ID <= waiting[3].ID {
		a.Errorf("an input without a known key: %+v", r)
	}
	a.next(target, 0, persistence.Batch{Ack: []persistence.ID{waiting[1].ID, waiting[2].ID}, Reply: []persistence.Reply{{Key: "w/t/x", Value: []byte("done")}}})
	a.want("again", a.Commit(a.ctx, target, persistence.Batch{ID: "again", Seq: 2, Ack: []persistence.ID{waiting[1].ID}}), persistence.ErrLost)
	if r := a.ingest(1, input("w/t/x")); string(r.Reply) != "done" || r.Sum != "s" {
		a.Errorf("after it was answered: %+v", r)
	}
}

// restoreTwice: a piece that comes twice, as a dump may yield it, is there once.
func restoreTwice(a *archive) {
	l := a.fill()
	was := slices.DeleteFunc(a.dump(l, anything), func(p persistence.Piece) bool { _, input := p.(persistence.Entry); return input })
	target := a.acquire(1)
	a.restore(target, append(slices.Clone(was), was...)...)
	a.restore(target, was...)
	a.same("restored three times", was, a.dump(target, anything))
	a.next(target, 0, persistence.Batch{Event: []persistence.Event{{Stream: aStream}}, Append: []persistence.Append{{List: aList}}})
	for _, name := range []string{aList, aStream} {
		if items, err := a.Range(a.ctx, 1, name, "", 10); err != nil || len(items) != 3 {
			a.Errorf("%s has %d entries, %v, want 3", name, len(items), err)
		}
	}
}

func restoreRefused(a *archive) {
	pieces := a.dump(a.fill(), anything)
	old := a.acquire(1)
	l := a.acquire(1)
	for name, lost := range map[string]persistence.Lease{"no lease": {Part: 1}, "a lease that is lost": old} {
		a.want("restore with "+name, a.Restore(a.ctx, lost, pieces), persistence.ErrLost)
	}
	a.want("restore into no partition", a.Restore(a.ctx, persistence.Lease{Part: a.Partitions(), Token: "x"}, pieces), persistence.ErrInvalid)
	disordered := withGaps(0, 2)
	slices.Reverse(disordered.Items)
	gone := withGaps(7, 2)
	gone.Items[0].ID = place(7)
	for name, p := range map[string]persistence.Piece{
		"record without a key":   persistence.Record{},
		"list without a name":    persistence.Entries{Items: withGaps(0, 1).Items},
		"list without entries":   persistence.Entries{Name: aList},
		"list that lost some":    persistence.Entries{Name: aList, Dropped: place(1), Items: withGaps(3, 1).Items},
		"entry without a place":  persistence.Entries{Name: aList, Items: []persistence.Item{{}}},
		"entry at a wrong place": persistence.Entries{Name: aList, Items: []persistence.Item{{ID: "1"}}},
		"entries in disorder":    disordered,
		"entry that is gone":     gone,
		"key without a name":     persistence.Known{Window: window},
		"window that is over":    persistence.Known{Key: "k/t/a"},
		"input without a key":    persistence.Entry{},
		"too much at once":       persistence.Record{Key: "case/t/x", Value: make([]byte, persistence.MaxBatchBytes)},
	} {
		a.want(name, a.Restore(a.ctx, l, []persistence.Piece{p}), persistence.ErrInvalid)
	}
	if left := a.dump(l, anything); len(left) != 0 {
		a.Errorf("what was refused left %v", left)
	}
}

func restoreKeepsNoSlice(a *archive) {
	target := a.acquire(1)
	body := []byte("1234")
	pieces := []persistence.Piece{
		persistence.Record{Key: "case/t/x", Value: body},
		persistence.Entries{Name: aList, Items: []persistence.Item{{ID: place(1), Value: body}}},
		persistence.Entries{Name: aStream, Stream: true, Items: []persistence.Item{{ID: place(1), Value: body}}},
		persistence.Known{Key: "k/t/a", Reply: body, Window: window},
		persistence.Entry{Key: "k/t/a", Body: body},
	}
	a.restore(target, pieces...)
	before := a.dump(target, anything)
	clear(body)
	after := a.dump(target, anything)
	a.same("the store kept a slice", before, after)
	if r := a.ingest(1, input("k/t/a")); string(r.Reply) != "1234" {
		a.Errorf("the store kept the slice of a reply: %q", r.Reply)
	}
	for _, p := range after {
		if p, ok := p.(persistence.Record); ok {
			clear(p.Value)
		}
	}
	a.same("a dump's slices are the caller's", before, a.dump(target, anything))
}
