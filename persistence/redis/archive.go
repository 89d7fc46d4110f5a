package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// namesAtOnce is how many of Redis' keys are looked at in one call.
const namesAtOnce = 1000

var _ persistence.Archive = (*Store)(nil)

// Dump implements [persistence.Archive]. Lists and ingest keys are found by going through all keys of the Redis (SCAN).
func (s *Store) Dump(ctx context.Context, l persistence.Lease, of func(string) bool) iter.Seq2[persistence.Piece, error] {
	return func(yield func(persistence.Piece, error) bool) {
		d := &dump{store: s, lease: l, of: of, yield: yield}
		p, err := s.enter(ctx, l.Part)
		if err == nil {
			d.keys = p.keys
			err = d.all(ctx, p)
		}
		if err != nil && !d.over {
			yield(nil, err)
		}
	}
}

// dump reads one partition. It is over when its reader has had enough.
type dump struct {
	store *Store
	lease persistence.Lease
	keys  keys
	of    func(string) bool
	yield func(persistence.Piece, error) bool
	over  bool
}

// give hands a piece over; false when no more are wanted.
func (d *dump) give(piece persistence.Piece) bool {
	d.over = d.over || !d.yield(piece, nil)
	return !d.over
}

func (d *dump) all(ctx context.Context, p *partition) error {
	if err := d.hold(ctx); err != nil {
		return err
	}
	if _, err := d.store.page(ctx, p, d.lease, "", 1); err != nil { // what format 1 has left moves to where newest looks
		return err
	}
	before, err := d.newest(ctx)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{d.records, d.named, func(ctx context.Context) error { return d.inbox(ctx, p) }} {
		if err := part(ctx); err != nil || d.over {
			return err
		}
	}
	after, err := d.newest(ctx)
	if err == nil && after > before { // the reader may have removed some
		err = fmt.Errorf("%w: partition %d took in texts while it was read; stop every node that serves this Redis", persistence.ErrHeld, d.lease.Part)
	}
	return err
}

// newest is the newest input that waits. With the lease in hand nobody takes any away.
func (d *dump) newest(ctx context.Context) (persistence.ID, error) {
	newest, err := d.store.client.ZRange(ctx, d.keys.waiting, -1, -1).Result()
	if err != nil || len(newest) == 0 {
		return "", d.store.fault(err)
	}
	return idOf(newest[0])
}

// records yields records in key order; of those that nobody wants the names alone are read.
func (d *dump) records(ctx context.Context) error {
	for from := "-"; ; {
		names, err := d.store.client.ZRangeByLex(ctx, d.keys.names, &redis.ZRangeBy{Min: from, Max: "+", Count: scanAtOnce}).Result()
		if err != nil {
			return d.store.fault(err)
		}
		if len(names) == 0 {
			return nil
		}
		if err := d.hold(ctx); err != nil {
			return err
		}
		from = "(" + names[len(names)-1]
		names = slices.DeleteFunc(names, func(name string) bool { return !d.of(name) })
		if len(names) == 0 {
			continue
		}
		values, err := d.store.client.HMGet(ctx, d.keys.records, names...).Result()
		if err != nil {
			return d.store.fault(err)
		}
		for i, name := range names {
			value, ok := values[i].(string)
			if !ok {
				return fmt.Errorf("%w: partition %d has names without records", persistence.ErrDamaged, d.lease.Part)
			}
			if !d.give(persistence.Record{Key: name, Value: []byte(value)}) {
				return nil
			}
		}
	}
}

