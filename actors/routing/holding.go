package routing

import "slices"

// Holding is one slot that a conversation holds: whose, and as what.
type Holding struct {
	Agent AgentID
	Slot  Slot
}

// Holdings lists the slots that the conversation holds: that of the agent who has it, then those of the agents at whom it
// rings. No agent is in it twice.
func (c *Conversation) Holdings() []Holding { return appendHoldings(nil, c) }

func appendHoldings(held []Holding, c *Conversation) []Holding {
	switch c.State {
	case Active:
		if !c.TakenOver {
			held = append(held, Holding{c.Agent, SlotActive})
		}
	case PostProcessing:
		held = append(held, Holding{c.Agent, SlotWrap})
	case Queued, Offered, Parked, Ended:
	}
	for o := range c.rings {
		held = append(held, Holding{o.Agent, SlotOffer})
	}
	return held
}

// Desks lists the agents on whose desk it is: those of whom it holds a slot, and its agent while it is parked.
func (c *Conversation) Desks() []AgentID {
	var desks []AgentID
	for _, h := range c.Holdings() {
		desks = append(desks, h.Agent)
	}
	if c.State == Parked && c.Agent != "" {
		desks = append(desks, c.Agent)
	}
	return desks
}

// HeldBy says whether the conversation holds one of the agent's slots.
func (c *Conversation) HeldBy(a AgentID) bool { return c.slotOf(a) != "" }

// slotOf is what the conversation holds a slot of the agent's as, empty when it holds none.
func (c *Conversation) slotOf(a AgentID) Slot {
	var room [2]Holding
	return slotIn(appendHoldings(room[:0], c), a)
}

func slotIn(held []Holding, a AgentID) Slot {
	for _, h := range held {
		if h.Agent == a {
			return h.Slot
		}
	}
	return ""
}

// holdDelta tells agents of slots that are held otherwise now.
func (m *Mail) holdDelta(c ConversationID, before, now []Holding) {
	for _, h := range now {
		if !slices.Contains(before, h) {
			m.holdSlot(HoldSlot{Agent: h.Agent, Conversation: c, Slot: h.Slot})
		}
	}
}

// freeDelta gives back the slots that are held no longer.
func (m *Mail) freeDelta(is *Conversation, before, now []Holding) {
	for _, h := range before {
		if slotIn(now, h.Agent) == "" {
			m.freeSlot(FreeSlot{Agent: h.Agent, Conversation: is.ID, Worked: h.Slot != SlotOffer, At: is.StateSince})
		}
	}
}
