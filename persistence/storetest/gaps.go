package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func place(n int) persistence.ID { return persistence.ID(fmt.Sprintf("%016x", n)) }

// withGaps are n entries of a stream at every third place, of which those up to dropped are gone.
func withGaps(dropped, n int) persistence.Entries {
	e := persistence.Entries{Name: aStream, Stream: true}
	if dropped > 0 {
		e.Dropped = place(dropped)
	}
	for i := range n {
		e.Items = append(e.Items, persistence.Item{ID: place(dropped + 2 + 3*i), Value: fmt.Append(nil, i)})
	}
	return e
}

// inPieces cuts entries up.
func inPieces(e persistence.Entries) (pieces []persistence.Piece) {
	for some := range slices.Chunk(e.Items, persistence.PieceItems) {
		e.Items = some
		pieces = append(pieces, e)
	}
	return pieces
}

// restoreStreamWithGaps: one store counts a stream by itself, another one together with other things.
func restoreStreamWithGaps(a *archive) {
	target := a.acquire(1)
	was := []persistence.Piece{withGaps(100, 5)}
	a.restore(target, was...)
	a.same("restored", was, a.dump(target, anything))
	for after, wanted := range map[int]error{
		99: persistence.ErrTrimmed, 100: nil, 101: persistence.ErrTrimmed, 102: nil, 105: nil, 114: nil, 200: persistence.ErrTrimmed,
	} {
		_, err := a.Range(a.ctx, 1, aStream, place(after), 10)
		a.want(fmt.Sprintf("range after %d", after), err, wanted)
	}
	other := withGaps(0, 3)
	other.Name = "desk/t/b"
	a.restore(target, other)
	for after, wanted := range map[int]error{1: persistence.ErrTrimmed, 2: nil} {
		_, err := a.Range(a.ctx, 1, other.Name, place(after), 10)
		a.want(fmt.Sprintf("range after %d in a stream that nothing is gone from", after), err, wanted)
	}
	items, err := a.Range(a.ctx, 1, aStream, place(105), 10)
	if err != nil || strings.Join(valuesOf(items), " ") != "2 3 4" {
		a.Errorf("range after a place: %q, %v", valuesOf(items), err)
	}
}

// restoreGapsAreTrimmed: as many entries stay as are promised, also of a stream with gaps, and until they are gone.
func restoreGapsAreTrimmed(a *archive) {
	const n, keep = persistence.StreamKeep, persistence.StreamKeep
	target := a.acquire(1)
	for _, p := range inPieces(withGaps(7, n)) {
		a.restore(target, p)
		a.restore(target, p)
	}
	whole := valuesOf(withGaps(7, n).Items)
	for round := range 12 {
		var b persistence.Batch
		for i := range keep / 5 {
			value := fmt.Sprint("new ", round*keep/5+i)
			b.Event = append(b.Event, persistence.Event{Stream: aStream, Value: []byte(value)})
			whole = append(whole, value)
		}
		a.next(target, uint64(round), b)
		kept, err := a.Range(a.ctx, 1, aStream, "", 3*keep)
		if err != nil || len(kept) < keep || len(kept) > 2*keep {
			a.Fatalf("round %d: %d entries are kept, %v", round, len(kept), err)
		}
		if diff := cmp.Diff(whole[len(whole)-len(kept):], valuesOf(kept)); diff != "" {
			a.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
		if len(kept) == len(whole) {
			continue
		}
		var stream persistence.Entries
		for _, p := range a.dump(target, anything) {
			stream, _ = p.(persistence.Entries)
		}
		_, err = a.Range(a.ctx, 1, aStream, stream.Dropped, 1)
		a.want("range after the newest that is gone", err, nil)
		_, err = a.Range(a.ctx, 1, aStream, place(7), 1)
		a.want("range after what is long gone", err, persistence.ErrTrimmed)
	}
	target = a.acquire(1)
	third := a.normal(a.dump(target, anything))
	for _, p := range a.dump(target, anything) {
		a.restore(a.acquire(0), p)
	}
	a.same("carried on", third, a.dump(a.acquire(0), anything))
}

// oneGap restores a stream that is about to be trimmed, with a gap after so many entries.
func (a *archive) oneGap(before int) persistence.Lease {
	a.Helper()
	stream := persistence.Entries{Name: aStream, Stream: true}
	for n := range persistence.StreamKeep + persistence.StreamKeep/4 - 1 {
		at := n + 1
		if n >= before {
			at += 1000
		}
		stream.Items = append(stream.Items, persistence.Item{ID: place(at)})
	}
	target := a.acquire(1)
	for _, p := range inPieces(stream) {
		a.restore(target, p)
	}
	a.next(target, 0, persistence.Batch{Event: []persistence.Event{{Stream: aStream}}})
	return target
}

// restoreGapAtTheEnd: when the entries before a gap have gone and those after it have not, nothing is missing between them.
func restoreGapAtTheEnd(a *archive) {
	const before, keep = persistence.StreamKeep / 4, persistence.StreamKeep
	a.oneGap(before)
	if kept, err := a.Range(a.ctx, 1, aStream, "", 2*keep); err != nil || len(kept) != keep {
		a.Fatalf("%d entries are kept, %v, want %d: the test is not about that", len(kept), err, keep)
	}
	_, err := a.Range(a.ctx, 1, aStream, place(before), 1)
	a.want("range after the last before the gap", err, nil)
	_, err = a.Range(a.ctx, 1, aStream, place(before-1), 1)
	a.want("range after the one before", err, persistence.ErrTrimmed)
}

// restoreGapWithin: a gap among what stays counts as no entry.
func restoreGapWithin(a *archive) {
	target := a.oneGap(persistence.StreamKeep / 5 * 3)
	for seq := range uint64(2 * persistence.StreamKeep / 100) {
		a.next(target, seq+1, persistence.Batch{Event: make100()})
		kept, err := a.Range(a.ctx, 1, aStream, "", 3*persistence.StreamKeep)
		if err != nil || len(kept) < persistence.StreamKeep || len(kept) > 2*persistence.StreamKeep {
			a.Fatalf("after %d more entries %d are kept, %v", 100*(seq+1), len(kept), err)
		}
	}
}

func make100() []persistence.Event {
	events := make([]persistence.Event, 100)
	for i := range events {
		events[i].Stream = aStream
	}
	return events
}

// restoreTrimmedStream: who stands at a place that is gone hears so in the other store as well.
func restoreTrimmedStream(a *archive) {
	l := a.acquire(0)
	var first persistence.ID
	for round := range 3 {
		var b persistence.Batch
		for i := range persistence.StreamKeep {
			b.Event = append(b.Event, persistence.Event{Stream: aStream, Value: fmt.Append(nil, round, i)})
		}
		a.next(l, uint64(round), b)
		if round == 0 {
			items, err := a.Range(a.ctx, 0, aStream, "", 1)
			if err != nil {
				a.Fatal(err)
			}
			first = items[0].ID
		}
	}
	was := a.dump(l, anything)
	target := a.acquire(1)
	for _, p := range was {
		a.restore(target, p)
	}
	a.same("restored", was, a.dump(target, anything))
	_, err := a.Range(a.ctx, 1, aStream, first, 1)
	a.want("range after a place that is gone", err, persistence.ErrTrimmed)
	dropped := was[0].(persistence.Entries).Dropped
	for _, part := range []int{0, 1} {
		items, err := a.Range(a.ctx, part, aStream, dropped, 5*persistence.StreamKeep)
		if err != nil || len(items) < persistence.StreamKeep {
			a.Errorf("partition %d after %s: %d entries, %v", part, dropped, len(items), err)
		}
	}
}
