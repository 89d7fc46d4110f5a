package routing

import (
	"time"

	"switchyard/actors/sms"
)

// Thread is what is remembered of a thread when none of its conversations is open.
type Thread struct {
	OptedOut bool           `json:"opted_out,omitempty"`
	Last     ConversationID `json:"last,omitempty"`
	EndedAt  time.Time      `json:"ended_at,omitzero"`
	Agent    AgentID        `json:"agent,omitempty"` // who had the last conversation
}

// After is what the thread looks like once its conversation c has ended or changed its opt-out.
func (t Thread) After(c Conversation) Thread {
	t.OptedOut = c.OptedOut
	if c.State == Ended && !c.StateSince.Before(t.EndedAt) { // an earlier one may still hear that the customer has opted out

		t.Last, t.EndedAt, t.Agent = c.ID, c.StateSince, c.Agent
	}
	return t
}

func (c *Conversation) begin(now time.Time, p *Policy, o Order, cmd *Begin) ([]Event, error) {
	if c.State != "" {
		return c.receiveText(now, p, o, cmd.Text)
	}
	started := Started{
		ID: NewConversationID(o.Input), Tenant: cmd.Tenant, Channel: cmd.Channel.ID, BusinessNumber: cmd.Channel.Number,
		CustomerNumber: cmd.Text.From, Queue: cmd.Queue.ID, Priority: cmd.Guidance.Priority, Rule: cmd.Guidance.Rule,
		Country: p.country(cmd.Text.From), Customer: cmd.Customer, OptedOut: cmd.Thread.OptedOut,
	}
	started.Skills, started.PreferredSkills = cmd.Guidance.with(cmd.Queue)
	if cmd.Thread.Last != "" && o.At.Sub(cmd.Thread.EndedAt) < p.ReopenWindow {
		started.LinkedTo, started.LastAgent = cmd.Thread.Last, cmd.Thread.Agent
	}
	events := append(make([]Event, 0, 2), started)
	is := *c
	ApplyTo(&is, o.At, events[0])
	return is.take(events, now, p, o, cmd.Text), nil
}

// receiveText lets a text join the conversation. One that is being wrapped up it brings back to its agent, who still holds the
// slot; a parked one it brings back to the queue.
func (c *Conversation) receiveText(now time.Time, p *Policy, o Order, cmd ReceiveText) ([]Event, error) {
	var events []Event
	is := *c
	switch c.State {
	case Ended:
		return nil, refuse(CodeWrongState, "the conversation has ended; the text begins another")
	case PostProcessing:
		events = []Event{Reopened{}}
	case Parked:
		events = []Event{Returned{Since: o.At}}
	case Queued, Offered, Active:
	}
	for _, back := range events {
		ApplyTo(&is, now, back)
	}
	return is.take(events, now, p, o, cmd), nil
}

// take adds an inbound text to the transcript, and what its being a keyword means. The text itself is never lost, whatever
// is in it: what agents see is plain, what came is kept raw.
func (c *Conversation) take(events []Event, now time.Time, p *Policy, o Order, cmd ReceiveText) []Event {
	if !cmd.Part.whole() {
		return append(events, c.takePart(now, p, o, cmd)...)
	}
	m := c.received(o, cmd)
	added := MessageAdded{Message: m, CarrierID: cmd.CarrierID}
	if m.Text != cmd.Body {
		added.Raw = cmd.Body
	}
	heeded := c.heed(p, o, cmd, m.ID, m.Seq)
	if c.State == Active {
		added.Until = c.patienceAfter(now, p, added, heeded...)
	}
	return append(append(events, added), heeded...)
}

// received is an inbound text as the transcript's next message.
func (c *Conversation) received(o Order, cmd ReceiveText) *Message {
	m := &Message{
		ID: c.ID.Message(c.Seq + 1), Seq: c.Seq + 1, Conversation: c.ID, Direction: Inbound, Kind: KindSMS, Text: readable(cmd),
		At: o.At, Media: cmd.Media,
	}
	if !cmd.CarrierAt.IsZero() {
		at := cmd.CarrierAt
		m.CarrierAt = &at
	}
	return m
}

// readable is the text as agents see it: plain, with a word for every emoji and every attachment.
func readable(cmd ReceiveText) string {
	text := sms.Inbound(cmd.Body)
	for _, media := range cmd.Media {
		if text != "" {
			text += "\n"
		}
		text += sms.Placeholder(media.ContentType)
	}
	return text
}
