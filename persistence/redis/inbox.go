package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchyard/persistence"
)

const (
	// pollTime is how often an inbox is looked at when no bell rings; a bell may be lost.
	pollTime = 250 * time.Millisecond
	// How many entries a page of an inbox takes: few at first, since each may be large, and more as long as they are small.
	pageFirst = 16
	pageMost  = 128
	pageBytes = 1 << 20
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
		failing, room := false, pageFirst
		for {
			r.forget()
			page, err := s.page(ctx, p, l, after, room)
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
			var more bool
			if after, more = r.give(ctx, page, after, yield); !more {
				return
			}
			if len(page) == room {
				room = roomAfter(page)
				continue
			}
			if after, more = s.follow(ctx, r, poll.C, after, yield); !more { // what came after the page rings
				return
			}
		}
	}
}

// follow gives what is fed to a reader, until Redis is to be asked again; it returns what give does.
func (s *Store) follow(
	ctx context.Context, r *reader, poll <-chan time.Time, after persistence.ID, yield func(persistence.Entry, error) bool,
) (persistence.ID, bool) {
	for {
		entries, follow := r.next(after)
		if !follow {
			return after, true
		}
		var more bool
		if after, more = r.give(ctx, entries, after, yield); !more {
			return after, false
		}
		if len(entries) > 0 {
			continue
		}
		select {
		case <-r.fed:
			continue
		case <-r.bell:
		case <-poll:
		case <-ctx.Done():
		case <-s.ctx.Done():
		}
		return after, true
	}
}

// give gives entries that come after a place to a reader, and returns the place of the last; false when the reader has had enough.
func (r *reader) give(ctx context.Context, entries []persistence.Entry, after persistence.ID, yield func(persistence.Entry, error) bool) (persistence.ID, bool) {
	for _, e := range entries {
		if e.ID <= after {
			continue
		}
		after = e.ID
		if ctx.Err() != nil || !r.isGone(e.ID) && !yield(e, nil) {
			return after, false
		}
	}
	return after, true
}

// final says whether an error ends an inbox.
func final(err error) bool {
	return errors.Is(err, persistence.ErrLost) || errors.Is(err, persistence.ErrClosed) ||
		errors.Is(err, persistence.ErrInvalid) || errors.Is(err, persistence.ErrDamaged)
}

// roomAfter is how many entries the next page takes, by the size of those of a full one.
func roomAfter(page []persistence.Entry) int {
	bytes := 0
	for _, e := range page {
		bytes += len(e.Body)
	}
	if bytes > pageBytes {
		return max(len(page)/2, 1)
	}
	if 2*bytes < pageBytes {
		return min(2*len(page), pageMost)
	}
	return len(page)
}

// page reads the next entries after a place for the owner, as many as there is room for.
func (s *Store) page(ctx context.Context, p *partition, l persistence.Lease, after persistence.ID, room int) ([]persistence.Entry, error) {
	if s.closed.Load() {
		return nil, persistence.ErrClosed
	}
	place, err := placeOf(after)
	if err != nil {
		return nil, err
	}
	keys := []string{p.keys.own, p.keys.waiting, p.keys.inputs, p.keys.inbox, p.keys.place}
	answer, err := s.run(ctx, s.scripts.waiting, keys, l.Token, place, room)
	if err != nil {
		return nil, err
	}
	if !granted(answer) {
		if s.closed.Load() { // Close gives the lease back before it ends the calls that wait
			return nil, persistence.ErrClosed
		}
		return nil, persistence.ErrLost
	}
	words := textsOf(answer[1:])
	if len(words) != len(answer)-1 || len(words)%2 != 0 {
		return nil, fmt.Errorf("%w: the inbox of partition %d has places without inputs", persistence.ErrDamaged, l.Part)
	}
	page := make([]persistence.Entry, 0, len(words)/2)
	for pair := range slices.Chunk(words, 2) {
		e, err := inputOf(pair[0], pair[1])
		if err != nil {
			return nil, err
		}
		page = append(page, e)
	}
	return page, nil
}

// keptInput is what is kept of an input.
func keptInput(key string, body []byte) []byte {
	kept := strconv.AppendInt(make([]byte, 0, len(key)+len(body)+8), int64(len(key)), 10)
	return append(append(append(kept, ' '), key...), body...)
}

// inputOf reads what is kept of an input.
func inputOf(place, kept string) (persistence.Entry, error) {
	length, rest, _ := strings.Cut(kept, " ")
	n, err := strconv.ParseUint(length, 10, 31)
	if err != nil || int(n) > len(rest) {
		return persistence.Entry{}, fmt.Errorf("%w: input %s of the inbox is %q", persistence.ErrDamaged, place, kept)
	}
	id, err := idOf(place)
	return persistence.Entry{ID: id, Key: rest[:n], Body: []byte(rest[n:])}, err
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
