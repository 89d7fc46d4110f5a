package memory

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"switchyard/persistence"
)

// Load implements [persistence.Store]. What it yields is the state at the time of the call.
func (s *Store) Load(ctx context.Context, l persistence.Lease) iter.Seq2[persistence.Record, error] {
	return func(yield func(persistence.Record, error) bool) {
		hot, err := s.hot(ctx, l)
		if err != nil {
			yield(persistence.Record{}, err)
			return
		}
		for _, r := range hot {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *Store) hot(ctx context.Context, l persistence.Lease) ([]persistence.Record, error) {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if !p.owns(l.Token) {
		return nil, persistence.ErrLost
	}
	return p.scan(persistence.HotPrefix, "", len(p.records)), nil
}

// Inbox implements [persistence.Store].
func (s *Store) Inbox(ctx context.Context, l persistence.Lease, after persistence.ID) iter.Seq2[persistence.Entry, error] {
	return func(yield func(persistence.Entry, error) bool) {
		for ctx.Err() == nil {
			e, wake, err := s.next(ctx, l, after)
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
			default:
				after = e.ID
			}
		}
	}
}

// next returns the first entry after a place, or what to wait for when there is none.
func (s *Store) next(ctx context.Context, l persistence.Lease, after persistence.ID) (persistence.Entry, <-chan struct{}, error) {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return persistence.Entry{}, nil, err
	}
	defer s.mu.Unlock()
	if !p.owns(l.Token) {
		return persistence.Entry{}, nil, persistence.ErrLost
	}
	i, there := p.entry(after)
	if there {
		i++
	}
	if i == len(p.inbox) {
		return persistence.Entry{}, p.wake, nil
	}
	e := p.inbox[i]
	e.Body = bytes.Clone(e.Body)
	return e, nil, nil
}

// Get implements [persistence.Store].
func (s *Store) Get(ctx context.Context, part int, key string) ([]byte, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	value, ok := p.records[key]
	if !ok {
		return nil, persistence.ErrNotFound
	}
	return bytes.Clone(value), nil
}

// GetAll implements [persistence.Store].
func (s *Store) GetAll(ctx context.Context, part int, keys ...string) ([][]byte, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = bytes.Clone(p.records[key])
	}
	return values, nil
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

// Scan implements [persistence.Store].
func (s *Store) Scan(ctx context.Context, part int, prefix, after string, limit int) ([]persistence.Record, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return p.scan(prefix, after, limit), nil
}

func (p *partition) scan(prefix, after string, limit int) []persistence.Record {
	var found []persistence.Record
	for _, key := range slices.Sorted(maps.Keys(p.records)) {
		if len(found) >= limit {
			break
		}
		if key > after && strings.HasPrefix(key, prefix) {
			found = append(found, persistence.Record{Key: key, Value: bytes.Clone(p.records[key])})
		}
	}
	return found
}

// Range implements [persistence.Store].
func (s *Store) Range(ctx context.Context, part int, name string, after persistence.ID, limit int) ([]persistence.Item, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	l := p.lists[name]
	if l == nil {
		l = &list{}
	}
	i, there := l.find(after)
	if there {
		i++
	} else if after != "" && after != l.dropped {
		return nil, persistence.ErrTrimmed
	}
	var found []persistence.Item
	for _, it := range l.items[i:min(len(l.items), i+max(limit, 0))] {
		found = append(found, persistence.Item{ID: it.ID, Value: bytes.Clone(it.Value)})
	}
	return found, nil
}

// Last implements [persistence.Store].
func (s *Store) Last(ctx context.Context, part int, name string) (persistence.ID, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return "", err
	}
	defer s.mu.Unlock()
	l := p.lists[name]
	if l == nil {
		return "", nil
	}
	return l.items[len(l.items)-1].ID, nil
}

// Answer implements [persistence.Store].
func (s *Store) Answer(ctx context.Context, part int, key string) ([]byte, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	k := p.find(key, time.Now())
	if k == nil || k.reply == nil {
		return nil, persistence.ErrNotFound
	}
	return bytes.Clone(k.reply), nil
}

func compare(a, b persistence.ID) int { return cmp.Compare(a, b) }

// copied is a copy that is never nil, so that an empty value stays a value.
func copied(b []byte) []byte { return append([]byte{}, b...) }
