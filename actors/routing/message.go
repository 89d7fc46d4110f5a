package routing

import "time"

// Direction is which way a message went.
type Direction string

// The directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// Kind is what a message is.
type Kind string

// The kinds.
const (
	KindSMS    Kind = "sms"    // a text between customer and agent
	KindAuto   Kind = "auto"   // a text that the engine sent by itself
	KindNote   Kind = "note"   // seen by agents only
	KindSystem Kind = "system" // what happened, for the reader of the transcript
)

// MessageState is how far an outbound text has come. States only move forward.
type MessageState string

// The states of an outbound text. Sending is committed before the carrier is called; to clients it is still queued.
const (
	MessageQueued    MessageState = "queued"
	MessageSending   MessageState = "sending"
	MessageUnknown   MessageState = "unknown" // the carrier may or may not have it; only a receipt can tell
	MessageSent      MessageState = "sent"
	MessageDelivered MessageState = "delivered"
	MessageFailed    MessageState = "failed"
)

// Message is one entry of a transcript.
type Message struct {
	ID           MessageID      `json:"id"`
	Seq          int            `json:"seq"` // from 1, without gaps, in the order in which they became part of the transcript
	Conversation ConversationID `json:"conversation"`
	Direction    Direction      `json:"direction"`
	Kind         Kind           `json:"kind"`
	Text         string         `json:"text"`
	Agent        AgentID        `json:"agent,omitempty"`
	At           time.Time      `json:"at"`
	CarrierAt    *time.Time     `json:"carrier_at,omitempty"` // the carrier's own time of an inbound text
	State        MessageState   `json:"state,omitempty"`      // outbound texts only
	Failure      *Failure       `json:"failure,omitempty"`
	Segments     int            `json:"segments,omitempty"`
	Encoding     string         `json:"encoding,omitempty"`
	Media        []Media        `json:"media,omitempty"`
	ClientRef    string         `json:"client_ref,omitempty"`
	Whisper      bool           `json:"whisper,omitempty"` // a supervisor's note for the agent who has the conversation
}

// Media is an attachment of an inbound text. It is named and never fetched.
type Media struct {
	ContentType string `json:"content_type"`
}

// Failure is why a text did not arrive.
type Failure struct {
	Class  string `json:"class"`
	Detail string `json:"detail,omitempty"`
}

// rank orders the states of an outbound text: a report moves a text forward or is ignored. Unknown ranks below sent, since
// any report settles it.
func (s MessageState) rank() int {
	switch s {
	case MessageQueued:
		return 0
	case MessageSending:
		return 1
	case MessageUnknown:
		return 2
	case MessageSent:
		return 3
	case MessageDelivered, MessageFailed:
		return 4
	}
	return 0
}

// Final says that no report can change the state any more.
func (s MessageState) Final() bool { return s.rank() == 4 }

// Advances says whether a report of state next moves a text on from state s.
func (s MessageState) Advances(next MessageState) bool { return next.rank() > s.rank() }

// Outgoing is an outbound text on its way, as its conversation remembers it until its fate is final.
type Outgoing struct {
	Message
	Attempt   int        `json:"attempt,omitempty"` // how often it was handed to the carrier
	NotBefore *time.Time `json:"not_before,omitempty"`
	CarrierID string     `json:"carrier_id,omitempty"`
	// Notice says that the customer gets it by itself while waiting.
	Notice bool `json:"notice,omitempty"`
}

// outboxKept bounds how many texts are remembered that wait for a receipt. Carriers' receipts are best effort: some never
// come, and the oldest of those are forgotten.
const outboxKept = 50
