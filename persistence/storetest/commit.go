package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// state is everything that a batch can have changed.
type state struct {
	Records []persistence.Record
	List    []string
	Stream  []string
	Answer  string
	Seq     uint64
}

func (f *fixture) state() state {
	f.Helper()
	var s state
	var err error
	if s.Records, err = f.Scan(f.ctx, 0, "", "", 100); err != nil {
		f.Fatalf("scan: %v", err)
	}
	for name, values := range map[string]*[]string{"list": &s.List, "stream": &s.Stream} {
		items, err := f.Range(f.ctx, 0, name, "", 100)
		if err != nil {
			f.Fatalf("range %s: %v", name, err)
		}
		*values = valuesOf(items)
	}
	answer, err := f.Answer(f.ctx, 0, "a")
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		f.Fatalf("answer: %v", err)
	}
	s.Answer, s.Seq = string(answer), f.acquire(0).Seq
	return s
}

// everything is a batch that uses all its fields.
func everything(ack ...persistence.ID) persistence.Batch {
	return persistence.Batch{
		ID: "everything", Seq: 1, Ack: ack,
		Put:    map[string][]byte{"x": []byte("1"), "y": {}},
		Del:    []string{"missing"},
		Append: []persistence.Append{{List: "list", Value: []byte("one")}, {List: "list", Value: []byte("two")}},
		Event:  []persistence.Event{{Stream: "stream", Value: []byte("happened")}},
		Reply:  []persistence.Reply{{Key: "a", Value: []byte("done")}},
	}
}

func commitEverything(f *fixture) {
	r := f.ingest(0, input("a"))
	l := f.acquire(0)
	if err := f.Commit(f.ctx, l, everything(r.ID)); err != nil {
		f.Fatalf("commit: %v", err)
	}
	wanted := state{
		Records: []persistence.Record{{Key: "x", Value: []byte("1")}, {Key: "y", Value: []byte{}}},
		List:    []string{"one", "two"}, Stream: []string{"happened"}, Answer: "done", Seq: 1,
	}
	if diff := cmp.Diff(wanted, f.state()); diff != "" {
		f.Errorf("state after the commit (-want +got):\n%s", diff)
	}
	f.ingest(0, input("b"))
	if got := f.waiting(f.acquire(0), "", 1)[0].Key; got != "b" {
		f.Errorf("the acknowledged input %q is still in the inbox", got)
	}
}

// commitNothing looks at what a refused batch leaves behind.
func commitNothing(f *fixture) {
	r := f.ingest(0, input("a"))
	before := f.state()
	l := f.acquire(0)
	lost := everything(r.ID)
	f.want("commit with an old token", f.Commit(f.ctx, persistence.Lease{Token: "1:x"}, lost), persistence.ErrLost)
	lost.Seq = 2
	f.want("commit with a hole", f.Commit(f.ctx, l, lost), persistence.ErrLost)
	f.want("commit with an input gone", f.Commit(f.ctx, l, everything(r.ID, r.ID+"x")), persistence.ErrLost)
	invalid := everything(r.ID)
	invalid.Put[""] = nil
	f.want("invalid commit", f.Commit(f.ctx, l, invalid), persistence.ErrInvalid)
	if diff := cmp.Diff(before, f.state()); diff != "" {
		f.Errorf("refused batches changed something (-before +after):\n%s", diff)
	}
	if got := f.waiting(f.acquire(0), "", 1)[0].ID; got != r.ID {
		f.Errorf("the inbox begins with %q, want %q", got, r.ID)
	}
}

func commitToken(f *fixture) {
	first := f.acquire(0)
	f.next(first, 0, persistence.Batch{})
	second := f.acquire(0)
	if second.Seq != 1 {
		f.Errorf("the new lease begins at %d, want 1", second.Seq)
	}
	f.want("commit of the earlier owner", f.Commit(f.ctx, first, persistence.Batch{ID: "b", Seq: 2}), persistence.ErrLost)
	f.next(second, second.Seq, persistence.Batch{})
}

func commitSeq(f *fixture) {
	l := f.acquire(0)
	f.want("seq 0", f.Commit(f.ctx, l, persistence.Batch{ID: "a", Seq: 0}), persistence.ErrLost)
	f.next(l, 0, persistence.Batch{})
	f.want("seq 1 again, another batch", f.Commit(f.ctx, l, persistence.Batch{ID: "b", Seq: 1}), persistence.ErrLost)
	f.want("seq 3 after 1", f.Commit(f.ctx, l, persistence.Batch{ID: "b", Seq: 3}), persistence.ErrLost)
	f.next(l, 1, persistence.Batch{})
}

func commitSameBatchAgain(f *fixture) {
	r := f.ingest(0, input("a"))
	l := f.acquire(0)
	for range 3 {
		if err := f.Commit(f.ctx, l, everything(r.ID)); err != nil {
			f.Fatalf("commit: %v", err)
		}
	}
	if got := f.state(); len(got.List) != 2 || got.Seq != 1 {
		f.Errorf("the repetition was written: %+v", got)
	}
	l = f.acquire(0)
	f.next(l, 1, persistence.Batch{ID: "another"})
	f.want("a batch before the last", f.Commit(f.ctx, l, everything(r.ID)), persistence.ErrLost)
}

