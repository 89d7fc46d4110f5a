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
	Parked         State = "parked"          // answered, the customer is silent, and the slot is free
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
	Country        string         `json:"country,omitempty"` // of that number, where it was asked for when the conversation began
	Queue          QueueID        `json:"queue"`
	State          State          `json:"state"`
	StateSince     time.Time      `json:"state_since"`
	CreatedAt      time.Time      `json:"created_at"`
	Priority       int            `json:"priority,omitempty"`
	Skills         []Need         `json:"skills,omitempty"`
	// PreferredSkills are those that it would rather have, the dearest first.
	PreferredSkills []Need `json:"preferred_skills,omitempty"`
	// WaitingSince is the age that the line goes by; a requeued conversation keeps it, a parked one that returns is as old as
	// the text that brought it back.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// EnteredAt is when it entered the queue the last time: what waits are measured from. Records of the first version lack it.
	EnteredAt time.Time `json:"entered_at,omitzero"`
	// Cause is why the next offer is made; empty: the first of a new conversation.
	Cause OfferReason `json:"cause,omitempty"`
	// Deadline is when the present state ends by itself: the offer's, the post-processing's, or an active conversation's when it
	// is to be parked or pulled back. Zero: none; WaitsFor tells what it waits for then.
	Deadline time.Time `json:"deadline,omitzero"`
	// Agent is who has it, while active, parked and in post-processing, and who had it when it has ended.
	Agent AgentID `json:"agent,omitempty"`
	// Ringing is the present offer, while offered.
	Ringing *Offer `json:"offer,omitempty"`
	// AlsoRinging are the other present offers, where several agents are asked at once.
	AlsoRinging []Offer `json:"also_offered,omitempty"`
	// Transfer is under way, while active or queued; nil: none.
	Transfer *Transfer `json:"transfer,omitempty"`
	// From is who had it before it was transferred the last time.
	From AgentID `json:"from,omitempty"`
	// Offers counts the offers made so far.
	Offers int `json:"offers,omitempty"`
	// Refused lists those who rejected or missed it since all were last tried.
	Refused []AgentID `json:"refused,omitempty"`
	// LastAgent is one whom the customer knows, and who has the first right to it for LastAgentRight. Empty: nobody.
	LastAgent AgentID `json:"last_agent,omitempty"`
	// Informed lists the notices that the customer got by itself while waiting; Diverted counts the queues that it went to by
	// itself since an agent had it.
	Informed []string `json:"informed,omitempty"`
	Diverted int      `json:"diverted,omitempty"`
	// Extended says that the post-processing has had its one extension.
	Extended bool `json:"extended,omitempty"`
	// DispositionDue says that the time to wrap up is over and a mandatory disposition holds the conversation.
	DispositionDue bool `json:"disposition_due,omitempty"`
	// Front says that it stands before all others in the line.
	Front bool `json:"front,omitempty"`
	// TakenOver says that Agent is a supervisor, who holds no slot for it.
	TakenOver bool `json:"taken_over,omitempty"`
	OptedOut  bool `json:"opted_out,omitempty"`
	// OptOutAsked is a text that may be the customer's wish for no more texts: nothing is sent until a person has said whether it is.
	OptOutAsked MessageID `json:"opt_out_asked,omitempty"`
	// Broken counts the waits in a line that ended without an offer.
	Broken uint16 `json:"broken,omitempty"`

	Customer    CustomerID     `json:"customer,omitempty"`
	LinkedTo    ConversationID `json:"linked_to,omitempty"` // the thread's conversation before, when it ended within the reopen window
	Case        CaseID         `json:"case,omitempty"`
	Disposition string         `json:"disposition,omitempty"`

	Seq             int        `json:"seq"` // of the newest message
	UnreadSeqs      []int      `json:"unread,omitempty"`
	UnansweredSince time.Time  `json:"unanswered_since,omitzero"` // arrival of the oldest text that no agent has answered
	LastMessage     *Message   `json:"last_message,omitempty"`
	Outbox          []Outgoing `json:"outbox,omitempty"`
	Partials        []Partial  `json:"partials,omitempty"` // long texts of which parts have not come
	// Erased says that what was said, and with which number, is gone.
	Erased bool `json:"erased,omitempty"`
	// Rev counts the events; two values of one conversation with equal Rev are equal.
	Rev int `json:"rev"`
}

// unreadKept bounds the memory of unread messages. An agent who lets more texts lie sees "50".
const unreadKept = 50

// Thread is the thread that the conversation belongs to.
func (c *Conversation) Thread() ThreadID { return ThreadID{c.Channel, c.CustomerNumber} }

