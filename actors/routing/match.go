package routing

import (
	"maps"
	"slices"
	"time"
)

// place looks for a member who can take w now.
func (l *Line) place(mail *Mail, now time.Time, w *waiter) {
	if !l.opened || l.held(now) || w.aside() {
		return
	}
	if l.closed(now) {
		l.shut(mail, now, w)
		return
	}
	if s := l.entitled(now, w); s != nil {
		l.reserve(mail, now, w, s)
		return
	}
	member := l.pick(w, w.except(w.Refused))
	if n := len(w.Refused); member == nil && n > 0 && !l.untried(w) { // all were tried: anybody, the latest to refuse last
		if member = l.pick(w, w.except(w.Refused[n-1:])); member == nil {
			member = l.pick(w, w.except(nil))
		}
	}
	if member == nil {
		return
	}
	l.reserve(mail, now, w, member)
}

// pick finds the member whom the queue's rule prefers for w: among those who meet most of its wishes, the last being given up
// first; nil when there is none.
func (l *Line) pick(w *waiter, except []AgentID) *seat {
	for n := len(w.wishes); n > 0; n-- {
		l.asked = append(append(l.asked[:0], w.asks...), w.wishes[:n]...)
		if e, _ := l.roster.pick(l.queue.Rule(), l.asked, except); e != nil {
			return e.seat
		}
	}
	if e, _ := l.roster.pick(l.queue.Rule(), w.asks, except); e != nil {
		return e.seat
	}
	return nil
}

// serve gives the member what it can take, best first: item priority, then age.
func (l *Line) serve(mail *Mail, now time.Time, member *seat) {
	for l.opened && !l.held(now) && !l.closed(now) && member.free() > 0 {
		best := l.best(now, member)
		if best == nil {
			return
		}
		l.reserve(mail, now, best, member)
	}
}

// best is the waiter whom the member is to take next; nil when there is none for it.
func (l *Line) best(now time.Time, member *seat) *waiter {
	var best *waiter
	for _, g := range l.groups.list {
		if best != nil && before(g.waiters.first(), best) > 0 {
			continue
		}
		if _, lacking := member.entry.meets(g.asks); lacking != nil {
			continue
		}
		for w := range g.waiters.all() {
			if w.Holder == member.Agent || w.refusedBy(member.Agent) && l.untried(w) || l.kept(now, w, member) {
				continue
			}
			if best == nil || before(w, best) < 0 {
				best = w
			}
			break
		}
	}
	return best
}

// retry looks again for those whom somebody has refused: who counts as untried has changed.
func (l *Line) retry(mail *Mail, now time.Time) {
	if len(l.refused) == 0 {
		return
	}
	for _, w := range slices.SortedFunc(maps.Keys(l.refused), before) {
		l.place(mail, now, w)
	}
}

// untried says whether somebody sits there who could take w and has not refused it.
func (l *Line) untried(w *waiter) bool { return l.roster.Staffed(w.asks, w.except(w.Refused)) }
