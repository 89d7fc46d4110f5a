package routing

import (
	"slices"
	"time"
)

// Away is since when nobody sits there: since the grace of a lost desktop was over, or since the agent logged out, whichever
// came first. Zero: somebody does. It may lie in the future, while the grace lasts.
func (r *AgentRecord) Away() time.Time {
	var away time.Time
	if r.Status == LoggedOut {
		away = r.StatusSince
	}
	if gone := r.LostAt.Add(ConnectionGrace); !r.LostAt.IsZero() && (away.IsZero() || gone.Before(away)) {
		away = gone
	}
	return away
}

// Recalls takes back what the agent can no longer take, without blame: what rings, when she has logged out or her desktop is
// gone, and what she talks about, when she has been away for requeue. What she has ended she may still wrap up when she is back.
// In id order.
func (a *Agent) Recalls(mail *Mail, now time.Time, requeue time.Duration) {
	if a.Record.Status != LoggedOut && a.Record.LostAt.IsZero() {
		return
	}
	away := a.Record.Away()
	if a.Record.Status != LoggedOut && now.Before(away) {
		return
	}
	long := !away.IsZero() && !now.Before(away.Add(requeue))
	var taken []ConversationID
	for _, p := range a.slots {
		if p.slot == SlotOffer || p.slot == SlotActive && long {
			taken = append(taken, p.conversation)
		}
	}
	slices.Sort(taken)
	for _, c := range taken {
		mail.Add(&Recall{Conversation: c, Agent: a.Profile.ID, At: now})
	}
}

// Due is when the clock alone changes something for the agent next, after now: an absence that means something else, a penalty
// that is over; zero: never.
func (a *Agent) Due(now time.Time, requeue time.Duration) time.Time {
	var due time.Time
	expect := func(at time.Time) {
		if at.After(now) {
			due = earlier(due, at)
		}
	}
	expect(a.Record.CoolUntil)
	if a.Profile.RampUpSeconds != 0 {
		_, opens := a.Profile.opened(a.Record.ShiftAt, now)
		expect(opens)
	}
	if a.Record.Status == LoggedOut || !a.Record.LostAt.IsZero() {
		away := a.Record.Away()
		expect(away)
		expect(away.Add(requeue))
	}
	return due
}

// withdraw takes the conversation back from an agent who is away: what rings there, or what she has had since before it was seen
// that she is away for long.
func (c *Conversation) withdraw(now time.Time, p *Policy, cmd Withdraw) []Event {
	offer, rings := c.RingsAt(cmd.Agent)
	switch {
	case rings:
		return c.missed(now, p, []Event{OfferEnded{Offer: offer.ID, Agent: offer.Agent, Outcome: OutcomeWithdrawn}})
	case c.State == Active && c.Agent == cmd.Agent && !c.StateSince.After(cmd.At):
		return c.requeue(RequeueGone)
	}
	return nil
}

// requeue takes an active conversation from its agent. One that was on its way to another queue goes there.
func (c *Conversation) requeue(why RequeueReason) []Event {
	back := Requeued{Agent: c.Agent, Reason: why}
	if t := c.Transfer; t != nil && !t.direct() {
		back.Queue, back.Skills, back.PreferredSkills = t.Queue, t.Skills, t.PreferredSkills
	}
	return append(c.withdrawn(), back)
}
