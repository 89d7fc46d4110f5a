package simulation

import (
	"cmp"
	"math"
	"slices"
	"time"

	"switchyard/actors/routing"
)

// Recording is what happened in a tenant's contact centre on a day: what people did, and what the core made of it.
type Recording struct {
	Tenant   routing.TenantID
	From, To time.Time
	// Idle is when each agent's last conversation before From ended.
	Idle map[routing.AgentID]time.Time
	// Attributes are those of the customers who wrote and have a record: as they are, not as they were.
	Attributes map[routing.CustomerID]map[string]string
	// Facts are in the order in which they were committed. Those from before From say how the day began: the whole past of the
	// conversations that were open then, and what agents had declared.
	Facts []Fact
}

// Fact is one thing that happened. Exactly one of the two is set.
type Fact struct {
	Event *routing.Envelope // to a conversation
	Shift *routing.Input    // an agent declared a status, or a desktop came or went
}

// quarter is the slot that a recorded day's traffic is counted by.
const quarter = 15 * time.Minute

// Traffic is how customers came on the recorded day, or on its days on average: channel by channel, quarter hour by quarter hour
// of the day in that place. Channels are in the order of the first text.
func (r *Recording) Traffic(place *time.Location) []Traffic {
	const midnight = 24 * time.Hour
	days := max(1, math.Ceil(r.To.Sub(r.From).Hours()/midnight.Hours()))
	var all []Traffic
	for _, f := range r.Facts {
		if f.Event == nil || f.Event.At.Before(r.From) {
			continue
		}
		started, ok := f.Event.Event.(routing.Started)
		if !ok {
			continue
		}
		at := slices.IndexFunc(all, func(t Traffic) bool { return t.Channel == started.Channel })
		if at < 0 {
			at = len(all)
			all = append(all, Traffic{started.Channel, make([]float64, midnight/quarter)})
		}
		h, m, _ := f.Event.At.In(place).Clock()
		all[at].Rates[(h*60+m)/int(quarter.Minutes())] += 1 / days / quarter.Seconds()
	}
	return all
}

// replay is a recording made ready to happen again: a [Source] of its customers, and what its agents declare.
type replay struct {
	from      time.Time
	idle      map[routing.AgentID]time.Time
	customers []*Customer
	shifts    []Shift
	before    []*Talk // begun before the day
	moments   moments
	next      int
}

// newReplay makes a recording ready. Its facts are not changed.
func newReplay(r *Recording) *replay {
	p := &replay{from: r.From, idle: r.Idle, moments: moments{}}
	logs := map[routing.ConversationID][]ranked{}
	var order []routing.ConversationID
	for rank, f := range r.Facts {
		switch {
		case f.Shift != nil:
			p.shifts = append(p.shifts, Shift{f.Shift.At, rank, routing.AddresseeOf(f.Shift.Command).Agent, f.Shift.Command})
		case f.Event != nil:
			c := f.Event.Conversation
			if logs[c] == nil {
				order = append(order, c)
			}
			logs[c] = append(logs[c], ranked{*f.Event, rank})
			p.moments.note(f.Event, rank)
		}
	}
	var handles []time.Duration
	for _, c := range order {
		who := newScripted(logs[c])
		who.Attributes = r.Attributes[who.record]
		if who.Handle > 0 {
			handles = append(handles, who.Handle)
		}
		if !who.At.Before(r.From) {
			p.customers = append(p.customers, who)
			continue
		}
		t := &Talk{Customer: *who}
		t.begun(logs[c], r.From)
		p.before = append(p.before, t)
	}
	usual := median(handles)
	for _, c := range p.customers {
		c.usually(usual)
	}
	for _, t := range p.before {
		t.Customer.usually(usual)
	}
	return p
}

// moments are the places of what lines and agents did by themselves: by what shows of it at which time, in Unix nanoseconds.
type moments map[moment]int

type moment struct {
	at    int64
	queue routing.QueueID
	agent routing.AgentID
}

// note takes an event in that the time alone may have led to, unless there was one before it.
func (m moments) note(e *routing.Envelope, rank int) {
	if e.By != nil {
		return
	}
	at := e.At.UnixNano()
	first := func(k moment) {
		if _, ok := m[k]; !ok {
			m[k] = rank
		}
	}
	if made, ok := e.Event.(routing.OfferMade); ok {
		first(moment{at: at, queue: made.Decision.Queue})
		first(moment{at: at, agent: made.Offer.Agent})
	}
	if ended, ok := e.Event.(routing.OfferEnded); ok && ended.Outcome == routing.OutcomeWithdrawn {
		first(moment{at: at, agent: ended.Agent})
	}
	if back, ok := e.Event.(routing.Requeued); ok && back.Reason == routing.RequeueGone {
		first(moment{at: at, agent: back.Agent})
	}
}

// rank is the place of what a line or an agent did at a time, Unranked when it did nothing that showed.
func (m moments) rank(at time.Time, q routing.QueueID, a routing.AgentID) int {
	if rank, ok := m[moment{at.UnixNano(), q, a}]; ok {
		return rank
	}
	return Unranked
}

// usually lets a talk that nobody has had take the usual time.
func (c *Customer) usually(handle time.Duration) {
	if c.Handle == 0 {
		c.Handle = handle
	}
}

// Next implements [Source].
func (p *replay) Next(c *Customer) bool {
	if p.next == len(p.customers) {
		return false
	}
	*c = *p.customers[p.next]
	p.next++
	return true
}

func median[T cmp.Ordered](of []T) (middle T) {
	if len(of) == 0 {
		return middle
	}
	slices.Sort(of)
	return of[len(of)/2]
}
