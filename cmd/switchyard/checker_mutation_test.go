package main

import (
	"slices"
	"strings"
	"testing"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
)

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

		{"above capacity by the log", "holds 3 conversations by the log", func(h *history) { h.books.move("conversation.ended", len(h.books.log)-1) }},
		{"a change that is none", "queued>active by offer.ended", func(h *history) { h.books.drop("offer.made") }},
		{"a change that changes nothing", "queued>queued by offer.ended", func(h *history) {
			i := h.books.find("offer.ended")
			h.books.log[i].Event = routing.OfferEnded{Outcome: routing.OutcomeLapsed}
			h.books.drop("offer.made")
		}},
		{"a hole in a log", "event 3 is the 2. of its log", func(h *history) { h.books.drop("message.added") }},
		{"stored otherwise", "and its log makes it", func(h *history) { h.books.stored["cv_5"][0] = h.books.stored["cv_4"][0] }},
		{"stored twice", "is stored 2 times", func(h *history) { h.books.stored["cv_5"] = append(h.books.stored["cv_5"], nil) }},
		{"not stored", "has a log and is not stored", func(h *history) { delete(h.books.stored, "cv_5") }},
		{"shown otherwise", "cv_5 shows messages [other]", func(h *history) { h.transcripts[3].messages[0].ID = "other" }},
		{"input left over", "1 inputs are not worked off", func(h *history) { h.books.inbox = 1 }},
		{"input set aside", "1 inputs were set aside", func(h *history) { h.books.dead = 1 }},
		{"report left over", `report "orphan/t/twilio/SM1" is kept`, func(h *history) { h.books.orphans = []string{"orphan/t/twilio/SM1"} }},
		{"commit left out", "commit 9 follows 7", func(h *history) { h.books.commits = []uint64{7, 9} }},
		{"commit doubled", "commit 7 follows 7", func(h *history) { h.books.commits = []uint64{7, 7} }},
		{"sent again", "goes from delivered to sending", func(h *history) { h.books.advance(routing.MessageDelivered, routing.MessageSending) }},
		{"sent again though it may have arrived", "goes from unknown to queued", func(h *history) {
			h.books.advance(routing.MessageUnknown, routing.MessageQueued)
		}},
		{"command without effect", "is answered 200 and took effect 0 times", func(h *history) { h.commands[2].status = 200 }},
		{"refused command with an effect", "is answered 409 and took effect 1 times", func(h *history) { h.commands[1].status = 409 }},
		{"command with two effects", "is answered 202 and took effect 2 times", func(h *history) {
			i := h.books.find("message.added") + 3
			h.books.log = slices.Insert(h.books.log, i, h.books.log[i])
		}},
		{"command with two answers", "with one key is answered 200 and 409", func(h *history) {
			h.commands = append(h.commands, h.commands[1])
			h.commands[5].status = 409
		}},
		{"event unheard", "agent-0 hears 14, where its stream has [13]", func(h *history) { h.hear(1, "14") }},
		{"event from nowhere", "agent-0 hears 12a", func(h *history) { h.hearings["agent-0"][0].reset = false }},
		{"event heard twice", "out of order, or twice", func(h *history) { h.hear(1, "13", "13", "14") }},
		{"events out of order", "out of order, or twice", func(h *history) { h.hear(1, "14", "13") }},
		{"text counted twice", "sums, as the logs make them", func(h *history) {
			h.books.account(reports.OfQueue, "support", reports.TextsIn)
		}},
		{"time of an agent lost", "sums, as the logs make them", func(h *history) { h.books.accounts.intervals = nil }},
		{"an agent in two statuses", "is on_break from", func(h *history) {
			h.books.accounts.intervals = append(h.books.accounts.intervals, h.books.accounts.intervals[0])
		}},
		{"text not reported", "reports have 4 texts_in, and the transcripts 5", func(h *history) { h.reported["texts_in"] = 4 }},
		{"row lost", "rows, as the logs make them", func(h *history) { delete(h.books.accounts.rows, "cv_1") }},
		{"end unheard", "has not heard the last 1 events, from 14 on", func(h *history) { h.hear(1, "13") }},
	} {
		h := soundHistory(t)
		row.doctor(&h)
		wrong := strings.Join(h.check(), "\n")
		if !strings.Contains(wrong, row.complaint) {
			t.Errorf("%s: the checker says %q, want %q in it", row.name, wrong, row.complaint)
		}
	}
}

// account counts something once more.
func (b *books) account(kind reports.Kind, name string, m reports.Measure) {
	for bucket, sums := range b.accounts.sums {
		if bucket.Kind == kind && bucket.Name == name {
			sums.Add(m, 1)
		}
	}
}

// find is where in the log an event of a type first is.
func (b *books) find(kind string) int {
	return slices.IndexFunc(b.log, func(l logged) bool { return l.Type == kind })
}

func (b *books) drop(kind string) {
	i := b.find(kind)
	b.log = slices.Delete(b.log, i, i+1)
}

func (b *books) move(kind string, to int) {
	l := b.log[b.find(kind)]
	b.drop(kind)
	b.log = slices.Insert(b.log, to, l)
}

// advance has a text that came so far go on to a state.
func (b *books) advance(from, to routing.MessageState) {
	for i, l := range b.log {
		if e, ok := l.Event.(routing.MessageAdvanced); ok && e.State == from {
			e.State = to
			l.Event = e
			b.log = slices.Insert(b.log, i+1, l)
			return
		}
	}
}

func (h history) hear(n int, ids ...string) { h.hearings["agent-0"][n].ids = ids }

// TestWitnessFollows: what an agent holds follows from its stream.
func TestWitnessFollows(t *testing.T) {
	t.Parallel()
	r := newRecorder(testTenant(t, "http://network.invalid", 1, 2))
	w := r.seat("agent-0")
	offer := &offerObject{ID: "of_1", Conversation: conversationObject{ID: "cv_1"}}
	w.looked(deskObject{Offers: []offerObject{{ID: "of_0", Conversation: conversationObject{ID: "cv_0"}}}})
	w.heard(event{name: "offer.ended"}, eventObject{OfferID: "of_0", Outcome: "lapsed"})
	w.heard(event{name: "offer.made"}, eventObject{Offer: offer})
	w.heard(event{name: "offer.ended"}, eventObject{OfferID: "of_1", Outcome: "accepted"})
	w.heard(event{name: "conversation.updated"}, eventObject{Conversation: &conversationObject{ID: "cv_1", State: stateActive, Agent: "agent-0"}})
	w.heard(event{name: "conversation.updated"}, eventObject{Conversation: &conversationObject{ID: "cv_1", State: stateEnded, Agent: "agent-0"}})
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
