package storetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// RunArchive runs the suite of stores whose content can be carried to another one. Open is as for [Run].
func RunArchive(t *testing.T, open func(t *testing.T) persistence.Archive) {
	t.Helper()
	for name, test := range map[string]func(*archive){
		"Dump/everything":           dumpEverything,
		"Dump/by name":              dumpByName,
		"Dump/large":                dumpLarge,
		"Dump/refused":              dumpRefused,
		"Dump/break":                dumpBreak,
		"Restore/everything":        restoreEverything,
		"Restore/repetitions":       restoreRepetitions,
		"Restore/beside others":     restoreBesideOthers,
		"Restore/inputs":            restoreInputs,
		"Restore/twice":             restoreTwice,
		"Restore/stream with gaps":  restoreStreamWithGaps,
		"Restore/gaps are trimmed":  restoreGapsAreTrimmed,
		"Restore/gap at the end":    restoreGapAtTheEnd,
		"Restore/gap within":        restoreGapWithin,
		"Restore/trimmed stream":    restoreTrimmedStream,
		"Restore/refused":           restoreRefused,
		"Restore/keeps no slice":    restoreKeepsNoSlice,
		"Remove/everything":         removeEverything,
		"Remove/and restore":        removeAndRestore,
		"Remove/while it is read":   removeWhileRead,
		"Remove/refused":            removeRefused,
		"Remove/nothing else":       removeNothingElse,
		"Archive/context and close": archiveEnds,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, func(t *testing.T) persistence.Store { return open(t) })
			test(&archive{fixture: f, Archive: f.Store.(persistence.Archive)})
		})
	}
}

// archive is a store of two partitions at least, of which one is carried to the other.
type archive struct {
	*fixture
	persistence.Archive
}

func anything(string) bool { return true }

func (a *archive) dump(l persistence.Lease, of func(string) bool) []persistence.Piece {
	a.Helper()
	var pieces []persistence.Piece
	for p, err := range a.Dump(a.ctx, l, of) {
		if err != nil {
			a.Fatalf("dump: %v", err)
		}
		pieces = append(pieces, p)
	}
	return pieces
}

func (a *archive) restore(l persistence.Lease, pieces ...persistence.Piece) {
	a.Helper()
	if err := a.Restore(a.ctx, l, pieces); err != nil {
		a.Fatalf("restore: %v", err)
	}
}

// normal is what two dumps of the same content have in common: sorted, entries of a list in one piece, inputs without places
// (they are in order), windows without what has passed since.
func (a *archive) normal(pieces []persistence.Piece) []persistence.Piece {
	a.Helper()
	lists := map[string]*persistence.Entries{}
	var sorted []persistence.Piece
	for _, p := range pieces {
		switch p := p.(type) {
		case persistence.Record:
			sorted = append(sorted, p)
		case persistence.Entries:
			if l := lists[p.Name]; l != nil {
				l.Items = append(l.Items, p.Items...)
			} else {
				lists[p.Name] = &p
			}
		case persistence.Known:
			if p.Window <= 0 || p.Window > window+window/8 {
				a.Errorf("the window of %q is %v, want a little less than %v", p.Key, p.Window, window)
			}
			p.Window = 0
			sorted = append(sorted, p)
		case persistence.Entry:
			p.ID = ""
			sorted = append(sorted, p)
		}
	}
	for _, l := range lists {
		sorted = append(sorted, *l)
	}
	slices.SortStableFunc(sorted, func(p, q persistence.Piece) int { return cmp.Compare(title(p), title(q)) })
	return sorted
}

// title orders pieces by kind and name; inputs stay in their order.
func title(p persistence.Piece) string {
	switch p := p.(type) {
	case persistence.Record:
		return "1" + p.Key
	case persistence.Entries:
		return "2" + p.Name
	case persistence.Known:
		return "3" + p.Key
	case persistence.Entry:
		return "4"
	}
	return ""
}

// whole compares byte slices at once; nil is not empty.
func whole() gocmp.Option {
	return gocmp.Comparer(func(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) })
}

