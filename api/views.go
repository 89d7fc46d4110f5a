package api

import (
	"context"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/persistence"
)

// stamp is a time as the contract writes it: RFC 3339, UTC, milliseconds.
type stamp struct{ time.Time }

const stampLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON implements json.Marshaler.
func (t stamp) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, len(stampLayout)+2), `"`+stampLayout+`"`), nil
}

func stampOf(t *time.Time) stamp {
	if t == nil {
		return stamp{}
	}
	return stamp{*t}
}

// agentView is an agent as clients see it.
type agentView struct {
	ID           routing.AgentID `json:"id"`
	Name         string          `json:"name"`
	Status       routing.Status  `json:"status"`
	StatusReason string          `json:"status_reason,omitempty"`
	// PausedUntil is until when a missed offer keeps the agent from getting new ones.
	PausedUntil stamp                                                 `json:"paused_until,omitzero"`
	StatusSince stamp                                                 `json:"status_since"`
	Capacity    int                                                   `json:"capacity"`
	Load        int                                                   `json:"load"`
	Connected   bool                                                  `json:"connected"`
	Queues      []routing.QueueID                                     `json:"queues"`
	Skills      map[routing.SkillID]routing.Level                     `json:"skills"`
	QueueSkills map[routing.QueueID]map[routing.SkillID]routing.Level `json:"queue_skills,omitempty"`
}

func viewAgent(p routing.Profile, a routing.AgentRecord, load int) agentView {
	v := agentView{
		ID: p.ID, Name: p.Name, Status: a.Status, StatusReason: a.Reason, StatusSince: stamp{a.StatusSince}, Capacity: p.Slots(),
		Load: load, Connected: a.Stream != "", Queues: p.Queues, Skills: p.Skills, QueueSkills: p.QueueSkills,
	}
	if until := a.Cooling(time.Now()); !until.IsZero() {
		v.PausedUntil = stamp{until}
	}
	if a.StatusSince.IsZero() { // never declared one
		v.StatusSince = stamp{time.Unix(0, 0)}
	}
	if v.Queues == nil {
		v.Queues = []routing.QueueID{}
	}
	if v.Skills == nil {
		v.Skills = map[routing.SkillID]routing.Level{}
	}
	return v
}

// offerView is an offer as its agent sees it: with the record to be shown at once, or the choice of records.
type offerView struct {
	ID              routing.OfferID     `json:"id"`
	Conversation    conversationView    `json:"conversation"`
	Reason          routing.OfferReason `json:"reason"`
	OfferedAt       stamp               `json:"offered_at"`
	ExpiresAt       stamp               `json:"expires_at"`
	Multi           bool                `json:"multi"`
	From            routing.AgentID     `json:"from,omitempty"` // who transfers it
	CustomerMatches []customerView      `json:"customer_matches"`
	Preview         []messageView       `json:"preview"` // the customer's unanswered texts
}

// conversationView is a conversation as clients see it.
type conversationView struct {
	ID              routing.ConversationID `json:"id"`
	State           routing.State          `json:"state"`
	Channel         routing.ChannelID      `json:"channel"`
	Queue           routing.QueueID        `json:"queue"`
	BusinessNumber  string                 `json:"business_number"`
	CustomerNumber  string                 `json:"customer_number"`
	Customer        *customerView          `json:"customer,omitempty"`
	Agent           routing.AgentID        `json:"agent,omitempty"`
	Priority        int                    `json:"priority"`
	Skills          []routing.Need         `json:"skills"`
	PreferredSkills []routing.Need         `json:"preferred_skills,omitempty"`
	CreatedAt       stamp                  `json:"created_at"`
	StateSince      stamp                  `json:"state_since"`
	WaitingSince    stamp                  `json:"waiting_since,omitzero"`
	Deadline        stamp                  `json:"deadline,omitzero"`
	Extended        bool                   `json:"extended"`
	WaitsFor        routing.Awaited        `json:"waits_for,omitempty"`
	Transfer        *transferView          `json:"transfer,omitempty"`
	TakenOver       bool                   `json:"taken_over,omitempty"`
	TransferredFrom routing.AgentID        `json:"transferred_from,omitempty"`
	LastMessage     *messageView           `json:"last_message,omitempty"`
	Unread          int                    `json:"unread"`
	UnansweredSince stamp                  `json:"unanswered_since,omitzero"`
	LinkedTo        routing.ConversationID `json:"linked_to,omitempty"`
	Case            routing.CaseID         `json:"case,omitempty"`
	Disposition     string                 `json:"disposition,omitempty"`
	OptedOut        bool                   `json:"opted_out"`
	OptOutAsked     routing.MessageID      `json:"opt_out_asked,omitempty"`
	Landline        bool                   `json:"landline,omitempty"`
	Unreachable     string                 `json:"unreachable,omitempty"`
	Rev             int                    `json:"rev"`
}

