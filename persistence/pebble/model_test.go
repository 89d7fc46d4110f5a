package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"switchyard/persistence"
	"switchyard/persistence/memory"
	"switchyard/persistence/pebble"
)

// twins are the model and the store that is compared with it. Both are asked the same; they must answer the same, but for
// the places, of which only the order and the identity count.
type twins struct {
	ctx     context.Context
	dir     string
	model   *memory.Store
	store   *pebble.Store
	leases  [2]persistence.Lease // of the model and of the store
	seq     uint64
	batches int
	last    [2]persistence.Batch
	inputs  [][2]persistence.ID
	byModel map[persistence.ID]persistence.ID
	probes  int
}

func newTwins(t *rapid.T, dir string) *twins {
	s, err := pebble.Open(dir, pebble.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	return &twins{
		ctx: context.Background(), dir: dir, model: memory.New(1), store: s,
		byModel: make(map[persistence.ID]persistence.ID),
	}
}

// same fails unless both errors are of the same kind; it says whether there was none.
func same(t *rapid.T, what string, model, store error) bool {
	t.Helper()
	for _, kind := range []error{nil, persistence.ErrNotFound, persistence.ErrLost, persistence.ErrInvalid, persistence.ErrTrimmed, persistence.ErrHeld} {
		if errors.Is(model, kind) || errors.Is(store, kind) {
			if !errors.Is(model, kind) || !errors.Is(store, kind) {
				t.Fatalf("%s: the model says %v, the store %v", what, model, store)
			}
			return kind == nil
		}
	}
	t.Fatalf("%s: the model says %v, the store %v", what, model, store)
	return false
}

func equal(t *rapid.T, what string, model, store any) {
	t.Helper()
	if diff := cmp.Diff(model, store); diff != "" {
		t.Fatalf("%s (-model +store):\n%s", what, diff)
	}
}

func (w *twins) ingest(t *rapid.T) {
	in := persistence.Input{
		Key:    rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e", "f", "g"}).Draw(t, "key"),
		Sum:    rapid.SampledFrom([]string{"", "x"}).Draw(t, "sum"),
		Body:   rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "body"),
		Window: time.Hour,
	}
	w.ingestBoth(t, in)
}

func (w *twins) ingestBoth(t *rapid.T, in persistence.Input) {
	m, errM := w.model.Ingest(w.ctx, 0, in)
	s, errS := w.store.Ingest(w.ctx, 0, in)
	if !same(t, "ingest", errM, errS) {
		return
	}
	if !m.Duplicate {
		w.byModel[m.ID] = s.ID
		w.inputs = append(w.inputs, [2]persistence.ID{m.ID, s.ID})
	}
	if w.byModel[m.ID] != s.ID {
		t.Fatalf("ingest: place %q, want that of %q", s.ID, w.byModel[m.ID])
	}
	m.ID, s.ID = "", ""
	equal(t, "receipt", m, s)
}

func (w *twins) acquire(t *rapid.T) {
	m, errM := w.model.Acquire(w.ctx, 0, "node")
	s, errS := w.store.Acquire(w.ctx, 0, "node")
	if same(t, "acquire", errM, errS) {
		equal(t, "seq", m.Seq, s.Seq)
		w.leases, w.seq = [2]persistence.Lease{m, s}, m.Seq
	}
}

func (w *twins) release(t *rapid.T) {
	same(t, "release", w.model.Release(w.ctx, w.leases[0]), w.store.Release(w.ctx, w.leases[1]))
	same(t, "renew", w.model.Renew(w.ctx, w.leases[0]), w.store.Renew(w.ctx, w.leases[1]))
}

func (w *twins) commit(t *rapid.T) {
	name := rapid.SampledFrom([]string{"a", "b", "hot/a", "hot/b", "hot/\xff", "\xff"})
	value := rapid.SliceOfN(rapid.Byte(), 0, 4)
	w.batches++
	b := persistence.Batch{
		ID:  fmt.Sprint(w.batches),
		Seq: w.seq + 1 + rapid.SampledFrom([]uint64{0, 0, 0, 0, 0, 1, ^uint64(0)}).Draw(t, "gap"),
		Put: rapid.MapOfN(name, value, 0, 3).Draw(t, "put"),
		Del: rapid.SliceOfNDistinct(name, 0, 2, rapid.ID[string]).Draw(t, "del"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "appends") {
		b.Append = append(b.Append, persistence.Append{List: name.Draw(t, "list"), Value: value.Draw(t, "value")})
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 300}).Draw(t, "events") {
		b.Event = append(b.Event, persistence.Event{Stream: "stream", Value: fmt.Append(nil, w.batches, len(b.Event))})
	}
	for range rapid.IntRange(0, 2).Draw(t, "replies") {
		key := rapid.SampledFrom([]string{"a", "b", "c", "unknown"}).Draw(t, "key")
		b.Reply = append(b.Reply, persistence.Reply{Key: key, Value: value.Draw(t, "value")})
	}
	both := [2]persistence.Batch{b, b}
	if len(w.inputs) > 0 {
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(max(0, len(w.inputs)-3), len(w.inputs)-1), 0, 2, rapid.ID[int]).Draw(t, "ack") {
			both[0].Ack = append(both[0].Ack, w.inputs[i][0])
			both[1].Ack = append(both[1].Ack, w.inputs[i][1])
		}
	}
	w.commitBoth(t, both)
}

