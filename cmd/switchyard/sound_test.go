package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// soundHistory is a small history in which everything is as it should be: one agent with two places, two customers.
func soundHistory(t *testing.T) history {
	t.Helper()
	inbound := func(conversation string, seq int, text string) messageObject {
		return messageObject{ID: conversation + text, Seq: seq, Conversation: conversation, Direction: fromCustomer, Kind: "sms", Text: text}
	}
	reply := func(conversation string, seq int, text, state string) messageObject {
		return messageObject{ID: conversation + text, Seq: seq, Conversation: conversation, Direction: "outbound", Kind: "sms", Text: text, State: state}
	}
	const ana, ben = "+12025550110", "+12025550111"
	conversation := func(id, state, number string) conversationObject {
		return conversationObject{ID: id, State: state, Channel: simulatedLine, Queue: "support", CustomerNumber: number, Agent: "agent-0"}
	}
	busy := deskObject{
		Agent:         agentObject{Status: "available", Load: 2, Capacity: 2},
		Conversations: []conversationObject{conversation("cv_3", stateActive, ben), conversation("cv_4", stateActive, ana)},
	}
	h := history{
		tenant: testTenant(t, "http://network.invalid", 1, 2),
		sent: []sentText{
			{phoneText{ana, simulatedNumber, "a1"}, true},
			{phoneText{ana, simulatedNumber, "a2"}, true},
			{phoneText{ben, simulatedNumber, "b1"}, true},
			{phoneText{ana, simulatedNumber, "a3"}, false},
			{phoneText{ana, simulatedNumber, "a4"}, true},
			{phoneText{ben, twilioNumber, "b2"}, true},
		},
		transcripts: []readTranscript{
			{conversation("cv_4", stateActive, ana), []messageObject{inbound("cv_4", 1, "a4")}},
			{conversation("cv_1", stateEnded, ana), []messageObject{inbound("cv_1", 1, "a1"), reply("cv_1", 2, "r1", "delivered"), inbound("cv_1", 3, "a2")}},
			{conversation("cv_3", stateActive, ben), []messageObject{inbound("cv_3", 1, "b1"), reply("cv_3", 2, "r2", "unknown")}},
			{
				conversationObject{ID: "cv_5", State: stateQueued, Channel: twilioLine, Queue: "support", CustomerNumber: ben},
				[]messageObject{inbound("cv_5", 1, "b2")},
			},
		},
		steps: map[string][]step{"agent-0": {
			{anew: true},
			{conversation: "cv_1", holds: true},
			{conversation: "cv_3", holds: true},
			{conversation: "cv_1"},
			{conversation: "cv_4", holds: true},
		}},
		replies:  []messageObject{reply("cv_1", 2, "r1", "queued")},
		received: map[string][]string{ana: {"r1"}, ben: {}},
		desks:    map[string]deskObject{"agent-0": busy},
		reported: map[string]float64{"conversations_begun": 4, "texts_in": 5, "texts_out": 2},
	}
	soundBooks(&h)
	return h
}

