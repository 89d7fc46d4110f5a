package routing

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// crash forgets a conversation's machine in the middle of an order: what it was doing is lost, and perhaps what waits for it.
// It comes back from what is stored and says everything again.
func (w *world) crash(id ConversationID, input string) {
	w.undispatch(input)
	if w.draw(2) == 0 {
		for _, p := range w.busy {
			if p.to != conversationAt(id) {
				continue
			}
			for _, mail := range p.mail {
				w.undispatch(mail.(Order).Input)
			}
			p.mail = nil
		}
		w.busy = slices.DeleteFunc(w.busy, func(p *pipe) bool { return len(p.mail) == 0 })
	}
	if w.stored[id].State != "" {
		w.restore(id)
	}
}

func isOpen(c Conversation) bool { return c.Open() }

func (w *world) crashOne() {
	which := isOpen
	if w.draw(2) == 0 { // one to which a line has something to say
		which = func(c Conversation) bool { return w.pipes[route{lineAt(c.Queue), conversationAt(c.ID)}].full() }
	}
	if ids := w.conversations(which); len(ids) > 0 {
		w.count("crash of one conversation")
		w.crash(ids[w.draw(len(ids))], "")
	}
}

// restore loads a conversation: a text that was being sent has an unknown outcome now; then everything is said again.
func (w *world) restore(id ConversationID) {
	w.checkStored(id)
	is := w.stored[id]
	if !w.off.resume {
		if resumed, _ := is.Decide(w.now, Policy{}, Order{Command: Resume{}}); len(resumed) > 0 {
			w.count("text resumed as unknown")
			is = w.commit(is, Order{At: w.now}, resumed, nil)
		}
	}
	if w.off.returnOnEnter && is.State == Queued {
		w.tell(conversationAt(id), &LeaveLine{Queue: is.Queue, Conversation: id})
	}
	w.tell(conversationAt(id), w.off.effects(Delta(Conversation{}, is))...)
	if out, ok := is.OutgoingAt(is.head()); ok && out.State == MessageSending && w.off.transmitAgain {
		w.tell(conversationAt(id), &Transmit{Conversation: id, Channel: is.Channel, Message: out.ID, Attempt: out.Attempt})
	}
}

// recover is how everything begins, also again after a crash of the whole: memory is rebuilt from what is stored. Lines open
// when all have spoken.
func (w *world) recover() {
	w.pipes, w.busy = map[route]*pipe{}, nil
	w.agents, w.lines = map[AgentID]*Agent{}, map[QueueID]*Line{}
	w.dispatched, w.reading, w.open = map[string]bool{}, map[ThreadID]string{}, map[ThreadID]ConversationID{}
	w.wakes, w.graces = map[ConversationID]time.Time{}, map[AgentID]time.Time{}
	w.texts, w.calls, w.ticks, w.lapsed = nil, nil, map[QueueID]time.Time{}, map[AgentID]time.Time{}
	w.speaking = !w.off.openEarly
	for _, p := range w.tenant.Agents {
		w.agents[p.ID] = NewAgent(w.off.profile(p), w.records[p.ID], time.Time{})
		w.watch(w.agents[p.ID])
	}
	for _, q := range w.tenant.Queues {
		w.lines[q.ID] = NewLine(q, w.tenant.Members(q.ID))
		w.lines[q.ID].Keep(w.hours(q.ID))
		if w.off.openEarly {
			w.tell(lineAt(q.ID), says(w.lines[q.ID].Open, w.now)...)
		}
	}
	for _, p := range w.tenant.Agents {
		w.tell(agentAt(p.ID), says(w.agents[p.ID].Announce, w.now)...)
	}
	for _, id := range w.conversations(func(c Conversation) bool { return c.Open() || c.head() != 0 }) {
		if c := w.stored[id]; c.Open() {
			w.open[c.Thread()] = id
		}
		w.restore(id)
	}
	calm := w.calm
	for w.calm = true; len(w.busy) > 0 && !w.off.openEarly; {
		w.deliver(0)
	}
	w.calm, w.speaking = calm, false
	for _, r := range w.unasked {
		w.tell(conversationAt(r.Conversation), r)
	}
	w.unasked = nil
	for _, q := range w.tenant.Queues {
		w.tell(lineAt(q.ID), says(w.lines[q.ID].Open, w.now)...)
		w.await(q.ID)
	}
	w.count("crash of everything")
}

// reload reads a conversation and its log as a store would give them back.
func reload(c Conversation, log []Envelope) (Conversation, []Envelope, error) {
	state, err := json.Marshal(c)
	if err != nil {
		return c, nil, err
	}
	events, err := json.Marshal(log)
	if err != nil {
		return c, nil, err
	}
	var is Conversation
	var envelopes []Envelope
	err = errors.Join(json.Unmarshal(state, &is), json.Unmarshal(events, &envelopes))
	return is, envelopes, err
}
