package redis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchyard/persistence"
)

// highestPlace is the highest that is taken in. Scripts count to 1<<53, since their numbers are 64-bit floats, and go on from here: beyond
// that each input would get the place of the one before.
const highestPlace = 1 << 52

// Restore implements [persistence.Archive].
func (s *Store) Restore(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	if err := persistence.ValidPieces(pieces); err != nil {
		return err
	}
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	c := call{keys: p.keys}
	for _, piece := range pieces {
		if err := c.add(piece); err != nil {
			return err
		}
	}
	k := p.keys
	names := append([]string{k.own, k.waiting, k.inputs, k.place, k.records, k.names, k.trimmed}, c.names()...)
	args := append([]any{l.Token, s.leaseTime.Milliseconds(), c.highest, c.count[0], c.count[1], c.count[2], c.count[3]}, c.args()...)
	return s.move(ctx, l, s.scripts.restore, names, args)
}

// Remove implements [persistence.Archive].
func (s *Store) Remove(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	k := p.keys
	names := []string{k.own, k.waiting, k.inputs, k.records, k.names, k.trimmed}
	var records, lists, inputs []any
	for _, piece := range pieces {
		switch piece := piece.(type) {
		case persistence.Record:
			records = append(records, piece.Key)
		case persistence.Entries:
			names, lists = append(names, k.list+piece.Name), append(lists, piece.Name)
		case persistence.Known:
			names = append(names, k.seen+piece.Key)
		case persistence.Entry:
			inputs = append(inputs, waitingAt(piece.ID))
		}
	}
	args := []any{l.Token, s.leaseTime.Milliseconds(), len(records), len(lists), len(inputs)}
	return s.move(ctx, l, s.scripts.remove, names, append(append(append(args, records...), lists...), inputs...))
}

func (s *Store) move(ctx context.Context, l persistence.Lease, lua script, names []string, args []any) error {
	answer, err := s.runSafely(ctx, lua, names, args...)
	if err != nil {
		return err
	}
	words := textsOf(answer)
	switch {
	case len(words) > 0 && words[0] == "ok":
		return nil
	case len(words) > 0 && words[0] == "lost":
		return fmt.Errorf("%w: %s", persistence.ErrLost, strings.Join(words[1:], " "))
	}
	return brokenBy(l.Part, words)
}

// call lays pieces out as the restore script wants them: kind by kind.
type call struct {
	keys    keys
	highest uint64
	count   [4]int
	touched [4][]string
	given   [4][]any
}

func (c *call) add(piece persistence.Piece) error {
	switch piece := piece.(type) {
	case persistence.Record:
		c.put(0, "", piece.Key, piece.Value)
	case persistence.Entries:
		return c.addEntries(piece)
	case persistence.Known:
		window := int64((piece.Window + time.Millisecond - 1) / time.Millisecond)
		c.put(2, c.keys.seen+piece.Key, seen{sum: piece.Sum, reply: piece.Reply}.String(), window)
	case persistence.Entry:
		c.put(3, c.keys.seen+piece.Key, keptInput(piece.Key, piece.Body))
	}
	return nil
}

func (c *call) addEntries(e persistence.Entries) error {
	gone := ""
	if e.Dropped != "" {
		var err error
		if gone, err = c.place(e.Dropped); err != nil {
			return err
		}
	}
	args := []any{e.Name, gone, len(e.Items)}
	for _, it := range e.Items {
		place, err := c.place(it.ID)
		if err != nil {
			return err
		}
		args = append(args, place, it.Value)
	}
	c.put(1, c.keys.list+e.Name, args...)
	return nil
}

func (c *call) place(id persistence.ID) (string, error) {
	place, err := placeOf(id)
	if err != nil {
		return "", err
	}
	n, err := strconv.ParseUint(place, 10, 64)
	if err != nil || n > highestPlace {
		return "", fmt.Errorf("%w: place %s is higher than a Redis counts", persistence.ErrInvalid, id)
	}
	c.highest = max(c.highest, n)
	return place, nil
}

func (c *call) put(kind int, touched string, args ...any) {
	c.count[kind]++
	if touched != "" {
		c.touched[kind] = append(c.touched[kind], touched)
	}
	c.given[kind] = append(c.given[kind], args...)
}

func (c *call) names() []string { return slices.Concat(c.touched[:]...) }
func (c *call) args() []any     { return slices.Concat(c.given[:]...) }
