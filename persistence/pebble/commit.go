package pebble

import (
	"fmt"

	"switchyard/persistence"
)

// commit is the work of [Store.Commit].
type commit struct {
	job
	token  string
	id     string
	seq    uint64
	ack    []persistence.ID
	writes []write
	bells  []persistence.Bell
}

// write is one consequence of a batch. The keys of list and stream entries still lack their place.
type write struct {
	kind       byte // a family, remove or wipe
	key, value []byte
}

const (
	remove = 0
	wipe   = 1 // a whole list or stream
)

// newCommit encodes the batch in the caller's goroutine, into memory of its own.
func newCommit(p *partition, l persistence.Lease, b persistence.Batch) *commit {
	c := &commit{
		job: newJob(p, encodedSize(b)), token: l.Token, id: b.ID, seq: b.Seq,
		ack:    append([]persistence.ID(nil), b.Ack...),
		writes: make([]write, 0, len(b.Put)+len(b.Del)+len(b.Drop)+len(b.Append)+len(b.Event)+len(b.Reply)),
		bells:  make([]persistence.Bell, 0, len(b.Event)+len(b.Reply)),
	}
	e := encoder{part: p.number, buf: make([]byte, 0, c.size), writes: c.writes}
	for key, value := range b.Put {
		e.add(familyRecord, key, value)
	}
	for _, key := range b.Del {
		e.add(remove, key, nil)
	}
	for _, name := range b.Drop {
		e.add(wipe, name, nil)
	}
	for _, a := range b.Append {
		e.add(familyList, a.List, a.Value)
	}
	for _, ev := range b.Event {
		e.add(familyStream, ev.Stream, ev.Value)
		c.bells = append(c.bells, persistence.Bell{Stream: ev.Stream})
	}
	for _, r := range b.Reply {
		e.add(familyReply, r.Key, r.Value)
		c.bells = append(c.bells, persistence.Bell{Reply: r.Key})
	}
	c.writes = e.writes
	return c
}

func encodedSize(b persistence.Batch) int {
	const head = 3 + 10 + placeBytes
	size := head * (len(b.Put) + len(b.Del) + len(b.Drop) + len(b.Append) + len(b.Event) + len(b.Reply))
	for key, value := range b.Put {
		size += len(key) + len(value)
	}
	for _, key := range b.Del {
		size += len(key)
	}
	for _, name := range b.Drop {
		size += len(name)
	}
	for _, a := range b.Append {
		size += len(a.List) + len(a.Value)
	}
	for _, e := range b.Event {
		size += len(e.Stream) + len(e.Value)
	}
	for _, r := range b.Reply {
		size += len(r.Key) + len(r.Value)
	}
	return size
}

// encoder cuts keys and values out of one buffer.
type encoder struct {
	part   uint16
	buf    []byte
	writes []write
}

func (e *encoder) add(kind byte, name string, value []byte) {
	from := len(e.buf)
	switch kind {
	case familyList, familyStream:
		e.buf = appendNamed(e.buf, e.part, kind, name)
	case wipe:
		family := byte(familyList)
		if persistence.IsStream(name) {
			family = familyStream
		}
		e.buf = appendNamed(e.buf, e.part, family, name)
	case familyReply:
		e.buf = append(appendFamily(e.buf, e.part, familyDedupe), name...)
	default:
		e.buf = append(appendFamily(e.buf, e.part, familyRecord), name...)
	}
	to := len(e.buf)
	e.buf = append(e.buf, value...)
	e.writes = append(e.writes, write{kind: kind, key: e.buf[from:to:to], value: e.buf[to:len(e.buf):len(e.buf)]})
}

func (c *commit) check(g *group) error {
	p := c.part
	if !p.owns(c.token) {
		return persistence.ErrLost
	}
	if c.id == p.last {
		return nil
	}
	if c.seq != p.seq+1 {
		return fmt.Errorf("%w: commit %d does not follow %d", persistence.ErrLost, c.seq, p.seq)
	}
	if err := c.acknowledge(g); err != nil {
		return err
	}
	for _, w := range c.writes {
		if err := c.write(g, w); err != nil {
			return err
		}
	}
	p.seq, p.last = c.seq, c.id
	g.touch(p)
	return nil
}

// acknowledge takes the inputs out of the inbox, all or none.
func (c *commit) acknowledge(g *group) error {
	p := c.part
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range c.ack {
		place, err := placeOf(id)
		if err != nil || !p.inbox.has(place) {
			return fmt.Errorf("%w: input %s is not in the inbox", persistence.ErrLost, id)
		}
	}
	for _, id := range c.ack {
		place, _ := placeOf(id)
		p.inbox.remove(place)
		p.waiting--
		g.key = appendPlace(appendFamily(g.key[:0], p.number, familyInbox), place)
		g.drop(g.key)
	}
	return nil
}

func (c *commit) write(g *group, w write) error {
	switch w.kind {
	case familyRecord:
		g.set(w.key, w.value)
	case remove:
		g.drop(w.key)
	case wipe:
		return g.wipe(c.part, w.key)
	case familyList:
		g.key = appendPlace(append(g.key[:0], w.key...), c.part.place())
		g.set(g.key, w.value)
	case familyStream:
		return g.event(c.part, w)
	case familyReply:
		return g.reply(w)
	}
	return nil
}

// reply stores a reply as long as its key is remembered; nobody could ask for it otherwise.
func (g *group) reply(w write) error {
	k, err := g.lookup(w.key)
	if err != nil || !k.open(g.now) {
		return err
	}
	k.reply, k.replied = w.value, true
	g.set(g.replyKey(w.key), w.value)
	return nil
}

func (c *commit) publish() { c.part.bells.Ring(c.bells...) }
