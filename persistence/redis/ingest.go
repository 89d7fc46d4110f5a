package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"switchyard/persistence"
)

// One call of the ingest script takes what has gathered while the one before was under way, up to these limits. So many
// callers share one write and one fsync, and a lone caller waits for nobody.
const (
	groupInputs = 256
	groupBytes  = 1 << 20
)

// ingest is one input and what became of it.
type ingest struct {
	persistence.Input
	receipt persistence.Receipt
	refused error
	done    chan error
}

// Ingest implements [persistence.Store]. When ctx ends first the input may be stored all the same.
func (s *Store) Ingest(ctx context.Context, part int, in persistence.Input) (persistence.Receipt, error) {
	if err := in.Valid(); err != nil {
		return persistence.Receipt{}, err
	}
	p, err := s.enter(ctx, part)
	if err != nil {
		return persistence.Receipt{}, err
	}
	in.Body = append([]byte(nil), in.Body...) // the caller may go before the group does
	i := &ingest{Input: in, done: make(chan error, 1)}
	if !p.ingests.join(s, i, func() { s.sendGroups(p) }) {
		return persistence.Receipt{}, persistence.ErrClosed
	}
	select {
	case err = <-i.done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return persistence.Receipt{}, err
	}
	return i.receipt, nil
}

// sendGroups sends group after group until none waits.
func (s *Store) sendGroups(p *partition) {
	for {
		group := p.ingests.take(groupInputs, groupBytes, func(i *ingest) int { return len(i.Body) })
		if len(group) == 0 {
			return
		}
		err := s.ingestGroup(p, group)
		for _, i := range group {
			i.done <- errors.Join(err, i.refused)
		}
	}
}

func (s *Store) ingestGroup(p *partition, group []*ingest) error {
	names := append(make([]string, 0, len(group)+3), p.keys.place, p.keys.waiting, p.keys.inputs)
	args := append(make([]any, 0, 3*len(group)+3), p.keys.bells, s.bell, persistence.InboxRoom)
	for _, i := range group {
		names = append(names, p.keys.seen+i.Key)
		window := (i.Window + time.Millisecond - 1) / time.Millisecond
		args = append(args, seen{sum: i.Sum}.String(), keptInput(i.Key, i.Body), int64(window))
	}
	answers, err := s.runSafely(s.ctx, s.scripts.ingest, names, args...)
	if err == nil && len(answers) != len(group)+1 {
		err = fmt.Errorf("%w: %d answers to %d inputs", persistence.ErrDamaged, len(answers), len(group))
	}
	if err != nil {
		p.wakeReaders() // who knows what is there
		return err
	}
	var f feed
	if newest, some := answers[len(group)].(string); some {
		if f.before, err = idOf(newest); err != nil {
			return err
		}
	}
	for n, i := range group {
		i.receipt, i.refused = receiptOf(i.Input, answers[n])
		if i.refused == nil && !i.receipt.Duplicate {
			f.entries = append(f.entries, persistence.Entry{ID: i.receipt.ID, Key: i.Key, Body: i.Body, Decoded: i.Decoded})
		}
	}
	p.feedReaders(f)
	return nil
}

// receiptOf reads the place of a new input, {what is kept of it} of a known one, or nothing when the inbox is full.
func receiptOf(in persistence.Input, answer any) (persistence.Receipt, error) {
	switch answer := answer.(type) {
	case nil:
		return persistence.Receipt{}, persistence.ErrFull
	case string:
		id, err := idOf(answer)
		return persistence.Receipt{ID: id, Sum: in.Sum}, err
	case []any:
		if words := textsOf(answer); len(words) == 1 {
			known, err := seenOf(words[0])
			return persistence.Receipt{ID: known.id, Duplicate: true, Sum: known.sum, Reply: known.reply}, err
		}
	}
	return persistence.Receipt{}, fmt.Errorf("%w: %v is no receipt", persistence.ErrDamaged, answer)
}
