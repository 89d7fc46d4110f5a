package main

import (
	"slices"
	"sync"

	"switchyard/actors/routing"
)

// history is all that was seen of a contact centre from outside, up to a moment when it was quiet.
type history struct {
	tenant routing.Tenant
	// sent are the texts of all phones in their order; taken says that the webhook was answered 2xx.
	sent []sentText
	// transcripts are read back through the API.
	transcripts []readTranscript
	// steps are what each agent's stream told, in its order.
	steps map[string][]step
	// replies were answered 2xx.
	replies []messageObject
	// received is what each phone got.
	received map[string][]string
	// desks are what the agents' desks showed in the end.
	desks map[string]deskObject
	// commands are what agents asked for and how they were answered.
	commands []saidCommand
	// hearings are what each agent's streams brought: one for each time the desk was read anew.
	hearings map[string][]hearing
	// reported are the sums of all queues, by the names of their columns.
	reported map[string]float64
	// books is what the store holds; nil when nobody looked.
	books *books
}

type sentText struct {
	phoneText
	taken bool
}

type readTranscript struct {
	conversationObject
	messages []messageObject
}

// step is one change of what an agent holds: all of it, or one conversation more or less.
type step struct {
	anew         bool
	all          []string
	conversation string
	holds        bool
}

// recorder takes down a history while it happens.
type recorder struct {
	mu sync.Mutex
	history
}

func newRecorder(tenant routing.Tenant) *recorder {
	return &recorder{history: history{tenant: tenant, steps: map[string][]step{}, hearings: map[string][]hearing{}}}
}

func (r *recorder) sentText(t phoneText, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, sentText{t, status/100 == 2})
}

// taken is how many texts were answered 2xx.
func (r *recorder) taken() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, s := range r.sent {
		if s.taken {
			n++
		}
	}
	return n
}

// seat is the recorder as one agent's witness.
func (r *recorder) seat(agent string) *seatWitness {
	return &seatWitness{recorder: r, agent: agent, ringing: map[string]string{}}
}

// seatWitness follows what one agent holds. An offer's end names the offer only, so that it remembers whose it was.
type seatWitness struct {
	*recorder
	agent   string
	ringing map[string]string
}

func (w *seatWitness) looked(desk deskObject) {
	held := step{anew: true}
	for _, o := range desk.Offers {
		w.ringing[o.ID] = o.Conversation.ID
		held.all = append(held.all, o.Conversation.ID)
	}
	for _, c := range desk.Conversations {
		held.all = append(held.all, c.ID)
	}
	w.add(held)
	w.begin(desk.Cursor)
}

func (w *seatWitness) heard(e event, said eventObject) {
	w.hear(e)
	switch e.name {
	case "offer.made":
		w.ringing[said.Offer.ID] = said.Offer.Conversation.ID
		w.add(step{conversation: said.Offer.Conversation.ID, holds: true})
	case "offer.ended":
		if said.Outcome != "accepted" {
			w.add(step{conversation: w.ringing[said.OfferID]})
		}
	case "conversation.updated":
		c := said.Conversation
		switch c.State {
		case stateActive, statePostProcessing:
			w.add(step{conversation: c.ID, holds: c.Agent == w.agent})
		case stateQueued, stateEnded:
			w.add(step{conversation: c.ID})
		}
	}
}

func (w *seatWitness) add(s step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps[w.agent] = append(w.steps[w.agent], s)
}

func (w *seatWitness) replied(m messageObject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replies = append(w.replies, m)
}

// phonesUsed are the numbers that have texted.
func (h history) phonesUsed() []string {
	var numbers []string
	for _, s := range h.sent {
		numbers = append(numbers, s.From)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// stateQueued is a conversation's state while it waits.
const stateQueued = "queued"
