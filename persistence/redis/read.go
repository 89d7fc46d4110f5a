package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// scanAtOnce is how many records one call reads at the most, so that Redis is never busy for long.
const scanAtOnce = 256

// scanTogether is how many records at the most are read together with what others ask for.
const scanTogether = 8

// Load implements [persistence.Store].
func (s *Store) Load(ctx context.Context, l persistence.Lease) iter.Seq2[persistence.Record, error] {
	return func(yield func(persistence.Record, error) bool) {
		p, err := s.enter(ctx, l.Part)
		if err == nil && l.Token == "" {
			err = persistence.ErrLost
		}
		for after := ""; err == nil; {
			var some []persistence.Record
			if some, err = s.records(ctx, p, l.Token, persistence.HotPrefix, after, scanAtOnce); err != nil {
				break
			}
			for _, r := range some {
				if after = r.Key; !yield(r, nil) {
					return
				}
			}
			if len(some) < scanAtOnce {
				return
			}
		}
		yield(persistence.Record{}, err)
	}
}

// Get implements [persistence.Store].
func (s *Store) Get(ctx context.Context, part int, key string) ([]byte, error) {
	values, err := s.GetAll(ctx, part, key)
	if err == nil && values[0] == nil {
		err = persistence.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// GetAll implements [persistence.Store].
func (s *Store) GetAll(ctx context.Context, part int, keys ...string) ([][]byte, error) {
	p, err := s.enter(ctx, part)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return s.values(ctx, p, &question{records: keys})
}

// Look implements [persistence.Store]. Most who look find no record with the prefix, which costs no script.
func (s *Store) Look(ctx context.Context, part int, keys []string, prefix string, limit int) ([][]byte, []persistence.Record, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, nil, err
	}
	var some *redis.StringSliceCmd
	values, err := s.values(ctx, p, &question{records: keys, put: func(pipe redis.Pipeliner) {
		some = pipe.ZRangeByLex(s.ctx, p.keys.names, &redis.ZRangeBy{Min: "[" + prefix, Max: beyond(prefix), Count: 1})
	}})
	if err == nil {
		err = s.fault(some.Err())
	}
	if err != nil || limit <= 0 || len(some.Val()) == 0 {
		return values, nil, err
	}
	records, err := s.Scan(ctx, part, prefix, "", limit)
	return values, records, err
}

// values asks a question, and returns the values of its records.
func (s *Store) values(ctx context.Context, p *partition, q *question) ([][]byte, error) {
	if err := s.await(ctx, p, q); err != nil {
		return nil, err
	}
	if q.err != nil {
		return nil, s.fault(q.err)
	}
	values := make([][]byte, len(q.records))
	for i, value := range q.values {
		if value, ok := value.(string); ok {
			values[i] = []byte(value)
		}
	}
	return values, nil
}

// Answer implements [persistence.Store]. With [Options.Wait] a reply counts as committed when the replicas have it.
func (s *Store) Answer(ctx context.Context, part int, key string) ([]byte, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	key = p.keys.seen + key
	if s.wait == 0 {
		var found *redis.StringCmd
		if err := s.ask(ctx, p, func(pipe redis.Pipeliner) { found = pipe.Get(s.ctx, key) }); err != nil {
			return nil, err
		}
		kept, err := found.Result()
		if !redis.HasErrorPrefix(err, "WRONGTYPE") { // which is how format 1 kept it
			return s.replyOf(kept, err)
		}
	}
	answer, err := s.runSafely(ctx, s.scripts.answer, []string{key})
	if err != nil {
		return nil, err
	}
	if words := textsOf(answer); len(words) == 1 {
		return []byte(words[0]), nil
	}
	return nil, persistence.ErrNotFound
}

// replyOf finds the reply in what is kept of an ingest key.
func (s *Store) replyOf(kept string, err error) ([]byte, error) {
	if errors.Is(err, redis.Nil) {
		return nil, persistence.ErrNotFound
	}
	if err != nil {
		return nil, s.fault(err)
	}
	known, err := seenOf(kept)
	if err == nil && known.reply == nil {
		err = persistence.ErrNotFound
	}
	return known.reply, err
}

// Scan implements [persistence.Store].
func (s *Store) Scan(ctx context.Context, part int, prefix, after string, limit int) ([]persistence.Record, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	var found []persistence.Record
	for len(found) < limit {
		want := min(limit-len(found), scanAtOnce)
		some, err := s.records(ctx, p, "", prefix, after, want)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
		if len(some) < want {
			break
		}
		after = some[want-1].Key
	}
	return found, nil
}

// records reads up to limit records with a prefix after a key; a token that is not empty must be the owner's.
func (s *Store) records(ctx context.Context, p *partition, token, prefix, after string, limit int) ([]persistence.Record, error) {
	from := "(" + after
	if after < prefix {
		from = "[" + prefix
	}
	keys := []string{p.keys.own, p.keys.names, p.keys.records}
	ask := s.run
	if token == "" && limit <= scanTogether {
		if none, err := s.noNames(ctx, p, from, beyond(prefix)); none || err != nil {
			return nil, err
		}
		ask = func(ctx context.Context, lua script, keys []string, args ...any) ([]any, error) {
			return s.askScript(ctx, p, lua, keys, args)
		}
	}
	answer, err := ask(ctx, s.scripts.scan, keys, token, from, beyond(prefix), limit)
	if err != nil {
		return nil, err
	}
	if !granted(answer) {
		return nil, persistence.ErrLost
	}
	words := textsOf(answer[1:])
	if len(words) != len(answer)-1 || len(words)%2 != 0 {
		return nil, fmt.Errorf("%w: partition %d has names without records", persistence.ErrDamaged, p.number)
	}
	found := make([]persistence.Record, 0, len(words)/2)
	for pair := range slices.Chunk(words, 2) {
		found = append(found, persistence.Record{Key: pair[0], Value: []byte(pair[1])})
	}
	return found, nil
}

// noNames says that no record has a name in a range. Most who ask for a few records find none, which costs no script.
func (s *Store) noNames(ctx context.Context, p *partition, from, to string) (bool, error) {
	var found *redis.StringSliceCmd
	err := s.ask(ctx, p, func(pipe redis.Pipeliner) {
		found = pipe.ZRangeByLex(s.ctx, p.keys.names, &redis.ZRangeBy{Min: from, Max: to, Count: 1})
	})
	if err != nil {
		return false, err
	}
	return len(found.Val()) == 0, s.fault(found.Err())
}

// beyond is the end of a prefix's keys, as ZRANGEBYLEX understands it.
func beyond(prefix string) string {
	end := []byte(prefix)
	for len(end) > 0 && end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	if len(end) == 0 {
		return "+"
	}
	end[len(end)-1]++
	return "(" + string(end)
}

// Range implements [persistence.Store].
func (s *Store) Range(ctx context.Context, part int, list string, after persistence.ID, limit int) ([]persistence.Item, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return nil, err
	}
	place, err := placeOf(after)
	if err != nil || limit <= 0 {
		return nil, err
	}
	answer, err := s.run(ctx, s.scripts.entries, []string{p.keys.list + list, p.keys.trimmed}, list, place, limit)
	if err != nil {
		return nil, err
	}
	if !granted(answer) {
		return nil, persistence.ErrTrimmed
	}
	items := make([]persistence.Item, 0, len(answer)-1)
	for _, a := range answer[1:] {
		some, err := itemsOf(a)
		if err != nil {
			return nil, err
		}
		items = append(items, some...)
	}
	items = slices.DeleteFunc(items, func(it persistence.Item) bool { return it.ID <= after })
	return items[:min(limit, len(items))], nil
}

// Last implements [persistence.Store].
func (s *Store) Last(ctx context.Context, part int, list string) (persistence.ID, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return "", err
	}
	newest, err := s.client.XRevRangeN(ctx, p.keys.list+list, "+", "-", 1).Result()
	if err != nil || len(newest) == 0 {
		return "", s.fault(err)
	}
	return idOf(newest[0].ID)
}

// itemsOf reads an entry of a list, which is one value or several that came together: each has a place, the last that of the
// entry.
func itemsOf(a any) ([]persistence.Item, error) {
	last, fields, err := streamEntry(a)
	if err != nil {
		return nil, err
	}
	n := uint64(len(fields)) / 2
	place, err := strconv.ParseUint(string(last), 16, 64)
	if err != nil || n == 0 || n > place {
		return nil, fmt.Errorf("%w: entry %s of a list", persistence.ErrDamaged, last)
	}
	items := make([]persistence.Item, n)
	for i := range n {
		items[i] = persistence.Item{ID: idAt(place - n + 1 + i), Value: []byte(fields[2*i+1])}
	}
	return items, nil
}
