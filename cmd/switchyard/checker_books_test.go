package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"switchyard/actors/routing"
)

// legalChanges are the changes of state that an event may make. An event that is not here makes none.
func legalChanges() map[string][]string {
	return map[string][]string{
		"conversation.started":    {">queued"},
		"offer.made":              {"queued>offered", "offered>offered", "active>active"},
		"offer.ended":             {"offered>active", "offered>queued", "offered>offered", "active>active"},
		"conversation.reopened":   {"post_processing>active"},
		"conversation.parked":     {"active>parked"},
		"conversation.returned":   {"parked>queued"},
		"conversation.requeued":   {"active>queued"},
		"post_processing.started": {"active>post_processing"},
		"conversation.ended":      {"active>ended", "post_processing>ended", "parked>ended"},
	}
}

// checkLog replays everything that happened, in its order: every conversation goes from one state to the next by what may
// change it, and after each step no agent holds more than it can.
func (h history) checkLog() []string {
	if h.books == nil {
		return nil
	}
	var wrong []string
	legal := legalChanges()
	now := map[routing.ConversationID]routing.Conversation{}
	held := map[routing.AgentID]map[routing.ConversationID]bool{}
	over := map[routing.AgentID]bool{}
	for _, l := range h.books.log {
		was := now[l.Conversation]
		is := was.Apply(l.At, l.Event)
		now[l.Conversation] = is
		change := string(was.State) + ">" + string(is.State)
		if stays := was.State == is.State && legal[l.Type] == nil; !stays && !slices.Contains(legal[l.Type], change) {
			wrong = append(wrong, fmt.Sprintf("%s: %s by %s", l.Conversation, change, l.Type))
		}
		if l.Seq != is.Rev {
			wrong = append(wrong, fmt.Sprintf("%s: event %d is the %d. of its log", l.Conversation, l.Seq, is.Rev))
		}
		for _, holding := range was.Holdings() {
			if !is.HeldBy(holding.Agent) {
				delete(held[holding.Agent], is.ID)
			}
		}
		for _, holding := range is.Holdings() {
			a := holding.Agent
			if held[a] == nil {
				held[a] = map[routing.ConversationID]bool{}
			}
			held[a][is.ID] = true
			if p, _ := h.tenant.Agent(a); len(held[a]) > p.Slots() && !over[a] {
				over[a] = true
				wrong = append(wrong, fmt.Sprintf("%s holds %d conversations by the log at %s and can hold %d", a, len(held[a]), l.place, p.Slots()))
			}
		}
	}
	return append(wrong, h.checkStored(now)...)
}

// checkStored: each conversation is stored once, as its log makes it, and its transcript has what the log has.
func (h history) checkStored(folded map[routing.ConversationID]routing.Conversation) []string {
	var wrong []string
	for id, records := range h.books.stored {
		if len(records) != 1 {
			wrong = append(wrong, fmt.Sprintf("%s is stored %d times", id, len(records)))
			continue
		}
		var stored routing.Conversation
		err := json.Unmarshal(records[0], &stored)
		is, _ := json.Marshal(stored)
		should, _ := json.Marshal(folded[routing.ConversationID(id)])
		if err != nil || !bytes.Equal(is, should) {
			wrong = append(wrong, fmt.Sprintf("%s is stored as %s, and its log makes it %s (%v)", id, is, should, err))
		}
	}
	for id := range folded {
		if len(h.books.stored[string(id)]) == 0 {
			wrong = append(wrong, fmt.Sprintf("%s has a log and is not stored", id))
		}
	}
	written := map[string][]string{}
	for _, l := range h.books.log {
		if e, ok := l.Event.(routing.MessageAdded); ok {
			written[string(l.Conversation)] = append(written[string(l.Conversation)], string(e.Message.ID))
		}
	}
	for _, t := range h.transcripts {
		var shown []string
		for _, m := range t.messages {
			shown = append(shown, m.ID)
		}
		if !slices.Equal(shown, written[t.ID]) {
			wrong = append(wrong, fmt.Sprintf("%s shows messages %v, and its log has %v", t.ID, shown, written[t.ID]))
		}
	}
	return wrong
}

// checkBooks: when it is quiet no input is left over or set aside, and no commit has any number but the next.
func (h history) checkBooks() []string {
	if h.books == nil {
		return nil
	}
	var wrong []string
	if h.books.inbox > 0 {
		wrong = append(wrong, fmt.Sprintf("%d inputs are not worked off", h.books.inbox))
	}
	if h.books.dead > 0 {
		wrong = append(wrong, fmt.Sprintf("%d inputs were set aside", h.books.dead))
	}
	for _, key := range h.books.orphans {
		wrong = append(wrong, fmt.Sprintf("report %q is kept, and its text is known", key))
	}
	for i, n := range h.books.commits {
		if i > 0 && n != h.books.commits[i-1]+1 {
			wrong = append(wrong, fmt.Sprintf("commit %d follows %d", n, h.books.commits[i-1]))
		}
	}
	return wrong
}

// checkSending: a text that the carrier has, or may have, is not handed to it again, and is never less far than it was.
func (h history) checkSending() []string {
	if h.books == nil {
		return nil
	}
	type text struct {
		conversation routing.ConversationID
		seq          int
	}
	var wrong []string
	last := map[text]routing.MessageState{}
	for _, l := range h.books.log {
		e, ok := l.Event.(routing.MessageAdvanced)
		if !ok {
			continue
		}
		id := text{l.Conversation, e.Seq}
		was := last[id]
		last[id] = e.State
		refused := was == routing.MessageSending && e.State == routing.MessageQueued
		if was == "" {
			was = routing.MessageQueued
		}
		if !refused && !was.Advances(e.State) {
			wrong = append(wrong, fmt.Sprintf("message %d of %s goes from %s to %s", e.Seq, l.Conversation, was, e.State))
		}
	}
	return wrong
}
