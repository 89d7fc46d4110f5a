package main

import (
	"maps"
	"slices"
	"sync"
)

// readers is how many read transcripts at a time.
const readers = 8

// gather completes a history with what the API, the desks and the phones show now.
func (o *outside) gather(r *recorder, sam client, agents map[string]client) history {
	o.t.Helper()
	r.mu.Lock()
	h := r.history
	h.steps = maps.Clone(r.steps)
	h.hearings = map[string][]hearing{}
	for agent, all := range r.hearings {
		h.hearings[agent] = slices.Clone(all)
	}
	r.mu.Unlock()
	h.desks, h.received = map[string]deskObject{}, map[string][]string{}
	for id, agent := range agents {
		desk, err := agent.desk(o.t.Context())
		if err != nil {
			o.t.Fatalf("desk of %s: %v", id, err)
		}
		h.desks[id] = desk
	}
	for _, c := range list[conversationObject](o.t, sam, "/v1/conversations?limit=200") {
		h.transcripts = append(h.transcripts, readTranscript{conversationObject: c})
	}
	var reading sync.WaitGroup
	for n := range readers {
		reading.Go(func() {
			for i := n; i < len(h.transcripts); i += readers {
				h.transcripts[i].messages = sam.transcript(o.t, h.transcripts[i].ID)
			}
		})
	}
	reading.Wait()
	for _, number := range h.phonesUsed() {
		h.received[number] = o.received(number)
	}
	if o.books != nil {
		h.books = o.books().audit(o.t, o.tenant)
	}
	return h
}

// idle says that nobody has anything to do: nothing rings, and every text of a conversation on a desk is answered.
func (o *outside) idle(agents map[string]client) bool {
	for _, agent := range agents {
		desk, err := agent.desk(o.t.Context())
		if err != nil || len(desk.Offers) > 0 {
			return false
		}
		for _, c := range desk.Conversations {
			if c.State != stateActive || c.LastMessage.asks() {
				return false
			}
		}
	}
	return true
}

// settle waits until nothing is wrong, and fails with what is.
func (o *outside) settle(r *recorder, sam client, agents map[string]client) history {
	o.t.Helper()
	o.eventually("everybody is idle", func() bool { return o.idle(agents) })
	var h history
	var wrong []string
	o.t.Cleanup(func() {
		if o.t.Failed() {
			for _, w := range wrong[:min(len(wrong), 20)] {
				o.t.Log(w)
			}
		}
	})
	o.eventually("nothing is wrong", func() bool {
		h = o.gather(r, sam, agents)
		wrong = h.check()
		return len(wrong) == 0
	})
	return h
}
