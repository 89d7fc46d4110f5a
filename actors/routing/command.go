package routing

import "time"

// Role is what a principal may do.
type Role string

// The roles.
const (
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
)

// Principal is who asks for something.
type Principal struct {
	Role Role   `json:"role"`
	ID   string `json:"id"`
}

// Supervises says whether the principal may act on every conversation of the tenant.
func (p Principal) Supervises() bool { return p.Role == RoleSupervisor || p.Role == RoleAdmin }

// Input is one entry of a partition's inbox: a command from outside, with all that deciding it twice needs to come out the
// same.
type Input struct {
	ID      string    // unique; the ids of what the input begins derive from it
	At      time.Time // when it arrived
	Tenant  TenantID
	By      Principal // zero for carriers
	Command Command
}

// Command is something that the outside asks for. It travels through the inbox.
//
//sumtype:decl
type Command interface{ command() }

// ReceiveText is a customer's text as the carrier brought it.
type ReceiveText struct {
	Channel   ChannelID `json:"channel"`
	From      string    `json:"from"` // E.164
	Body      string    `json:"body"` // as written; may hold emoji
	Media     []Media   `json:"media,omitempty"`
	CarrierID string    `json:"carrier_id"`
	CarrierAt time.Time `json:"carrier_at,omitzero"`
	OptOut    string    `json:"opt_out,omitempty"` // the carrier's own verdict: stop, start, help
	Part      *Part     `json:"part,omitempty"`    // of a long text that the carrier did not join
}

// ReceiveReceipt is a carrier's delivery report.
type ReceiveReceipt struct {
	// Message is empty when the report names its text by the carrier's id alone; Channel is then whose webhook brought it, and Carrier
	// whose id it is.
	Message   MessageID    `json:"message"`
	CarrierID string       `json:"carrier_id,omitempty"`
	State     MessageState `json:"state"`
	Failure   *Failure     `json:"failure,omitempty"`
	Channel   ChannelID    `json:"channel,omitempty"`
	Carrier   string       `json:"carrier,omitempty"`
}

// AcceptOffer takes an offer.
type AcceptOffer struct {
	Offer OfferID `json:"offer"`
}

// RejectOffer refuses an offer; a permission.
type RejectOffer struct {
	Offer  OfferID `json:"offer"`
	Reason string  `json:"reason,omitempty"`
}

// SendReply sends plain text to the customer.
type SendReply struct {
	Conversation ConversationID `json:"conversation"`
	Text         string         `json:"text"`
	ClientRef    string         `json:"client_ref,omitempty"`
}

// AddNote adds a note for agents' eyes.
type AddNote struct {
	Conversation ConversationID `json:"conversation"`
	Text         string         `json:"text"`
}

// MarkRead says that the agent has seen all messages up to Seq.
type MarkRead struct {
	Conversation ConversationID `json:"conversation"`
	Seq          int            `json:"seq"`
}

// AttachCustomer chooses the customer's record.
type AttachCustomer struct {
	Conversation ConversationID `json:"conversation"`
	Customer     CustomerID     `json:"customer"`
}

// SaveCase saves the conversation to the CRM: as a new case, or into the open one named.
type SaveCase struct {
	Conversation ConversationID `json:"conversation"`
	Case         CaseID         `json:"case,omitempty"`
	Subject      string         `json:"subject,omitempty"`
	Severity     string         `json:"severity,omitempty"`
	Notes        string         `json:"notes,omitempty"`
}

// TransferConversation leads it to one agent, or to a queue.
type TransferConversation struct {
	Conversation ConversationID `json:"conversation"`
	Agent        AgentID        `json:"agent,omitempty"`
	Queue        QueueID        `json:"queue,omitempty"`
	Note         string         `json:"note,omitempty"` // for who takes it
}

// AssignConversation leads it to an agent or a queue, by a supervisor.
type AssignConversation struct {
	Conversation ConversationID `json:"conversation"`
	Agent        AgentID        `json:"agent,omitempty"`
	Queue        QueueID        `json:"queue,omitempty"`
}

// PrioritizeConversation gives it another priority in its line, by a supervisor.
type PrioritizeConversation struct {
	Conversation ConversationID `json:"conversation"`
	Priority     int            `json:"priority"`
}

// ReleaseConversation takes it from whoever has it, by a supervisor.
type ReleaseConversation struct {
	Conversation ConversationID `json:"conversation"`
}

// Whisper adds a supervisor's note for the agent who has it.
type Whisper struct {
	Conversation ConversationID `json:"conversation"`
	Text         string         `json:"text"`
}

// TakeOver gives it to the supervisor who asks.
type TakeOver struct {
	Conversation ConversationID `json:"conversation"`
}

// ReadConversation says that a supervisor reads what was said in it.
type ReadConversation struct {
	Conversation ConversationID `json:"conversation"`
}

// EndConversation ends it: post-processing starts, where the queue has it. Disposition and notes are for a parked one, which is
// over at once.
type EndConversation struct {
	Conversation ConversationID `json:"conversation"`
	Disposition  string         `json:"disposition,omitempty"`
	Notes        string         `json:"notes,omitempty"`
}

// ExtendPostProcessing asks for the one extension.
type ExtendPostProcessing struct {
	Conversation ConversationID `json:"conversation"`
}

// WrapUp ends the post-processing.
type WrapUp struct {
	Conversation ConversationID `json:"conversation"`
	Disposition  string         `json:"disposition,omitempty"`
	Notes        string         `json:"notes,omitempty"`
}