func (a *archive) same(what string, was, is []persistence.Piece) {
	a.Helper()
	if diff := gocmp.Diff(a.normal(was), a.normal(is), whole()); diff != "" {
		a.Errorf("%s (-was +is):\n%s", what, diff)
	}
}

const (
	aList, aStream = "log/t/c", "desk/t/a"
	otherList      = "dead/u"
)

// fill brings about something of everything in partition 0, and returns the lease. Left in the inbox are "k/t/b" and "c/d".
func (a *archive) fill() persistence.Lease {
	a.Helper()
	l := a.acquire(0)
	answered := a.ingest(0, input("k/t/a"))
	for _, key := range []string{"k/t/b", "w/u/c"} {
		a.ingest(0, input(key))
	}
	consumed := a.waiting(l, "", 3)[2].ID
	a.ingest(0, input("c/d"))
	a.next(l, 0, persistence.Batch{
		Ack: []persistence.ID{answered.ID, consumed},
		Put: map[string][]byte{"hot/agent/t/a": []byte("1"), "held/t/a/c": {}, "case/t/\xff\x00": {0xff, 0}, "customer/u/x": []byte("x")},
		Append: []persistence.Append{
			{List: aList, Value: []byte("one")},
			{List: otherList, Value: []byte("other")},
			{List: aList, Value: []byte{0xff}},
		},
		Event: []persistence.Event{{Stream: aStream, Value: []byte("happened")}, {Stream: "config/u", Value: []byte{}}, {Stream: aStream, Value: []byte("again")}},
		Reply: []persistence.Reply{{Key: "k/t/a", Value: []byte("done")}, {Key: "w/u/c", Value: []byte{}}},
	})
	return l
}

func dumpEverything(a *archive) {
	l := a.fill()
	places := func(name string) (ids []persistence.ID) {
		items, err := a.Range(a.ctx, 0, name, "", 10)
		if err != nil {
			a.Fatal(err)
		}
		for _, it := range items {
			ids = append(ids, it.ID)
		}
		return ids
	}
	list, stream := places(aList), places(aStream)
	wanted := []persistence.Piece{
		persistence.Record{Key: "case/t/\xff\x00", Value: []byte{0xff, 0}},
		persistence.Record{Key: "customer/u/x", Value: []byte("x")},
		persistence.Record{Key: "held/t/a/c", Value: []byte{}},
		persistence.Record{Key: "hot/agent/t/a", Value: []byte("1")},
		persistence.Entries{Name: "config/u", Stream: true, Items: []persistence.Item{{ID: places("config/u")[0], Value: []byte{}}}},
		persistence.Entries{Name: otherList, Items: []persistence.Item{{ID: places(otherList)[0], Value: []byte("other")}}},
		persistence.Entries{Name: aStream, Stream: true, Items: []persistence.Item{{ID: stream[0], Value: []byte("happened")}, {ID: stream[1], Value: []byte("again")}}},
		persistence.Entries{Name: aList, Items: []persistence.Item{{ID: list[0], Value: []byte("one")}, {ID: list[1], Value: []byte{0xff}}}},
		persistence.Known{Key: "c/d", Sum: "sum of c/d"},
		persistence.Known{Key: "k/t/a", Sum: "sum of k/t/a", Reply: []byte("done")},
		persistence.Known{Key: "k/t/b", Sum: "sum of k/t/b"},
		persistence.Known{Key: "w/u/c", Sum: "sum of w/u/c", Reply: []byte{}},
		persistence.Entry{Key: "k/t/b", Body: []byte("body of k/t/b")},
		persistence.Entry{Key: "c/d", Body: []byte("body of c/d")},
	}
	if diff := gocmp.Diff(wanted, a.normal(a.dump(l, anything))); diff != "" {
		a.Errorf("dump (-want +got):\n%s", diff)
	}
	if pieces := a.dump(a.acquire(1), anything); len(pieces) != 0 {
		a.Errorf("an empty partition holds %v", pieces)
	}
}