// transferView is whom a conversation is on its way to.
type transferView struct {
	Agent routing.AgentID `json:"agent,omitempty"`
	Queue routing.QueueID `json:"queue,omitempty"`
}

func viewConversation(c routing.Conversation, customer *customerView) conversationView {
	v := conversationView{
		ID: c.ID, State: c.State, Channel: c.Channel, Queue: c.Queue, BusinessNumber: c.BusinessNumber,
		CustomerNumber: c.CustomerNumber, Customer: customer, Agent: c.Agent, Priority: c.Priority, Skills: c.Skills,
		PreferredSkills: c.PreferredSkills, WaitsFor: c.WaitsFor(), TransferredFrom: c.From, TakenOver: c.TakenOver,
		CreatedAt: stamp{c.CreatedAt}, StateSince: stamp{c.StateSince}, Deadline: stamp{c.Deadline}, Extended: c.Extended,
		Unread: len(c.UnreadSeqs), UnansweredSince: stamp{c.UnansweredSince}, LinkedTo: c.LinkedTo, Case: c.Case,
		Disposition: c.Disposition, OptedOut: c.OptedOut, OptOutAsked: c.OptOutAsked, Landline: sms.Landline(c.CustomerNumber), Rev: c.Rev,
	}
	if c.State == routing.Queued || c.State == routing.Offered {
		v.WaitingSince = stamp{c.WaitingSince}
	}
	if c.Transfer != nil {
		v.Transfer = &transferView{c.Transfer.Agent, c.Transfer.Queue}
	}
	if v.Skills == nil {
		v.Skills = []routing.Need{}
	}
	if c.LastMessage != nil {
		m := viewMessage(*c.LastMessage)
		v.LastMessage = &m
	}
	return v
}

// messageView is a message as clients see it.
type messageView struct {
	ID           routing.MessageID      `json:"id"`
	Seq          int                    `json:"seq"`
	Conversation routing.ConversationID `json:"conversation"`
	Direction    routing.Direction      `json:"direction"`
	Kind         routing.Kind           `json:"kind"`
	Text         string                 `json:"text"`
	Agent        routing.AgentID        `json:"agent,omitempty"`
	At           stamp                  `json:"at"`
	CarrierAt    stamp                  `json:"carrier_at,omitzero"`
	State        routing.MessageState   `json:"state,omitempty"`
	Failure      *routing.Failure       `json:"failure,omitempty"`
	Segments     int                    `json:"segments,omitempty"`
	Encoding     string                 `json:"encoding,omitempty"`
	Media        []routing.Media        `json:"media,omitempty"`
	ClientRef    string                 `json:"client_ref,omitempty"`
	Whisper      bool                   `json:"whisper,omitempty"`
}

func viewMessage(m routing.Message) messageView {
	v := messageView{
		ID: m.ID, Seq: m.Seq, Conversation: m.Conversation, Direction: m.Direction, Kind: m.Kind, Text: m.Text, Agent: m.Agent,
		At: stamp{m.At}, CarrierAt: stampOf(m.CarrierAt), State: m.State, Failure: m.Failure, Segments: m.Segments,
		Encoding: m.Encoding, Media: m.Media, ClientRef: m.ClientRef, Whisper: m.Whisper,
	}
	if m.State == routing.MessageSending { // an inner step: committed before the carrier is called
		v.State = routing.MessageQueued
	}
	return v
}