// Open says whether the conversation has begun and not ended.
func (c *Conversation) Open() bool { return c.State != "" && c.State != Ended }

// Entered is when the present wait in the queue began, or the last one: what waits are measured from.
func (c *Conversation) Entered() time.Time {
	if c.EnteredAt.IsZero() {
		return c.WaitingSince
	}
	return c.EnteredAt
}

// Unread is how many inbound messages the agent has not seen.
func (c *Conversation) Unread() int { return len(c.UnreadSeqs) }

// OutgoingAt returns the outbound text with this sequence number, as long as the conversation remembers it.
func (c *Conversation) OutgoingAt(seq int) (Outgoing, bool) {
	for _, o := range c.Outbox {
		if o.Seq == seq {
			return o, true
		}
	}
	return Outgoing{}, false
}

// Outgoing returns the outbound text with this id, as long as the conversation remembers it.
func (c *Conversation) Outgoing(id MessageID) (Outgoing, bool) {
	_, seq := id.Conversation()
	return c.OutgoingAt(seq)
}

// Apply folds one event into the conversation. It cannot fail: whatever happened, happened.
func (c *Conversation) Apply(at time.Time, e Event) Conversation {
	is := *c
	ApplyTo(&is, at, e)
	return is
}

// ApplyTo is Apply in place, for the one who owns the conversation: a conversation is a large value. Copies that were made of it before
// stay as they were.
func ApplyTo(c *Conversation, at time.Time, e Event) {
	queue, waited := c.line()
	fold(c, at, e)
	if waited {
		_, offered := e.(OfferMade)
		if now, waits := c.line(); !offered && (!waits || now != queue) {
			c.Broken++
		}
	}
}

func fold(c *Conversation, at time.Time, e Event) {
	c.Rev++
	switch e := e.(type) {
	case Started:
		foldStarted(c, at, &e)
	case MessageAdded:
		foldMessage(c, &e)
	case MessageGrown:
		foldGrown(c, e)
	case MessageAdvanced:
		foldAdvance(c, e)
	case MessagesRead:
		c.UnreadSeqs = slices.DeleteFunc(slices.Clone(c.UnreadSeqs), func(s int) bool { return s <= e.Seq })
	case OfferMade:
		foldOfferMade(c, at, e.Offer)
	case OfferEnded:
		foldOfferEnded(c, at, &e)
	case Reopened:
		enter(c, Active, at)
	case ConversationParked:
		enter(c, Parked, at)
	case Returned:
		enterQueue(c, at, OfferReturned)
		c.WaitingSince, c.LastAgent, c.Agent = e.Since, c.Agent, ""
	case Requeued:
		foldRequeued(c, at, e)
	case TransferStarted:
		foldTransferStarted(c, at, e)
	case Prioritized:
		c.Priority = e.Priority
	case ConversationTaken:
		foldTaken(c, at, e)
	case TransferEnded:
		c.Transfer, c.Deadline, c.Refused = nil, e.Until, nil
	case CustomerAttached:
		c.Customer = e.Customer
	case CaseSaved:
		c.Case = e.Case
	case PostProcessingStarted:
		enter(c, PostProcessing, at)
		c.Deadline, c.Extended = e.Until, false
	case PostProcessingExtended:
		c.Deadline, c.Extended = e.Until, true
	case DispositionAwaited:
		c.Deadline, c.DispositionDue = time.Time{}, true
	case WrappedUp:
		c.Disposition = e.Disposition
	case ConversationEnded:
		foldEnded(c, at, e)
	case OptedOut:
		c.applyConsent(true, e.Rule, e.Until)
	case OptedIn:
		c.applyConsent(false, e.Rule, e.Until)
	case OptOutAsked:
		c.OptOutAsked = e.Message
	case OptOutDismissed:
		c.OptOutAsked = ""
	case Erased:
		foldErased(c)
	}
}

// enter moves to a state and forgets what only the state before it had.
func enter(c *Conversation, s State, at time.Time) {
	c.State, c.StateSince, c.Deadline, c.DispositionDue = s, at, time.Time{}, false
	if s != Offered {
		c.Ringing, c.AlsoRinging = nil, nil
	}
	if s != Offered && s != Queued {
		c.Transfer = nil
	}
}

func foldEnded(c *Conversation, at time.Time, e ConversationEnded) {
	enter(c, Ended, at)
	c.Agent, c.Ringing = e.Agent, nil
}

