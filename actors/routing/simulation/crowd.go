package simulation

import (
	"time"

	"switchyard/actors/routing"
)

// crowd is the people of a simulated centre: customers as a source brings them, and agents who take what rings, talk as long as
// the customer needs, and wrap up.
type crowd struct {
	source Source
	shifts []Shift
	tally  *Tally
	told   func(time.Time, routing.ConversationID, routing.Event) // may be nil
}

// Source brings customers, in the order of their first texts.
type Source interface {
	// Next makes c the next customer; false: there are no more.
	Next(c *Customer) bool
}

// Shift is something that an agent declares at a time, such as being available.
type Shift struct {
	At      time.Time
	Rank    int // its place among what happens at that time
	Agent   routing.AgentID
	Command routing.Command
}

// The tasks that people put off. A number goes with each: that of the shift, the agent or the deed, or of the offer that the task belongs to, so that
// what is left of an earlier agent's plans does not concern the next.
const (
	taskArrive int32 = iota
	taskAccept
	taskEnd
	taskWrapUp
	taskShift
	taskReturn
	taskReject
	taskDeed
	tasks
)

// absence is how long it takes an agent to notice that missed offers have put her on break, and to come back. Nobody else moves an
// agent towards available.
const absence = 5 * time.Minute

// begin lets the people make their plans.
func (c *crowd) begin(f *Floor) {
	for i, s := range c.shifts {
		if s.At.Before(f.now) { // the floor has been told
			continue
		}
		f.Later(s.At, s.Rank, nil, taskShift+tasks*int32(i))
	}
	c.await(f)
}

// await expects the next customer.
func (c *crowd) await(f *Floor) {
	if t := f.talk(); c.source.Next(&t.Customer) {
		f.Later(t.Customer.At, t.Customer.Rank, t, taskArrive)
	}
}

// Happened implements [People].
func (c *crowd) Happened(f *Floor, t *Talk, e routing.Event) {
	c.tally.happened(f.now, t, e)
	if c.told != nil {
		c.told(f.now, t.ID, e)
	}
	if t.Customer.Script != nil {
		c.follow(f, t, e)
		return
	}
	switch e := e.(type) {
	case routing.OfferMade:
		after := t.Customer.Answer
		if t.Offers > 1 && t.Customer.Again != nil {
			after = t.Customer.Again()
		}
		f.later(after, t, taskAccept)
	case routing.OfferEnded:
		c.ended(f, t, e)
	case routing.PostProcessingStarted:
		f.later(t.Customer.WrapUp, t, taskWrapUp)
	case routing.DispositionAwaited:
		f.later(0, t, taskWrapUp)
	case routing.Started, routing.MessageAdded, routing.MessageGrown, routing.MessageAdvanced, routing.MessagesRead, routing.Reopened,
		routing.ConversationParked, routing.Returned, routing.Requeued, routing.TransferStarted, routing.TransferEnded, routing.Prioritized,
		routing.ConversationTaken, routing.CustomerAttached, routing.CaseSaved, routing.PostProcessingExtended, routing.WrappedUp,
		routing.ConversationEnded, routing.OptedOut, routing.OptedIn, routing.OptOutAsked, routing.OptOutDismissed, routing.Erased:
	}
}

// ended goes on from an offer: an agent who has missed it comes back some time, one who has accepted talks.
func (c *crowd) ended(f *Floor, t *Talk, e routing.OfferEnded) {
	switch e.Outcome {
	case routing.OutcomeLapsed:
		f.Later(f.now.Add(absence), Unranked, nil, taskReturn+tasks*f.desks[e.Agent].row)
	case routing.OutcomeAccepted:
		if t.Customer.GaveUp(f.now) {
			t.Customer.Handle, t.Customer.WrapUp = 0, 0
		}
		f.later(t.Customer.Handle, t, taskEnd)
	case routing.OutcomeRejected, routing.OutcomeWithdrawn, routing.OutcomeTaken:
	}
}

// later puts a task off for a while, or for ever.
func (f *Floor) later(after time.Duration, t *Talk, task int32) {
	if after != Endless {
		next := acting(Unranked, t, task+tasks*int32(t.Offers)) //nolint:gosec // there are not that many
		next.at = f.clock + max(0, after)
		f.timers.set(next)
	}
}

// Act implements [People]. What somebody meant to do and can do no more is refused, and that is all.
func (c *crowd) Act(f *Floor, t *Talk, task int32) {
	n := int(task / tasks)
	switch task %= tasks; task {
	case taskArrive:
		f.Write(t)
		c.await(f)
	case taskAccept:
		if offer := t.rings(n); offer != nil {
			_ = f.Order(t, agent(offer.Agent), routing.AcceptOffer{Offer: offer.ID})
		}
	case taskReject:
		if offer := t.rings(n); offer != nil {
			_ = f.Order(t, agent(offer.Agent), routing.RejectOffer{Offer: offer.ID, Reason: t.Customer.Script.offers[n-1].reason})
		}
	case taskDeed:
		c.do(f, t, t.Customer.Script.deeds[n])
	case taskEnd:
		if n == t.Offers {
			_ = f.Order(t, agent(t.Agent), routing.EndConversation{Conversation: t.ID})
		}
	case taskWrapUp:
		if n == t.Offers {
			_ = f.Order(t, agent(t.Agent), routing.WrapUp{Conversation: t.ID, Disposition: t.disposition()})
		}
	case taskReturn:
		if a := f.staff[n].Record; a.Status == routing.OnBreak && !a.BenchedAt.IsZero() {
			_ = f.Command(a.ID, routing.SetStatus{Agent: a.ID, Status: routing.Available})
		}
	case taskShift:
		s := c.shifts[n]
		_ = f.Command(s.Agent, s.Command)
	}
}

// rings is the talk's n-th offer, while it rings; nil when it does not.
func (t *Talk) rings(n int) *routing.Offer {
	if t.Ringing != nil && t.Ringing.ID.N() == n {
		return t.Ringing
	}
	for i := range t.AlsoRinging {
		if t.AlsoRinging[i].ID.N() == n {
			return &t.AlsoRinging[i]
		}
	}
	return nil
}

func agent(a routing.AgentID) routing.Principal {
	return routing.Principal{Role: routing.RoleAgent, ID: string(a)}
}

// disposition is the one that agents choose where they must: the first.
func (t *Talk) disposition() string {
	if t.policy.DispositionRequired && len(t.policy.Dispositions) > 0 {
		return t.policy.Dispositions[0]
	}
	return ""
}
