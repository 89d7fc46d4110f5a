package simulation

import (
	"time"

	"switchyard/actors/routing"
)

// usualAnswer is how soon an offer is accepted that the recording does not have.
const usualAnswer = 5 * time.Second

// follow lets the people of a recorded conversation do what the script says.
func (c *crowd) follow(f *Floor, t *Talk, e routing.Event) {
	script := t.Customer.Script
	if _, begins := e.(routing.Started); begins {
		c.plan(f, t, f.now)
	}
	if made, ok := e.(routing.OfferMade); ok {
		c.tally.offered(script, t.Offers, made)
		c.answer(f, t, t.Offers, f.now)
	}
	if ended, ok := e.(routing.OfferEnded); ok && ended.Outcome == routing.OutcomeAccepted {
		t.stint++
		c.plan(f, t, f.now)
	}
	if _, held := e.(routing.DispositionAwaited); held && !script.held { // the recorded agents did not have to choose one
		f.later(0, t, taskWrapUp)
	}
}

// answer lets the n-th offer, made at that time, be answered as the recorded one was.
func (c *crowd) answer(f *Floor, t *Talk, n int, made time.Time) {
	if n > len(t.Customer.Script.offers) {
		f.later(usualAnswer, t, taskAccept)
		return
	}
	switch r := t.Customer.Script.offers[n-1]; r.outcome {
	case routing.OutcomeAccepted:
		f.Later(made.Add(r.after), r.rank, t, taskAccept+tasks*int32(n)) //nolint:gosec // there are not that many
	case routing.OutcomeRejected:
		f.Later(made.Add(r.after), r.rank, t, taskReject+tasks*int32(n)) //nolint:gosec // there are not that many
	case routing.OutcomeLapsed, routing.OutcomeWithdrawn, routing.OutcomeTaken:
	}
}

// plan puts off what is done in the present stint, which began at that time. Where nobody has recorded it, or others had it from
// there on, the talk takes as long as it did.
func (c *crowd) plan(f *Floor, t *Talk, began time.Time) {
	script := t.Customer.Script
	from, to, recorded := script.stint(t.stint)
	for i := from; i < to; i++ {
		if at := began.Add(script.deeds[i].after); !at.Before(f.now) {
			f.Later(at, script.deeds[i].rank, t, taskDeed+tasks*int32(i)) //nolint:gosec // there are not that many
		}
	}
	if !recorded { // never before the first accept
		f.later(t.Customer.Handle, t, taskEnd)
	}
}

// do does one deed. Agents act only in the stint that the deed belongs to; customers write as long as somebody is there to read it.
func (c *crowd) do(f *Floor, t *Talk, d deed) {
	order := routing.Order{By: d.by, Command: d.command}
	switch {
	case d.by == (routing.Principal{}):
		order.Input = t.Customer.ID
	case d.stint != t.stint:
		return
	case d.by.Role == routing.RoleAgent:
		order.By = agent(t.Agent)
	}
	_ = f.order(t, order)
}

// begun makes the talk what the log had made of it by the time.
func (t *Talk) begun(log []ranked, by time.Time) {
	for _, e := range log {
		if !e.At.Before(by) {
			return
		}
		t.Conversation = t.Apply(e.At, e.Event)
		if ended, ok := e.Event.(routing.OfferEnded); ok && ended.Outcome == routing.OutcomeAccepted {
			t.stint++
			t.since = e.At
		}
	}
}

// restore lets a day begin in the middle: with agents who were there, and conversations that were under way. It is the way in
// which the service comes back after a crash.
func (c *crowd) restore(f *Floor, p *replay) {
	for id, since := range p.idle {
		if d := f.desks[id]; d != nil {
			d.IdleSince, d.Turn = since, since
		}
	}
	for _, s := range c.shifts {
		if d := f.desks[s.Agent]; d != nil && s.At.Before(p.from) {
			d.Record, _ = d.Record.Decide(s.At, s.Command)
		}
	}
	for _, t := range p.before {
		if !t.Open() {
			f.threads[t.Thread()] = f.threads[t.Thread()].After(t.Conversation)
			continue
		}
		if !f.seat(t) {
			continue
		}
		for _, o := range t.Rings() {
			c.answer(f, t, o.ID.N(), o.OfferedAt)
		}
		began := t.since
		if t.stint == 0 {
			began = t.Customer.At
		}
		c.plan(f, t, began)
	}
}
