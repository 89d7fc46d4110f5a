package simulated

import (
	"container/list"
	"slices"
	"sync"
	"time"
)

// Bounds of what the phones remember: the oldest texts of a phone go first, then the phone that was quiet longest.
const (
	phoneTextsMost = 200
	textsMost      = 100_000
)

// Directions and states of a text, seen from the phone.
const (
	fromPhone = "sent"
	toPhone   = "received"

	stateUnderway  = "underway"
	stateSent      = "sent"
	stateDelivered = "delivered"
	stateFailed    = "failed"
)

// phoneText is a text on a phone.
type phoneText struct {
	ID        string    `json:"id"`
	Direction string    `json:"direction"` // "sent" by the phone, or "received"
	From      string    `json:"from"`
	To        string    `json:"to"`
	Text      string    `json:"text"`
	Media     []string  `json:"media,omitempty"`
	At        time.Time `json:"at"`
	// State is underway, sent, delivered or failed. A received text that failed never reached the phone's owner.
	State  string `json:"state"`
	Detail string `json:"detail,omitempty"`
}

// phone is one customer's handset.
type phone struct {
	number string
	texts  []phoneText
	// blocked are the business numbers that this phone has told the carrier to stop.
	blocked map[string]bool
	// refused says that the last text for a phone of the 0429 kind was refused, so that the next is not.
	refused bool
}

// phones are the handsets that took part in anything, bounded.
type phones struct {
	mu     sync.Mutex
	number map[string]*list.Element
	recent *list.List // of *phone, the latest in front
	texts  int
}

func newPhones() *phones {
	return &phones{number: map[string]*list.Element{}, recent: list.New()}
}

// touch finds a phone, or makes it, and marks it as the latest. The caller holds the lock.
func (p *phones) touch(number string) *phone {
	if e, ok := p.number[number]; ok {
		p.recent.MoveToFront(e)
		return e.Value.(*phone)
	}
	made := &phone{number: number, blocked: map[string]bool{}}
	p.number[number] = p.recent.PushFront(made)
	return made
}

// add puts a text on a phone.
func (p *phones) add(number string, t phoneText) {
	p.mu.Lock()
	defer p.mu.Unlock()
	owner := p.touch(number)
	owner.texts = append(owner.texts, t)
	p.texts++
	if len(owner.texts) > phoneTextsMost {
		owner.texts = slices.Delete(owner.texts, 0, 1)
		p.texts--
	}
	p.evict()
}

// evict forgets the phones that were quiet longest while there is too much to remember. A phone counts as one text, so
// that phones without texts are bounded too.
func (p *phones) evict() {
	for p.texts+p.recent.Len() > textsMost && p.recent.Len() > 1 {
		oldest := p.recent.Remove(p.recent.Back()).(*phone)
		delete(p.number, oldest.number)
		p.texts -= len(oldest.texts)
	}
}

// settle moves a text to a state, if the phone still knows it.
func (p *phones) settle(number, id, state, detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.number[number]
	if !ok {
		return
	}
	texts := e.Value.(*phone).texts
	if i := slices.IndexFunc(texts, func(t phoneText) bool { return t.ID == id }); i >= 0 {
		texts[i].State, texts[i].Detail = state, detail
	}
}

// read copies what a phone has, oldest first, and the numbers it has blocked. A phone nobody heard of has nothing.
func (p *phones) read(number string) (texts []phoneText, blocked []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	texts, blocked = []phoneText{}, []string{}
	if e, ok := p.number[number]; ok {
		texts = append(texts, e.Value.(*phone).texts...)
		for line := range e.Value.(*phone).blocked {
			blocked = append(blocked, line)
		}
	}
	slices.Sort(blocked)
	return texts, blocked
}

// find is a text to a phone, by its id, if its phone still knows it.
func (p *phones) find(id string) (phoneText, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for e := p.recent.Front(); e != nil; e = e.Next() {
		for _, t := range e.Value.(*phone).texts {
			if t.ID == id && t.Direction == toPhone {
				return t, true
			}
		}
	}
	return phoneText{}, false
}

// block sets whether a phone takes texts from a business number, and tells whether that is news.
func (p *phones) block(number, line string, blocked bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	owner := p.touch(number)
	was := owner.blocked[line]
	if blocked {
		owner.blocked[line] = true
	} else {
		delete(owner.blocked, line)
	}
	p.evict()
	return was != blocked
}

// blocks tells whether a phone has blocked a business number.
func (p *phones) blocks(number, line string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.number[number]
	return ok && e.Value.(*phone).blocked[line]
}

// refuseEveryOther tells whether to refuse a text for this phone: the first, the third and so on.
func (p *phones) refuseEveryOther(number string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	owner := p.touch(number)
	owner.refused = !owner.refused
	p.evict()
	return owner.refused
}
