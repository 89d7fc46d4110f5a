package routing

import "time"

// Event is something that happened to a conversation: the one serialized fact. Inbox consequence, transcript entry, stream
// payload and golden file share its [Envelope].
//
//sumtype:decl
type Event interface{ event() }

// Envelope carries an event with where, when and in which order it happened.
type Envelope struct {
	V            int            `json:"v"`
	Type         string         `json:"type"`
	Conversation ConversationID `json:"conversation"`
	Seq          int            `json:"seq"` // the conversation's Rev after the event: 1, 2, 3 … without gaps
	At           time.Time      `json:"at"`
	By           *Principal     `json:"by,omitempty"` // who asked for it; nil: the engine by itself, or the customer
	Event        Event          `json:"-"`            // serialized as "data"
}

// Started says that a customer's text began a conversation.
type Started struct {
	ID             ConversationID `json:"id"`
	Tenant         TenantID       `json:"tenant"`
	Channel        ChannelID      `json:"channel"`
	BusinessNumber string         `json:"business_number"`
	CustomerNumber string         `json:"customer_number"`
	Country        string         `json:"country,omitempty"` // ISO 3166-1 alpha-2, of that number; empty: nobody had to know, or it is in none
	Queue          QueueID        `json:"queue"`
	Priority       int            `json:"priority,omitempty"`
	Skills         []Need         `json:"skills,omitempty"`
	// PreferredSkills are those that it would rather have, the dearest first.
	PreferredSkills []Need         `json:"preferred_skills,omitempty"`
	Rule            string         `json:"rule,omitempty"`     // of the channel, that led there
	Customer        CustomerID     `json:"customer,omitempty"` // the one record that matches the number
	LinkedTo        ConversationID `json:"linked_to,omitempty"`
	LastAgent       AgentID        `json:"last_agent,omitempty"` // who had the one that it is linked to
	OptedOut        bool           `json:"opted_out,omitempty"`
}

// MessageAdded says that the transcript grew by one message.
type MessageAdded struct {
	Message *Message `json:"message"`
	// CarrierID and Raw keep what an inbound text was before it was made readable: Raw only where it differs.
	CarrierID string `json:"carrier_id,omitempty"`
	Raw       string `json:"raw,omitempty"`
	// Notice names a text that the customer gets by itself while waiting, which is sent once.
	Notice string `json:"notice,omitempty"`
	// Until is when the conversation, active after this text, is parked or pulled back unless another comes; zero: never.
	Until time.Time `json:"until,omitzero"`
	// Part says that the message is the first part that came of a long text; Raw is that part then, in any case.
	Part *Part `json:"part,omitempty"`
}

// MessageGrown says that a further part of a long inbound text came: the message at Seq reads Text now.
type MessageGrown struct {
	Seq       int    `json:"seq"`
	Part      Part   `json:"part"`
	Text      string `json:"text"`
	CarrierID string `json:"carrier_id"`
	Raw       string `json:"raw"` // the part as it came
	// Until is as that of a text.
	Until time.Time `json:"until,omitzero"`
}

// MessageAdvanced says that an outbound text moved on, or back to queued when the carrier surely did not take it.
type MessageAdvanced struct {
	Seq       int          `json:"seq"`
	State     MessageState `json:"state"`
	CarrierID string       `json:"carrier_id,omitempty"`
	Failure   *Failure     `json:"failure,omitempty"`
	Attempt   int          `json:"attempt,omitempty"`
	NotBefore *time.Time   `json:"not_before,omitempty"`
}

// MessagesRead says that the agent has seen all messages up to Seq.
type MessagesRead struct {
	Seq int `json:"seq"`
}

// OfferMade says that the conversation rings at an agent, and why at this one. Of several offers at once the first has the
// decision.
type OfferMade struct {
	Offer    *Offer   `json:"offer"`
	Decision Decision `json:"decision,omitzero"`
}

// OfferEnded says that it rings no more.
type OfferEnded struct {
	Offer   OfferID `json:"offer"`
	Agent   AgentID `json:"agent"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"` // the agent's, with a rejection
	// Until is as that of a text, with an accept.
	Until time.Time `json:"until,omitzero"`
}

// Reopened says that a text during post-processing brought the conversation back to its agent.
type Reopened struct{}

// ConversationParked says that the customer has been silent for long, and that the agent's slot is free again.
type ConversationParked struct{}

// Returned says that a parked conversation waits again, since its customer has written: as long as that text does.
type Returned struct {
	Since time.Time `json:"since"`
}

// Requeued says that the conversation was taken from whoever had it and waits again, at its old age.
type Requeued struct {
	Agent  AgentID       `json:"agent,omitempty"` // who had it
	Reason RequeueReason `json:"reason"`
	// Queue is the one that it went to, with what its conversations need and prefer; empty: its own.
	Queue           QueueID `json:"queue,omitempty"`
	Skills          []Need  `json:"skills,omitempty"`
	PreferredSkills []Need  `json:"preferred_skills,omitempty"`
}

