package routing

import (
	"slices"
	"strings"
)

// What the world checks of matches and offers.

// checkOffer wants the agent to have the skills, and the others to be tried before somebody is asked again.
func (w *world) checkOffer(c Conversation, ev OfferMade) {
	if p, _ := w.tenant.Agent(ev.Offer.Agent); !w.able(p, c) && !w.changing && !c.Transfer.direct() {
		w.violation("%s needs %v and is offered to %s", c.ID, c.Skills, p.ID)
	}
	if w.agents[ev.Offer.Agent].Slots()[c.ID] != SlotReserved {
		w.violation("I3: %s is offered to %s, who keeps no slot for it", c.ID, ev.Offer.Agent)
	}
	w.checkPace(c, ev)
	w.checkRight(c, ev)
	if d := ev.Decision; !d.At.IsZero() && d.Rule != ruleTransfer && !w.tenant.Hours(d.Queue).Open(d.At) && !w.changing {
		w.violation("%s is offered to %s by queue %s, which is closed", c.ID, ev.Offer.Agent, d.Queue)
	}
	if ev.Offer.Agent == c.Agent {
		w.violation("%s is offered to %s, who has it", c.ID, c.Agent)
	}
	if c.Ringing != nil {
		w.count("offer to several at once")
		if !ev.Offer.Multi || !c.Ringing.Multi || !ev.Offer.OfferedAt.Equal(c.Ringing.OfferedAt) {
			w.violation("I4: %s is offered to %s while it rings at %s", c.ID, ev.Offer.Agent, c.Ringing.Agent)
		}
	}
	if len(c.Skills) > 0 && !slices.Equal(c.Skills, ev.Decision.Needs) {
		w.count("offer for less than was needed at first")
	}
	if !slices.Contains(c.Refused, ev.Offer.Agent) {
		return
	}
	w.count("asked again after all had refused")
	for _, other := range ev.Decision.Candidates {
		absent := other.ExcludedBy == ExcludedByStatus || other.ExcludedBy == ExcludedByGone || other.ExcludedBy == ExcludedBySkill || other.ExcludedBy == ExcludedByHolder
		if !absent && !slices.Contains(c.Refused, other.Agent) {
			w.violation("%s is offered to %s again before %s was tried", c.ID, ev.Offer.Agent, other.Agent)
		}
	}
}

// checkRight wants the agent whom the customer knows to be asked before all others, if free.
func (w *world) checkRight(c Conversation, ev OfferMade) {
	if ev.Decision.Rule == ruleLastAgent {
		w.count("offer to the last agent")
	}
	if !ev.Decision.At.Before(c.lastUntil()) {
		return
	}
	for _, other := range ev.Decision.Candidates {
		if other.Agent == c.LastAgent && !other.Chosen && other.ExcludedBy == "" {
			w.violation("%s is offered to %s, though %s has the first right and is free", c.ID, ev.Offer.Agent, c.LastAgent)
		}
	}
}

// checkPace wants nobody to have more at the beginning of a shift than is open by then. A slot that was kept before the shift counts
// for the one before.
func (w *world) checkPace(c Conversation, ev OfferMade) {
	p, _ := w.tenant.Agent(ev.Offer.Agent)
	shift := w.records[p.ID].ShiftAt
	open, _ := p.opened(shift, w.now)
	if open == 0 || w.changing || shift.After(ev.Decision.At) {
		return
	}
	w.count("offer at the beginning of a shift")
	held := w.held(p.ID)
	if delete(held, c.ID); len(held) >= open {
		w.violation("%s has %v at the beginning of the shift, where %d are open, and is offered %s", p.ID, held, open, c.ID)
	}
}

func (w *world) checkOfferEnded(c Conversation, ev OfferEnded, o Order) {
	w.count("offer " + string(ev.Outcome))
	accept, ok := o.Command.(AcceptOffer)
	by := o.By.ID
	if ev.Outcome != OutcomeAccepted {
		return
	}
	if o, rings := c.Ring(accept.Offer); !ok || !rings || o.Agent != AgentID(by) || !w.now.Before(o.ExpiresAt) || len(c.Rings()) > 1 {
		w.violation("I6: %s: %s accepted offer %s, which did not ring there", c.ID, by, accept.Offer)
	}
}

func (w *world) checkReserved(r *Reserved) {
	if !r.Granted {
		w.count("reservation denied")
	}
	if r.Instead != "" {
		w.count("bid beaten by another queue's")
	}
}

// checkNotice wants nobody to be told the same twice, or too much, and only who waits.
func (w *world) checkNotice(c Conversation, ev MessageAdded) {
	if ev.Notice == "" {
		return
	}
	kind, _, _ := strings.Cut(ev.Notice, " ")
	w.count("told: " + kind)
	if slices.Contains(c.Informed, ev.Notice) || len(c.Informed) >= MaxNotices || c.State != Queued || c.OptedOut {
		w.violation("%s is %s and told %q after %v", c.ID, c.State, ev.Notice, c.Informed)
	}
}
