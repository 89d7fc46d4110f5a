package routing

import "time"

// ruleLastAgent is the rule of a decision for the agent whom the customer knows.
const ruleLastAgent = "last_agent"

// entitled is the member who has the first right to w now: the agent whom the customer knows, if free and able. Nobody waits
// for one who is not.
func (l *Line) entitled(now time.Time, w *waiter) *seat {
	s := l.seats[w.LastAgent]
	if s == nil || w.LastAgent == w.Holder || !now.Before(w.lastUntil()) || s.free() <= 0 || w.refusedBy(w.LastAgent) {
		return nil
	}
	if _, lacking := s.entry.meets(w.asks); lacking != nil {
		return nil
	}
	return s
}

// kept says whether w is kept from the member for one who has the first right to it.
func (l *Line) kept(now time.Time, w *waiter, member *seat) bool {
	if w.LastAgent == "" || w.LastAgent == member.Agent {
		return false
	}
	return l.entitled(now, w) != nil
}

// patience is how long an offer of w rings at the agent: to one who has the first right no longer than that lasts, but never
// less than any offer.
func (l *Line) patience(now time.Time, w *waiter, a AgentID) time.Duration {
	timeout := OfferTimeout(l.queue, Profile{}) // of a former member
	if s := l.seats[a]; s != nil {
		timeout = s.timeout
	}
	if w.byRight {
		timeout = max(MinOfferTimeout, min(timeout, w.lastUntil().Sub(now)))
	}
	return timeout
}
