package routing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Counts is how much an erasure has taken away.
type Counts struct {
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	Cases         int `json:"cases"`
}

// Erasure is what is left of an erased customer: that there was one, and how much.
type Erasure struct {
	Customer CustomerID `json:"customer"`
	At       time.Time  `json:"at"`
	By       Principal  `json:"by"`
	Counts
}

// Erasing is an erasure under way. It is stored from the first step to the last, so that it goes on from where it was: the record and
// its numbers are gone by then.
type Erasing struct {
	Erasure
	Numbers       []string         `json:"numbers"`
	Conversations []ConversationID `json:"erased_conversations,omitempty"`
	Channels      []ChannelID      `json:"channels,omitempty"`
	Desks         []AgentID        `json:"desks,omitempty"` // of those who heard of the conversations
	Cases         []CaseID         `json:"erased_cases,omitempty"`
}

// Concerns says whether a conversation goes with the customer: it is the customer's, or nobody's with one of the numbers, and was there
// when the erasure began.
func (e *Erasing) Concerns(c *Conversation) bool {
	return !c.CreatedAt.After(e.At) && (c.Customer == e.Customer || c.Customer == "" && slices.Contains(e.Numbers, c.CustomerNumber))
}

// Erases notes that a conversation is gone, as it was before, with its log.
func (e *Erasing) Erases(c *Conversation, log []Envelope) {
	e.Counts.Conversations++
	e.Messages += c.Seq
	e.Conversations = append(slices.Clip(e.Conversations), c.ID)
	e.Numbers = with(e.Numbers, c.CustomerNumber)
	e.Channels = with(e.Channels, c.Channel)
	for _, agent := range heardOf(log) {
		e.Desks = with(e.Desks, agent)
	}
}

// ErasesCase notes that a case is gone, once.
func (e *Erasing) ErasesCase(id CaseID) {
	if !slices.Contains(e.Cases, id) {
		e.Cases = append(slices.Clip(e.Cases), id)
		e.Counts.Cases++
	}
}

func with[T comparable](all []T, one T) []T {
	if slices.Contains(all, one) {
		return all
	}
	return append(slices.Clip(all), one)
}

// heardOf is on whose desks a conversation has been.
func heardOf(log []Envelope) []AgentID {
	var agents []AgentID
	c, next := new(Conversation), new(Conversation)
	for _, e := range log {
		*next = *c
		ApplyTo(next, e.At, e.Event)
		for _, n := range Notices([]Step{{e, c, next}}) {
			agents = with(agents, n.Audience)
		}
		c, next = next, c
	}
	return agents
}

// Over says that nothing more will happen to a conversation by itself: it has ended and has no text left to send. Only late receipts may
// still come.
func (c *Conversation) Over() bool {
	return c.State == Ended && !slices.ContainsFunc(c.Outbox, func(o Outgoing) bool {
		return o.State == MessageQueued || o.State == MessageSending
	})
}

func (c *Conversation) erase() ([]Event, error) {
	if !c.Over() {
		return nil, refuse(CodeWrongState, "the conversation is not over")
	}
	return []Event{Erased{}}, nil
}

// erasedFor answers what is asked of an erased conversation: people that it is gone, everybody else nothing.
func (c *Conversation) erasedFor(o Order) error {
	if _, reads := o.Command.(ReadConversation); reads || o.By == (Principal{}) {
		return nil
	}
	return refuse(CodeWrongState, "the conversation was erased")
}

// foldErased forgets all that anybody wrote, and the number.
func foldErased(c *Conversation) {
	c.Erased, c.CustomerNumber, c.Outbox, c.Partials, c.OptOutAsked = true, "", nil, nil, ""
	if c.LastMessage != nil {
		c.LastMessage = c.LastMessage.erased()
	}
}

func (m *Message) erased() *Message {
	is := *m
	is.Text, is.ClientRef, is.Failure = "", "", is.Failure.erased()
	return &is
}

// erased keeps the class, which is ours; the detail is the carrier's words.
func (f *Failure) erased() *Failure {
	if f == nil {
		return nil
	}
	return &Failure{Class: f.Class}
}

