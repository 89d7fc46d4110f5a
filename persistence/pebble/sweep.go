package pebble

import (
	"time"

	"github.com/cockroachdb/pebble/v2"
)

const (
	// sweepEvery is how often an idle store looks for keys to forget.
	sweepEvery = 10 * time.Second
	// sweepBatch is how many of them one group forgets at the most, so that no caller waits long for the broom.
	sweepBatch = 64
)

// sweeper remembers how far the expiry index has been swept. The committer alone uses it.
type sweeper struct {
	from   []byte // nothing is left before this key
	minute uint64 // every minute before this one is swept
}

func minuteOf(millis uint64) uint64 { return millis / uint64(time.Minute/time.Millisecond) }

// sweep forgets some keys whose window has ended.
func (g *group) sweep() {
	sw, now := &g.store.sweeper, minuteOf(millis(g.now))
	if sw.minute >= now {
		return
	}
	due, err := g.due(now)
	if err != nil {
		_ = g.store.broken(err)
		return
	}
	for _, index := range due {
		if err := g.forget(index); err != nil {
			return // the store is broken
		}
		sw.from = index
	}
	if len(due) < sweepBatch {
		sw.minute = now
		return
	}
	g.store.queue.wake()
}

// due returns the oldest entries of the expiry index before a minute.
func (g *group) due(minute uint64) ([][]byte, error) {
	sw := &g.store.sweeper
	if sw.from == nil {
		sw.from = appendFamily(nil, everyPartition, familyExpiry)
	}
	it, err := g.store.db.NewIter(&pebble.IterOptions{
		LowerBound: sw.from,
		UpperBound: appendExpiryKey(nil, minute, 0, nil),
	})
	if err != nil {
		return nil, err
	}
	var due [][]byte
	for ok := it.First(); ok && len(due) < sweepBatch; ok = it.Next() {
		due = append(due, append([]byte(nil), it.Key()...))
	}
	return due, it.Close()
}

// forget drops one entry of the index, and the key it names unless the window has been prolonged since.
func (g *group) forget(index []byte) error {
	part, key, err := parseExpiryKey(index)
	if err != nil {
		return g.store.broken(err)
	}
	dedupe := append(appendFamily(nil, part, familyDedupe), key...)
	k, err := g.lookup(dedupe)
	if err != nil {
		return err
	}
	if k.place != 0 && !k.open(g.now) {
		g.drop(dedupe)
		g.forgetReply(dedupe)
		*k = known{replied: true}
		g.store.counters.swept.Add(1)
	}
	g.drop(index)
	return nil
}
