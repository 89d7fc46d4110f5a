package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
)

// TestAcceptByTwoAgents: an offer that two agents accept at once is taken by the one at whom it rings; the other hears that it
// is gone.
func TestAcceptByTwoAgents(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, 2, 6)
	agents := []client{c.signIn("agent-0"), c.signIn("agent-1")}
	for _, a := range agents {
		if err := a.setStatus(t.Context(), "available"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 8 {
		number := botNumber(i)
		if status := c.text(number, simulatedNumber, "hello"); status/100 != 2 {
			t.Fatalf("webhook: %d", status)
		}
		offer := c.ringing(agents)
		var accepting sync.WaitGroup
		results := make([]error, len(agents))
		for n, a := range agents {
			accepting.Go(func() {
				results[n] = a.call(context.Background(), http.MethodPost, "/v1/offers/"+offer+"/accept", "", nil, nil)
			})
		}
		accepting.Wait()
		won, gone := 0, 0
		for _, err := range results {
			no := (*refusal)(nil)
			switch {
			case err == nil:
				won++
			case errors.As(err, &no) && no.Status == http.StatusConflict && no.Code == "offer-gone":
				gone++
			}
		}
		if won != 1 || gone != 1 {
			t.Fatalf("two accepts at once: %v; want one 200 and one 409 offer-gone", results)
		}
	}
}

// ringing waits for an offer at one of the agents.
func (c *centre) ringing(agents []client) string {
	c.t.Helper()
	offer := ""
	c.eventually("an offer rings", func() bool {
		for _, a := range agents {
			desk, err := a.desk(c.t.Context())
			if err != nil {
				c.t.Fatal(err)
			}
			if len(desk.Offers) > 0 {
				offer = desk.Offers[0].ID
				return true
			}
		}
		return false
	})
	return offer
}