func (w *twins) commitAgain(t *rapid.T) {
	if w.last[0].ID != "" {
		w.commitBoth(t, w.last)
	}
}

func (w *twins) commitBoth(t *rapid.T, both [2]persistence.Batch) {
	errM := w.model.Commit(w.ctx, w.leases[0], both[0])
	errS := w.store.Commit(w.ctx, w.leases[1], both[1])
	if same(t, "commit", errM, errS) && both[0].Seq == w.seq+1 {
		w.seq, w.last = both[0].Seq, both
	}
}

func (w *twins) reopen(t *rapid.T) {
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := pebble.Open(w.dir, pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.store = s
	_ = w.model.Release(w.ctx, w.leases[0]) // a lease does not outlive the process
}

// waiting reads the inbox up to a probe of its own.
func (w *twins) waiting(t *rapid.T, s persistence.Store, l persistence.Lease, probe string) (entries []persistence.Entry) {
	for e, err := range s.Inbox(w.ctx, l, "") {
		if err != nil {
			if !errors.Is(err, persistence.ErrLost) {
				t.Fatal(err)
			}
			return entries
		}
		if e.Key == probe {
			return entries
		}
		entries = append(entries, e)
	}
	return entries
}

// check compares everything that can be read.
func (w *twins) check(t *rapid.T) {
	w.probes++
	probe := fmt.Sprint("probe-", w.probes)
	w.ingestBoth(t, persistence.Input{Key: probe, Window: time.Hour})
	inboxM, inboxS := w.waiting(t, w.model, w.leases[0], probe), w.waiting(t, w.store, w.leases[1], probe)
	for i := range inboxM {
		inboxM[i].ID = w.byModel[inboxM[i].ID]
	}
	equal(t, "inbox", inboxM, inboxS)
	for _, key := range []string{"a", "b", "c", "unknown"} {
		m, errM := w.model.Answer(w.ctx, 0, key)
		s, errS := w.store.Answer(w.ctx, 0, key)
		same(t, "answer", errM, errS)
		equal(t, "answer", m, s)
	}
	after := rapid.SampledFrom([]string{"", "a", "hot/a", "z"}).Draw(t, "after")
	for _, prefix := range []string{"", "hot/", "\xff"} {
		m, errM := w.model.Scan(w.ctx, 0, prefix, after, 4)
		s, errS := w.store.Scan(w.ctx, 0, prefix, after, 4)
		same(t, "scan", errM, errS)
		equal(t, "scan of "+prefix, m, s)
	}
	for _, list := range []string{"a", "hot/\xff", "\xff", "stream"} {
		w.checkList(t, list)
	}
}

func (w *twins) checkList(t *rapid.T, list string) {
	m, errM := w.model.Range(w.ctx, 0, list, "", 1<<20)
	s, errS := w.store.Range(w.ctx, 0, list, "", 1<<20)
	same(t, "range", errM, errS)
	if list == "stream" { // each may keep more than it must
		m, s = m[max(0, len(m)-persistence.StreamKeep):], s[max(0, len(s)-persistence.StreamKeep):]
	}
	values := func(items []persistence.Item) (v []string) {
		for _, it := range items {
			v = append(v, string(it.Value))
		}
		return v
	}
	equal(t, "range of "+list, values(m), values(s))
	lastM, _ := w.model.Last(w.ctx, 0, list)
	lastS, _ := w.store.Last(w.ctx, 0, list)
	if len(m) == 0 {
		equal(t, "last of nothing", lastM, lastS)
		return
	}
	if lastM != m[len(m)-1].ID || lastS != s[len(s)-1].ID {
		t.Fatalf("last of %s is %q in the model, %q in the store", list, lastM, lastS)
	}
	i := rapid.IntRange(0, len(m)-1).Draw(t, "place")
	m, errM = w.model.Range(w.ctx, 0, list, m[i].ID, 3)
	s, errS = w.store.Range(w.ctx, 0, list, s[i].ID, 3)
	same(t, "range after a place", errM, errS)
	equal(t, "range after a place", values(m), values(s))
}

// Any sequence of calls gives the same answers as the model, also when the store is closed and opened in between.
func TestModel(t *testing.T) {
	t.Parallel()
	parent, runs := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		dir := filepath.Join(parent, fmt.Sprint(runs))
		w := newTwins(t, dir)
		defer func() { w.store.Close(); os.RemoveAll(dir) }()
		w.acquire(t)
		t.Repeat(map[string]func(*rapid.T){
			"ingest":      w.ingest,
			"ingest more": w.ingest,
			"acquire":     w.acquire,
			"release":     w.release,
			"commit":      w.commit,
			"commit more": w.commit,
			"again":       w.commitAgain,
			"reopen":      w.reopen,
			"check":       w.check,
		})
		w.check(t)
	})
}
