package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

var _ persistence.Archive = (*Store)(nil)

// Dump implements [persistence.Archive]. Of must not call the store.
func (s *Store) Dump(ctx context.Context, l persistence.Lease, of func(string) bool) iter.Seq2[persistence.Piece, error] {
	return func(yield func(persistence.Piece, error) bool) {
		for _, family := range []byte{familyRecord, familyList, familyStream, familyDedupe, familyInbox} {
			d := dump{store: s, lease: l, of: of, family: family}
			for {
				pieces, err := d.next(ctx)
				if err != nil {
					yield(nil, err)
					return
				}
				if len(pieces) == 0 {
					break
				}
				for _, p := range pieces {
					if !yield(p, nil) {
						return
					}
				}
			}
		}
	}
}

// dump reads one family of one partition, page by page.
type dump struct {
	store  *Store
	lease  persistence.Lease
	of     func(string) bool
	family byte
	from   []byte // where the next page begins; nil at first
	name   string // the list or stream that was read last, and what is gone from it
	gone   persistence.ID
	size   int // of the page so far
	pieces []persistence.Piece
}

// next reads the next page, an empty one at the end.
func (d *dump) next(ctx context.Context) ([]persistence.Piece, error) {
	d.size, d.pieces = 0, nil
	err := d.store.look(ctx, d.lease.Part, func(p *partition, db *pebble.Snapshot) error {
		if !p.owns(d.lease.Token) {
			return persistence.ErrLost
		}
		start := familyKey(p.number, d.family, "")
		bounds := &pebble.IterOptions{LowerBound: start, UpperBound: beyond(start)}
		if d.from != nil {
			bounds.LowerBound = d.from
		}
		it, err := db.NewIter(bounds)
		if err != nil {
			return err
		}
		for ok := it.First(); ok && len(d.pieces) < persistence.PieceItems && d.size < persistence.PieceBytes; {
			if ok, err = d.read(p, db, it); err != nil {
				return errors.Join(err, it.Close())
			}
		}
		return it.Close()
	})
	return d.pieces, err
}

// read takes what the iterator stands at, moves it on, and says whether there is more.
func (d *dump) read(p *partition, db *pebble.Snapshot, it *pebble.Iterator) (bool, error) {
	if d.family == familyList || d.family == familyStream {
		return d.entries(p, db, it)
	}
	piece, err := d.piece(p, db, it)
	if err != nil {
		return false, err
	}
	if piece != nil {
		d.size += persistence.SizeOf(piece)
		d.pieces = append(d.pieces, piece)
	}
	d.from = append(append(d.from[:0], it.Key()...), 0)
	return it.Next(), nil
}

// piece is the record, ingest key or input that the iterator stands at; nil when it is not wanted.
func (d *dump) piece(p *partition, db *pebble.Snapshot, it *pebble.Iterator) (persistence.Piece, error) {
	name := string(it.Key()[3:])
	if d.family == familyInbox {
		key, body, err := parseInbox(it.Value())
		return persistence.Entry{ID: idOf(placeOfKey(it.Key())), Key: string(key), Body: append([]byte{}, body...)}, err
	}
	if !d.of(name) {
		return nil, nil
	}
	if d.family == familyRecord {
		return persistence.Record{Key: name, Value: append([]byte{}, it.Value()...)}, nil
	}
	k, err := parseDedupe(it.Value())
	now := millis(time.Now())
	if err != nil || now >= k.expiry {
		return nil, err
	}
	reply, err := getCopy(db, familyKey(p.number, familyReply, name))
	if errors.Is(err, persistence.ErrNotFound) {
		err = nil
	}
	window := time.Duration(k.expiry-now) * time.Millisecond //nolint:gosec // a window is some days
	return persistence.Known{Key: name, Sum: k.sum, Reply: reply, Window: window}, err
}

// entries takes entries of one list or stream.
func (d *dump) entries(p *partition, db *pebble.Snapshot, it *pebble.Iterator) (bool, error) {
	name, err := nameOfKey(it.Key())
	if err != nil {
		return false, err
	}
	prefix := appendNamed(nil, p.number, d.family, name)
	if !d.of(name) {
		d.from = beyond(prefix)
		return it.SeekGE(d.from), nil
	}
	if name != d.name {
		d.name, d.gone = name, ""
		if d.family == familyStream {
			if d.gone, err = goneFrom(db, prefix, placeOfKey(it.Key())); err != nil {
				return false, err
			}
		}
	}
	part := persistence.Entries{Name: name, Stream: d.family == familyStream, Dropped: d.gone}
	size, ok := 0, true
	for ; ok && bytes.HasPrefix(it.Key(), prefix) && len(part.Items) < persistence.PieceItems && size < persistence.PieceBytes; ok = it.Next() {
		part.Items = append(part.Items, persistence.Item{ID: idOf(placeOfKey(it.Key())), Value: append([]byte{}, it.Value()...)})
		size += len(it.Value())
		d.from = append(append(d.from[:0], it.Key()...), 0)
	}
	d.size += size
	d.pieces = append(d.pieces, part)
	return ok, nil
}

// goneFrom is the newest place that is gone from a stream whose oldest entry is at first; empty when none is.
func goneFrom(db *pebble.Snapshot, prefix []byte, first uint64) (persistence.ID, error) {
	gone, noted, err := trimmedTo(db, prefix)
	if !noted {
		gone = first - 1
	}
	if gone == 0 {
		return "", err
	}
	return idOf(gone), err
}

// nameOfKey is the list or stream that an entry's key is of.
func nameOfKey(key []byte) (string, error) {
	size, n := binary.Uvarint(key[3:])
	if n <= 0 || uint64(len(key)) != 3+uint64(n)+size+placeBytes {
		return "", errLayout
	}
	return string(key[3+n : len(key)-placeBytes]), nil
}
