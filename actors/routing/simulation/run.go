package simulation

import (
	"time"

	"switchyard/actors/routing"
)

// Plan is what is to be simulated: whose centre, who writes, who works, and which days count.
type Plan struct {
	Tenant *routing.Tenant // has passed Check; it is not changed
	Source Source
	Shifts []Shift
	// Recorded is a day that has been; it takes the place of Source and Shifts, and the day is From to To.
	Recorded *Recording
	// Told hears of every event; nil: nobody does.
	Told  func(at time.Time, c routing.ConversationID, e routing.Event)
	Opens time.Time     // when the centre begins, with nobody there
	Start time.Time     // when the first day begins that counts; not before Opens
	Each  time.Duration // the length of a day
	Days  int
}

// GCPercent is the garbage collector's target that suits a simulation: much is made and little is kept.
const GCPercent = 800

// Run simulates the plan and counts. Who still waits when the last day ends is counted as waiting.
func Run(p Plan) *Tally {
	var past *replay
	if p.Recorded != nil {
		past = newReplay(p.Recorded)
		p.Source, p.Shifts = past, past.shifts
		p.Opens, p.Start, p.Each, p.Days = p.Recorded.From, p.Recorded.From, p.Recorded.To.Sub(p.Recorded.From), 1
	}
	tally := newTally(p.Tenant, p.Start, p.Each, p.Days)
	people := &crowd{source: p.Source, shifts: p.Shifts, tally: tally, told: p.Told}
	f := NewFloor(p.Tenant, p.Opens, people)
	if past == nil && p.Told == nil { // nobody reads why
		f.brief()
	}
	if past != nil {
		f.moments = past.moments
		people.restore(f, past)
	}
	f.Open()
	people.begin(f)
	f.Run(p.Start)
	f.spent()
	for _, d := range f.staff {
		d.Worked = Worked{}
	}
	for day := range p.Days {
		f.Run(p.Start.Add(time.Duration(day+1) * p.Each))
		f.spent()
		tally.spent(day, f.staff)
	}
	for _, t := range f.talks {
		tally.waits(f.now, t)
	}
	return tally
}

// brief spares the lines the reasons of what they decide.
func (f *Floor) brief() {
	for _, l := range f.rows {
		l.Brief()
	}
}

// spent brings the agents' books up to now.
func (f *Floor) spent() {
	for _, d := range f.staff {
		d.count(f.now, d.Agent)
	}
}
