package routing

import (
	"slices"
	"time"
)

// Effect is something that one machine must tell another. No effect is ever stored: after a crash they are derived again.
//
//sumtype:decl
type Effect interface{ effect() }

// Item is a waiting conversation as its line needs to know it.
type Item struct {
	Conversation ConversationID
	Priority     int
	Since        time.Time
	Entered      time.Time // when it entered the queue: what waits are measured from
	Skills       []Need
	// PreferredSkills are those that it would rather have, the dearest first.
	PreferredSkills []Need
	Refused         []AgentID
	LastAgent       AgentID // has the first right to it, if free, for LastAgentRight
	Front           bool    // before all others
	Holder          AgentID // has it while it is transferred, and is never asked
	Offers          int     // made so far, and waits without one: it tells one wait of the conversation from the next
}

// EnterLine puts a conversation into its queue's line, or says anew how it stands there.
type EnterLine struct {
	Queue QueueID
	Item  Item
}

// LeaveLine takes it out. OfferedTo says that it left because it rings at those agents: the slots reserved there are in use.
type LeaveLine struct {
	Queue        QueueID
	Conversation ConversationID
	OfferedTo    []AgentID
}

// HoldSlot says that the conversation holds one of the agent's slots by its own commit.
type HoldSlot struct {
	Agent        AgentID
	Conversation ConversationID
	Slot         Slot
}

// FreeSlot says that the commit that freed the slot is done.
type FreeSlot struct {
	Agent        AgentID
	Conversation ConversationID
	Worked       bool // it was a conversation, not only an offer
	At           time.Time
}

// Wake asks to be told when the deadline has come; zero cancels.
type Wake struct {
	Conversation ConversationID
	At           time.Time
}

// QueueText hands the courier the next text of the conversation that may be sent.
type QueueText struct {
	Conversation ConversationID
	Channel      ChannelID
	Message      MessageID
	Segments     int
	NotBefore    time.Time
	Since        time.Time // when it was written
}

// Transmit tells the courier that a text is committed as being sent: the carrier may be called, once.
type Transmit struct {
	Channel      ChannelID
	Conversation ConversationID
	Message      MessageID
	From, To     string
	Text         string
	Attempt      int
}

// ConsentChanged says that whether the customer may be texted is another now: the tenant's other conversations with the number are to
// look.
type ConsentChanged struct {
	Conversation ConversationID
	Number       string
}

// Closed says that the conversation is over: the thread is free for a next one.
type Closed struct {
	Conversation ConversationID
	Thread       ThreadID
}

// Ticket tells one reservation of a conversation from another, so that a late message about an old one harms no new one.
type Ticket struct {
	Queue QueueID
	N     int
}

// Reserve asks an agent for a slot.
type Reserve struct {
	Agent        AgentID
	Conversation ConversationID
	Ticket       Ticket
	Bid          Bid
}

// Reserved is the agent's answer.
type Reserved struct {
	Conversation ConversationID
	Ticket       Ticket
	Granted      bool
	Instead      QueueID // the queue whose conversation was taken, when this one was not
	Seat         Seat
}

// Unreserve gives a reserved slot back, if that very reservation still holds one.
type Unreserve struct {
	Agent        AgentID
	Conversation ConversationID
	Ticket       Ticket
}

// Recall takes back what an agent can no longer take, as it was at that time: an offer, or a conversation.
type Recall struct {
	Conversation ConversationID
	Agent        AgentID
	At           time.Time
}

// SeatChanged tells a queue how one of its members stands. With Ask, the member has become free and asks all its queues for
// work; each answers once with that number, after what it has to bid.
type SeatChanged struct {
	Queue QueueID
	Seat  Seat
	Ask   int
}

// Answered says that a queue has said all that it has for an agent who asked.
type Answered struct {
	Queue QueueID
	Agent AgentID
	Ask   int
}

func (*EnterLine) effect()      {}
func (*LeaveLine) effect()      {}
func (*HoldSlot) effect()       {}
func (*FreeSlot) effect()       {}
func (*Wake) effect()           {}
func (*QueueText) effect()      {}
func (*Transmit) effect()       {}
func (*Closed) effect()         {}
func (*ConsentChanged) effect() {}
func (*Reserve) effect()        {}
func (*Reserved) effect()       {}
func (*Unreserve) effect()      {}
func (*MakeOffer) effect()      {}
func (*Recall) effect()         {}
func (*SeatChanged) effect()    {}
func (*Answered) effect()       {}