// soundBooks completes the history with what the store would have of it, and with who asked for what.
func soundBooks(h *history) {
	s := &scribe{books: &books{stored: map[string][]json.RawMessage{}}, now: map[routing.ConversationID]routing.Conversation{}}
	for _, t := range h.transcripts {
		if t.ID == "cv_1" {
			s.begin(t)
			s.agree(t)
			s.answer(t, 1, routing.MessageSent, routing.MessageDelivered)
			s.text(t.ID, t.messages[2])
		}
	}
	for _, t := range h.transcripts {
		if t.ID == "cv_3" {
			s.begin(t)
			s.agree(t)
			s.answer(t, 1, routing.MessageUnknown)
		}
	}
	s.write("cv_1", "agent-0", routing.ConversationEnded{Agent: "agent-0"})
	for _, t := range h.transcripts {
		if t.ID == "cv_4" {
			s.begin(t)
			s.agree(t)
		}
		if t.ID == "cv_5" {
			s.begin(t)
		}
	}
	for id, c := range s.now {
		record, _ := json.Marshal(c) // it always encodes
		s.stored[string(id)] = []json.RawMessage{record}
	}
	s.commits = []uint64{7, 8, 9}
	s.streams = map[string][]string{"agent-0": {"11", "12", "13", "14"}}
	h.hearings = map[string][]hearing{"agent-0": {{from: "05", ids: []string{"07", "11", "12", "12a"}, reset: true}, {from: "12", ids: []string{"13", "14"}}}}
	h.commands = []saidCommand{
		{agent: "agent-0", path: "/v1/offers/of_cv_1/accept", key: "accept-of_cv_1", status: 504},
		{agent: "agent-0", path: "/v1/offers/of_cv_1/accept", key: "accept-of_cv_1", status: 200},
		{agent: "agent-0", path: "/v1/offers/of_cv_9/accept", key: "accept-of_cv_9", status: 409},
		{agent: "agent-0", path: "/v1/conversations/cv_1/messages", body: `{"text":"r1"}`, status: 202},
		{agent: "agent-0", path: "/v1/conversations/cv_1/end", status: 200},
	}
	h.books = s.books
	intervals := []reports.Interval{
		{Agent: "agent-0", Status: routing.OnBreak, From: time.Date(2025, 12, 31, 23, 50, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	h.books.accounts = recount(h.tenant, h.books.events(), intervals)
}

// scribe writes a log as the engine would.
type scribe struct {
	*books
	now map[routing.ConversationID]routing.Conversation
}

func (s *scribe) write(id routing.ConversationID, by string, events ...routing.Event) {
	who := routing.Principal{}
	if by != "" {
		who = routing.Principal{Role: routing.RoleAgent, ID: by}
	}
	at := time.Date(2026, 1, 1, 0, 0, len(s.log), 0, time.UTC)
	c := s.now[id]
	for _, e := range c.Seal(at, who, events) {
		s.log = append(s.log, logged{place: persistence.ID(fmt.Sprintf("%016x", len(s.log)+1)), Envelope: e})
		c = c.Apply(e.At, e.Event)
	}
	s.now[id] = c
}

func (s *scribe) begin(t readTranscript) {
	id := routing.ConversationID(t.ID)
	s.write(id, "", routing.Started{ID: id, Channel: routing.ChannelID(t.Channel), CustomerNumber: t.CustomerNumber, Queue: "support"})
	s.text(t.ID, t.messages[0])
}

func (s *scribe) text(id string, m messageObject) {
	s.write(routing.ConversationID(id), "", routing.MessageAdded{Message: &routing.Message{
		ID: routing.MessageID(m.ID), Seq: m.Seq, Direction: routing.Inbound, Kind: routing.KindSMS, Text: m.Text,
	}})
}

// agree has agent-0 accept the conversation.
func (s *scribe) agree(t readTranscript) {
	id, offer := routing.ConversationID(t.ID), routing.OfferID("of_"+t.ID)
	s.write(id, "", routing.OfferMade{Offer: &routing.Offer{ID: offer, Agent: "agent-0"}})
	s.write(id, "agent-0", routing.OfferEnded{Offer: offer, Agent: "agent-0", Outcome: routing.OutcomeAccepted})
}

// answer has agent-0 send the conversation's n. message, which comes so far.
func (s *scribe) answer(t readTranscript, n int, states ...routing.MessageState) {
	id, m := routing.ConversationID(t.ID), t.messages[n]
	s.write(id, "agent-0", routing.MessageAdded{Message: &routing.Message{
		ID: routing.MessageID(m.ID), Seq: m.Seq, Direction: routing.Outbound, Kind: routing.KindSMS, Text: m.Text, State: routing.MessageQueued,
	}})
	for _, state := range append([]routing.MessageState{routing.MessageSending}, states...) {
		s.write(id, "", routing.MessageAdvanced{Seq: m.Seq, State: state})
	}
}
