package routing

import "time"

// Audit is one thing that a supervisor or an administrator did, that somebody signed in, or what a customer said about texts: who,
// what, when, and to what.
// It never holds what anybody wrote.
type Audit struct {
	At           time.Time      `json:"at"`
	By           Principal      `json:"by"`
	Action       string         `json:"action"` // the command's name
	Conversation ConversationID `json:"conversation,omitempty"`
	Agent        AgentID        `json:"agent,omitempty"`
	Queue        QueueID        `json:"queue,omitempty"`
	Priority     *int           `json:"priority,omitempty"`
	Status       Status         `json:"status,omitempty"`
	Customer     CustomerID     `json:"customer,omitempty"`
	Case         CaseID         `json:"case,omitempty"`
	Token        string         `json:"token,omitempty"`
	Means        Means          `json:"means,omitempty"`  // how somebody signed in
	Config       string         `json:"config,omitempty"` // the ETag of the configuration that was replaced
	// Refused is why it was not done; empty: it was.
	Refused Code       `json:"refused,omitempty"`
	Channel ChannelID  `json:"channel,omitempty"`
	Message MessageID  `json:"message,omitempty"` // where a customer opted out or in
	Rule    OptOutRule `json:"rule,omitempty"`    // and how it is known
	Erased  *Counts    `json:"erased,omitempty"`  // how much an erasure has taken away
}

// RoleCustomer is the role of customers in the audit. They have no credential.
const RoleCustomer Role = "customer"

// Audit is what is to be written down of what a customer said about texts; by is who confirmed it, zero for nobody.
func (s Saying) Audit(by Principal) Audit {
	a := Audit{At: s.At, By: by, Action: "opted_in", Conversation: s.Conversation, Channel: s.Channel, Message: s.Message, Rule: s.Rule}
	if s.OptedOut {
		a.Action = "opted_out"
	}
	if by == (Principal{}) {
		a.By = Principal{Role: RoleCustomer}
	}
	return a
}

// AuditOf says what is to be written down of a command; false when that is nothing: agents' commands are in conversations'
// logs, but for their signing in.
func AuditOf(at time.Time, by Principal, cmd Command) (Audit, bool) {
	if granted, ok := cmd.(GrantToken); ok && granted.Token.Session && granted.Token.Principal == by {
		return Audit{At: at, By: by, Action: "signed_in", Token: granted.Token.ID, Means: granted.Token.Means}, true
	}
	if !by.Supervises() {
		return Audit{}, false
	}
	to := AddresseeOf(cmd)
	a := Audit{At: at, By: by, Action: CommandType(cmd), Conversation: to.Conversation, Agent: to.Agent}
	switch cmd := cmd.(type) {
	case AssignConversation:
		a.Agent, a.Queue = cmd.Agent, cmd.Queue
	case TransferConversation:
		a.Agent, a.Queue = cmd.Agent, cmd.Queue
	case PrioritizeConversation:
		a.Priority = &cmd.Priority
	case SetStatus:
		a.Status = cmd.Status
	case AttachCustomer:
		a.Customer = cmd.Customer
	case SaveCase:
		a.Case = cmd.Case
	case ChangeCustomer:
		a.Customer = cmd.ID
	case ChangeCase:
		a.Case = cmd.ID
	case GrantToken:
		a.Token, a.Agent = cmd.Token.ID, AgentID(cmd.Token.Principal.ID)
	case RevokeToken:
		a.Token = cmd.ID
	case EraseCustomer:
		a.Customer = cmd.ID
	case ReplaceConfig:
		a.Config = cmd.IfMatch
	case ReceiveText, ReceiveReceipt, AcceptOffer, RejectOffer, SendReply, AddNote, MarkRead, ReleaseConversation, Whisper, TakeOver,
		ReadConversation, EndConversation, ExtendPostProcessing, WrapUp, JudgeOptOut, Connect, Disconnect, CreateCustomer:
	}
	return a, true
}
