package pebble_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func anything(string) bool { return true }

func dumped(t *testing.T, s persistence.Archive, part int) (pieces []persistence.Piece) {
	t.Helper()
	l, err := s.Acquire(t.Context(), part, "node")
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range s.Dump(t.Context(), l, anything) {
		if err != nil {
			t.Fatal(err)
		}
		if known, ok := p.(persistence.Known); ok {
			known.Window = known.Window.Round(time.Minute)
			p = known
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// What was restored is on disk: also which places of a stream are gone, and until when a key is known.
func TestRestoredStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	l, err := s.Acquire(t.Context(), 1, "node")
	if err != nil {
		t.Fatal(err)
	}
	stream := persistence.Entries{Name: "desk/t/a", Stream: true, Dropped: "0000000000000007"}
	for n := range 3 {
		stream.Items = append(stream.Items, persistence.Item{ID: persistence.ID(fmt.Sprintf("%016x", 0x10+3*n)), Value: []byte{byte(n)}})
	}
	if err := s.Restore(t.Context(), l, []persistence.Piece{
		stream,
		persistence.Known{Key: "k/t/a", Sum: "sum", Reply: []byte{}, Window: time.Hour},
		persistence.Entry{Key: "k/t/b", Body: []byte("body")},
	}); err != nil {
		t.Fatal(err)
	}
	was := dumped(t, s, 1)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
		if diff := cmp.Diff(was, dumped(t, s, 1)); diff != "" {
			t.Errorf("after opening again (-was +is):\n%s", diff)
		}
	}
	l, err = s.Acquire(t.Context(), 1, "node")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), l, persistence.Batch{ID: "new", Seq: 1, Event: []persistence.Event{{Stream: stream.Name}}}); err != nil {
		t.Fatal(err)
	}
	if last, err := s.Last(t.Context(), 1, stream.Name); err != nil || last != "0000000000000017" {
		t.Errorf("the stream goes on at %s, %v", last, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
