package memory

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"switchyard/persistence"
)

var _ persistence.Archive = (*Store)(nil)

// Dump implements [persistence.Archive]. What it yields is the state at the time of the call.
func (s *Store) Dump(ctx context.Context, l persistence.Lease, of func(string) bool) iter.Seq2[persistence.Piece, error] {
	return func(yield func(persistence.Piece, error) bool) {
		pieces, err := s.dump(ctx, l, of)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, p := range pieces {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (s *Store) dump(ctx context.Context, l persistence.Lease, of func(string) bool) ([]persistence.Piece, error) {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if !p.owns(l.Token) {
		return nil, persistence.ErrLost
	}
	var pieces []persistence.Piece
	for _, r := range p.scan("", "", len(p.records)) {
		if of(r.Key) {
			pieces = append(pieces, r)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.lists)) {
		if of(name) {
			pieces = append(pieces, p.lists[name].pieces(name)...)
		}
	}
	now := time.Now()
	for _, key := range slices.Sorted(maps.Keys(p.keys)) {
		if k := p.find(key, now); k != nil && of(key) {
			pieces = append(pieces, persistence.Known{Key: key, Sum: k.sum, Reply: bytes.Clone(k.reply), Window: k.until.Sub(now)})
		}
	}
	for _, e := range p.inbox {
		e.Body = bytes.Clone(e.Body)
		pieces = append(pieces, e)
	}
	return pieces, nil
}

func (l *list) pieces(name string) []persistence.Piece {
	var pieces []persistence.Piece
	for some := range slices.Chunk(l.items, persistence.PieceItems) {
		part := persistence.Entries{Name: name, Stream: l.stream, Dropped: l.dropped}
		for _, it := range some {
			part.Items = append(part.Items, persistence.Item{ID: it.ID, Value: bytes.Clone(it.Value)})
		}
		pieces = append(pieces, part)
	}
	return pieces
}

// Restore implements [persistence.Archive].
func (s *Store) Restore(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	if err := persistence.ValidPieces(pieces); err != nil {
		return err
	}
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := p.renew(l.Token, time.Now()); err != nil {
		return err
	}
	for _, piece := range pieces {
		if err := p.restore(piece); err != nil {
			return err
		}
	}
	p.wakeReaders()
	return nil
}

func (p *partition) restore(piece persistence.Piece) error {
	switch piece := piece.(type) {
	case persistence.Record:
		p.records[piece.Key] = copied(piece.Value)
	case persistence.Entries:
		return p.restoreEntries(piece)
	case persistence.Known:
		k := &known{id: p.place(), sum: piece.Sum, until: time.Now().Add(piece.Window)}
		if piece.Reply != nil {
			k.reply = copied(piece.Reply)
		}
		p.keys[piece.Key] = k
	case persistence.Entry:
		e := persistence.Entry{ID: p.place(), Key: piece.Key, Body: copied(piece.Body)}
		p.inbox = append(p.inbox, e)
		if k := p.keys[piece.Key]; k != nil {
			k.id = e.ID
		}
	}
	return nil
}

func (p *partition) restoreEntries(part persistence.Entries) error {
	l := p.list(part.Name)
	l.stream, l.dropped = part.Stream, part.Dropped
	for _, it := range part.Items {
		place, err := strconv.ParseUint(string(it.ID), 16, 64)
		if err != nil || len(it.ID) != 16 {
			return fmt.Errorf("%w: %q is no place in this store", persistence.ErrInvalid, it.ID)
		}
		i, there := l.find(it.ID)
		if !there {
			l.items = slices.Insert(l.items, i, persistence.Item{ID: it.ID, Value: copied(it.Value)})
		}
		p.places = max(p.places, place)
	}
	return nil
}

// Remove implements [persistence.Archive].
func (s *Store) Remove(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := p.renew(l.Token, time.Now()); err != nil {
		return err
	}
	for _, piece := range pieces {
		switch piece := piece.(type) {
		case persistence.Record:
			delete(p.records, piece.Key)
		case persistence.Entries:
			delete(p.lists, piece.Name)
		case persistence.Known:
			delete(p.keys, piece.Key)
		case persistence.Entry:
			if i, there := p.entry(piece.ID); there {
				p.inbox = slices.Delete(p.inbox, i, i+1)
			}
		}
	}
	return nil
}
