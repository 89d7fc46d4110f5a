package routing

import "time"

// ConversationCommand is something that a conversation is asked for, from outside or by the engine.
//
//sumtype:decl
type ConversationCommand interface{ conversation() }

// Begin is a text that finds no open conversation: it begins one. It stays the sender's, who may use it again.
type Begin struct {
	Tenant  TenantID
	Channel *Channel
	Queue   *Queue
	// Guidance is what the channel's rules said, which led to the queue.
	Guidance Guidance
	Customer CustomerID // the one record that matches the number; empty when none or several do
	Thread   Thread
	Text     ReceiveText
}

// MakeOffer offers the conversation to an agent who has reserved a slot for it, and to others at the same time. Its line proposes
// it, as an effect.
type MakeOffer struct {
	Conversation ConversationID
	Agent        AgentID
	Ticket       Ticket
	Timeout      time.Duration
	Others       []Invitation
	Decision     Decision
	Offers       int // the item's: a proposal is good for the wait that it was made for, and for no later one
}

// Withdraw takes the conversation back from an agent who was away at that time, without blame: what rings, or, after long, what
// the agent has.
type Withdraw struct {
	Agent AgentID
	At    time.Time
}

// SlotAnswered says whether an agent whom a transfer has asked for a slot keeps one for it.
type SlotAnswered struct {
	Agent   AgentID
	Ticket  Ticket
	Granted bool
}

// Elapse says that the present deadline has come.
type Elapse struct{}

// BeginSend asks to send the text at the outbox's head: it is committed as sending before the carrier is called. OptedOut is
// what is remembered of the customer now: the opt-out may have been in another conversation than the text's.
type BeginSend struct {
	Message  MessageID
	OptedOut bool
}

// SendResult is what the carrier said to a text.
type SendResult struct {
	Message   MessageID
	Attempt   int
	CarrierID string // set when it was accepted
	Failure   *SendFailure
}

// SendFailure is why a text was not accepted, or that nobody knows.
type SendFailure struct {
	Failure
	Unknown   bool          // may have been accepted: never sent again
	Retryable bool          // surely not accepted: sent again, after After at the earliest
	After     time.Duration // what the carrier asked for
}

// FollowConsent tells what is remembered of the customer now: something was said in another conversation.
type FollowConsent struct{ OptedOut bool }

// Resume is the first command after a crash: a text that was being sent then has an unknown outcome.
type Resume struct{}

// Erase takes away what was said in a conversation that is over, as part of the customer's erasure.
type Erase struct{ Customer CustomerID }

func (*Begin) conversation()                 {}
func (ReceiveText) conversation()            {}
func (ReceiveReceipt) conversation()         {}
func (AcceptOffer) conversation()            {}
func (RejectOffer) conversation()            {}
func (SendReply) conversation()              {}
func (AddNote) conversation()                {}
func (MarkRead) conversation()               {}
func (AttachCustomer) conversation()         {}
func (SaveCase) conversation()               {}
func (TransferConversation) conversation()   {}
func (AssignConversation) conversation()     {}
func (PrioritizeConversation) conversation() {}
func (ReleaseConversation) conversation()    {}
func (Whisper) conversation()                {}
func (TakeOver) conversation()               {}
func (ReadConversation) conversation()       {}
func (SlotAnswered) conversation()           {}
func (EndConversation) conversation()        {}
func (ExtendPostProcessing) conversation()   {}
func (WrapUp) conversation()                 {}
func (*MakeOffer) conversation()             {}
func (Withdraw) conversation()               {}
func (Elapse) conversation()                 {}
func (BeginSend) conversation()              {}
func (SendResult) conversation()             {}
func (Resume) conversation()                 {}
func (JudgeOptOut) conversation()            {}
func (FollowConsent) conversation()          {}
func (Erase) conversation()                  {}

// Order is a command with who gave it and, where it came through the inbox, the input's id and arrival.
type Order struct {
	Input   string
	At      time.Time
	By      Principal
	Command ConversationCommand
}