func dumpByName(a *archive) {
	l := a.fill()
	mine := a.normal(a.dump(l, func(name string) bool { return persistence.TenantOf(name) == "u" }))
	var titles []string
	for _, p := range mine {
		titles = append(titles, title(p))
	}
	if diff := gocmp.Diff([]string{"1customer/u/x", "2config/u", "2dead/u", "3w/u/c", "4", "4"}, titles); diff != "" {
		a.Errorf("what is u's, and the inbox (-want +got):\n%s", diff)
	}
}

// dumpLarge: pieces are of a size that can be restored, however long a list or large an entry is; and many names are no hurdle.
func dumpLarge(a *archive) {
	l := a.acquire(0)
	seq := uint64(0)
	for n, size := range []int{1, 1, persistence.PieceBytes, 1, 3 << 20, 1} {
		b := persistence.Batch{Append: []persistence.Append{{List: aList, Value: bytes.Repeat([]byte{byte(n)}, size)}}}
		a.next(l, seq, b)
		seq++
	}
	var many persistence.Batch
	for n := range 3*persistence.PieceItems + 1 {
		name := fmt.Sprint("log/t/", n)
		many.Append = append(many.Append, persistence.Append{List: aList}, persistence.Append{List: name, Value: []byte(name)})
	}
	many.Put = map[string][]byte{}
	for n := range 2*persistence.PieceItems + 1 {
		many.Put[fmt.Sprint("case/t/", n)] = []byte{1}
	}
	a.next(l, seq, many)
	pieces := a.dump(l, anything)
	items := 0
	target := a.acquire(1)
	for _, p := range pieces {
		a.restore(target, p)
		if p, ok := p.(persistence.Entries); ok && p.Name == aList {
			items += len(p.Items)
			if len(p.Items) > persistence.PieceItems {
				a.Errorf("a piece of %d entries", len(p.Items))
			}
		}
	}
	if wanted := 6 + 3*persistence.PieceItems + 1; items != wanted {
		a.Errorf("%d entries of the list, want %d", items, wanted)
	}
	a.same("restored", pieces, a.dump(target, anything))
}

func dumpRefused(a *archive) {
	old := a.fill()
	a.acquire(0)
	for name, l := range map[string]persistence.Lease{"no lease": {}, "a lease that is lost": old} {
		_, err := firstOf(a.Dump(a.ctx, l, anything))
		a.want("dump with "+name, err, persistence.ErrLost)
	}
	_, err := firstOf(a.Dump(a.ctx, persistence.Lease{Part: a.Partitions(), Token: "x"}, anything))
	a.want("dump of no partition", err, persistence.ErrInvalid)
}

func dumpBreak(a *archive) {
	l := a.fill()
	for stop := range len(a.dump(l, anything)) + 1 {
		n := 0
		for _, err := range a.Dump(a.ctx, l, anything) {
			if err != nil {
				a.Fatal(err)
			}
			if n++; n > stop {
				break
			}
		}
	}
}

// firstOf is the first of a sequence.
func firstOf[T any](sequence func(func(T, error) bool)) (first T, err error) {
	for value, failed := range sequence {
		return value, failed
	}
	return first, errors.New("the sequence is empty")
}

func archiveEnds(a *archive) {
	l := a.fill()
	pieces := a.dump(l, anything)
	gone, cancel := context.WithCancel(a.ctx)
	cancel()
	try := func(what string, ctx context.Context, wanted error) {
		_, err := firstOf(a.Dump(ctx, l, anything))
		a.want("dump "+what, err, wanted)
		a.want("restore "+what, a.Restore(ctx, l, pieces), wanted)
		a.want("remove "+what, a.Remove(ctx, l, pieces), wanted)
	}
	try("after the context's end", gone, context.Canceled)
	if err := a.Close(); err != nil {
		a.Fatal(err)
	}
	try("after the close", a.ctx, persistence.ErrClosed)
}