func foldStarted(c *Conversation, at time.Time, e *Started) {
	*c = Conversation{
		ID: e.ID, Tenant: e.Tenant, Channel: e.Channel, BusinessNumber: e.BusinessNumber, CustomerNumber: e.CustomerNumber, Country: e.Country,
		Queue: e.Queue, State: Queued, StateSince: at, CreatedAt: at, WaitingSince: at, Priority: e.Priority, Skills: e.Skills,
		PreferredSkills: e.PreferredSkills, Customer: e.Customer, LinkedTo: e.LinkedTo, LastAgent: e.LastAgent, OptedOut: e.OptedOut,
		EnteredAt: at, Rev: c.Rev,
	}
}

// enterQueue begins another wait in the line, at the age that the conversation has.
func enterQueue(c *Conversation, at time.Time, why OfferReason) {
	enter(c, Queued, at)
	c.EnteredAt, c.Cause, c.Refused, c.LastAgent, c.Transfer = at, why, nil, "", nil
	c.TakenOver = false
}

// foldRequeued lets others be asked before the agent who had it, unless the agent is just not there.
func foldRequeued(c *Conversation, at time.Time, e Requeued) {
	why := OfferRequeued
	if e.Reason == RequeueTransfer {
		why, c.From = OfferTransfer, e.Agent
	}
	entered := at
	if waits, ok := c.line(); ok && waits == e.Queue { // it waits there already, by its transfer: the same wait
		entered = c.EnteredAt
	}
	if c.State == Parked { // its customer does not wait
		c.WaitingSince = at
	}
	if e.Queue != "" {
		c.Queue, c.Skills, c.PreferredSkills = e.Queue, e.Skills, e.PreferredSkills
	}
	was := c.Cause
	enterQueue(c, at, why)
	c.EnteredAt = entered
	c.Agent, c.Front = "", e.Reason == RequeueUnanswered
	if e.Reason.byQueue() {
		c.Diverted++
		c.Cause = was
	}
	if e.Agent != "" && e.Reason != RequeueGone {
		c.Refused = []AgentID{e.Agent}
	}
}

func foldMessage(c *Conversation, e *MessageAdded) {
	m := e.Message
	c.Seq = m.Seq
	if c.State == Active && c.Transfer == nil && m.Kind == KindSMS {
		c.Deadline = e.Until
	}
	c.LastMessage = m
	if e.Notice != "" {
		c.Informed = append(slices.Clip(c.Informed), e.Notice)
	}
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
	if !e.Part.whole() {
		foldPartial(c, e)
	}
	if m.State == MessageQueued {
		c.Outbox = append(slices.Clip(c.Outbox), Outgoing{Message: *m, Notice: e.Notice != ""})
	}
}

// foldOfferMade also begins a new round of asking when somebody is asked again: all others have been tried. An active
// conversation that is transferred stays with its agent while it rings at another.
func foldOfferMade(c *Conversation, at time.Time, offer *Offer) {
	if c.State != Offered && c.State != Active {
		enter(c, Offered, at)
	}
	if c.Ringing == nil {
		c.Ringing = offer
	} else {
		c.AlsoRinging = append(slices.Clip(c.AlsoRinging), *offer)
	}
	c.Deadline, c.Offers = c.lapsesAt(), c.Offers+1
	if slices.Contains(c.Refused, offer.Agent) {
		c.Refused = nil
	}
}

func foldOfferEnded(c *Conversation, at time.Time, e *OfferEnded) {
	if e.Outcome == OutcomeAccepted {
		if t := c.Transfer; t != nil {
			if c.From = c.Agent; t.Queue != "" {
				c.Queue, c.Skills, c.PreferredSkills = t.Queue, t.Skills, t.PreferredSkills
			}
		}
		enter(c, Active, at)
		c.Agent, c.Refused, c.LastAgent, c.Front, c.Diverted, c.Deadline = e.Agent, nil, "", false, 0, e.Until
		c.TakenOver = false
		return
	}
	if silence(c, e.Offer); c.Ringing != nil { // it rings on at others
		c.Deadline = c.lapsesAt()
	} else if c.State == Active { // transferred: it is still with its agent
		c.Deadline = time.Time{}
	} else {
		enter(c, Queued, at)
		c.Cause = OfferRequeued
	}
	if e.Outcome == OutcomeLapsed || e.Outcome == OutcomeRejected {
		if e.Agent == c.LastAgent { // the right has been used
			c.LastAgent = ""
		}
		if !slices.Contains(c.Refused, e.Agent) {
			c.Refused = append(slices.Clip(c.Refused), e.Agent)
		}
	}
}

func foldAdvance(c *Conversation, e MessageAdvanced) {
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
}
