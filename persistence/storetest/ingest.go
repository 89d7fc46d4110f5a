package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func ingestNew(t *testing.T, f *fixture) {
	r := f.ingest(t, 0, input("a"))
	if r.ID == "" || r.Duplicate || r.Reply != nil || r.Sum != "sum of a" {
		t.Errorf("receipt of a new input: %+v", r)
	}
	if second := f.ingest(t, 0, input("b")); second.ID <= r.ID {
		t.Errorf("the second input is at %q, not after %q", second.ID, r.ID)
	}
}

func ingestDuplicate(t *testing.T, f *fixture) {
	first := f.ingest(t, 0, input("a"))
	again := input("a")
	again.Sum, again.Body = "another sum", []byte("another body")
	wanted := persistence.Receipt{ID: first.ID, Duplicate: true, Sum: "sum of a"}
	if diff := cmp.Diff(wanted, f.ingest(t, 0, again)); diff != "" {
		t.Errorf("receipt of a duplicate (-want +got):\n%s", diff)
	}
	l := f.acquire(t, 0)
	f.next(t, l, l.Seq, persistence.Batch{Ack: []persistence.ID{first.ID}, Reply: []persistence.Reply{{Key: "a", Value: []byte("done")}}})
	wanted.Reply = []byte("done")
	if diff := cmp.Diff(wanted, f.ingest(t, 0, again)); diff != "" {
		t.Errorf("receipt of a duplicate that has been answered (-want +got):\n%s", diff)
	}
	f.ingest(t, 0, input("b"))
	if diff := cmp.Diff([]string{"b"}, keysOf(f.waiting(t, l, "", 1))); diff != "" {
		t.Errorf("duplicates came into the inbox (-want +got):\n%s", diff)
	}
}

func ingestDuplicatesAtOnce(t *testing.T, f *fixture) {
	const keys, times = 20, 8
	var mu sync.Mutex
	ids := make(map[string]map[persistence.ID]bool)
	firsts := make(map[string]int)
	var all sync.WaitGroup
	for n := range keys * times {
		all.Go(func() {
			key := fmt.Sprintf("key-%02d", n%keys)
			r, err := f.Ingest(f.ctx, 0, input(key))
			if err != nil {
				t.Errorf("ingest: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if ids[key] == nil {
				ids[key] = make(map[persistence.ID]bool)
			}
			ids[key][r.ID] = true
			if !r.Duplicate {
				firsts[key]++
			}
		})
	}
	all.Wait()
	for key, found := range ids {
		if len(found) != 1 || firsts[key] != 1 {
			t.Errorf("%s: %d places and %d receipts of a new input, want 1 and 1", key, len(found), firsts[key])
		}
	}
	l := f.acquire(t, 0)
	f.ingest(t, 0, input("end"))
	entries := f.waiting(t, l, "", keys+1)
	if last := entries[keys].Key; last != "end" {
		t.Errorf("entry %d of the inbox is %q, want the end", keys, last)
	}
}

func ingestSameKeyElsewhere(t *testing.T, f *fixture) {
	f.ingest(t, 0, input("a"))
	if r := f.ingest(t, 1, input("a")); r.Duplicate {
		t.Error("a key of one partition is known in another")
	}
}

// untilForgotten waits until the window of a key ends. The key must have a reply: to look at a reply prolongs nothing.
func (f *fixture) untilForgotten(t *testing.T, key string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		_, err := f.Answer(f.ctx, 0, key)
		if err != nil {
			want(t, "answer when the window has ended", err, persistence.ErrNotFound)
			return
		}
		select {
		case <-tick.C:
		case <-f.ctx.Done():
			t.Fatalf("the window of %q did not end", key)
		}
	}
}

// brief ingests a key whose window ends soon, and answers it; it says whether that was done in time.
func (f *fixture) brief(t *testing.T, l *persistence.Lease, key string, window time.Duration) bool {
	t.Helper()
	in := input(key)
	in.Window = window
	r := f.ingest(t, 0, in)
	f.next(t, *l, l.Seq, persistence.Batch{
		ID: "answer to " + key, Ack: []persistence.ID{r.ID}, Reply: []persistence.Reply{{Key: key, Value: []byte("done")}},
	})
	l.Seq++
	_, err := f.Answer(f.ctx, 0, key)
	return err == nil
}

func ingestWindowEnds(t *testing.T, f *fixture) {
	l := f.acquire(t, 0)
	for n, w := 0, 50*time.Millisecond; ; n, w = n+1, 2*w {
		key := fmt.Sprintf("key-%d", n)
		if !f.brief(t, &l, key, w) {
			continue // the machine was too slow; try a longer window
		}
		f.untilForgotten(t, key)
		if r := f.ingest(t, 0, input(key)); r.Duplicate || r.Reply != nil {
			t.Errorf("a key is known after its window: %+v", r)
		}
		_, err := f.Answer(f.ctx, 0, key)
		want(t, "answer to the new input", err, persistence.ErrNotFound)
		return
	}
}

func ingestWindowIsProlonged(t *testing.T, f *fixture) {
	l := f.acquire(t, 0)
	for n, w := 0, 100*time.Millisecond; ; n, w = n+1, 2*w {
		prolonged, shortened, probe := fmt.Sprintf("long-%d", n), fmt.Sprintf("short-%d", n), fmt.Sprintf("probe-%d", n)
		if !f.brief(t, &l, prolonged, w) || !f.ingest(t, 0, input(prolonged)).Duplicate {
			continue
		}
		f.ingest(t, 0, input(shortened))
		less := input(shortened)
		less.Window = w
		f.ingest(t, 0, less)
		if !f.brief(t, &l, probe, w) {
			continue
		}
		f.untilForgotten(t, probe) // whose window ends after the others' short ones
		for _, key := range []string{prolonged, shortened} {
			if r := f.ingest(t, 0, input(key)); !r.Duplicate {
				t.Errorf("%s is forgotten though it was seen within its window", key)
			}
		}
		return
	}
}

func ingestInvalid(t *testing.T, f *fixture) {
	for name, in := range map[string]persistence.Input{
		"no key":          {Window: window},
		"no window":       {Key: "a"},
		"negative window": {Key: "a", Window: -1},
		"too large":       {Key: "a", Window: window, Body: []byte(strings.Repeat("x", persistence.MaxBatchBytes))},
	} {
		_, err := f.Ingest(f.ctx, 0, in)
		want(t, name, err, persistence.ErrInvalid)
	}
	for _, part := range []int{-1, f.Partitions()} {
		_, err := f.Ingest(f.ctx, part, input("a"))
		want(t, fmt.Sprintf("partition %d", part), err, persistence.ErrInvalid)
	}
}

func ingestKeepsNoSlice(t *testing.T, f *fixture) {
	in := input("a")
	f.ingest(t, 0, in)
	clear(in.Body)
	l := f.acquire(t, 0)
	if got := string(f.waiting(t, l, "", 1)[0].Body); got != "body of a" {
		t.Errorf("the inbox has %q", got)
	}
}