// Decide says what an order makes happen to the conversation now, under a policy: nothing at all is a possible answer. An
// error is always an [*Error], and then nothing happens. Decide changes nothing and may be asked again.
func (c *Conversation) Decide(now time.Time, policy Policy, o Order) ([]Event, error) {
	p := &policy
	if begin, ok := o.Command.(*Begin); ok {
		return c.begin(now, p, o, begin)
	}
	if c.State == "" {
		_, accept := o.Command.(AcceptOffer)
		_, reject := o.Command.(RejectOffer)
		if accept || reject {
			return nil, errOfferGone()
		}
		return nil, refuse(CodeNotFound, "there is no such conversation")
	}
	if c.Erased {
		return nil, c.erasedFor(o)
	}
	if c.State == Offered && c.Ringing == nil { // nothing would ever end it; whoever reads it is to set it aside and tell
		panic("routing: an offered conversation without an offer: its record is broken")
	}
	switch cmd := o.Command.(type) {
	case ReceiveText:
		return c.receiveText(now, p, o, cmd)
	case ReceiveReceipt:
		return c.receiveReceipt(now, p, cmd), nil
	case *MakeOffer:
		return c.makeOffer(now, cmd)
	case AcceptOffer:
		return c.acceptOffer(now, p, o.By, cmd)
	case RejectOffer:
		return c.rejectOffer(now, p, o.By, cmd)
	case Withdraw:
		return c.withdraw(now, p, cmd), nil
	case SlotAnswered:
		return c.slotAnswered(now, p, cmd)
	case Inform:
		return c.inform(now, p, cmd), nil
	case Divert:
		return c.divert(p, cmd), nil
	case Elapse:
		return c.elapse(now, p), nil
	case SendReply:
		return c.sendReply(now, p, o.By, cmd)
	case BeginSend:
		return c.beginSend(p, cmd), nil
	case SendResult:
		return c.sendResult(now, p, cmd), nil
	case Resume:
		return c.resume(), nil
	case JudgeOptOut:
		return c.judgeOptOut(now, p, o, cmd)
	case FollowConsent:
		return c.follow(now, p, cmd), nil
	case Erase:
		return c.erase()
	case *Begin:
		return nil, nil // handled above
	case AddNote, MarkRead, AttachCustomer, SaveCase, TransferConversation, EndConversation, ExtendPostProcessing, WrapUp:
		return c.attend(now, p, o.By, cmd)
	case AssignConversation, PrioritizeConversation, ReleaseConversation, Whisper, TakeOver, ReadConversation:
		return c.supervise(now, p, o.By, cmd)
	}
	return nil, nil
}

// attend decides what the agent who has the conversation does with it besides talking.
func (c *Conversation) attend(now time.Time, p *Policy, by Principal, cmd ConversationCommand) ([]Event, error) {
	switch cmd := cmd.(type) {
	case AddNote:
		return c.addNote(now, by, cmd)
	case MarkRead:
		return c.markRead(by, cmd)
	case AttachCustomer:
		return c.attachCustomer(by, cmd)
	case SaveCase:
		return c.saveCase(by, cmd)
	case TransferConversation:
		return c.transfer(now, p, by, cmd)
	case EndConversation:
		return c.end(now, p, by, cmd)
	case ExtendPostProcessing:
		return c.extend(p, by)
	case WrapUp:
		return c.wrapUp(now, p, by, cmd)
	case *Begin, ReceiveText, ReceiveReceipt, *MakeOffer, AcceptOffer, RejectOffer, Withdraw, SlotAnswered, Inform, Divert, Elapse, SendReply, BeginSend,
		SendResult, Resume, JudgeOptOut, FollowConsent, Erase, AssignConversation, PrioritizeConversation, ReleaseConversation, Whisper, TakeOver, ReadConversation: // Decide's own
	}
	return nil, nil
}

// heldBy refuses everybody but the agent who has the conversation, or the supervisor who has taken it over.
func (c *Conversation) heldBy(by Principal) error {
	if by.Supervises() == c.TakenOver && c.Agent != "" && string(c.Agent) == by.ID && c.State != Ended {
		return nil
	}
	if c.State == Ended {
		return refuse(CodeWrongState, "the conversation has ended")
	}
	return refuse(CodeNotYourConversation, "another agent has this conversation, or nobody yet; accept it first")
}

// attendedBy refuses everybody but the agent who has the conversation, at whom it rings, or a supervisor.
func (c *Conversation) attendedBy(by Principal) error {
	if _, rings := c.RingsAt(AgentID(by.ID)); by.Supervises() || rings && by.Role == RoleAgent {
		return nil
	}
	return c.heldBy(by)
}
