// Package routing is the trade itself as pure values: what a conversation, a queue's line and an agent may do, who is
// offered what, and why. Nothing here does I/O, reads a clock, starts a goroutine, logs or rolls dice: time and ids are
// arguments.
//
// A conversation is the one thing that is remembered. [Conversation.Decide] says what a command makes happen,
// [Conversation.Apply] folds what happened into the next value, and [Delta] says what the others must be told to be in
// accord with it. An agent's load and a queue's line are derived from conversations: telling everything again after a crash
// (Delta from the zero Conversation) is the same path as telling what changed.
package routing

import (
	"slices"
	"time"
)

// State is where a conversation stands. Each has one; every one but ended has a deadline or a named reason to wait.
type State string

// The states (product.md §1).
const (
	Queued         State = "queued"          // waits in its queue's line
	Offered        State = "offered"         // rings at an agent
	Active         State = "active"          // agent and customer talk
	PostProcessing State = "post_processing" // the agent wraps up; the slot is still held
	Ended          State = "ended"
)

// Conversation is one exchange between a customer and the contact centre, from the first text to the end of the wrap-up. The
// zero Conversation has not begun. It is a value: Apply never changes what it was called on.
type Conversation struct {
	ID             ConversationID `json:"id"`
	Tenant         TenantID       `json:"tenant"`
	Channel        ChannelID      `json:"channel"`
	BusinessNumber string         `json:"business_number"`
	CustomerNumber string         `json:"customer_number"`
	Queue          QueueID        `json:"queue"`
	State          State          `json:"state"`
	StateSince     time.Time      `json:"state_since"`
	CreatedAt      time.Time      `json:"created_at"`
	Priority       int            `json:"priority,omitempty"`
	Skills         []Need         `json:"skills,omitempty"`
	// WaitingSince is the age that the line goes by; a requeued conversation keeps it.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// Deadline is when the present state ends by itself: the offer's, or the post-processing's. Zero: none.
	Deadline time.Time `json:"deadline,omitzero"`
	// Agent is who it is with, while active and in post-processing.
	Agent AgentID `json:"agent,omitempty"`
	// Ringing is the present offer, while offered.
	Ringing *Offer `json:"offer,omitempty"`
	// Offers counts the offers made so far.
	Offers int `json:"offers,omitempty"`
	// Refused lists those who rejected or missed it since all were last tried.
	Refused []AgentID `json:"refused,omitempty"`
	// Extended says that the post-processing has had its one extension.
	Extended bool `json:"extended,omitempty"`

	Customer    CustomerID     `json:"customer,omitempty"`
	LinkedTo    ConversationID `json:"linked_to,omitempty"` // the thread's conversation before, when it ended within the reopen window
	Case        CaseID         `json:"case,omitempty"`
	Disposition string         `json:"disposition,omitempty"`
	OptedOut    bool           `json:"opted_out,omitempty"`

	Seq             int        `json:"seq"` // of the newest message
	UnreadSeqs      []int      `json:"unread,omitempty"`
	UnansweredSince time.Time  `json:"unanswered_since,omitzero"` // arrival of the oldest text that no agent has answered
	LastMessage     *Message   `json:"last_message,omitempty"`
	Outbox          []Outgoing `json:"outbox,omitempty"`
	Partials        []Partial  `json:"partials,omitempty"` // long texts of which parts have not come
	// Rev counts the events; two values of one conversation with equal Rev are equal.
	Rev int `json:"rev"`
}

// unreadKept bounds the memory of unread messages. An agent who lets more texts lie sees "50".
const unreadKept = 50

// Thread is the thread that the conversation belongs to.
func (c Conversation) Thread() ThreadID { return ThreadID{c.Channel, c.CustomerNumber} }

// Holder is the agent one of whose slots the conversation holds: by an offer, active, or in post-processing. Empty: none.
func (c Conversation) Holder() AgentID {
	switch c.State {
	case Offered:
		return c.Ringing.Agent
	case Active, PostProcessing:
		return c.Agent
	case Queued, Ended:
	}
	return ""
}

// Open says whether the conversation has begun and not ended.
func (c Conversation) Open() bool { return c.State != "" && c.State != Ended }

// Unread is how many inbound messages the agent has not seen.
func (c Conversation) Unread() int { return len(c.UnreadSeqs) }

// outgoing returns the outbound text with this sequence number.
func (c Conversation) outgoing(seq int) (Outgoing, bool) {
	for _, o := range c.Outbox {
		if o.Seq == seq {
			return o, true
		}
	}
	return Outgoing{}, false
}

// Outgoing returns the outbound text with this id, as long as the conversation remembers it.
func (c Conversation) Outgoing(id MessageID) (Outgoing, bool) {
	_, seq := id.Conversation()
	return c.outgoing(seq)
}

