package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// readers is how many read transcripts at a time.
const readers = 8

// gather completes a history with what the API, the desks and the phones show now. A question that is not answered is asked again by who
// gathers again.
func (o *outside) gather(r *recorder, sam client, agents map[string]client) (history, error) {
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
			return h, fmt.Errorf("desk of %s: %w", id, err)
		}
		h.desks[id] = desk
	}
	var err error
	if h.transcripts, err = transcripts(sam); err != nil {
		return h, err
	}
	if h.reported, err = reported(sam); err != nil {
		return h, err
	}
	for _, number := range h.phonesUsed() {
		h.received[number] = o.received(number)
	}
	if o.books != nil {
		h.books = o.books().audit(o.t, o.tenant)
	}
	return h, nil
}

// transcripts are those of all conversations.
func transcripts(sam client) ([]readTranscript, error) {
	conversations, err := pages[conversationObject](sam, "/v1/conversations?limit=200")
	all, failed := make([]readTranscript, len(conversations)), make([]error, readers)
	var reading sync.WaitGroup
	for n := range readers {
		reading.Go(func() {
			for i := n; i < len(all) && failed[n] == nil; i += readers {
				all[i].conversationObject = conversations[i]
				all[i].messages, failed[n] = pages[messageObject](sam, transcriptOf(conversations[i].ID))
			}
		})
	}
	reading.Wait()
	return all, errors.Join(append(failed, err)...)
}

// reported are the sums of all queues over the days that a test may be in.
func reported(sam client) (map[string]float64, error) {
	today := time.Now().UTC()
	span := "from=" + today.AddDate(0, 0, -1).Format(time.DateOnly) + "&to=" + today.AddDate(0, 0, 2).Format(time.DateOnly)
	queues, err := pages[map[string]any](sam, "/v1/reports/queues?"+span)
	sums := map[string]float64{}
	for _, queue := range queues {
		for column, cell := range queue {
			n, _ := cell.(float64)
			sums[column] += n
		}
	}
	return sums, err
}

// look gathers, and says what is wrong: at the least that nobody knows.
func (o *outside) look(r *recorder, sam client, agents map[string]client) (h history, wrong []string) {
	o.t.Helper()
	h, err := o.gather(r, sam, agents)
	if err != nil {
		return h, []string{err.Error()}
	}
	return h, h.check()
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
		h, wrong = o.look(r, sam, agents)
		return len(wrong) == 0
	})
	return h
}
