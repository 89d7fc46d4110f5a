package routing

import (
	"slices"
	"strings"
	"time"
)

func (c *Conversation) addNote(now time.Time, by Principal, cmd AddNote) ([]Event, error) {
	if err := c.attendedBy(by); err != nil {
		return nil, err
	}
	if c.State == Ended {
		return nil, refuse(CodeWrongState, "the conversation has ended; add the note to its case")
	}
	note, err := c.note(now, by, c.Seq+1, cmd.Text)
	if err != nil {
		return nil, err
	}
	return []Event{note}, nil
}

func (c *Conversation) note(now time.Time, by Principal, seq int, text string) (MessageAdded, error) {
	if strings.TrimSpace(text) == "" {
		return MessageAdded{}, refuse(CodeInvalid, "the note is empty")
	}
	if len(text) > MaxNotes {
		return MessageAdded{}, refuse(CodeInvalid, "a note has at most 10,000 bytes")
	}
	return MessageAdded{Message: &Message{
		ID: c.ID.Message(seq), Seq: seq, Conversation: c.ID, Direction: Outbound, Kind: KindNote, Text: text, Agent: AgentID(by.ID),
		At: now,
	}}, nil
}

func (c *Conversation) markRead(by Principal, cmd MarkRead) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if cmd.Seq < 0 || cmd.Seq > c.Seq {
		return nil, refuse(CodeInvalid, "seq is beyond the newest message")
	}
	if len(c.UnreadSeqs) == 0 || c.UnreadSeqs[0] > cmd.Seq {
		return nil, nil
	}
	return []Event{MessagesRead{Seq: cmd.Seq}}, nil
}

func (c *Conversation) attachCustomer(by Principal, cmd AttachCustomer) ([]Event, error) {
	if err := c.attendedBy(by); err != nil {
		return nil, err
	}
	if c.State == Ended {
		return nil, refuse(CodeWrongState, "the conversation has ended")
	}
	if c.Customer == cmd.Customer {
		return nil, nil
	}
	return []Event{CustomerAttached{Customer: cmd.Customer}}, nil
}

// saveCase decides that the conversation is saved to the CRM. Saving again is no error and saves nothing new.
func (c *Conversation) saveCase(by Principal, cmd SaveCase) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if c.State != Active && c.State != Parked && c.State != PostProcessing {
		return nil, refuse(CodeWrongState, "accept the conversation first")
	}
	if c.Case != "" {
		if cmd.Case != "" && cmd.Case != c.Case {
			return nil, refuse(CodeWrongState, "the conversation is saved in another case already")
		}
		return nil, nil
	}
	id := cmd.Case
	if id == "" {
		id = c.ID.Case()
	}
	return []Event{CaseSaved{Case: id}}, nil
}

// end decides what ending means where the conversation stands: an agent may wrap up what the agent has; a parked conversation is
// over at once, for nobody holds a slot to wrap it up in, and so is one that a supervisor ends while it waits or rings.
func (c *Conversation) end(now time.Time, p *Policy, by Principal, cmd EndConversation) ([]Event, error) {
	if !by.Supervises() {
		if err := c.heldBy(by); err != nil {
			return nil, err
		}
	}
	switch c.State {
	case Active:
		if c.TakenOver { // nobody holds a slot to wrap it up in
			ends, err := c.conclude(now, p, by, cmd.Disposition, cmd.Notes)
			return append(c.dropTransfer(now, p), ends...), err
		}
		return c.endTalk(c.dropTransfer(now, p), now, p), nil
	case Parked:
		return c.conclude(now, p, by, cmd.Disposition, cmd.Notes)
	case Queued, Offered, PostProcessing:
		if !by.Supervises() {
			return nil, refuse(CodeWrongState, "it has been ended; wrap it up")
		}
		return append(c.withdrawn(), ConversationEnded{Agent: c.Agent}), nil
	case Ended:
	}
	return nil, refuse(CodeWrongState, "the conversation has ended")
}

// endTalk begins the post-processing, where there is one or a disposition is due.
func (c *Conversation) endTalk(events []Event, now time.Time, p *Policy) []Event {
	switch {
	case p.PostProcessing > 0:
		return append(events, PostProcessingStarted{Until: now.Add(p.PostProcessing)})
	case p.DispositionRequired && c.Disposition == "":
		return append(events, PostProcessingStarted{Until: now}, DispositionAwaited{})
	}
	return append(events, ConversationEnded{Agent: c.Agent})
}

// withdrawn ends what rings, without blame.
func (c *Conversation) withdrawn() []Event { return c.endRings("", OutcomeWithdrawn) }

// extend grants the queue's own time once more, from the end of the first.
func (c *Conversation) extend(p *Policy, by Principal) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if c.State != PostProcessing {
		return nil, refuse(CodeWrongState, "only post-processing can be extended")
	}
	if c.Extended {
		return nil, refuse(CodeWrongState, "post-processing can be extended once, and has been")
	}
	if c.DispositionDue || p.PostProcessing == 0 {
		return nil, refuse(CodeWrongState, "there is no time to extend; choose a disposition and wrap up")
	}
	return []Event{PostProcessingExtended{Until: c.Deadline.Add(p.PostProcessing)}}, nil
}

func (c *Conversation) wrapUp(now time.Time, p *Policy, by Principal, cmd WrapUp) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if c.State != PostProcessing {
		return nil, refuse(CodeWrongState, "end the conversation first; wrapping up follows")
	}
	return c.conclude(now, p, by, cmd.Disposition, cmd.Notes)
}

// conclude ends the conversation for good, with the disposition and notes given. A mandatory disposition binds agents; a
// supervisor who ends what nobody wraps up is free of it.
func (c *Conversation) conclude(now time.Time, p *Policy, by Principal, disposition, notes string) ([]Event, error) {
	if disposition != "" && !slices.Contains(p.Dispositions, disposition) {
		return nil, &Error{
			Code: CodeInvalid, Detail: "no such disposition",
			Problems: []Problem{{"disposition", "must be one of: " + strings.Join(p.Dispositions, ", ")}},
		}
	}
	if p.DispositionRequired && disposition == "" && c.Disposition == "" && !by.Supervises() {
		return nil, refuse(CodeDispositionRequired, "choose a disposition: "+strings.Join(p.Dispositions, ", "))
	}
	var events []Event
	if notes != "" {
		note, err := c.note(now, by, c.Seq+1, notes)
		if err != nil {
			return nil, err
		}
		events = append(events, note)
	}
	if disposition != "" {
		events = append(events, WrappedUp{Disposition: disposition})
	}
	return append(events, ConversationEnded{Agent: c.Agent}), nil
}
