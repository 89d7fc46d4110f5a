package pebble

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// loadPage is how many records Load reads at once.
const loadPage = 256

// look calls read with the newest view. It does not outlast read, so read must not call back into the caller's code.
func (s *Store) look(ctx context.Context, part int, read func(p *partition, db *pebble.Snapshot) error) error {
	p, err := s.ready(ctx, part)
	if err != nil {
		return err
	}
	v, err := s.views.enter()
	if err != nil {
		return err
	}
	defer s.views.leave(v)
	err = read(p, v.snapshot)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) && !errors.Is(err, persistence.ErrTrimmed) {
		return s.broken(err)
	}
	return err
}

// get returns a copy of one value.
func (s *Store) get(ctx context.Context, part int, family byte, key string) (value []byte, err error) {
	err = s.look(ctx, part, func(p *partition, db *pebble.Snapshot) (err error) {
		value, err = getCopy(db, familyKey(p.number, family, key))
		return err
	})
	return value, err
}

func getCopy(db *pebble.Snapshot, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, persistence.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return append([]byte{}, value...), nil
}

// Get implements [persistence.Store].
func (s *Store) Get(ctx context.Context, part int, key string) ([]byte, error) {
	return s.get(ctx, part, familyRecord, key)
}

// GetAll implements [persistence.Store].
func (s *Store) GetAll(ctx context.Context, part int, keys ...string) ([][]byte, error) {
	values := make([][]byte, len(keys))
	err := s.look(ctx, part, func(p *partition, db *pebble.Snapshot) error {
		for i, key := range keys {
			value, err := getCopy(db, familyKey(p.number, familyRecord, key))
			if err != nil && !errors.Is(err, persistence.ErrNotFound) {
				return err
			}
			values[i] = value
		}
		return nil
	})
	return values, err
}

// Look implements [persistence.Store].
func (s *Store) Look(ctx context.Context, part int, keys []string, prefix string, limit int) ([][]byte, []persistence.Record, error) {
	values, err := s.GetAll(ctx, part, keys...)
	if err != nil {
		return nil, nil, err
	}
	records, err := s.Scan(ctx, part, prefix, "", limit)
	return values, records, err
}

// Answer implements [persistence.Store].
func (s *Store) Answer(ctx context.Context, part int, key string) (reply []byte, err error) {
	err = s.look(ctx, part, func(p *partition, db *pebble.Snapshot) error {
		stored, err := getCopy(db, familyKey(p.number, familyDedupe, key))
		if err != nil {
			return err
		}
		k, err := parseDedupe(stored)
		if err != nil {
			return err
		}
		if !k.open(time.Now()) {
			return persistence.ErrNotFound
		}
		reply, err = getCopy(db, familyKey(p.number, familyReply, key))
		return err
	})
	return reply, err
}

// Scan implements [persistence.Store].
func (s *Store) Scan(ctx context.Context, part int, prefix, past string, limit int) (found []persistence.Record, err error) {
	err = s.look(ctx, part, func(p *partition, db *pebble.Snapshot) error {
		from := familyKey(p.number, familyRecord, prefix)
		bounds := &pebble.IterOptions{LowerBound: from, UpperBound: beyond(from)}
		if next := append(familyKey(p.number, familyRecord, past), 0); past != "" && bytes.Compare(next, from) > 0 {
			bounds.LowerBound = next
		}
		it, err := db.NewIter(bounds)
		if err != nil {
			return err
		}
		for ok := it.First(); ok && len(found) < limit; ok = it.Next() {
			found = append(found, persistence.Record{Key: string(it.Key()[3:]), Value: slices.Clone(it.Value())})
		}
		return it.Close()
	})
	return found, err
}

// Load implements [persistence.Store]. It reads page by page.
func (s *Store) Load(ctx context.Context, l persistence.Lease) iter.Seq2[persistence.Record, error] {
	return func(yield func(persistence.Record, error) bool) {
		past := ""
		for {
			p, err := s.ready(ctx, l.Part)
			if err == nil && !p.owns(l.Token) {
				err = persistence.ErrLost
			}
			var page []persistence.Record
			if err == nil {
				page, err = s.Scan(ctx, l.Part, persistence.HotPrefix, past, loadPage)
			}
			if err != nil {
				yield(persistence.Record{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
				past = r.Key
			}
			if len(page) < loadPage {
				return
			}
		}
	}
}

// Range implements [persistence.Store].
func (s *Store) Range(ctx context.Context, part int, name string, past persistence.ID, limit int) (found []persistence.Item, err error) {
	place, err := placeOf(past)
	if err != nil {
		return nil, err
	}
	err = s.look(ctx, part, func(p *partition, db *pebble.Snapshot) error {
		it, family, err := entries(db, p.number, name)
		if err != nil {
			return err
		}
		ok := it.Valid()
		if place != 0 {
			if ok, err = after(db, it, appendNamed(nil, p.number, family, name), place); err != nil {
				return errors.Join(it.Close(), err)
			}
		}
		for ; ok && len(found) < limit; ok = it.Next() {
			found = append(found, persistence.Item{ID: idOf(placeOfKey(it.Key())), Value: slices.Clone(it.Value())})
		}
		return it.Close()
	})
	return found, err
}

// after moves an iterator from the first entry of a list or stream to the one after a place, and says whether there is one.
func after(db *pebble.Snapshot, it *pebble.Iterator, prefix []byte, place uint64) (bool, error) {
	if !it.Valid() {
		return false, persistence.ErrTrimmed
	}
	first := placeOfKey(it.Key())
	if it.SeekGE(appendPlace(append([]byte{}, prefix...), place)) && placeOfKey(it.Key()) == place {
		return it.Next(), nil
	}
	if prefix[2] != familyStream {
		return false, persistence.ErrTrimmed
	}
	newest, err := goneFrom(db, prefix, first)
	if err == nil && newest != idOf(place) {
		err = persistence.ErrTrimmed
	}
	return it.First(), err
}

// Last implements [persistence.Store].
func (s *Store) Last(ctx context.Context, part int, name string) (id persistence.ID, err error) {
	err = s.look(ctx, part, func(p *partition, db *pebble.Snapshot) error {
		it, _, err := entries(db, p.number, name)
		if err != nil {
			return err
		}
		if it.Last() {
			id = idOf(placeOfKey(it.Key()))
		}
		return it.Close()
	})
	return id, err
}

// entries returns an iterator at the first entry of a stream, or else of the list of that name.
func entries(db *pebble.Snapshot, part uint16, name string) (*pebble.Iterator, byte, error) {
	for _, family := range []byte{familyStream, familyList} {
		prefix := appendNamed(nil, part, family, name)
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: beyond(prefix)})
		if err != nil {
			return nil, 0, err
		}
		if it.First() || family == familyList {
			return it, family, nil
		}
		if err := it.Close(); err != nil {
			return nil, 0, err
		}
	}
	panic("unreachable: the last family is always returned")
}
