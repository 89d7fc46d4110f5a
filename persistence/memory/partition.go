package memory

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"switchyard/persistence"
)

// partition is everything of one partition. The store's mutex guards it.
type partition struct {
	places  uint64 // the last place given away, in the inbox or a list
	inbox   []persistence.Entry
	keys    map[string]*known
	sweepAt int // how many keys there may be before the forgotten ones are swept out
	records map[string][]byte
	lists   map[string]*list

	epoch       uint64
	token, node string
	until       time.Time
	seq         uint64
	last        string

	wake  chan struct{} // closed and replaced whenever a reader of the inbox should look again
	bells persistence.Bells
}

// known is an ingest key within its window.
type known struct {
	id    persistence.ID
	sum   string
	until time.Time
	reply []byte
}

// list is a list or a stream; dropped is the newest place that is gone from it.
type list struct {
	stream  bool
	items   []persistence.Item
	dropped persistence.ID
}

func newPartition() *partition {
	return &partition{
		keys:    make(map[string]*known),
		sweepAt: 1024,
		records: make(map[string][]byte),
		lists:   make(map[string]*list),
		wake:    make(chan struct{}),
	}
}

func (p *partition) place() persistence.ID {
	p.places++
	return persistence.ID(fmt.Sprintf("%016x", p.places))
}

func (p *partition) wakeReaders() {
	close(p.wake)
	p.wake = make(chan struct{})
}

// find returns the key's entry while its window is open.
func (p *partition) find(key string, now time.Time) *known {
	k := p.keys[key]
	if k == nil || !now.Before(k.until) {
		return nil
	}
	return k
}

func (p *partition) ingest(in persistence.Input, now time.Time) (persistence.Receipt, error) {
	until := now.Add(in.Window)
	if k := p.find(in.Key, now); k != nil {
		if until.After(k.until) {
			k.until = until
		}
		return persistence.Receipt{ID: k.id, Duplicate: true, Sum: k.sum, Reply: bytes.Clone(k.reply)}, nil
	}
	if len(p.inbox) >= persistence.InboxRoom {
		return persistence.Receipt{}, persistence.ErrFull
	}
	if len(p.keys) >= p.sweepAt {
		for key := range p.keys {
			if p.find(key, now) == nil {
				delete(p.keys, key)
			}
		}
		p.sweepAt = 2*len(p.keys) + 1024
	}
	k := &known{id: p.place(), sum: in.Sum, until: until}
	p.keys[in.Key] = k
	p.inbox = append(p.inbox, persistence.Entry{ID: k.id, Key: in.Key, Body: copied(in.Body), Decoded: in.Decoded})
	p.wakeReaders()
	return persistence.Receipt{ID: k.id, Sum: k.sum}, nil
}

func (p *partition) acquire(part int, node string, now time.Time) (persistence.Lease, error) {
	if p.token != "" && p.node != node && now.Before(p.until) {
		return persistence.Lease{}, fmt.Errorf("%w (partition %d, node %s)", persistence.ErrHeld, part, p.node)
	}
	p.epoch++
	p.token, p.node, p.until = fmt.Sprintf("%d:%s", p.epoch, rand.Text()), node, now.Add(LeaseTime)
	p.wakeReaders()
	return persistence.Lease{Part: part, Token: p.token, Seq: p.seq, Lasts: LeaseTime}, nil
}

// owns says whether token is the partition's. An empty token never is.
func (p *partition) owns(token string) bool { return token != "" && token == p.token }

func (p *partition) renew(token string, now time.Time) error {
	if !p.owns(token) {
		return persistence.ErrLost
	}
	p.until = now.Add(LeaseTime)
	return nil
}

func (p *partition) release(token string) {
	if p.owns(token) {
		p.token, p.node = "", ""
		p.wakeReaders()
		p.bells.Ring(persistence.Bell{Owners: true})
	}
}

func (p *partition) commit(token string, b persistence.Batch, now time.Time) error {
	if !p.owns(token) {
		return persistence.ErrLost
	}
	p.until = now.Add(LeaseTime)
	if b.ID == p.last {
		return nil
	}
	if b.Seq != p.seq+1 {
		return fmt.Errorf("%w: commit %d does not follow %d", persistence.ErrLost, b.Seq, p.seq)
	}
	for _, id := range b.Ack {
		if _, there := p.entry(id); !there {
			return fmt.Errorf("%w: input %s is not in the inbox", persistence.ErrLost, id)
		}
	}
	p.write(b, now)
	p.seq, p.last = b.Seq, b.ID
	return nil
}

// write applies a batch that has passed every check.
func (p *partition) write(b persistence.Batch, now time.Time) {
	for _, id := range b.Ack {
		if i, there := p.entry(id); there {
			p.inbox = slices.Delete(p.inbox, i, i+1)
		}
	}
	for key, value := range b.Put {
		p.records[key] = copied(value)
	}
	for _, key := range b.Del {
		delete(p.records, key)
	}
	for _, name := range b.Drop {
		p.drop(name)
	}
	for _, a := range b.Append {
		l := p.list(a.List)
		l.items = append(l.items, persistence.Item{ID: p.place(), Value: copied(a.Value)})
	}
	for _, e := range b.Event {
		l := p.list(e.Stream)
		l.stream = true
		l.items = append(l.items, persistence.Item{ID: p.place(), Value: copied(e.Value)})
		if surplus := len(l.items) - persistence.StreamKeep; surplus > 0 {
			l.dropped = l.items[surplus-1].ID
			l.items = slices.Delete(l.items, 0, surplus)
		}
		p.bells.Ring(persistence.Bell{Stream: e.Stream})
	}
	for _, r := range b.Reply {
		if k := p.find(r.Key, now); k != nil {
			k.reply = copied(r.Value)
		}
		p.bells.Ring(persistence.Bell{Reply: r.Key})
	}
}

func (p *partition) list(name string) *list {
	l := p.lists[name]
	if l == nil {
		l = &list{}
		p.lists[name] = l
	}
	return l
}

// drop takes a list away; of a stream it stays known what is gone.
func (p *partition) drop(name string) {
	if !persistence.IsStream(name) {
		delete(p.lists, name)
	} else if l := p.lists[name]; l != nil && len(l.items) > 0 {
		l.items, l.dropped = nil, l.items[len(l.items)-1].ID
	}
}

// find finds an entry of the list, or the place where it would be.
func (l *list) find(id persistence.ID) (int, bool) {
	return slices.BinarySearchFunc(l.items, id, func(it persistence.Item, id persistence.ID) int { return compare(it.ID, id) })
}

// entry finds an input in the inbox, or the place where it would be.
func (p *partition) entry(id persistence.ID) (int, bool) {
	return slices.BinarySearchFunc(p.inbox, id, func(e persistence.Entry, id persistence.ID) int {
		return compare(e.ID, id)
	})
}
