package routing

import (
	"fmt"
	"time"
)

// supervise decides what a supervisor does with a conversation that somebody else has, or nobody.
func (c *Conversation) supervise(now time.Time, p *Policy, by Principal, cmd ConversationCommand) ([]Event, error) {
	if !by.Supervises() {
		return nil, refuse(CodeForbidden, "this is for supervisors")
	}
	if _, reads := cmd.(ReadConversation); reads {
		return nil, nil // it is written down that it was read
	}
	if c.State == Ended {
		return nil, refuse(CodeWrongState, "the conversation has ended")
	}
	switch cmd := cmd.(type) {
	case AssignConversation:
		return c.assign(now, p, cmd)
	case PrioritizeConversation:
		if cmd.Priority < 0 || cmd.Priority > MaxPriority {
			return nil, refuse(CodeInvalid, fmt.Sprintf("priority must be 0 to %d", MaxPriority))
		}
		if cmd.Priority == c.Priority {
			return nil, nil
		}
		return []Event{Prioritized{Priority: cmd.Priority}}, nil
	case ReleaseConversation:
		return c.release(now, p), nil
	case Whisper:
		return c.whisper(now, by, cmd)
	case TakeOver:
		return c.takeOver(now, p, by)
	case ReadConversation, *Begin, ReceiveText, ReceiveReceipt, *MakeOffer, AcceptOffer, RejectOffer, Withdraw, SlotAnswered, Inform, Divert, Elapse,
		SendReply, AddNote, MarkRead, AttachCustomer, SaveCase, TransferConversation, EndConversation, ExtendPostProcessing, WrapUp,
		BeginSend, SendResult, Resume, JudgeOptOut, FollowConsent, Erase: // nothing that is only a supervisor's
	}
	return nil, nil
}

// assign leads a conversation to an agent, as an offer that whoever has it keeps it until, or to a queue, at once.
func (c *Conversation) assign(now time.Time, p *Policy, cmd AssignConversation) ([]Event, error) {
	if c.State == PostProcessing {
		return nil, refuse(CodeWrongState, "it is being wrapped up; release it or end it")
	}
	if err := c.target(p, cmd.Agent, cmd.Queue); err != nil {
		return nil, err
	}
	if cmd.Queue != "" {
		if waits, ok := c.line(); ok && c.State == Queued && waits == cmd.Queue {
			return nil, nil
		}
		queue, _ := p.queue(cmd.Queue)
		return append(c.withdrawn(), Requeued{
			Agent: c.Agent, Reason: RequeueAssigned, Queue: cmd.Queue, Skills: queue.Skills, PreferredSkills: queue.PreferredSkills,
		}), nil
	}
	var events []Event
	switch {
	case c.Transfer != nil:
		events = c.dropTransfer(now, p)
	case c.State == Parked:
		events = []Event{Requeued{Agent: c.Agent, Reason: RequeueAssigned}}
	default:
		events = c.withdrawn()
	}
	return append(events, c.leadTo(now, p, cmd.Agent, "")), nil
}

// release takes the conversation from whoever has it, or at whom it rings, and lets it wait again. What is being wrapped up is
// over.
func (c *Conversation) release(now time.Time, p *Policy) []Event {
	switch c.State {
	case Queued:
		return c.dropTransfer(now, p)
	case Offered:
		return c.missed(now, p, c.withdrawn())
	case Active, Parked:
		return c.requeue(RequeueReleased)
	case PostProcessing:
		return []Event{ConversationEnded{Agent: c.Agent}}
	case Ended:
	}
	return nil
}

// whisper adds a note for the agent who has the conversation, or at whom it rings; customers never see notes.
func (c *Conversation) whisper(now time.Time, by Principal, cmd Whisper) ([]Event, error) {
	if len(c.Holdings()) == 0 {
		return nil, refuse(CodeWrongState, "nobody has the conversation; add a note instead")
	}
	added, err := c.note(now, by, c.Seq+1, cmd.Text)
	if err != nil {
		return nil, err
	}
	added.Message.Whisper = true
	return []Event{added}, nil
}

// takeOver gives the conversation to the supervisor, who holds no slot for it.
func (c *Conversation) takeOver(now time.Time, p *Policy, by Principal) ([]Event, error) {
	switch {
	case c.State == PostProcessing:
		return nil, refuse(CodeWrongState, "it is being wrapped up; release it or end it")
	case c.TakenOver && string(c.Agent) == by.ID:
		return nil, nil
	}
	events := c.dropTransfer(now, p)
	if events == nil {
		events = c.withdrawn()
	}
	return append(events, ConversationTaken{By: AgentID(by.ID), From: c.Agent}), nil
}

func foldTaken(c *Conversation, at time.Time, e ConversationTaken) {
	enter(c, Active, at)
	c.Agent, c.TakenOver, c.Refused, c.LastAgent, c.Front, c.Cause = e.By, true, nil, "", false, ""
}
