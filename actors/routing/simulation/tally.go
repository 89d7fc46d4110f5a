package simulation

import (
	"slices"
	"time"

	"switchyard/actors/routing"
)

// Day is what happened to those who entered a queue on one day, whenever it happened: the measures' numerators and denominators
// in the words of the reports.
type Day struct {
	Entered   int
	Answered  int
	InTime    int // answered within the queue's service level
	Abandoned int // gave up before an agent accepted
	Short     int // of those, within ShortAbandon
	Moved     int // went on to another queue before that
	Ended     int // were ended before that
	Late      int // still wait, and longer than the service level
	Waiting   int // still wait
	// Waits are those of the answered, in milliseconds, not in order; WaitSum is their sum in seconds.
	Waits   []uint32
	WaitSum float64
	// Worked is the time of those who serve the queue, for whatever queue: members of two queues count in both.
	Worked Worked
}

// ShortAbandon is the wait below which one who gives up counts for nothing.
const ShortAbandon = 5 * time.Second

// Decided is how many the service level is measured over.
func (d *Day) Decided() int {
	return d.Answered + d.Abandoned + d.Moved + d.Ended - d.Short + d.Late
}

// add adds what happened to others.
func (d *Day) add(more *Day) {
	d.Entered += more.Entered
	d.Answered += more.Answered
	d.InTime += more.InTime
	d.Abandoned += more.Abandoned
	d.Short += more.Short
	d.Moved += more.Moved
	d.Ended += more.Ended
	d.Late += more.Late
	d.Waiting += more.Waiting
	d.Waits = append(d.Waits, more.Waits...)
	d.WaitSum += more.WaitSum
	d.Worked.Add(more.Worked)
}

// Tally is what happened in a number of days, queue by queue.
type Tally struct {
	Start time.Time
	Each  time.Duration // the length of a day
	// Queues are in the order of the configuration; each has one entry per day.
	Queues []QueueTally
	// Agents are in the order of the configuration: how each spent the days.
	Agents []AgentTally

	// Offers counts the offers that a recording has too, and Same those of them that were made to the same agent for the same reasons.
	Offers, Same int

	byID map[routing.QueueID]*QueueTally
	none Day // those who entered on no day
}

// QueueTally is one queue's days.
type QueueTally struct {
	Queue routing.Queue
	Days  []Day
}

// AgentTally is one agent's days.
type AgentTally struct {
	Agent routing.AgentID
	Days  []Worked
}

// entry is one wait in a queue.
type entry struct {
	queue *QueueTally // nil: it does not wait
	at    time.Time
}

func newTally(t *routing.Tenant, start time.Time, each time.Duration, days int) *Tally {
	tally := &Tally{Start: start, Each: each, byID: map[routing.QueueID]*QueueTally{}}
	for _, q := range t.Queues {
		tally.Queues = append(tally.Queues, QueueTally{Queue: q, Days: make([]Day, days)})
	}
	for i := range tally.Queues {
		tally.byID[tally.Queues[i].Queue.ID] = &tally.Queues[i]
	}
	for _, a := range t.Agents {
		tally.Agents = append(tally.Agents, AgentTally{Agent: a.ID, Days: make([]Worked, days)})
	}
	return tally
}

// day is the one that an entry belongs to.
func (t *Tally) day(e entry) *Day {
	since := e.at.Sub(t.Start)
	if i := int(since / t.Each); since >= 0 && i < len(e.queue.Days) {
		return &e.queue.Days[i]
	}
	return &t.none
}

// happened takes note of what an event made of a talk.
func (t *Tally) happened(now time.Time, talk *Talk, e routing.Event) {
	if talk.entry.queue != nil {
		if ended, ok := e.(routing.OfferEnded); ok && ended.Outcome == routing.OutcomeAccepted {
			t.answered(now, talk)
		}
		if _, taken := e.(routing.ConversationTaken); taken {
			t.answered(now, talk)
		}
		if _, out := e.(routing.OptedOut); out {
			t.day(talk.entry).abandoned(now.Sub(talk.entry.at))
			talk.entry.queue = nil
			return
		}
		if _, over := e.(routing.ConversationEnded); over {
			t.day(talk.entry).Ended++
			talk.entry.queue = nil
		}
	}
	if talk.State != routing.Queued || talk.entry.queue != nil && talk.entry.queue.Queue.ID == talk.Queue {
		return
	}
	if talk.entry.queue != nil {
		t.day(talk.entry).Moved++
	}
	talk.entry = entry{t.byID[talk.Queue], now}
	t.day(talk.entry).Entered++
}

func (t *Tally) answered(now time.Time, talk *Talk) {
	day, wait := t.day(talk.entry), now.Sub(talk.entry.at)
	service := talk.entry.queue.Queue.ServiceLevel()
	talk.entry.queue = nil
	if day == &t.none {
		return
	}
	if talk.Customer.GaveUp(now) {
		day.abandoned(talk.Customer.Patience)
		return
	}
	day.Answered++
	day.WaitSum += wait.Seconds()
	day.Waits = append(day.Waits, uint32(wait/time.Millisecond)) //nolint:gosec // 49 days fit
	if wait <= service {
		day.InTime++
	}
}

func (d *Day) abandoned(after time.Duration) {
	d.Abandoned++
	if after < ShortAbandon {
		d.Short++
	}
}

// waits counts one who still waits at the end.
func (t *Tally) waits(now time.Time, talk *Talk) {
	if talk.entry.queue == nil {
		return
	}
	day := t.day(talk.entry)
	switch {
	case talk.Customer.GaveUp(now):
		day.abandoned(talk.Customer.Patience)
	case now.Sub(talk.entry.at) > talk.entry.queue.Queue.ServiceLevel():
		day.Late++
		day.Waiting++
	default:
		day.Waiting++
	}
}

// spent books how the agents spent a day. They are in the order of the configuration.
func (t *Tally) spent(day int, staff []*desk) {
	for i, d := range staff {
		t.Agents[i].Days[day] = d.Worked
		for _, q := range d.Profile.Queues {
			t.byID[q].Days[day].Worked.Add(d.Worked)
		}
		d.Worked = Worked{}
	}
}

// offered compares an offer, the n-th of its conversation, with the recorded one. By when it was made, and how long agents had been
// idle then, they may differ: in the service a commit takes some milliseconds.
func (t *Tally) offered(script *Script, n int, is routing.OfferMade) {
	if n > len(script.offers) {
		return
	}
	t.Offers++
	was := script.offers[n-1]
	if was.agent == is.Offer.Agent && was.decision.Rule == is.Decision.Rule && slices.EqualFunc(was.decision.Candidates, is.Decision.Candidates,
		func(a, b routing.Candidate) bool {
			a.IdleSeconds, b.IdleSeconds = nil, nil
			return a == b
		}) {
		t.Same++
	}
}

// Total is all days of a queue in one.
func (q *QueueTally) Total() Day {
	var total Day
	for i := range q.Days {
		total.add(&q.Days[i])
	}
	return total
}

// Queue is the tally of one queue; nil when there is no such queue.
func (t *Tally) Queue(id routing.QueueID) *QueueTally { return t.byID[id] }
