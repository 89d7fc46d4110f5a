package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
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
	h.reported = o.reported(sam)
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

// reported are the sums of all queues over the days that a test may be in.
func (o *outside) reported(sam client) map[string]float64 {
	o.t.Helper()
	today := time.Now().UTC()
	span := "from=" + today.AddDate(0, 0, -1).Format(time.DateOnly) + "&to=" + today.AddDate(0, 0, 2).Format(time.DateOnly)
	sums := map[string]float64{}
	for _, queue := range list[map[string]any](o.t, sam, "/v1/reports/queues?"+span) {
		for column, cell := range queue {
			n, _ := cell.(float64)
			sums[column] += n
		}
	}
	return sums
}

// busy is what somebody has to do: something rings, or a text of a conversation on a desk is not answered. Empty: nothing.
func (o *outside) busy(agents map[string]client) string {
	for id, agent := range agents {
		desk, err := agent.desk(o.t.Context())
		if err != nil {
			return fmt.Sprintf("the desk of %s: %v", id, err)
		}
		for _, offer := range desk.Offers {
			return fmt.Sprintf("%s is offered %s", id, offer.Conversation.ID)
		}
		for _, c := range desk.Conversations {
			if c.State != stateActive || c.LastMessage.asks() {
				return fmt.Sprintf("%s has %s, %s, as of revision %d", id, c.ID, c.State, c.Rev)
			}
		}
	}
	return ""
}

// settle waits until nothing is wrong, and fails with what is.
func (o *outside) settle(r *recorder, sam client, agents map[string]client) history {
	o.t.Helper()
	var h history
	var wrong []string
	o.t.Cleanup(func() {
		if o.t.Failed() {
			for _, w := range wrong[:min(len(wrong), 20)] {
				o.t.Log(w)
			}
		}
	})
	o.eventually("everybody is idle", func() bool {
		wrong = []string{o.busy(agents)}
		return wrong[0] == ""
	})
	o.eventually("nothing is wrong", func() bool {
		h = o.gather(r, sam, agents)
		wrong = h.check()
		return len(wrong) == 0
	})
	return h
}