// customerView is a customer as clients see it.
type customerView struct {
	ID         routing.CustomerID `json:"id"`
	Name       string             `json:"name"`
	Numbers    []string           `json:"numbers"`
	Attributes map[string]string  `json:"attributes"`
	Notes      string             `json:"notes,omitempty"`
	CreatedAt  stamp              `json:"created_at"`
	OpenCases  int                `json:"open_cases"`
}

// caseView is a case as clients see it.
type caseView struct {
	ID            routing.CaseID           `json:"id"`
	Number        int                      `json:"number"`
	Subject       string                   `json:"subject"`
	Status        routing.CaseStatus       `json:"status"`
	Severity      string                   `json:"severity"`
	Visibility    string                   `json:"visibility"`
	Customer      routing.CustomerID       `json:"customer,omitempty"`
	Conversations []routing.ConversationID `json:"conversations"`
	Notes         string                   `json:"notes,omitempty"`
	FollowUpAt    stamp                    `json:"follow_up_at,omitzero"`
	CreatedAt     stamp                    `json:"created_at"`
}

func viewCase(k routing.Case) caseView {
	return caseView{
		ID: k.ID, Number: k.Number, Subject: k.Subject, Status: k.Status, Severity: k.Severity, Visibility: k.Visibility,
		Customer: k.Customer, Conversations: append([]routing.ConversationID{}, k.Conversations...), Notes: k.Notes,
		FollowUpAt: stampOf(k.FollowUpAt), CreatedAt: stamp{k.CreatedAt},
	}
}

// showCustomer completes a customer's record with the number of its open cases.
func (r records) showCustomer(ctx context.Context, c routing.Customer) (customerView, error) {
	v := customerView{
		ID: c.ID, Name: c.Name, Numbers: append([]string{}, c.Numbers...), Attributes: c.Attributes, Notes: c.Notes,
		CreatedAt: stamp{c.CreatedAt},
	}
	if v.Attributes == nil {
		v.Attributes = map[string]string{}
	}
	cases, err := r.cases(ctx, c.ID)
	for _, k := range cases {
		if k.Status == routing.CaseOpen {
			v.OpenCases++
		}
	}
	return v, err
}

// showConversation completes a conversation with its customer's record.
func (r records) showConversation(ctx context.Context, c routing.Conversation) (conversationView, error) {
	known, err := r.knownCustomer(ctx, c)
	v := viewConversation(c, known)
	if r.home != nil {
		if no := r.home.Textable(&c); no != nil {
			v.Unreachable = no.Detail
		}
	}
	return v, err
}

func (r records) knownCustomer(ctx context.Context, c routing.Conversation) (*customerView, error) {
	if c.Customer == "" {
		return nil, nil //nolint:nilnil // nobody is known, which is no error
	}
	customer, found, err := r.customer(ctx, c.Customer)
	if err != nil || !found {
		return nil, err
	}
	v, err := r.showCustomer(ctx, customer)
	return &v, err
}

// showOffer completes an offer with the records that match the customer's number.
func (r records) showOffer(ctx context.Context, o routing.Offer, c routing.Conversation) (offerView, error) {
	v := offerView{
		ID: o.ID, Reason: o.Reason, OfferedAt: stamp{o.OfferedAt}, ExpiresAt: stamp{o.ExpiresAt}, Multi: o.Multi, From: o.From,
		CustomerMatches: []customerView{}, Preview: []messageView{},
	}
	log, err := r.log(ctx, c.ID)
	if err != nil {
		return v, err
	}
	for _, m := range routing.Preview(routing.Transcript(log)) {
		v.Preview = append(v.Preview, viewMessage(m))
	}
	if v.Conversation, err = r.showConversation(ctx, c); err != nil {
		return v, err
	}
	matches, err := r.customersOf(ctx, c.CustomerNumber)
	if err != nil {
		return v, err
	}
	for _, match := range matches {
		m, err := r.showCustomer(ctx, match)
		if err != nil {
			return v, err
		}
		v.CustomerMatches = append(v.CustomerMatches, m)
	}
	return v, nil
}

// showAgent completes an agent's record with profile and load.
func (r records) showAgent(ctx context.Context, p routing.Profile, a routing.AgentRecord) (agentView, error) {
	held, err := r.names(ctx, persistence.HeldPrefix(r.tenant, string(p.ID)))
	return viewAgent(p, a, len(held)), err
}
