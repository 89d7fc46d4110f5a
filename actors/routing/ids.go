package routing

import (
	"strconv"
	"strings"
)

// Names of things that the configuration declares: slugs of lower-case letters, digits, '-' and '_', 1..64 long.
type (
	// TenantID names a contact centre.
	TenantID string
	// ChannelID names a business number at a carrier.
	ChannelID string
	// QueueID names a chat queue.
	QueueID string
	// AgentID names an agent, and is what the agent signs in by.
	AgentID string
	// ScheduleID names a schedule of open hours.
	ScheduleID string
	// SkillID names a skill.
	SkillID string
)

// Ids of things that happen. They are opaque to clients; each begins with its kind. What belongs to a conversation carries
// the conversation's id within its own, so that an offer, a message or a case finds its conversation without an index.
type (
	// ConversationID is cv_<input>: the input that began it.
	ConversationID string
	// OfferID is of_<input>_<n>: the conversation's n-th offer.
	OfferID string
	// MessageID is ms_<input>_<n>: the conversation's n-th message.
	MessageID string
	// CustomerID is cu_<input>: the input that created the record.
	CustomerID string
	// CaseID is ca_<input>, of the conversation that it was first saved from.
	CaseID string
)

// NewConversationID names the conversation that the input begins. The same input always begins the same conversation, which
// is what makes deciding it a second time, after a crash, harmless.
func NewConversationID(input string) ConversationID { return ConversationID("cv_" + input) }

// NewCustomerID names the customer that the input creates.
func NewCustomerID(input string) CustomerID { return CustomerID("cu_" + input) }

// Case is the id of the case that is saved from the conversation; saving twice therefore saves one case.
func (id ConversationID) Case() CaseID { return CaseID("ca_" + id.stem()) }

// Offer is the id of the conversation's n-th offer.
func (id ConversationID) Offer(n int) OfferID {
	return OfferID("of_" + id.stem() + "_" + strconv.Itoa(n))
}

// Message is the id of the message with sequence number seq.
func (id ConversationID) Message(seq int) MessageID {
	return MessageID("ms_" + id.stem() + "_" + strconv.Itoa(seq))
}

func (id ConversationID) stem() string { return strings.TrimPrefix(string(id), "cv_") }

// Conversation is the conversation that the offer belongs to, empty when the id is none of ours.
func (id OfferID) Conversation() ConversationID {
	cv, _ := split(string(id), "of_")
	return cv
}

// N is which of its conversation's offers it is, from 1.
func (id OfferID) N() int {
	n, _ := strconv.Atoi(string(id[strings.LastIndexByte(string(id), '_')+1:]))
	return n
}

// Conversation is the conversation that the message belongs to and its sequence number there, empty when the id is none of
// ours.
func (id MessageID) Conversation() (ConversationID, int) { return split(string(id), "ms_") }

// Conversation is the conversation that the case was first saved from, empty when the id is none of ours.
func (id CaseID) Conversation() ConversationID {
	if stem, ok := strings.CutPrefix(string(id), "ca_"); ok && stem != "" {
		return ConversationID("cv_" + stem)
	}
	return ""
}

func split(id, kind string) (ConversationID, int) {
	rest, ok := strings.CutPrefix(id, kind)
	if !ok {
		return "", 0
	}
	stem, n, ok := strings.Cut(rest, "_")
	num, err := strconv.Atoi(n)
	if !ok || err != nil || num < 1 || stem == "" {
		return "", 0
	}
	return ConversationID("cv_" + stem), num
}

// ThreadID names everything that one customer number and one channel have said to each other. At most one conversation of a
// thread is open at a time.
type ThreadID struct {
	Channel ChannelID
	Number  string // the customer's, E.164
}
