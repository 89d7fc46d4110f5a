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
	if c.State == Ended {
		t.Last, t.EndedAt, t.Agent = c.ID, c.StateSince, c.Agent
	}
	return t
}

func (c Conversation) begin(p Policy, o Order, cmd Begin) ([]Event, error) {
	if c.State != "" {
		return c.receiveText(p, o, cmd.Text)
	}
	started := Started{
		ID: NewConversationID(o.Input), Tenant: cmd.Tenant, Channel: cmd.Channel.ID, BusinessNumber: cmd.Channel.Number,
		CustomerNumber: cmd.Text.From, Queue: cmd.Queue.ID, Skills: cmd.Queue.Skills, Customer: cmd.Customer,
		OptedOut: cmd.Thread.OptedOut,
	}
	if cmd.Thread.Last != "" && o.At.Sub(cmd.Thread.EndedAt) < p.ReopenWindow {
		started.LinkedTo = cmd.Thread.Last
	}
	c = c.Apply(o.At, started)
	return append([]Event{started}, c.take(p, o, cmd.Text)...), nil
}

func (c Conversation) receiveText(p Policy, o Order, cmd ReceiveText) ([]Event, error) {
	switch c.State {
	case Ended:
		return nil, refuse(CodeWrongState, "the conversation has ended; the text begins another")
	case PostProcessing:
		return append([]Event{Reopened{}}, c.take(p, o, cmd)...), nil
	case Queued, Offered, Active:
	}
	return c.take(p, o, cmd), nil
}

// take adds an inbound text to the transcript, and what its being a keyword means. The text itself is never lost, whatever
// is in it: what agents see is plain, what came is kept raw.
func (c Conversation) take(p Policy, o Order, cmd ReceiveText) []Event {
	if !cmd.Part.whole() {
		return c.takePart(p, o, cmd)
	}
	m := c.received(o, cmd)
	added := MessageAdded{Message: m, CarrierID: cmd.CarrierID}
	if m.Text != cmd.Body {
		added.Raw = cmd.Body
	}
	return append([]Event{added}, c.heed(p, o, cmd, m.ID, m.Seq)...)
}

// received is an inbound text as the transcript's next message.
func (c Conversation) received(o Order, cmd ReceiveText) Message {
	m := Message{
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

// heed decides what a keyword means that is in message m; after is the transcript's last message. The carrier's own verdict, where it
// gives one, beats our reading of the text.
func (c Conversation) heed(p Policy, o Order, cmd ReceiveText, m MessageID, after int) []Event {
	switch keyword(p, cmd) {
	case sms.Stop:
		if c.OptedOut {
			return nil // one confirmation per opt-out
		}
		events := append([]Event{OptedOut{Message: m}}, c.cancelQueued()...)
		return append(events, c.autoReply(p, o, after, p.StopReply)...)
	case sms.Start:
		if !c.OptedOut {
			return nil
		}
		return append([]Event{OptedIn{Message: m}}, c.autoReply(p, o, after, p.StartReply)...)
	case sms.Help:
		return c.autoReply(p, o, after, p.HelpReply)
	case sms.None:
	}
	return nil
}

func keyword(p Policy, cmd ReceiveText) sms.Keyword {
	switch cmd.OptOut {
	case "stop":
		return sms.Stop
	case "start":
		return sms.Start
	case "help":
		return sms.Help
	}
	return p.Keywords.Match(cmd.Body)
}

// cancelQueued fails the replies that had not been handed to the carrier when the customer opted out.
func (c Conversation) cancelQueued() []Event {
	var events []Event
	for _, out := range c.Outbox {
		if out.State == MessageQueued && out.Kind != KindAuto {
			events = append(events, c.cancelled(out))
		}
	}
	return events
}

func (c Conversation) cancelled(out Outgoing) Event {
	return MessageAdvanced{
		Seq: out.Seq, State: MessageFailed, Attempt: out.Attempt,
		Failure: &Failure{Class: "opted_out", Detail: "the customer has opted out; only START from the customer's phone restores texts"},
	}
}

func (c Conversation) autoReply(p Policy, o Order, after int, text string) []Event {
	if !p.EngineReplies {
		return nil
	}
	count := sms.Count(text)
	return []Event{MessageAdded{Message: Message{
		ID: c.ID.Message(after + 1), Seq: after + 1, Conversation: c.ID, Direction: Outbound, Kind: KindAuto, Text: text, At: o.At,
		State: MessageQueued, Segments: count.Count, Encoding: count.Encoding,
	}}}
}
