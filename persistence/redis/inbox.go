package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"switchyard/persistence"
)

const (
	// pollTime is how often an inbox is looked at when no bell rings; a bell may be lost.
	pollTime = 250 * time.Millisecond
	// A page of an inbox ends with the first of these limits.
	pageEntries = 128
	pageBytes   = 1 << 20
)

// Inbox implements [persistence.Store]. While Redis does not answer it waits: the lease decides, not the connection.
func (s *Store) Inbox(ctx context.Context, l persistence.Lease, after persistence.ID) iter.Seq2[persistence.Entry, error] {
	return func(yield func(persistence.Entry, error) bool) {
		if ctx.Err() != nil {
			return
		}
		p, err := s.enter(ctx, l.Part)
		if err != nil {
			yield(persistence.Entry{}, err)
			return
		}
		r := p.newReader()
		defer p.leave(r)
		poll := time.NewTicker(pollTime)
		defer poll.Stop()
		failing := false
		for {
			r.forget()
			page, err := s.page(ctx, p, l, after)
			switch {
			case ctx.Err() != nil:
				return
			case final(err):
				yield(persistence.Entry{}, err)
				return
			case err != nil && !failing:
				s.log.WarnContext(ctx, "the inbox cannot be read; waiting for redis", slog.Int("partition", l.Part), slog.Any("error", err))
			}
			failing = err != nil
			for _, e := range page {
				after = e.ID
				if ctx.Err() != nil || !r.isGone(e.ID) && !yield(e, nil) {
					return
				}
			}
			if len(page) > 0 {
				continue
			}
			select {
			case <-r.bell:
			case <-poll.C:
			case <-ctx.Done():
			case <-s.ctx.Done():
			}
		}
	}
}

// final says whether an error ends an inbox.
func final(err error) bool {
	return errors.Is(err, persistence.ErrLost) || errors.Is(err, persistence.ErrClosed) ||
		errors.Is(err, persistence.ErrInvalid) || errors.Is(err, persistence.ErrDamaged)
}

// page reads the next entries after a place.
func (s *Store) page(ctx context.Context, p *partition, l persistence.Lease, after persistence.ID) ([]persistence.Entry, error) {
	if s.closed.Load() {
		return nil, persistence.ErrClosed
	}
	place, err := placeOf(after)
	if err != nil {
		return nil, err
	}
	answer, err := s.run(ctx, s.scripts.inbox, []string{p.keys.own, p.keys.inbox}, l.Token, "("+place+"-0", pageEntries, pageBytes)
	if err != nil {
		return nil, err
	}
	if !granted(answer) {
		if s.closed.Load() { // Close gives the lease back before it ends the calls that wait
			return nil, persistence.ErrClosed
		}
		return nil, persistence.ErrLost
	}
	page := make([]persistence.Entry, 0, len(answer)-1)
	for _, a := range answer[1:] {
		id, fields, err := streamEntry(a)
		if err == nil && len(fields) != 4 {
			err = fmt.Errorf("%w: entry %s of the inbox of partition %d", persistence.ErrDamaged, id, l.Part)
		}
		if err != nil {
			return nil, err
		}
		page = append(page, persistence.Entry{ID: id, Key: fields[1], Body: []byte(fields[3])})
	}
	return page, nil
}

// granted says whether a reading script's answer begins with 1.
func granted(answer []any) bool { return len(answer) > 0 && answer[0] == int64(1) }

// streamEntry reads {id, {field, value…}}.
func streamEntry(a any) (persistence.ID, []string, error) {
	entry, _ := a.([]any)
	if len(entry) != 2 {
		return "", nil, fmt.Errorf("%w: %v is no entry of a stream", persistence.ErrDamaged, a)
	}
	place, _ := entry[0].(string)
	id, err := idOf(place)
	fields, _ := entry[1].([]any)
	return id, textsOf(fields), err
}
