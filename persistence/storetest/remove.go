package storetest

import (
	"slices"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func removeEverything(a *archive) {
	l := a.fill()
	for _, p := range a.dump(l, anything) {
		if err := a.Remove(a.ctx, l, []persistence.Piece{p}); err != nil {
			a.Fatalf("remove %v: %v", p, err)
		}
		if err := a.Remove(a.ctx, l, []persistence.Piece{p}); err != nil {
			a.Fatalf("remove what is not there: %v", err)
		}
	}
	if left := a.dump(l, anything); len(left) != 0 {
		a.Errorf("left are %v", left)
	}
	for _, key := range []string{"k/t/a", "k/t/b"} {
		if r := a.ingest(0, input(key)); r.Duplicate {
			a.Errorf("%s is still known: %+v", key, r)
		}
	}
	if diff := cmp.Diff([]string{"k/t/a", "k/t/b"}, keysOf(a.waiting(l, "", 2))); diff != "" {
		a.Errorf("the inbox (-want +got):\n%s", diff)
	}
	_, err := a.Range(a.ctx, 0, aStream, place(1), 10)
	a.want("range in a stream that was removed", err, persistence.ErrTrimmed)
}

// removeAndRestore: begun, taken away, and done again, it is as if done once.
func removeAndRestore(a *archive) {
	isStream := func(p persistence.Piece) bool { e, ok := p.(persistence.Entries); return ok && e.Name == aStream }
	rest := slices.DeleteFunc(a.dump(a.fill(), anything), isStream)
	was := append(slices.Clone(rest), withGaps(300, 40))
	target := a.acquire(1)
	for cut := range len(was) + 1 {
		a.restore(target, was[:cut]...)
		if err := a.Remove(a.ctx, target, a.dump(target, anything)); err != nil {
			a.Fatal(err)
		}
	}
	stream := persistence.Entries{Name: aStream, Stream: true, Items: []persistence.Item{{ID: place(1), Value: []byte("1")}}}
	a.restore(target, was...)
	if err := a.Remove(a.ctx, target, []persistence.Piece{persistence.Entries{Name: aStream}}); err != nil {
		a.Fatal(err)
	}
	a.next(target, target.Seq, persistence.Batch{Event: []persistence.Event{{Stream: aStream}}})
	for _, p := range a.dump(target, func(name string) bool { return name == aStream }) {
		if begun, ok := p.(persistence.Entries); ok && (begun.Dropped != "" || len(begun.Items) != 1) {
			a.Errorf("a stream that was removed begins as %v", begun)
		}
	}
	if err := a.Remove(a.ctx, target, []persistence.Piece{persistence.Entries{Name: aStream}}); err != nil {
		a.Fatal(err)
	}
	a.restore(target, stream)
	a.same("done again", append(rest, stream), a.dump(target, anything))
}

// removeWhileRead removes each piece as it comes, also those of a list that has more to come.
func removeWhileRead(a *archive) {
	a.fill()
	l := a.acquire(0)
	var b persistence.Batch
	for range 2 * persistence.PieceItems {
		b.Append = append(b.Append, persistence.Append{List: aList})
		b.Event = append(b.Event, persistence.Event{Stream: aStream})
	}
	a.next(l, l.Seq, b)
	for p, err := range a.Dump(a.ctx, l, anything) {
		if err == nil {
			err = a.Remove(a.ctx, l, []persistence.Piece{p})
		}
		if err != nil {
			a.Fatal(err)
		}
	}
	if left := a.dump(l, anything); len(left) != 0 {
		a.Errorf("left are %v", left)
	}
}

func removeRefused(a *archive) {
	old := a.fill()
	l := a.acquire(0)
	was := a.dump(l, anything)
	for name, lost := range map[string]persistence.Lease{"no lease": {}, "a lease that is lost": old} {
		a.want("remove with "+name, a.Remove(a.ctx, lost, was), persistence.ErrLost)
	}
	a.want("remove from no partition", a.Remove(a.ctx, persistence.Lease{Part: a.Partitions(), Token: "x"}, was), persistence.ErrInvalid)
	a.same("what was not removed", was, a.dump(l, anything))
}

func removeNothingElse(a *archive) {
	l := a.fill()
	ours := func(name string) bool { return persistence.TenantOf(name) == "t" }
	rest := a.dump(l, func(name string) bool { return !ours(name) })
	mine := slices.DeleteFunc(a.dump(l, ours), func(p persistence.Piece) bool { _, input := p.(persistence.Entry); return input })
	if err := a.Remove(a.ctx, l, mine); err != nil {
		a.Fatal(err)
	}
	a.same("the rest", rest, a.dump(l, anything))
}
