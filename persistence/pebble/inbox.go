package pebble

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// inboxMemory is how many bytes of entries a partition's inbox keeps in memory; later ones are read back from disk.
const inboxMemory = 8 << 20

// inbox knows the place of every input that has not been acknowledged, and the value of most. The partition's mutex
// guards it.
type inbox struct {
	slots []slot // in the order of their places
	gone  int    // how many of the slots have been acknowledged
	bytes int    // of all values
}

type slot struct {
	place   uint64
	value   []byte // as in the layout; nil when it is on disk only
	decoded any    // nil when it is not known
	gone    bool
}

// load fills the inbox with what is on disk.
func (b *inbox) load(db *pebble.DB, part uint16) error {
	prefix := familyKey(part, familyInbox, "")
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: beyond(prefix)})
	if err != nil {
		return err
	}
	for ok := it.First(); ok; ok = it.Next() {
		if len(it.Key()) != len(prefix)+placeBytes {
			return errors.Join(errLayout, it.Close())
		}
		b.add(placeOfKey(it.Key()), slices.Clone(it.Value()), nil)
	}
	return it.Close()
}

// add puts an entry at the end. The inbox keeps value, and what is decoded of it as long as the value.
func (b *inbox) add(place uint64, value []byte, decoded any) {
	if b.bytes+len(value) > inboxMemory {
		value, decoded = nil, nil
	}
	b.bytes += len(value)
	b.slots = append(b.slots, slot{place: place, value: value, decoded: decoded})
}

// find returns where the place is, or would be.
func (b *inbox) find(place uint64) (int, bool) {
	return slices.BinarySearchFunc(b.slots, place, func(s slot, place uint64) int { return cmp.Compare(s.place, place) })
}

func (b *inbox) has(place uint64) bool {
	i, there := b.find(place)
	return there && !b.slots[i].gone
}

func (b *inbox) remove(place uint64) {
	i, there := b.find(place)
	if !there || b.slots[i].gone {
		return
	}
	b.bytes -= len(b.slots[i].value)
	b.slots[i] = slot{place: place, gone: true}
	b.gone++
	if b.gone > 64 && b.gone > len(b.slots)/2 {
		b.slots = slices.DeleteFunc(b.slots, func(s slot) bool { return s.gone })
		b.gone = 0
	}
}

// next returns the first entry after a place.
func (b *inbox) next(place uint64) (slot, bool) {
	i, there := b.find(place)
	if there {
		i++
	}
	for ; i < len(b.slots); i++ {
		if !b.slots[i].gone {
			return b.slots[i], true
		}
	}
	return slot{}, false
}

// Inbox implements [persistence.Store].
func (s *Store) Inbox(ctx context.Context, l persistence.Lease, from persistence.ID) iter.Seq2[persistence.Entry, error] {
	return func(yield func(persistence.Entry, error) bool) {
		place, err := placeOf(from)
		for ctx.Err() == nil {
			var e persistence.Entry
			var wake <-chan struct{}
			if err == nil {
				e, wake, err = s.nextEntry(ctx, l, &place)
			}
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				yield(persistence.Entry{}, err)
				return
			case wake != nil:
				select {
				case <-wake:
				case <-ctx.Done():
				}
			case !yield(e, nil):
				return
			}
		}
	}
}

// nextEntry returns the first entry after *place and moves *place there, or what to wait for when there is none.
func (s *Store) nextEntry(ctx context.Context, l persistence.Lease, place *uint64) (persistence.Entry, <-chan struct{}, error) {
	for {
		p, err := s.ready(ctx, l.Part)
		if err != nil {
			return persistence.Entry{}, nil, err
		}
		sl, wake, err := p.nextSlot(l.Token, *place)
		if err != nil || wake != nil {
			return persistence.Entry{}, wake, err
		}
		*place = sl.place
		value := sl.value
		if value == nil {
			value, err = s.get(ctx, l.Part, familyInbox, string(appendPlace(nil, sl.place)))
			if errors.Is(err, persistence.ErrNotFound) {
				continue // acknowledged meanwhile
			}
			if err != nil {
				return persistence.Entry{}, nil, err
			}
		}
		key, body, err := parseInbox(value)
		if err != nil {
			return persistence.Entry{}, nil, s.broken(err)
		}
		return persistence.Entry{ID: idOf(sl.place), Key: string(key), Body: append([]byte{}, body...), Decoded: sl.decoded}, nil, nil
	}
}

func (p *partition) nextSlot(token string, place uint64) (slot, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if token == "" || token != p.token {
		return slot{}, nil, persistence.ErrLost
	}
	if sl, ok := p.inbox.next(place); ok {
		return sl, nil, nil
	}
	return slot{}, p.wake, nil
}
