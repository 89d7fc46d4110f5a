package persistence

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Archive is a store whose content can be carried to another one, partition by partition and piece by piece. Places have one
// form in all of them (16 hexadecimal digits), so that a cursor into a list or stream stays good when it has moved.
type Archive interface {
	Store

	// Dump yields what the partition holds, as far as of says yes to its name: records, lists, streams and ingest keys within
	// their window. Then it yields the whole inbox, oldest input first, since whose an input is stands in its body. The pieces
	// of one list or stream follow each other, in its order; apart from that there is none. A piece may come twice, which
	// [Archive.Restore] bears. It needs the lease, and stillness: that texts were taken in meanwhile is an error.
	Dump(ctx context.Context, l Lease, of func(name string) bool) iter.Seq2[Piece, error]
	// Restore durably adds pieces, in their order; together they keep to the limits of a [Batch]. Entries of lists and
	// streams get the places they had, and what comes later stands after all of them. Inputs get new places in their order.
	// What is there already under a record's or ingest key is replaced, an entry that is there already stays. After an error
	// any part of it may have been done.
	Restore(ctx context.Context, l Lease, pieces []Piece) error
	// Remove durably takes away what pieces name: records, whole lists and streams, ingest keys, inputs by their places. What
	// is not there is no error. After an error any part of it may have been done.
	Remove(ctx context.Context, l Lease, pieces []Piece) error
}

// Purger is a store whose files keep for a while what has been deleted.
type Purger interface {
	// Purge writes the files anew that hold something deleted. It may take long, and nobody waits for it meanwhile.
	Purge(ctx context.Context) error
}

// Piece is something that a partition holds: a [Record], some [Entries], a [Known] ingest key, or an [Entry] of the inbox.
//
//sumtype:decl
type Piece interface{ piece() }

func (Record) piece()  {}
func (Entries) piece() {}
func (Known) piece()   {}
func (Entry) piece()   {}

// Entries are consecutive entries of one list or stream.
type Entries struct {
	Name string
	// Stream says that the oldest entries are dropped as new ones come; [IsStream] tells by the name.
	Stream bool
	// Dropped is the newest place that is gone from a stream; empty when none is.
	Dropped ID
	Items   []Item
}

// Known is an ingest key within its window.
type Known struct {
	Key, Sum string
	// Reply is what was committed under the key, nil when nothing was.
	Reply []byte
	// Window is how long the key is still remembered.
	Window time.Duration
}

// Limits of one [Entries] that Dump yields: it ends with the first of them.
const (
	PieceItems = 256
	PieceBytes = 1 << 18
)

// SizeOf is how many bytes of names and values a piece has.
func SizeOf(p Piece) int {
	switch p := p.(type) {
	case Record:
		return len(p.Key) + len(p.Value)
	case Entries:
		size := len(p.Name)
		for _, it := range p.Items {
			size += len(it.ID) + len(it.Value)
		}
		return size
	case Known:
		return len(p.Key) + len(p.Sum) + len(p.Reply)
	case Entry:
		return len(p.Key) + len(p.Body)
	}
	return 0
}

// ValidPieces says whether pieces can be restored by any store, as an error that wraps [ErrInvalid] if not. Every store asks
// it first.
func ValidPieces(pieces []Piece) error {
	size := 0
	for _, p := range pieces {
		size += SizeOf(p)
		if wrong := invalidPiece(p); wrong != "" {
			return fmt.Errorf("%w: %s", ErrInvalid, wrong)
		}
	}
	if size > MaxBatchBytes {
		return fmt.Errorf("%w: pieces of %d bytes, at most %d are allowed at once", ErrInvalid, size, MaxBatchBytes)
	}
	return nil
}

func invalidPiece(p Piece) string {
	name := ""
	switch p := p.(type) {
	case Record:
		name = p.Key
	case Entries:
		name = p.Name
		if len(p.Items) == 0 || p.Dropped != "" && !p.Stream {
			return fmt.Sprintf("%q has no entries, or has dropped some and is no stream", p.Name)
		}
		before := p.Dropped
		for _, it := range p.Items {
			if it.ID <= before {
				return fmt.Sprintf("place %q of %q does not stand after %q", it.ID, p.Name, before)
			}
			before = it.ID
		}
	case Known:
		name = p.Key
		if p.Window <= 0 {
			return fmt.Sprintf("the window of ingest key %q is over", p.Key)
		}
	case Entry:
		name = p.Key
	}
	if name == "" {
		return "a piece without a name"
	}
	return ""
}
