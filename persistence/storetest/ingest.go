package storetest

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func ingestNew(f *fixture) {
	r := f.ingest(0, input("a"))
	if r.ID == "" || r.Duplicate || r.Reply != nil || r.Sum != "sum of a" {
		f.Errorf("receipt of a new input: %+v", r)
	}
	if second := f.ingest(0, input("b")); second.ID <= r.ID {
		f.Errorf("the second input is at %q, not after %q", second.ID, r.ID)
	}
}

func ingestDuplicate(f *fixture) {
	first := f.ingest(0, input("a"))
	again := input("a")
	again.Sum, again.Body = "another sum", []byte("another body")
	wanted := persistence.Receipt{ID: first.ID, Duplicate: true, Sum: "sum of a"}
	if diff := cmp.Diff(wanted, f.ingest(0, again)); diff != "" {
		f.Errorf("receipt of a duplicate (-want +got):\n%s", diff)
	}
	l := f.acquire(0)
	f.next(l, l.Seq, persistence.Batch{Ack: []persistence.ID{first.ID}, Reply: []persistence.Reply{{Key: "a", Value: []byte("done")}}})
	wanted.Reply = []byte("done")
	if diff := cmp.Diff(wanted, f.ingest(0, again)); diff != "" {
		f.Errorf("receipt of a duplicate that has been answered (-want +got):\n%s", diff)
	}
	f.ingest(0, input("b"))
	if diff := cmp.Diff([]string{"b"}, keysOf(f.waiting(l, "", 1))); diff != "" {
		f.Errorf("duplicates came into the inbox (-want +got):\n%s", diff)
	}
}

func ingestDuplicatesAtOnce(f *fixture) {
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
				f.Errorf("ingest: %v", err)
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
			f.Errorf("%s: %d places and %d receipts of a new input, want 1 and 1", key, len(found), firsts[key])
		}
	}
	l := f.acquire(0)
	f.ingest(0, input("end"))
	entries := f.waiting(l, "", keys+1)
	if last := entries[keys].Key; last != "end" {
		f.Errorf("entry %d of the inbox is %q, want the end", keys, last)
	}
}

func ingestSameKeyElsewhere(f *fixture) {
	f.ingest(0, input("a"))
	if r := f.ingest(1, input("a")); r.Duplicate {
		f.Error("a key of one partition is known in another")
	}
}

// untilForgotten waits until the window of a key ends. The key must have a reply: to look at a reply prolongs nothing.
func (f *fixture) untilForgotten(key string) {
	f.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		_, err := f.Answer(f.ctx, 0, key)
		if err != nil {
			f.want("answer when the window has ended", err, persistence.ErrNotFound)
			return
		}
		select {
		case <-tick.C:
		case <-f.ctx.Done():
			f.Fatalf("the window of %q did not end", key)
		}
	}
}

// brief ingests a key whose window ends soon, and answers it; it says whether that was done in time.
func (f *fixture) brief(l *persistence.Lease, key string, window time.Duration) bool {
	f.Helper()
	in := input(key)
	in.Window = window
	r := f.ingest(0, in)
	f.next(*l, l.Seq, persistence.Batch{
		ID: "answer to " + key, Ack: []persistence.ID{r.ID}, Reply: []persistence.Reply{{Key: key, Value: []byte("done")}},
	})
	l.Seq++
	_, err := f.Answer(f.ctx, 0, key)
	return err == nil
}

func ingestWindowEnds(f *fixture) {
	l := f.acquire(0)
	for n, w := 0, 50*time.Millisecond; ; n, w = n+1, 2*w {
		key := fmt.Sprintf("key-%d", n)
		if !f.brief(&l, key, w) {
			continue // the machine was too slow; try a longer window
		}
		f.untilForgotten(key)
		if r := f.ingest(0, input(key)); r.Duplicate || r.Reply != nil {
			f.Errorf("a key is known after its window: %+v", r)
		}
		_, err := f.Answer(f.ctx, 0, key)
		f.want("answer to the new input", err, persistence.ErrNotFound)
		return
	}
}

func ingestWindowIsProlonged(f *fixture) {
	l := f.acquire(0)
	for n, w := 0, 100*time.Millisecond; ; n, w = n+1, 2*w {
		prolonged, shortened, probe := fmt.Sprintf("long-%d", n), fmt.Sprintf("short-%d", n), fmt.Sprintf("probe-%d", n)
		if !f.brief(&l, prolonged, w) || !f.ingest(0, input(prolonged)).Duplicate {
			continue
		}
		f.ingest(0, input(shortened))
		less := input(shortened)
		less.Window = w
		f.ingest(0, less)
		if !f.brief(&l, probe, w) {
			continue
		}
		f.untilForgotten(probe) // whose window ends after the others' short ones
		for _, key := range []string{prolonged, shortened} {
			if r := f.ingest(0, input(key)); !r.Duplicate {
				f.Errorf("%s is forgotten though it was seen within its window", key)
			}
		}
		return
	}
}

func ingestInvalid(f *fixture) {
	for name, in := range map[string]persistence.Input{
		"no key":          {Window: window},
		"no window":       {Key: "a"},
		"negative window": {Key: "a", Window: -1},
		"too large":       {Key: "a", Window: window, Body: []byte(strings.Repeat("x", persistence.MaxBatchBytes))},
	} {
		_, err := f.Ingest(f.ctx, 0, in)
		f.want(name, err, persistence.ErrInvalid)
	}
	for _, part := range []int{-1, f.Partitions()} {
		_, err := f.Ingest(f.ctx, part, input("a"))
		f.want(fmt.Sprintf("partition %d", part), err, persistence.ErrInvalid)
	}
}

func ingestKeepsNoSlice(f *fixture) {
	in := input("a")
	f.ingest(0, in)
	clear(in.Body)
	l := f.acquire(0)
	if got := string(f.waiting(l, "", 1)[0].Body); got != "body of a" {
		f.Errorf("the inbox has %q", got)
	}
}

// ingestFull: an inbox takes so many inputs and no more, until some are worked off; what is known is known.
func ingestFull(f *fixture) {
	const writers = 128
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := w; n < persistence.InboxRoom; n += writers {
				if _, err := f.Ingest(f.ctx, 0, input(fmt.Sprint("key-", n))); err != nil {
					f.Errorf("ingest %d: %v", n, err)
					return
				}
			}
		})
	}
	all.Wait()
	_, err := f.Ingest(f.ctx, 0, input("one more"))
	f.want("ingest into a full inbox", err, persistence.ErrFull)
	if r := f.ingest(0, input("key-0")); !r.Duplicate {
		f.Errorf("a repetition into a full inbox: %+v", r)
	}
	f.ingest(1, input("elsewhere"))
	l := f.acquire(0)
	first := f.waiting(l, "", 1)[0]
	f.next(l, 0, persistence.Batch{Ack: []persistence.ID{first.ID}})
	if r := f.ingest(0, input("one more")); r.Duplicate {
		f.Error("what was refused is known")
	}
	_, err = f.Ingest(f.ctx, 0, input("yet one more"))
	f.want("ingest into an inbox that is full again", err, persistence.ErrFull)
}
