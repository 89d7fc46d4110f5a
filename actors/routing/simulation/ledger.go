package simulation

import (
	"time"

	"switchyard/actors/routing"
)

// Worked is how an agent's time was spent, in seconds: the slot-time of many agents in many days is more than a time.Duration holds.
type Worked struct {
	Offered float64 // slot-time for work: each slot while available, and beyond that each one taken
	Taken   float64 // slot-time with an offer, a conversation or its wrap-up
	Idle    float64 // time available without anything to do
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
	if !now.Equal(l.since) {
		l.pass(now)
	}
	l.load, l.slots = a.Load(), a.Profile.Slots()
	l.staffed = a.Record.Status == routing.Available && !a.Record.Gone(now)
}

// pass adds the time since the last count.
func (l *ledger) pass(now time.Time) {
	passed := now.Sub(l.since).Seconds()
	if l.since.IsZero() {
		passed = 0
	}
	l.since = now
	l.Taken += passed * float64(l.load)
	switch {
	case l.staffed:
		l.Offered += passed * float64(max(l.slots, l.load))
		if l.load == 0 {
			l.Idle += passed
		}
	default:
		l.Offered += passed * float64(l.load)
	}
}
