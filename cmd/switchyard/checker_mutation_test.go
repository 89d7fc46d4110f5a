package main

import (
	"slices"
	"strings"
	"testing"
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
	return history{
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
	}
}

// TestCheckerComplains: a sound history passes, and each doctored one is found out by the rule it breaks.
func TestCheckerComplains(t *testing.T) {
	t.Parallel()
	if wrong := soundHistory(t).check(); len(wrong) > 0 {
		t.Fatalf("a sound history: %v", wrong)
	}
	for _, row := range []struct {
		name, complaint string
		doctor          func(*history)
	}{
		{"lost text", `text "a4", taken true, is in the transcripts 0 times`, func(h *history) { h.transcripts = h.transcripts[1:] }},
		{"doubled text", "2 times", func(h *history) {
			m := h.transcripts[0].messages[0]
			m.Seq = 2
			h.transcripts[0].messages = append(h.transcripts[0].messages, m)
		}},
		{"text from nowhere", "was never sent", func(h *history) { h.sent = h.sent[1:] }},
		{"out of order", "is out of order", func(h *history) { h.sent[0], h.sent[1] = h.sent[1], h.sent[0] }},
		{"with another customer", "another phone's", func(h *history) { h.sent[0].From, h.sent[2].From = h.sent[2].From, h.sent[0].From }},
		{"hole in a transcript", "has sequence number", func(h *history) { h.transcripts[1].messages[2].Seq = 4 }},
		{"above capacity", "holds 3 conversations", func(h *history) {
			h.steps["agent-0"] = slices.Delete(h.steps["agent-0"], 3, 4)
		}},
		{"above capacity where the stream begins", "holds 3 conversations", func(h *history) {
			h.steps["agent-0"][0].all = []string{"cv_7", "cv_8", "cv_9"}
		}},
		{"load is wrong", "shows load 1", func(h *history) {
			d := h.desks["agent-0"]
			d.Agent.Load = 1
			h.desks["agent-0"] = d
		}},
		{"waiting beside a free agent", "waits in support beside agent-0", func(h *history) {
			d := h.desks["agent-0"]
			d.Agent.Load, d.Conversations = 1, d.Conversations[1:]
			h.desks["agent-0"] = d
		}},
		{"reply lost", "is in the transcripts 0 times", func(h *history) { h.transcripts[1].messages[1].ID = "another" }},
		{"reply never arrived", "arrived 0 times", func(h *history) { h.received["+12025550110"] = nil }},
		{"reply arrived twice", "arrived 2 times", func(h *history) { h.received["+12025550110"] = []string{"r1", "r1"} }},
		{"unknown reply arrived twice", "arrived 2 times", func(h *history) { h.received["+12025550111"] = []string{"r2", "r2"} }},
		{"reply stuck", "is queued", func(h *history) { h.transcripts[1].messages[1].State = "queued" }},
		{"text from a ghost", "which nobody wrote", func(h *history) { h.received["+12025550111"] = []string{"boo"} }},
	} {
		h := soundHistory(t)
		row.doctor(&h)
		wrong := strings.Join(h.check(), "\n")
		if !strings.Contains(wrong, row.complaint) {
			t.Errorf("%s: the checker says %q, want %q in it", row.name, wrong, row.complaint)
		}
	}
}

// TestWitnessFollows: what an agent holds follows from its stream.
func TestWitnessFollows(t *testing.T) {
	t.Parallel()
	r := newRecorder(testTenant(t, "http://network.invalid", 1, 2))
	w := r.seat("agent-0")
	offer := &offerObject{ID: "of_1", Conversation: conversationObject{ID: "cv_1"}}
	w.looked(deskObject{Offers: []offerObject{{ID: "of_0", Conversation: conversationObject{ID: "cv_0"}}}})
	w.heard("offer.ended", eventObject{OfferID: "of_0", Outcome: "lapsed"})
	w.heard("offer.made", eventObject{Offer: offer})
	w.heard("offer.ended", eventObject{OfferID: "of_1", Outcome: "accepted"})
	w.heard("conversation.updated", eventObject{Conversation: &conversationObject{ID: "cv_1", State: stateActive, Agent: "agent-0"}})
	w.heard("conversation.updated", eventObject{Conversation: &conversationObject{ID: "cv_1", State: stateEnded, Agent: "agent-0"}})
	want := []step{
		{anew: true, all: []string{"cv_0"}},
		{conversation: "cv_0"},
		{conversation: "cv_1", holds: true},
		{conversation: "cv_1", holds: true},
		{conversation: "cv_1"},
	}
	if !slices.EqualFunc(want, r.steps["agent-0"], func(a, b step) bool {
		return a.anew == b.anew && a.conversation == b.conversation && a.holds == b.holds && slices.Equal(a.all, b.all)
	}) {
		t.Errorf("steps %+v, want %+v", r.steps["agent-0"], want)
	}
}