// Erase is the event without what anybody wrote and without the number: all that is counted stays. A log so treated, with an [Erased] at
// its end, folds into what the conversation is then.
func (e Envelope) Erase() Envelope {
	switch ev := e.Event.(type) {
	case Started:
		ev.CustomerNumber = ""
		e.Event = ev
	case MessageAdded:
		ev.Message, ev.CarrierID, ev.Raw = ev.Message.erased(), "", ""
		e.Event = ev
	case MessageGrown:
		ev.Text, ev.CarrierID, ev.Raw = "", "", ""
		e.Event = ev
	case MessageAdvanced:
		ev.CarrierID, ev.Failure = "", ev.Failure.erased()
		e.Event = ev
	case OfferEnded:
		ev.Reason = ""
		e.Event = ev
	case MessagesRead, OfferMade, Reopened, ConversationParked, Returned, Requeued, TransferStarted, TransferEnded, Prioritized,
		ConversationTaken, CustomerAttached, CaseSaved, PostProcessingStarted, PostProcessingExtended, DispositionAwaited, WrappedUp,
		ConversationEnded, OptedOut, OptedIn, OptOutAsked, OptOutDismissed, Erased:
	}
	return e
}

// Erase is the case without what anybody wrote.
func (k Case) Erase() Case {
	k.Subject, k.Notes, k.Customer, k.FollowUpAt = "Erased", "", "", nil
	return k
}

// Erase is the answer as it is told again after an erasure; false when it concerns nothing that is erased.
func (a Answer) Erase(e *Erasing) (Answer, bool) {
	gone := func(id ConversationID) bool { return slices.Contains(e.Conversations, id) }
	switch {
	case a.Message != nil && gone(a.Message.Conversation):
		a.Message = a.Message.erased()
	case a.Conversation != nil && gone(a.Conversation.ID):
		c := *a.Conversation
		foldErased(&c)
		a.Conversation = &c
	case a.Customer != nil && a.Customer.ID == e.Customer:
		a.Customer = &Customer{ID: e.Customer, Name: "Erased", Numbers: []string{}, Attributes: map[string]string{}, CreatedAt: a.Customer.CreatedAt}
	case a.Case != nil && (a.Case.Customer == e.Customer || slices.Contains(e.Cases, a.Case.ID)):
		k := a.Case.Erase()
		a.Case = &k
	default:
		return a, false
	}
	return a, true
}

// ErasesInput says whether an input that was set aside is of the customer.
func (e *Erasing) ErasesInput(in Input) bool {
	if text, ok := in.Command.(ReceiveText); ok {
		return slices.Contains(e.Numbers, text.From)
	}
	if cmd, ok := in.Command.(CreateCustomer); ok {
		return slices.ContainsFunc(cmd.Customer.Numbers, func(n string) bool { return slices.Contains(e.Numbers, n) })
	}
	if cmd, ok := in.Command.(ChangeCustomer); ok {
		return cmd.ID == e.Customer
	}
	if cmd, ok := in.Command.(ChangeCase); ok {
		return slices.Contains(e.Cases, cmd.ID)
	}
	return slices.Contains(e.Conversations, AddresseeOf(in.Command).Conversation)
}

// Forget is the consent to be kept of a thread's number whose records are erased: what the thread alone knows, from before consent was
// kept by number, becomes part of it.
func (c Consent) Forget(ch ChannelID, t Thread) Consent {
	if _, known := c.OptedOut(ScopeNumber, ch); !known && t.OptedOut {
		c.Said = append([]Saying{{Channel: ch, OptedOut: true, At: t.EndedAt, Conversation: t.Last, Rule: ByKeyword}}, c.Said...)
	}
	return c
}

// HashNumber is a number as it is remembered after an erasure: HMAC-SHA256 under the tenant's salt, in hexadecimal digits.
func HashNumber(salt []byte, number string) string {
	h := hmac.New(sha256.New, salt)
	_, _ = h.Write([]byte(number)) // never fails
	return hex.EncodeToString(h.Sum(nil))
}