// JudgeOptOut says whether the customer wants no more texts, by a person who has read what the customer wrote.
type JudgeOptOut struct {
	Conversation ConversationID `json:"conversation"`
	OptedOut     bool           `json:"opted_out"`
}

// SetStatus declares an agent's status.
type SetStatus struct {
	Agent  AgentID `json:"agent"`
	Status Status  `json:"status"`
	Reason string  `json:"reason,omitempty"`
	// ByOther says that it was not the agent who declared it: it does not tell whether the agent is there.
	ByOther bool `json:"by_other,omitempty"`
}

// Connect says that a desktop of the agent listens.
type Connect struct {
	Agent  AgentID `json:"agent"`
	Stream string  `json:"stream"`
	// Opened is when the desktop was opened, by the clock of its node: of two, the younger one has the agent.
	Opened time.Time `json:"opened,omitzero"`
}

// Disconnect says that it no longer does.
type Disconnect struct {
	Agent  AgentID `json:"agent"`
	Stream string  `json:"stream"`
}

// CreateCustomer adds a customer's record.
type CreateCustomer struct {
	Customer CustomerDraft `json:"customer"`
}

// ChangeCustomer changes the named fields of a record.
type ChangeCustomer struct {
	ID     CustomerID     `json:"id"`
	Change CustomerChange `json:"change"`
}

// ChangeCase changes the named fields of a case.
type ChangeCase struct {
	ID     CaseID     `json:"id"`
	Change CaseChange `json:"change"`
}

// ReplaceConfig replaces the tenant's configuration.
type ReplaceConfig struct {
	Tenant  Tenant `json:"tenant"`
	Source  string `json:"source"`   // the document as it was written
	IfMatch string `json:"if_match"` // the ETag of the one it replaces; empty: there is none yet
}

// GrantToken remembers a credential: a session's or an API token's.
type GrantToken struct {
	Token Token `json:"token"`
}

// RevokeToken forgets it.
type RevokeToken struct {
	ID string `json:"id"`
}

// EraseCustomer takes a customer's record away, and everything that was said with the customer. Salt is for the tenant's first
// erasure: random bytes that keep what outlives it from being read backwards.
type EraseCustomer struct {
	ID   CustomerID `json:"id"`
	Salt []byte     `json:"salt"`
}

func (ReceiveText) command()            {}
func (ReceiveReceipt) command()         {}
func (AcceptOffer) command()            {}
func (RejectOffer) command()            {}
func (SendReply) command()              {}
func (AddNote) command()                {}
func (MarkRead) command()               {}
func (AttachCustomer) command()         {}
func (SaveCase) command()               {}
func (TransferConversation) command()   {}
func (AssignConversation) command()     {}
func (PrioritizeConversation) command() {}
func (ReleaseConversation) command()    {}
func (Whisper) command()                {}
func (TakeOver) command()               {}
func (ReadConversation) command()       {}
func (EndConversation) command()        {}
func (ExtendPostProcessing) command()   {}
func (WrapUp) command()                 {}
func (JudgeOptOut) command()            {}
func (SetStatus) command()              {}
func (Connect) command()                {}
func (Disconnect) command()             {}
func (CreateCustomer) command()         {}
func (ChangeCustomer) command()         {}
func (ChangeCase) command()             {}
func (ReplaceConfig) command()          {}
func (GrantToken) command()             {}
func (RevokeToken) command()            {}
func (EraseCustomer) command()          {}

// Addressee is whom a command is for: a conversation, an agent, or, when both are empty, the tenant's records. A
// conversation's command whose id is none of ours has Stray set: there is nobody to ask.
type Addressee struct {
	Conversation ConversationID
	Agent        AgentID
	Stray        bool
}

// AddresseeOf says whom a command is for. A customer's text is for its thread, which only the partition knows; it counts as
// the records' here.
func AddresseeOf(c Command) Addressee {
	switch c := c.(type) {
	case ReceiveReceipt:
		id, _ := c.Message.Conversation()
		return forConversation(id)
	case AcceptOffer:
		return forConversation(c.Offer.Conversation())
	case RejectOffer:
		return forConversation(c.Offer.Conversation())
	case SendReply:
		return forConversation(c.Conversation)
	case AddNote:
		return forConversation(c.Conversation)
	case MarkRead:
		return forConversation(c.Conversation)
	case AttachCustomer:
		return forConversation(c.Conversation)
	case SaveCase:
		return forConversation(c.Conversation)
	case TransferConversation:
		return forConversation(c.Conversation)
	case AssignConversation:
		return forConversation(c.Conversation)
	case PrioritizeConversation:
		return forConversation(c.Conversation)
	case ReleaseConversation:
		return forConversation(c.Conversation)
	case Whisper:
		return forConversation(c.Conversation)
	case TakeOver:
		return forConversation(c.Conversation)
	case ReadConversation:
		return forConversation(c.Conversation)
	case EndConversation:
		return forConversation(c.Conversation)
	case ExtendPostProcessing:
		return forConversation(c.Conversation)
	case WrapUp:
		return forConversation(c.Conversation)
	case JudgeOptOut:
		return forConversation(c.Conversation)
	case SetStatus:
		return Addressee{Agent: c.Agent}
	case Connect:
		return Addressee{Agent: c.Agent}
	case Disconnect:
		return Addressee{Agent: c.Agent}
	case ReceiveText, CreateCustomer, ChangeCustomer, ChangeCase, ReplaceConfig, GrantToken, RevokeToken, EraseCustomer:
	}
	return Addressee{}
}

func forConversation(id ConversationID) Addressee {
	return Addressee{Conversation: id, Stray: id == ""}
}
