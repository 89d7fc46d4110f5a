// Package simulation runs the core in virtual time: every conversation, line and agent of a tenant in one loop, with people who
// write and people who answer. The machines decide as they do in the service, by the same code; only what a machine tells
// another arrives at once, every commit succeeds, and no time passes but what the people and the deadlines take.
//
// Nothing here does I/O, reads a clock or starts a goroutine; randomness is an argument. The same arguments always give the
// same days.
package simulation

import (
	"math"
	"time"

	"switchyard/actors/routing"
)

// Floor is a tenant's contact centre. It belongs to one goroutine.
type Floor struct {
	opened   time.Time
	now      time.Time
	clock    time.Duration // now, since it was opened
	tenant   *routing.Tenant
	doors    map[routing.ChannelID]*door
	lines    map[routing.QueueID]*line
	called   *line   // the one that was looked for last
	rows     []*line // all lines, in the order of the configuration
	desks    map[routing.AgentID]*desk
	staff    []*desk // all desks, in the order of the configuration
	talks    map[routing.ConversationID]*Talk
	spoken   *Talk         // the one that was looked for last, and most often is next
	begin    routing.Begin // room for one
	asked    *desk         // the one that was looked for last
	open     map[routing.ThreadID]*Talk
	threads  map[routing.ThreadID]routing.Thread
	consents map[string]routing.Consent // by customers' numbers
	inputs   int
	mail     routing.Mail // told and not heard yet
	timers   timers
	spare    []*Talk // of strangers who have gone, to be used again
	moments  moments // of a recorded day; nil otherwise
	people   People
}

// door is where the texts of a channel come in.
type door struct {
	channel  *routing.Channel
	rules    *routing.Rules
	policies map[routing.QueueID]*routing.Policy
}

// People are those who write and those who answer. They are told of everything as it happens, and act through the floor.
type People interface {
	// Happened hears of an event when it is committed; the talk is what it has become. It may call [Floor.Later], but nothing else
	// of the floor.
	Happened(f *Floor, t *Talk, e routing.Event)
	// Act does what [Floor.Later] has put off until now.
	Act(f *Floor, t *Talk, task int32)
}

// Talk is a conversation, and the customer who begins it.
type Talk struct {
	routing.Conversation
	Customer Customer
	policy   *routing.Policy // of its channel and queue
	entry    entry
	life     uint32    // tells this talk from an earlier one of the same Talk
	stint    int       // how often it has been accepted
	since    time.Time // and when last, before the day began
}

// Unranked is the rank of what has no place among the things of its moment: after those that have.
const Unranked = math.MaxInt

// NewFloor opens a tenant's contact centre at a time. Everybody has logged out, nobody waits. The tenant has passed
// [routing.Tenant.Check], and stays as it is.
func NewFloor(t *routing.Tenant, at time.Time, people People) *Floor {
	f := &Floor{
		opened: at, now: at, tenant: t, doors: map[routing.ChannelID]*door{},
		lines: map[routing.QueueID]*line{}, desks: map[routing.AgentID]*desk{}, talks: map[routing.ConversationID]*Talk{}, open: map[routing.ThreadID]*Talk{},
		threads: map[routing.ThreadID]routing.Thread{}, consents: map[string]routing.Consent{}, people: people,
	}
	for i, c := range t.Channels {
		d := &door{&t.Channels[i], t.Rules(c.ID), map[routing.QueueID]*routing.Policy{}}
		for _, q := range t.Queues {
			p := t.PolicyFor(c.ID, q.ID)
			d.policies[q.ID] = &p
		}
		f.doors[c.ID] = d
	}
	for i, q := range t.Queues {
		l := &line{Line: routing.NewLine(q, t.Members(q.ID)), queue: &t.Queues[i], row: int32(i)}
		l.Keep(t.Hours(q.ID))
		f.lines[q.ID] = l
		f.rows = append(f.rows, l)
	}
	for i, p := range t.Agents {
		d := &desk{row: int32(i), Agent: routing.NewAgent(p, routing.AgentRecord{ID: p.ID, Status: routing.LoggedOut}, time.Time{})}
		f.desks[p.ID] = d
		f.staff = append(f.staff, d)
	}
	return f
}

// Open lets the lines serve, once all that was there already has been said.
func (f *Floor) Open() {
	for _, d := range f.staff {
		f.announce(d)
	}
	f.settle()
	for _, l := range f.rows {
		l.Open(&f.mail, f.now)
		f.await(l)
	}
	f.settle()
}

// Later lets the people act on the talk at a time that is not past. Of two tasks of one time the one with the lower rank comes
// first, then the one that was put off first; t may be nil.
func (f *Floor) Later(at time.Time, rank int, t *Talk, task int32) {
	f.set(at, acting(rank, t, task))
}