// Delta is what the others must be told when a conversation has become is and they know was. From the zero Conversation it
// says everything, which is how a partition comes back after a crash.
func Delta(was, is Conversation) []Effect {
	var mail Mail
	mail.Delta(&was, &is)
	return mail.effects
}

// Delta adds the [Delta] of the two. A line is told before a slot is given back: the agent whose slot it is asks all her queues for work
// then, and each is to know of the conversation by the time, whichever machine is quicker. So a recorded day can happen again exactly.
func (m *Mail) Delta(was, is *Conversation) {
	var room [2][2]Holding
	before, now := appendHoldings(room[0][:0], was), appendHoldings(room[1][:0], is)
	m.holdDelta(is.ID, before, now)
	m.reserveDelta(was, is)
	m.lineDelta(was, is)
	m.freeDelta(is, before, now)
	if !was.Deadline.Equal(is.Deadline) {
		m.wake(Wake{is.ID, is.Deadline})
	}
	m.textDelta(was, is)
	if is.OptedOut != was.OptedOut {
		m.Add(&ConsentChanged{is.ID, is.CustomerNumber})
	}
	if is.State == Ended && was.State != Ended {
		m.closed(Closed{is.ID, is.Thread()})
	}
}

func (m *Mail) lineDelta(was, is *Conversation) {
	old, waited := was.line()
	queue, waits := is.line()
	if waited && (!waits || old != queue) {
		leave, from := LeaveLine{Queue: old, Conversation: was.ID}, len(m.offeredTo)
		for o := range is.rings {
			m.offeredTo = append(m.offeredTo, o.Agent)
		}
		leave.OfferedTo = slices.Clip(m.offeredTo[from:])
		m.leaveLine(leave)
		waited = false
	}
	if !waits {
		return
	}
	item := is.item()
	if waited {
		if before := was.item(); !before.differs(&item) {
			return
		}
	}
	m.enterLine(EnterLine{queue, item})
}

// differs says whether the line must hear of the item anew.
func (i *Item) differs(other *Item) bool {
	return i.Offers != other.Offers || i.Holder != other.Holder || i.Front != other.Front || i.Priority != other.Priority || !slices.Equal(i.Refused, other.Refused) || !slices.Equal(i.Skills, other.Skills) ||
		!slices.Equal(i.PreferredSkills, other.PreferredSkills)
}

func (c *Conversation) item() Item {
	item := Item{
		Conversation: c.ID, Priority: c.Priority, Since: c.WaitingSince, Entered: c.Entered(), Skills: c.Skills, PreferredSkills: c.PreferredSkills,
		Refused: c.Refused, Offers: c.wait(), LastAgent: c.LastAgent, Front: c.Front,
	}
	if c.State == Active && c.Transfer != nil {
		item.Holder, item.Skills, item.PreferredSkills = c.Agent, c.Transfer.Skills, c.Transfer.PreferredSkills
	}
	return item
}

// textDelta announces the head of the outbox: texts of one conversation go out one after the other. A text that has become
// sending is transmitted by the delta that made it so and never again: a text that is found sending after a crash has an
// unknown outcome (see Resume).
func (m *Mail) textDelta(was, is *Conversation) {
	for _, o := range is.Outbox {
		before, known := was.OutgoingAt(o.Seq)
		switch o.State {
		case MessageQueued:
			if !known || before.State != MessageQueued || was.head() != o.Seq {
				m.Add(is.queueText(o))
			}
			return
		case MessageSending:
			if known && before.State == MessageQueued {
				m.Add(&Transmit{
					Channel: is.Channel, Conversation: is.ID, Message: is.ID.Message(o.Seq), From: is.BusinessNumber,
					To: is.CustomerNumber, Text: o.Text, Attempt: o.Attempt,
				})
			}
			return
		case MessageUnknown, MessageSent, MessageDelivered, MessageFailed:
		}
	}
}

func (c *Conversation) queueText(o Outgoing) *QueueText {
	q := &QueueText{Conversation: c.ID, Channel: c.Channel, Message: c.ID.Message(o.Seq), Segments: o.Segments, Since: o.At}
	if o.NotBefore != nil {
		q.NotBefore = *o.NotBefore
	}
	return q
}

// head is the sequence number of the text that is queued or being sent first, 0 when there is none.
func (c *Conversation) head() int {
	for _, o := range c.Outbox {
		if o.State == MessageQueued || o.State == MessageSending {
			return o.Seq
		}
	}
	return 0
}
