package storetest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func listOrder(f *fixture) {
	l := f.acquire(0)
	if last, err := f.Last(f.ctx, 0, "list"); last != "" || err != nil {
		f.Errorf("last of a list that never was: %q, %v", last, err)
	}
	if items, err := f.Range(f.ctx, 0, "list", "", 10); len(items) != 0 || err != nil {
		f.Errorf("range of a list that never was: %v, %v", items, err)
	}
	var wanted []string
	for n := range 30 {
		value := fmt.Sprint(n)
		wanted = append(wanted, value)
		f.next(l, uint64(n), persistence.Batch{Append: []persistence.Append{
			{List: "list", Value: []byte(value)}, {List: "other", Value: []byte("x")},
		}})
	}
	items, err := f.Range(f.ctx, 0, "list", "", 100)
	if err != nil {
		f.Fatalf("range: %v", err)
	}
	if diff := cmp.Diff(wanted, valuesOf(items)); diff != "" {
		f.Fatalf("list (-want +got):\n%s", diff)
	}
	for i := range items[1:] {
		if items[i].ID >= items[i+1].ID {
			f.Errorf("place %q does not stand before %q", items[i].ID, items[i+1].ID)
		}
	}
	f.checkPages("list", items)
}

// listTogether adds rows of values to a list in one batch, also more than go together anywhere, and reads on after each of them.
func listTogether(f *fixture) {
	var wanted []string
	var b persistence.Batch
	add := func(list string, n int) {
		for range n {
			value := fmt.Sprint(len(b.Append))
			if list == "list" {
				wanted = append(wanted, value)
			}
			b.Append = append(b.Append, persistence.Append{List: list, Value: []byte(value)})
		}
	}
	for _, n := range []int{1, 2, 150, 3} {
		add("list", n)
		add("other", 2)
	}
	l := f.acquire(0)
	f.next(l, 0, b)
	items, err := f.Range(f.ctx, 0, "list", "", len(wanted)+1)
	if err != nil {
		f.Fatalf("range: %v", err)
	}
	if diff := cmp.Diff(wanted, valuesOf(items)); diff != "" {
		f.Fatalf("list (-want +got):\n%s", diff)
	}
	f.checkPages("list", items)
	for at, it := range items[:len(items)-1] {
		for _, limit := range []int{1, 2, 100} {
			page, err := f.Range(f.ctx, 0, "list", it.ID, limit)
			if diff := cmp.Diff(wanted[at+1:min(at+1+limit, len(wanted))], valuesOf(page)); err != nil || diff != "" {
				f.Fatalf("%d after %d: %v (-want +got):\n%s", limit, at, err, diff)
			}
		}
	}
	others, err := f.Range(f.ctx, 0, "other", "", 3)
	if err != nil {
		f.Fatalf("range: %v", err)
	}
	_, err = f.Range(f.ctx, 0, "list", others[2].ID, 1)
	f.want("range after a place of another list", err, persistence.ErrTrimmed)
}

// checkPages reads a list in pages of every kind and compares them with the whole.
func (f *fixture) checkPages(list string, items []persistence.Item) {
	f.Helper()
	for _, c := range []struct{ after, limit, from, to int }{
		{-1, 3, 0, 3},
		{0, 3, 1, 4},
		{len(items) - 3, 10, len(items) - 2, len(items)},
		{len(items) - 1, 10, len(items), len(items)},
		{-1, 0, 0, 0},
		{4, 1, 5, 6},
	} {
		var after persistence.ID
		if c.after >= 0 {
			after = items[c.after].ID
		}
		page, err := f.Range(f.ctx, 0, list, after, c.limit)
		if err != nil {
			f.Errorf("range after %d: %v", c.after, err)
		}
		if diff := cmp.Diff(valuesOf(items[c.from:c.to]), valuesOf(page)); diff != "" {
			f.Errorf("%d after %d (-want +got):\n%s", c.limit, c.after, diff)
		}
	}
	last, err := f.Last(f.ctx, 0, list)
	if err != nil || last != items[len(items)-1].ID {
		f.Errorf("last is %q, %v, want %q", last, err, items[len(items)-1].ID)
	}
}