func commitInputGone(f *fixture) {
	first, second := f.ingest(0, input("a")), f.ingest(0, input("b"))
	elsewhere := f.ingest(1, input("c"))
	for range 3 {
		elsewhere = f.ingest(1, input(string(elsewhere.ID)))
	}
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Ack: []persistence.ID{second.ID}})
	for name, ack := range map[string]persistence.ID{
		"acknowledged": second.ID, "never there": first.ID + "0", "of another partition": elsewhere.ID, "empty": "",
	} {
		err := f.Commit(f.ctx, l, persistence.Batch{ID: "b", Seq: 2, Ack: []persistence.ID{first.ID, ack}})
		f.want("input that is "+name, err, persistence.ErrLost)
	}
	f.next(l, 1, persistence.Batch{Ack: []persistence.ID{first.ID}})
}

func commitOrderOfChecks(f *fixture) {
	r := f.ingest(0, input("a"))
	l := f.acquire(0)
	b := persistence.Batch{ID: "a", Seq: 1, Ack: []persistence.ID{r.ID}}
	f.next(l, 0, b)
	again := b
	again.Seq = 7
	if err := f.Commit(f.ctx, l, again); err != nil {
		f.Errorf("the last batch's id counts before seq and inputs, got %v", err)
	}
	f.want("the token counts before the id", f.Commit(f.ctx, persistence.Lease{Token: "1:x"}, b), persistence.ErrLost)
}

func commitLimits(f *fixture) {
	l := f.acquire(0)
	ids := make([]persistence.ID, persistence.MaxBatchAcks+1)
	for i := range ids {
		ids[i] = f.ingest(0, input(fmt.Sprint(i))).ID
	}
	large := bytes.Repeat([]byte("x"), persistence.MaxBatchBytes)
	for name, b := range map[string]persistence.Batch{
		"no id":             {Seq: 1},
		"too many inputs":   {ID: "a", Seq: 1, Ack: ids},
		"a large record":    {ID: "a", Seq: 1, Put: map[string][]byte{"k": large}},
		"a large entry":     {ID: "a", Seq: 1, Append: []persistence.Append{{List: "l", Value: large}}},
		"a large event":     {ID: "a", Seq: 1, Event: []persistence.Event{{Stream: "s", Value: large}}},
		"a large reply":     {ID: "a", Seq: 1, Reply: []persistence.Reply{{Key: "k", Value: large}}},
		"record, no key":    {ID: "a", Seq: 1, Put: map[string][]byte{"": nil}},
		"removal, no key":   {ID: "a", Seq: 1, Del: []string{""}},
		"entry, no list":    {ID: "a", Seq: 1, Append: []persistence.Append{{}}},
		"event, no stream":  {ID: "a", Seq: 1, Event: []persistence.Event{{}}},
		"reply, no key":     {ID: "a", Seq: 1, Reply: []persistence.Reply{{}}},
		"together too much": {ID: "a", Seq: 1, Put: map[string][]byte{"k": large[:len(large)/2], "l": large[:len(large)/2]}},
	} {
		f.want(name, f.Commit(f.ctx, l, b), persistence.ErrInvalid)
	}
	f.next(l, 0, persistence.Batch{Ack: ids[:persistence.MaxBatchAcks], Put: map[string][]byte{"k": large[1:]}})
}

func commitPutAndDel(f *fixture) {
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Put: map[string][]byte{"a": []byte("1"), "b": []byte("1")}})
	f.next(l, 1, persistence.Batch{Put: map[string][]byte{"b": []byte("2"), "c": []byte("2")}, Del: []string{"a"}})
	wanted := []persistence.Record{{Key: "b", Value: []byte("2")}, {Key: "c", Value: []byte("2")}}
	if diff := cmp.Diff(wanted, f.state().Records); diff != "" {
		f.Errorf("records (-want +got):\n%s", diff)
	}
}

func commitKeepsNoSlice(f *fixture) {
	r := f.ingest(0, input("a"))
	b := everything(r.ID)
	if err := f.Commit(f.ctx, f.acquire(0), b); err != nil {
		f.Fatalf("commit: %v", err)
	}
	before := f.state()
	clear(b.Put["x"])
	clear(b.Append[0].Value)
	clear(b.Event[0].Value)
	clear(b.Reply[0].Value)
	if diff := cmp.Diff(before, f.state()); diff != "" {
		f.Errorf("the store kept a slice of the batch (-before +after):\n%s", diff)
	}
}

// commitManyAtOnce has several owners' goroutines try the same number: one wins each.
func commitManyAtOnce(f *fixture) {
	const rounds, rivals = 10, 6
	l := f.acquire(0)
	r := f.ingest(0, input("a"))
	for round := range uint64(rounds) {
		var mu sync.Mutex
		won := 0
		var all sync.WaitGroup
		for rival := range rivals {
			all.Go(func() {
				b := persistence.Batch{
					ID: fmt.Sprintf("%d-%d", round, rival), Seq: round + 1,
					Append: []persistence.Append{{List: "list", Value: []byte("x")}},
				}
				if round == 0 {
					b.Ack = []persistence.ID{r.ID}
				}
				err := f.Commit(f.ctx, l, b)
				if err != nil {
					f.want("commit of a rival", err, persistence.ErrLost)
					return
				}
				mu.Lock()
				won++
				mu.Unlock()
			})
		}
		all.Wait()
		if won != 1 {
			f.Fatalf("commit %d was done %d times", round+1, won)
		}
	}
	if got := f.state(); len(got.List) != rounds || got.Seq != rounds {
		f.Errorf("after %d commits: %d entries, seq %d", rounds, len(got.List), got.Seq)
	}
}