// acting is a timer that wakes the people.
func acting(rank int, t *Talk, task int32) timer {
	next := timer{rank: rank, kind: acts, talk: t, task: task}
	if t != nil {
		next.life = t.life
	}
	return next
}

// set sets a timer; one for a time that is past rings now.
func (f *Floor) set(at time.Time, t timer) {
	t.at = max(at.Sub(f.opened), f.clock)
	f.timers.set(t)
}

// Run lets time pass up to a moment, and everything happen that is due before it.
func (f *Floor) Run(until time.Time) {
	for end := until.Sub(f.opened); ; {
		next, ok := f.timers.first(end)
		if !ok {
			f.now, f.clock = until, end
			return
		}
		f.now, f.clock = f.opened.Add(next.at), next.at
		f.ring(next)
		f.settle()
	}
}

// settle lets everybody hear everything, until there is no more to be said. What is told first is heard first, by whomever.
func (f *Floor) settle() {
	for read := 0; read < f.mail.Len(); read++ {
		f.deliver(f.mail.Effects()[read])
	}
	f.mail.Clear()
}

// deliver lets one machine hear one thing.
func (f *Floor) deliver(told routing.Effect) {
	switch e := told.(type) {
	case *routing.EnterLine:
		l := f.line(e.Queue)
		l.Enter(&f.mail, f.now, &e.Item)
		f.await(l)
	case *routing.LeaveLine:
		l := f.line(e.Queue)
		l.Leave(&f.mail, f.now, e)
		f.await(l)
	case *routing.Reserved:
		f.reserved(e)
	case *routing.SeatChanged:
		l := f.line(e.Queue)
		l.Sit(&f.mail, f.now, e)
		f.await(l)
	case *routing.Reserve:
		d := f.desk(e.Agent)
		d.Reserve(&f.mail, f.now, e)
		f.announce(d)
	case *routing.Unreserve:
		d := f.desk(e.Agent)
		d.Unreserve(&f.mail, f.now, e)
		f.announce(d)
	case *routing.Answered:
		f.answered(e)
	case *routing.HoldSlot:
		d := f.desk(e.Agent)
		if d.Hold(e.Conversation, e.Slot) {
			f.announce(d)
		}
	case *routing.FreeSlot:
		d := f.desk(e.Agent)
		d.Free(e.Conversation, e.Worked, e.At)
		f.announce(d)
	case *routing.Missed:
		f.missed(e)
	case *routing.Pardon:
		f.pardon(e)
	case *routing.Blamed:
		l := f.line(e.Queue)
		l.Blame(&f.mail, f.now, e)
		f.await(l)
	case *routing.Stormed:
	case *routing.Wake:
		f.wake(e)
	case *routing.Recall:
		f.ask(e.Conversation, routing.Withdraw{Agent: e.Agent, At: e.At})
	case *routing.Ask:
		f.ask(e.Conversation, e.Command)
	case *routing.MakeOffer:
		f.ask(e.Conversation, e)
	case *routing.QueueText:
		f.ask(e.Conversation, routing.BeginSend{Message: e.Message})
	case *routing.Transmit: // every text arrives
		f.ask(e.Conversation, routing.SendResult{Message: e.Message, Attempt: e.Attempt})
		f.ask(e.Conversation, routing.ReceiveReceipt{Message: e.Message, State: routing.MessageDelivered})
	case *routing.ConsentChanged:
		f.spread(e)
	case *routing.Closed:
		f.close(e)
	}
}

// ring lets happen what a timer was set for.
func (f *Floor) ring(t timer) {
	switch t.kind {
	case acts:
		if t.talk != nil && t.life != t.talk.life { // the customer is gone
			return
		}
		f.people.Act(f, t.talk, t.task)
	case elapses:
		if due := t.talk.Deadline; t.life == t.talk.life && !due.IsZero() && !f.now.Before(due) { // otherwise the state that it would have ended is over
			_ = f.order(t.talk, routing.Order{Command: routing.Elapse{}})
		}
	case ticks:
		l := f.rows[t.task]
		l.awaits.rang()
		l.Tick(&f.mail, f.now)
		f.await(l)
	case returns:
		d := f.staff[t.task]
		d.awaits.rang()
		f.announce(d)
	}
}

// line is a queue's line with the moment at which it will look at the clock.
type line struct {
	*routing.Line
	queue  *routing.Queue
	row    int32
	awaits awaited
}

// line is the queue's, which is configured.
func (f *Floor) line(q routing.QueueID) *line {
	if f.called == nil || f.called.Queue != q {
		f.called = f.lines[q]
	}
	return f.called
}

// await lets the line look at the clock when it wants to.
func (f *Floor) await(l *line) {
	due := l.Due()
	if !l.awaits.set(due) {
		return
	}
	f.set(due, timer{rank: f.moments.rank(due, l.Queue, ""), kind: ticks, task: l.row})
}
