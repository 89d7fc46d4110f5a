package routing

import "time"

// OfferReason is why a conversation is offered.
type OfferReason string

// The reasons.
const (
	OfferNew      OfferReason = "new"
	OfferRequeued OfferReason = "requeued" // missed, rejected, withdrawn or released before
	OfferTransfer OfferReason = "transfer"
	OfferReturned OfferReason = "returned" // the customer came back
)

// Outcome is how an offer ended.
type Outcome string

// The outcomes.
const (
	OutcomeAccepted  Outcome = "accepted"
	OutcomeRejected  Outcome = "rejected"
	OutcomeLapsed    Outcome = "lapsed"
	OutcomeWithdrawn Outcome = "withdrawn"
	OutcomeTaken     Outcome = "taken" // another agent was faster
)

// Offer is a conversation ringing at an agent. It holds one of the agent's slots.
type Offer struct {
	ID        OfferID     `json:"id"`
	Agent     AgentID     `json:"agent"`
	Reason    OfferReason `json:"reason"`
	OfferedAt time.Time   `json:"offered_at"`
	ExpiresAt time.Time   `json:"expires_at"`
	Multi     bool        `json:"multi,omitempty"`
	From      AgentID     `json:"from,omitempty"` // with a transfer: who has it, or had it
}

func (c *Conversation) makeOffer(now time.Time, cmd *MakeOffer) ([]Event, error) {
	queue, waits := c.line()
	if !waits {
		return nil, refuse(CodeWrongState, "the conversation waits no more")
	}
	if cmd.Offers != c.wait() || cmd.Ticket.Queue != queue {
		return nil, refuse(CodeWrongState, "the slot was reserved for an earlier wait; its reservation may be gone")
	}
	reason := OfferNew
	switch {
	case c.Transfer != nil:
		reason = OfferTransfer
	case c.Cause != "":
		reason = c.Cause
	case c.Offers > 0: // a record of the first version
		reason = OfferRequeued
	}
	invited := cmd.Invitations()
	events := make([]Event, 0, len(invited))
	for n, i := range invited {
		made := OfferMade{Offer: c.offerTo(now, n, i.Agent, reason, i.Timeout)}
		if made.Offer.Multi = len(invited) > 1; n == 0 {
			made.Decision = cmd.Decision
		}
		events = append(events, made)
	}
	return events, nil
}

// offerTo is the n-th of the conversation's next offers, from 0.
func (c *Conversation) offerTo(now time.Time, n int, a AgentID, reason OfferReason, timeout time.Duration) *Offer {
	offer := &Offer{ID: c.ID.Offer(c.Offers + 1 + n), Agent: a, Reason: reason, OfferedAt: now, ExpiresAt: now.Add(timeout)}
	if reason == OfferTransfer {
		if offer.From = c.Agent; offer.From == "" {
			offer.From = c.From
		}
	}
	return offer
}

// ringing refuses everybody but the agent at whom this very offer rings, in time.
func (c *Conversation) ringing(now time.Time, by Principal, id OfferID) (Offer, error) {
	offer, rings := c.Ring(id)
	if !rings || by.Role != RoleAgent || string(offer.Agent) != by.ID || !now.Before(offer.ExpiresAt) {
		return Offer{}, errOfferGone()
	}
	return offer, nil
}

func errOfferGone() error {
	return refuse(CodeOfferGone, "the offer was taken, withdrawn or has lapsed; look at the desk for what is offered now")
}

func (c *Conversation) acceptOffer(now time.Time, p *Policy, by Principal, cmd AcceptOffer) ([]Event, error) {
	offer, err := c.ringing(now, by, cmd.Offer)
	if err != nil {
		return nil, err
	}
	ended := OfferEnded{Offer: offer.ID, Agent: offer.Agent, Outcome: OutcomeAccepted}
	if c.Transfer != nil && !c.Transfer.direct() {
		p = p.in(c.Channel, c.Transfer.Queue)
	}
	ended.Until = c.patienceAfter(now, p, ended)
	return append(c.endRings(offer.ID, OutcomeTaken), ended), nil
}

func (c *Conversation) rejectOffer(now time.Time, p *Policy, by Principal, cmd RejectOffer) ([]Event, error) {
	offer, err := c.ringing(now, by, cmd.Offer)
	if err != nil {
		return nil, err
	}
	if !p.mayReject(offer.Agent) {
		return nil, refuse(CodeForbidden, "rejecting offers needs a permission (may_reject in the agent's configuration)")
	}
	return c.missed(now, p, []Event{
		OfferEnded{Offer: offer.ID, Agent: offer.Agent, Outcome: OutcomeRejected, Reason: cmd.Reason},
	}), nil
}

// elapse decides what the end of the present deadline means. Post-processing that lacks its mandatory disposition goes on.
func (c *Conversation) elapse(now time.Time, p *Policy) []Event {
	if c.Deadline.IsZero() || now.Before(c.Deadline) {
		return nil
	}
	switch {
	case c.Ringing != nil:
		return c.missed(now, p, c.lapse(now))
	case c.Transfer != nil:
		return []Event{c.transferEnded(now, p, TransferUnavailable)}
	}
	switch c.State {
	case PostProcessing:
		if p.DispositionRequired && c.Disposition == "" {
			return []Event{DispositionAwaited{}}
		}
		return []Event{ConversationEnded{Agent: c.Agent}}
	case Active:
		return c.tire()
	case Queued, Offered, Parked, Ended:
	}
	return nil
}