// listNames uses names that a store might confuse.
func listNames(f *fixture) {
	names := []string{"a", "a\x00", "a\x00\x00\x00\x00\x00\x00\x00\x01", "a/b", "a/", "\xff", "\xff\xff", "ab"}
	l := f.acquire(0)
	for n, name := range names {
		value := []byte(name)
		b := persistence.Batch{Put: map[string][]byte{name: value}, Append: []persistence.Append{{List: name, Value: value}}}
		f.next(l, uint64(n), b)
	}
	for _, name := range names {
		items, err := f.Range(f.ctx, 0, name, "", 10)
		if err != nil || len(items) != 1 || string(items[0].Value) != name {
			f.Errorf("list %q: %q, %v", name, valuesOf(items), err)
		}
		if value, err := f.Get(f.ctx, 0, name); err != nil || string(value) != name {
			f.Errorf("record %q: %q, %v", name, value, err)
		}
	}
}

func streamTrimmed(f *fixture) {
	const total, atOnce = 2*persistence.StreamKeep + 500, 50
	l := f.acquire(0)
	var first []persistence.Item
	for n := 0; n < total; n += atOnce {
		var b persistence.Batch
		for i := range atOnce {
			b.Event = append(b.Event, persistence.Event{Stream: "stream", Value: fmt.Append(nil, n+i)})
			b.Append = append(b.Append, persistence.Append{List: "list", Value: fmt.Append(nil, n+i)})
		}
		f.next(l, uint64(n/atOnce), b)
		kept, err := f.Range(f.ctx, 0, "stream", "", total)
		if least := min(n+atOnce, persistence.StreamKeep); err != nil || len(kept) < least {
			f.Fatalf("of %d entries %d are kept, %v, want %d at the least", n+atOnce, len(kept), err, least)
		}
		if n == 0 {
			first = kept[:2]
		}
	}
	for _, it := range first {
		_, err := f.Range(f.ctx, 0, "stream", it.ID, 10)
		f.want("range after a place that has been dropped", err, persistence.ErrTrimmed)
	}
	kept, err := f.Range(f.ctx, 0, "stream", "", total)
	if err != nil {
		f.Fatalf("range from the beginning: %v", err)
	}
	if len(kept) < persistence.StreamKeep || len(kept) > 2*persistence.StreamKeep {
		f.Fatalf("%d of %d entries are kept, want %d to %d", len(kept), total, persistence.StreamKeep, 2*persistence.StreamKeep)
	}
	for i, it := range kept {
		if got, wanted := string(it.Value), fmt.Sprint(total-len(kept)+i); got != wanted {
			f.Fatalf("kept entry %d is %q, want %q", i, got, wanted)
		}
	}
	f.checkPages("stream", kept)
	if whole, err := f.Range(f.ctx, 0, "list", "", 2*total); err != nil || len(whole) != total {
		f.Errorf("of a list %d of %d entries are kept, %v", len(whole), total, err)
	}
}

func streamMany(f *fixture) {
	const streams = 50
	l := f.acquire(0)
	for round := range 4 {
		var b persistence.Batch
		for n := range streams {
			b.Event = append(b.Event, persistence.Event{Stream: fmt.Sprint("stream-", n), Value: fmt.Append(nil, round)})
		}
		f.next(l, uint64(round), b)
	}
	for n := range streams {
		items, err := f.Range(f.ctx, 0, fmt.Sprint("stream-", n), "", 10)
		if err != nil {
			f.Fatalf("range: %v", err)
		}
		if diff := cmp.Diff([]string{"0", "1", "2", "3"}, valuesOf(items)); diff != "" {
			f.Errorf("stream %d (-want +got):\n%s", n, diff)
		}
	}
}

// listForeignPlaces: a reader whose place is not the list's own cannot know what it has missed.
func listForeignPlaces(f *fixture) {
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{
		Append: []persistence.Append{{List: "list"}, {List: "list"}},
		Event:  []persistence.Event{{Stream: "stream"}, {Stream: "stream"}, {Stream: "stream"}},
	})
	for _, name := range []string{"list", "stream", "never was"} {
		items, err := f.Range(f.ctx, 0, name, "", 10)
		if err != nil {
			f.Fatalf("range: %v", err)
		}
		own := map[persistence.ID]bool{"": true}
		for _, it := range items {
			own[it.ID] = true
		}
		for _, place := range []persistence.ID{"", "0000000000000001", "0000000000000003", "7fffffffffffffff"} {
			wanted := persistence.ErrTrimmed
			if own[place] {
				wanted = nil
			}
			_, err := f.Range(f.ctx, 0, name, place, 10)
			f.want(fmt.Sprintf("range of %q after %q", name, place), err, wanted)
		}
	}
}