// named yields lists, streams and ingest keys, which are keys of their own.
func (d *dump) named(ctx context.Context) error {
	used, err := d.store.client.Exists(ctx, d.keys.place).Result()
	if err != nil || used == 0 { // without a place ever given there is neither
		return d.store.fault(err)
	}
	node, err := d.store.master(ctx, d.keys.own)
	if err != nil {
		return d.store.fault(err)
	}
	common := strings.TrimSuffix(d.keys.own, "own")
	for cursor := uint64(0); ; {
		var names []string
		if names, cursor, err = node.Scan(ctx, cursor, common+"*", namesAtOnce).Result(); err != nil {
			return d.store.fault(err)
		}
		if err := d.hold(ctx); err != nil {
			return err
		}
		for _, name := range names {
			if err := d.one(ctx, name); err != nil || d.over {
				return err
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

// hold makes sure that the lease is still ours.
func (d *dump) hold(ctx context.Context) error {
	token, err := d.store.client.HGet(ctx, d.keys.own, "token").Result()
	if errors.Is(err, redis.Nil) || err == nil && token != d.lease.Token {
		return persistence.ErrLost
	}
	return d.store.fault(err)
}

// one yields what is under one of Redis' keys, if it is ours.
func (d *dump) one(ctx context.Context, name string) error {
	if list, ok := strings.CutPrefix(name, d.keys.list); ok && d.of(list) {
		return d.entries(ctx, list)
	}
	if key, ok := strings.CutPrefix(name, d.keys.seen); ok && d.of(key) {
		return d.known(ctx, key)
	}
	return nil
}

func (d *dump) entries(ctx context.Context, name string) error {
	part := persistence.Entries{Name: name, Stream: persistence.IsStream(name)}
	if part.Stream {
		dropped, err := d.store.client.HGet(ctx, d.keys.trimmed, name).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return d.store.fault(err)
		}
		if err == nil {
			if part.Dropped, err = idOf(dropped); err != nil {
				return err
			}
		}
	}
	for from := "-"; ; {
		found, err := d.store.client.Do(ctx, "xrange", d.keys.list+name, from, "+", "count", persistence.PieceItems).Slice()
		if err != nil {
			return d.store.fault(err)
		}
		items := make([]persistence.Item, 0, len(found))
		for _, entry := range found {
			some, err := itemsOf(entry)
			if err != nil {
				return err
			}
			items = append(items, some...)
			from = "(" + entryOf(some[len(some)-1].ID)
		}
		for len(items) > 0 {
			part.Items = items[:fitting(items)]
			items = items[len(part.Items):]
			if !d.give(part) {
				return nil
			}
		}
		if len(found) < persistence.PieceItems {
			return nil
		}
	}
}

// fitting is how many items make up one piece.
func fitting(items []persistence.Item) int {
	n, size := 0, 0
	for n < len(items) && n < persistence.PieceItems && (n == 0 || size+len(items[n].Value) <= persistence.PieceBytes) {
		size += len(items[n].Value)
		n++
	}
	return n
}

func (d *dump) known(ctx context.Context, key string) error {
	pipe := d.store.client.Pipeline()
	left, found := pipe.PTTL(ctx, d.keys.seen+key), pipe.Get(ctx, d.keys.seen+key)
	_, err := pipe.Exec(ctx)
	switch {
	case errors.Is(err, redis.Nil): // its window has ended
		return nil
	case redis.HasErrorPrefix(err, "WRONGTYPE"): // kept by format 1
		if _, err = d.store.run(ctx, d.store.scripts.answer, []string{d.keys.seen + key}); err == nil {
			err = d.known(ctx, key)
		}
		return err
	case err != nil:
		return d.store.fault(err)
	case left.Val() < 0:
		return fmt.Errorf("%w: %s%s is kept without an end", persistence.ErrDamaged, d.keys.seen, key)
	}
	kept, err := seenOf(found.Val())
	if err != nil {
		return err
	}
	k := persistence.Known{Key: key, Sum: kept.sum, Window: max(left.Val(), time.Millisecond), Reply: kept.reply}
	d.give(k)
	return nil
}

func (d *dump) inbox(ctx context.Context, p *partition) error {
	for after, room := persistence.ID(""), pageFirst; ; {
		page, err := d.store.page(ctx, p, d.lease, after, room)
		if err != nil {
			return err
		}
		for _, e := range page {
			if after = e.ID; !d.give(e) {
				return nil
			}
		}
		if len(page) < room {
			return nil
		}
		room = roomAfter(page)
	}
}
