package pebble

import (
	"bytes"
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// windowSlack is how much longer than asked a key may be remembered: the eighth part of its window, at most a minute. A
// repetition inside the slack need not write anything to prolong the window.
const windowSlack = time.Minute

// known is an ingest key as the committer sees it: as stored, and as the group under way has changed it.
type known struct {
	place   uint64 // 0 when nothing is stored
	expiry  uint64 // milliseconds
	sum     string
	reply   []byte // nil when there is none
	replied bool   // reply has been looked up
}

// millis is a time as the layout has it. Nothing here is older than 1970.
func millis(t time.Time) uint64 { return uint64(max(t.UnixMilli(), 0)) }

func (k *known) open(now time.Time) bool { return k.place != 0 && millis(now) < k.expiry }

// ingest is the work of [Store.Ingest].
type ingest struct {
	job
	dedupe  []byte // key of the dedupe entry
	value   []byte // of the inbox entry
	decoded any
	sum     string
	window  time.Duration
	receipt persistence.Receipt
	place   uint64 // 0 for a duplicate
}

// newIngest copies everything of in that the committer will need.
func newIngest(p *partition, in persistence.Input) *ingest {
	return &ingest{
		job:     newJob(p, len(in.Key)+len(in.Body)),
		dedupe:  familyKey(p.number, familyDedupe, in.Key),
		value:   appendInbox(make([]byte, 0, len(in.Key)+len(in.Body)+4), in.Key, in.Body),
		decoded: in.Decoded,
		sum:     in.Sum,
		window:  in.Window,
	}
}

func (in *ingest) check(g *group) error {
	k, err := g.lookup(in.dedupe)
	if err != nil {
		return err
	}
	if k.open(g.now) {
		return in.repeat(g, k)
	}
	p := in.part
	if p.waiting >= persistence.InboxRoom {
		return persistence.ErrFull
	}
	if k.place != 0 {
		g.forgetReply(in.dedupe)
	}
	p.waiting++
	in.place = p.place()
	*k = known{place: in.place, sum: in.sum, replied: true}
	g.key = appendPlace(appendFamily(g.key[:0], p.number, familyInbox), in.place)
	g.set(g.key, in.value)
	g.remember(in, k)
	g.touch(p)
	in.receipt = persistence.Receipt{ID: idOf(in.place), Sum: in.sum}
	return nil
}

// repeat answers a key that is known. It is answered with its group, and the groups before are durable.
func (in *ingest) repeat(g *group, k *known) error {
	if err := g.lookupReply(in.dedupe, k); err != nil {
		return err
	}
	if millis(g.now.Add(in.window)) > k.expiry {
		g.remember(in, k)
	}
	in.receipt = persistence.Receipt{ID: idOf(k.place), Duplicate: true, Sum: k.sum, Reply: bytes.Clone(k.reply)}
	return nil
}

func (in *ingest) publish() {
	if in.place == 0 {
		return
	}
	p := in.part
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inbox.add(in.place, in.value, in.decoded)
	p.wakeLocked()
}

// remember writes the key with a new window, and where the sweeper will find it.
func (g *group) remember(in *ingest, k *known) {
	k.expiry = millis(g.now.Add(in.window + min(in.window/8, windowSlack)))
	g.rememberUntil(in.part.number, in.dedupe, k)
}

// rememberUntil writes a key with the window that it has.
func (g *group) rememberUntil(part uint16, dedupe []byte, k *known) {
	g.value = appendDedupe(g.value[:0], k)
	g.set(dedupe, g.value)
	g.key = appendExpiryKey(g.key[:0], minuteOf(k.expiry), part, dedupe[3:])
	g.set(g.key, nil)
}

// lookup returns what is known of an ingest key, in this group or on disk. It is never nil.
func (g *group) lookup(dedupe []byte) (*known, error) {
	if k := g.known[string(dedupe)]; k != nil {
		return k, nil
	}
	k := &known{}
	value, closer, err := g.store.db.Get(dedupe)
	switch {
	case err == nil:
		k, err = parseDedupe(value)
		if err = errors.Join(err, closer.Close()); err != nil {
			return nil, g.store.broken(err)
		}
	case !errors.Is(err, pebble.ErrNotFound):
		return nil, g.store.broken(err)
	}
	g.known[string(dedupe)] = k
	return k, nil
}

func (g *group) lookupReply(dedupe []byte, k *known) error {
	if k.replied {
		return nil
	}
	value, closer, err := g.store.db.Get(g.replyKey(dedupe))
	switch {
	case err == nil:
		k.reply = append([]byte{}, value...)
		if err := closer.Close(); err != nil {
			return g.store.broken(err)
		}
	case !errors.Is(err, pebble.ErrNotFound):
		return g.store.broken(err)
	}
	k.replied = true
	return nil
}

// replyKey is the reply's key beside a dedupe key, in the group's scratch.
func (g *group) replyKey(dedupe []byte) []byte {
	g.key = append(g.key[:0], dedupe...)
	g.key[2] = familyReply
	return g.key
}

func (g *group) forgetReply(dedupe []byte) { g.drop(g.replyKey(dedupe)) }

// broken breaks the store because it cannot be read, and returns what everybody gets from then on.
func (s *Store) broken(err error) error {
	_ = s.health.damage(err)
	return s.health.err()
}
