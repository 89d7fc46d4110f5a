package simulation

import "time"

// timer is something that happens at a moment. Of one moment the lowest rank comes first, then what was set first.
type timer struct {
	at   time.Duration // since the floor was opened
	rank int
	set  uint64
	talk *Talk
	life uint32 // the talk's
	task int32  // the people's; of a line or an agent the index
	kind kind
}

// kind is whom a timer wakes.
type kind uint8

const (
	acts    kind = iota // the people
	elapses             // a conversation whose deadline has come
	ticks               // a line that wants to look at the clock
	returns             // an agent whose absence may mean something else now
)

// timers is a heap of timers, four ways wide: half as deep as one of two, and the four are neighbours in memory.
type timers struct {
	heap []timer
	n    uint64
}

const ways = 4

func (t *timer) before(u *timer) bool {
	if t.at != u.at {
		return t.at < u.at
	}
	if t.rank != u.rank {
		return t.rank < u.rank
	}
	return t.set < u.set
}

func (h *timers) set(t timer) {
	h.n++
	t.set = h.n
	h.heap = append(h.heap, t)
	i := len(h.heap) - 1
	for i > 0 {
		up := (i - 1) / ways
		if !t.before(&h.heap[up]) {
			break
		}
		h.heap[i], i = h.heap[up], up
	}
	h.heap[i] = t
}

// first takes the next timer out, unless it is at until or later.
func (h *timers) first(until time.Duration) (timer, bool) {
	if len(h.heap) == 0 || h.heap[0].at >= until {
		return timer{}, false
	}
	first, last := h.heap[0], len(h.heap)-1
	t := h.heap[last]
	h.heap[last] = timer{}
	if h.heap = h.heap[:last]; last > 0 {
		h.sink(t)
	}
	return first, true
}

// sink finds the place of t, from the top down.
func (h *timers) sink(t timer) {
	i := 0
	for {
		least, from := i, i*ways+1
		for j := from; j < min(from+ways, len(h.heap)); j++ {
			if least == i && h.heap[j].before(&t) || least != i && h.heap[j].before(&h.heap[least]) {
				least = j
			}
		}
		if least == i {
			break
		}
		h.heap[i], i = h.heap[least], least
	}
	h.heap[i] = t
}

// awaited are the moments at which a line or an agent is woken, the next one last. It has no two timers for one moment: each would set
// the next again.
type awaited []time.Time

// set says whether a timer is to be set for a moment, which may be zero, never. It need not when an earlier one is: whoever that wakes
// looks again.
func (a *awaited) set(at time.Time) bool {
	if last := len(*a) - 1; at.IsZero() || last >= 0 && !at.Before((*a)[last]) {
		return false
	}
	*a = append(*a, at)
	return true
}

// rang takes out the moment that has come.
func (a *awaited) rang() { *a = (*a)[:len(*a)-1] }