// Apply folds one event into the conversation. It cannot fail: whatever happened, happened.
func (c Conversation) Apply(at time.Time, e Event) Conversation {
	c.Rev++
	switch e := e.(type) {
	case Started:
		c = e.conversation(at, c.Rev)
	case MessageAdded:
		c = c.applyMessage(e.Message)
		if !e.Part.whole() {
			c = c.beginPartial(e)
		}
	case MessageGrown:
		c = c.applyGrown(e)
	case MessageAdvanced:
		c = c.applyAdvance(e)
	case MessagesRead:
		c.UnreadSeqs = slices.DeleteFunc(slices.Clone(c.UnreadSeqs), func(s int) bool { return s <= e.Seq })
	case OfferMade:
		c = c.applyOfferMade(at, e.Offer)
	case OfferEnded:
		c = c.applyOfferEnded(at, e)
	case Reopened:
		c = c.enter(Active, at)
	case CustomerAttached:
		c.Customer = e.Customer
	case CaseSaved:
		c.Case = e.Case
	case PostProcessingStarted:
		c = c.enter(PostProcessing, at)
		c.Deadline, c.Extended = e.Until, false
	case PostProcessingExtended:
		c.Deadline, c.Extended = e.Until, true
	case WrappedUp:
		c.Disposition = e.Disposition
	case ConversationEnded:
		c = c.enter(Ended, at)
		c.Agent, c.Ringing = e.Agent, nil
	case OptedOut:
		c.OptedOut = true
	case OptedIn:
		c.OptedOut = false
	}
	return c
}

// enter moves to a state and forgets what only the state before it had.
func (c Conversation) enter(s State, at time.Time) Conversation {
	c.State, c.StateSince, c.Deadline = s, at, time.Time{}
	if s != Offered {
		c.Ringing = nil
	}
	return c
}

func (e Started) conversation(at time.Time, rev int) Conversation {
	return Conversation{
		ID: e.ID, Tenant: e.Tenant, Channel: e.Channel, BusinessNumber: e.BusinessNumber, CustomerNumber: e.CustomerNumber,
		Queue: e.Queue, State: Queued, StateSince: at, CreatedAt: at, WaitingSince: at, Priority: e.Priority, Skills: e.Skills,
		Customer: e.Customer, LinkedTo: e.LinkedTo, OptedOut: e.OptedOut, Rev: rev,
	}
}

func (c Conversation) applyMessage(m Message) Conversation {
	c.Seq = m.Seq
	c.LastMessage = &m
	switch {
	case m.Direction == Inbound:
		if len(c.UnreadSeqs) < unreadKept {
			c.UnreadSeqs = append(slices.Clip(c.UnreadSeqs), m.Seq)
		}
		if c.UnansweredSince.IsZero() {
			c.UnansweredSince = m.At
		}
	case m.Kind == KindSMS:
		c.UnansweredSince = time.Time{}
		c.UnreadSeqs = nil
	}
	if m.State == MessageQueued {
		c.Outbox = append(slices.Clip(c.Outbox), Outgoing{Message: m})
	}
	return c
}

// applyOfferMade also begins a new round of asking when somebody is asked again: all others have been tried.
func (c Conversation) applyOfferMade(at time.Time, offer Offer) Conversation {
	c = c.enter(Offered, at)
	c.Ringing, c.Deadline, c.Offers = &offer, offer.ExpiresAt, c.Offers+1
	if slices.Contains(c.Refused, offer.Agent) {
		c.Refused = nil
	}
	return c
}

func (c Conversation) applyOfferEnded(at time.Time, e OfferEnded) Conversation {
	if e.Outcome == OutcomeAccepted {
		c = c.enter(Active, at)
		c.Agent, c.Refused = e.Agent, nil
		return c
	}
	c = c.enter(Queued, at)
	if e.Outcome == OutcomeLapsed || e.Outcome == OutcomeRejected {
		if !slices.Contains(c.Refused, e.Agent) {
			c.Refused = append(slices.Clip(c.Refused), e.Agent)
		}
	}
	return c
}

func (c Conversation) applyAdvance(e MessageAdvanced) Conversation {
	c.Outbox = slices.Clone(c.Outbox)
	for i := range c.Outbox {
		if o := &c.Outbox[i]; o.Seq == e.Seq {
			o.State, o.Failure, o.Attempt, o.NotBefore = e.State, e.Failure, e.Attempt, e.NotBefore
			if e.CarrierID != "" {
				o.CarrierID = e.CarrierID
			}
		}
	}
	c.Outbox = slices.DeleteFunc(c.Outbox, func(o Outgoing) bool { return o.State.Final() })
	if len(c.Outbox) > outboxKept && c.Outbox[0].State.rank() > MessageSending.rank() {
		c.Outbox = c.Outbox[1:]
	}
	if c.LastMessage != nil && c.LastMessage.Seq == e.Seq {
		last := *c.LastMessage
		last.State, last.Failure = e.State, e.Failure
		c.LastMessage = &last
	}
	return c
}
