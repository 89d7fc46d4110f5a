package routing

import (
	"slices"
	"time"
)

// Invitation is a slot that an agent has reserved for a conversation, and how long the offer may ring there.
type Invitation struct {
	Agent   AgentID
	Ticket  Ticket
	Timeout time.Duration
}

// Rings lists the present offers, in the order in which they were made: several, where the queue asks several agents at once.
func (c *Conversation) Rings() []Offer {
	if c.Ringing == nil {
		return nil
	}
	return append([]Offer{*c.Ringing}, c.AlsoRinging...)
}

// rings yields the present offers in their place, in the same order.
func (c *Conversation) rings(yield func(*Offer) bool) {
	if c.Ringing == nil || !yield(c.Ringing) {
		return
	}
	for i := range c.AlsoRinging {
		if !yield(&c.AlsoRinging[i]) {
			return
		}
	}
}

// RingsAt returns the present offer at the agent.
func (c *Conversation) RingsAt(a AgentID) (Offer, bool) {
	for o := range c.rings {
		if o.Agent == a {
			return *o, true
		}
	}
	return Offer{}, false
}

// Ring returns the present offer with this id.
func (c *Conversation) Ring(id OfferID) (Offer, bool) {
	for o := range c.rings {
		if o.ID == id {
			return *o, true
		}
	}
	return Offer{}, false
}

// silence takes one of the present offers away.
func silence(c *Conversation, id OfferID) {
	rings := slices.DeleteFunc(c.Rings(), func(o Offer) bool { return o.ID == id })
	c.Ringing, c.AlsoRinging = nil, nil
	if len(rings) > 0 {
		c.Ringing = &rings[0]
	}
	if len(rings) > 1 {
		c.AlsoRinging = rings[1:]
	}
}

// lapsesAt is when the first of the present offers lapses; zero when none rings.
func (c *Conversation) lapsesAt() time.Time {
	if c.Ringing == nil {
		return time.Time{}
	}
	at := c.Ringing.ExpiresAt
	for i := range c.AlsoRinging {
		at = earlier(at, c.AlsoRinging[i].ExpiresAt)
	}
	return at
}

// endRings ends all present offers but one, in the order in which they were made.
func (c *Conversation) endRings(but OfferID, as Outcome) []Event {
	var events []Event
	for o := range c.rings {
		if o.ID != but {
			events = append(events, OfferEnded{Offer: o.ID, Agent: o.Agent, Outcome: as})
		}
	}
	return events
}

// lapse ends the offers whose time is over.
func (c *Conversation) lapse(now time.Time) []Event {
	var events []Event
	for o := range c.rings {
		if !now.Before(o.ExpiresAt) {
			events = append(events, OfferEnded{Offer: o.ID, Agent: o.Agent, Outcome: OutcomeLapsed})
		}
	}
	return events
}

// Invitations lists all the slots that were reserved for the offer.
func (m *MakeOffer) Invitations() []Invitation {
	return append([]Invitation{{m.Agent, m.Ticket, m.Timeout}}, m.Others...)
}

// Return gives back the slots that were reserved for an offer which could not be made.
func (m *MakeOffer) Return(mail *Mail) {
	for _, i := range m.Invitations() {
		mail.Add(&Unreserve{Agent: i.Agent, Conversation: m.Conversation, Ticket: i.Ticket})
	}
}
