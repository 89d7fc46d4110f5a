package simulation

import (
	"time"

	"switchyard/actors/routing"
)

// Worked is how an agent's time was spent.
type Worked struct {
	Offered time.Duration // slot-time for work: each slot while available, and beyond that each one taken
	Taken   time.Duration // slot-time with an offer, a conversation or its wrap-up
	Idle    time.Duration // time available without anything to do
}

// Add adds the time of another, or of another day.
func (w *Worked) Add(more Worked) {
	w.Offered += more.Offered
	w.Taken += more.Taken
	w.Idle += more.Idle
}

// ledger counts an agent's time.
type ledger struct {
	Worked
	since   time.Time
	load    int
	slots   int
	staffed bool
}

// count adds the time since the last count, and looks how the agent stands now.
func (l *ledger) count(now time.Time, a *routing.Agent) {
	passed := now.Sub(l.since)
	if l.since.IsZero() {
		passed = 0
	}
	l.since = now
	l.Taken += passed * time.Duration(l.load)
	switch {
	case l.staffed:
		l.Offered += passed * time.Duration(max(l.slots, l.load))
		if l.load == 0 {
			l.Idle += passed
		}
	default:
		l.Offered += passed * time.Duration(l.load)
	}
	l.load, l.slots = a.Load(), a.Profile.Slots()
	l.staffed = a.Record.Status == routing.Available && !a.Record.Gone(now)
}