// TransferStarted says that the conversation is to go to one agent, or to whoever accepts it in a queue. Who has it keeps it.
type TransferStarted struct {
	Agent           AgentID `json:"agent,omitempty"`
	Queue           QueueID `json:"queue,omitempty"`
	Skills          []Need  `json:"skills,omitempty"` // that the queue's conversations need
	PreferredSkills []Need  `json:"preferred_skills,omitempty"`
	// Until is when an agent who says nothing at all counts as not available.
	Until time.Time `json:"until,omitzero"`
}

// Prioritized says that a supervisor has given the conversation another priority in its line.
type Prioritized struct {
	Priority int `json:"priority"`
}

// ConversationTaken says that a supervisor has it from now on.
type ConversationTaken struct {
	By   AgentID `json:"by"`
	From AgentID `json:"from,omitempty"` // who had it
}

// TransferEnded says that nobody took it.
type TransferEnded struct {
	Outcome TransferOutcome `json:"outcome"`
	// Until is as that of a text, for the agent who still has it.
	Until time.Time `json:"until,omitzero"`
}

// RequeueReason is why a conversation went back to the queue.
type RequeueReason string

// The reasons.
const (
	RequeueUnanswered RequeueReason = "unanswered" // the agent left a text without an answer; it goes to the front
	RequeueGone       RequeueReason = "agent_gone" // the agent's desktop was lost for long, or the agent logged out
	RequeueTransfer   RequeueReason = "transfer"   // its agent gave it to a queue that takes transfers at once
	RequeueReleased   RequeueReason = "released"   // by a supervisor
	RequeueAssigned   RequeueReason = "assigned"   // to a queue, or from being parked to an agent, by a supervisor
	RequeueClosed     RequeueReason = "closed"     // its queue was closed
	RequeueOverflow   RequeueReason = "overflow"   // its queue had too much to do
	RequeueMaxWait    RequeueReason = "max_wait"   // it had waited as long as its queue lets anybody wait
)

// RequeueReasons lists all reasons.
func RequeueReasons() []RequeueReason {
	return []RequeueReason{RequeueUnanswered, RequeueGone, RequeueTransfer, RequeueReleased, RequeueAssigned, RequeueClosed, RequeueOverflow, RequeueMaxWait}
}

// CustomerAttached says which customer's record the conversation belongs to.
type CustomerAttached struct {
	Customer CustomerID `json:"customer"`
}

// CaseSaved says that the conversation was saved to the CRM.
type CaseSaved struct {
	Case CaseID `json:"case"`
}

// PostProcessingStarted says that the agent ended the conversation and wraps up until then, at the latest.
type PostProcessingStarted struct {
	Until time.Time `json:"until"`
}

// PostProcessingExtended says that the wrap-up got its one extension.
type PostProcessingExtended struct {
	Until time.Time `json:"until"`
}

// DispositionAwaited says that the time to wrap up is over, and that the conversation is held until its mandatory disposition
// is chosen.
type DispositionAwaited struct{}

// WrappedUp says what the agent noted at the end.
type WrappedUp struct {
	Disposition string `json:"disposition,omitempty"`
}

// ConversationEnded says that it is over and the slot is free. Agent is who had it, for the record.
type ConversationEnded struct {
	Agent AgentID `json:"agent,omitempty"`
	// Reason is why its queue made a case of it; empty when people ended it.
	Reason RequeueReason `json:"reason,omitempty"`
}

// OptedOut says that the customer asked for no more texts.
type OptedOut struct {
	Message MessageID  `json:"message"` // where; empty when a person says so of no particular one, or it was elsewhere
	Rule    OptOutRule `json:"rule,omitempty"`
	// Until is as that of a text, where no text of the customer's came with it.
	Until time.Time `json:"until,omitzero"`
}

// OptedIn says that the customer asked for texts again.
type OptedIn struct {
	Message MessageID  `json:"message"`
	Rule    OptOutRule `json:"rule,omitempty"`
	// Until is as that of an opt-out.
	Until time.Time `json:"until,omitzero"`
}

// OptOutAsked says that a text may be the customer's wish for no more texts, and that a person is to judge it.
type OptOutAsked struct {
	Message MessageID `json:"message"`
}

// OptOutDismissed says that it was none.
type OptOutDismissed struct{}

// Erased says that what was said in the conversation, and with which number, is gone, here and in all events before.
type Erased struct{}

func (Started) event()                {}
func (MessageAdded) event()           {}
func (MessageGrown) event()           {}
func (MessageAdvanced) event()        {}
func (MessagesRead) event()           {}
func (OfferMade) event()              {}
func (OfferEnded) event()             {}
func (Reopened) event()               {}
func (ConversationParked) event()     {}
func (Returned) event()               {}
func (Requeued) event()               {}
func (TransferStarted) event()        {}
func (TransferEnded) event()          {}
func (Prioritized) event()            {}
func (ConversationTaken) event()      {}
func (CustomerAttached) event()       {}
func (CaseSaved) event()              {}
func (PostProcessingStarted) event()  {}
func (PostProcessingExtended) event() {}
func (DispositionAwaited) event()     {}
func (WrappedUp) event()              {}
func (ConversationEnded) event()      {}
func (OptedOut) event()               {}
func (OptedIn) event()                {}
func (OptOutAsked) event()            {}
func (OptOutDismissed) event()        {}
func (Erased) event()                 {}
