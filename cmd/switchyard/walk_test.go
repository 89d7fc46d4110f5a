package main

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWalk is the README's walk, over either carrier: one text, the whole way, and a second one that finds the history.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ carrier, channel, number, queue string }{
		{"simulated", simulatedLine, simulatedNumber, "support"}, {"twilio", twilioLine, twilioNumber, "billing"},
	} {
		t.Run(row.carrier, func(t *testing.T) {
			t.Parallel()
			const customer = "+12025550110"
			c := newCentre(t, nil, 2, 2)
			ctx := t.Context()
			agent, sam := c.signIn("agent-0"), c.signIn("sam")
			body := map[string]any{"name": "Ana Silva", "numbers": []string{customer}}
			var ana struct{ ID, Name string }
			if err := sam.call(ctx, http.MethodPost, "/v1/customers", "", body, &ana); err != nil {
				t.Fatal(err)
			}
			stream := c.listenIn(agent)
			if err := agent.setStatus(ctx, "available"); err != nil {
				t.Fatal(err)
			}
			if status := c.text(customer, row.number, "Where is my order?"); status/100 != 2 {
				t.Fatalf("webhook: %d", status)
			}
			offer := c.hears(stream, "offer.made", anyEvent).Offer
			screenPop(t, agent, ana.ID)
			taken, err := agent.accept(ctx, offer.ID)
			if err != nil {
				t.Fatal(err)
			}
			want := conversationObject{
				ID: taken.ID, State: stateActive, Agent: "agent-0", Queue: row.queue, Channel: row.channel, CustomerNumber: customer, LastMessage: taken.LastMessage, Rev: taken.Rev,
			}
			if diff := cmp.Diff(want, taken); diff != "" || taken.LastMessage == nil || taken.LastMessage.Text != "Where is my order?" {
				t.Errorf("accepted conversation (-want +got):\n%s\nlast message: %+v", diff, taken.LastMessage)
			}
			sent, err := agent.reply(ctx, taken.ID, "It is on its way.", "")
			if err != nil || sent.State != "queued" {
				t.Fatalf("reply: %+v, %v", sent, err)
			}
			c.hears(stream, "message.updated", func(e eventObject) bool { return e.Message.ID == sent.ID && e.Message.State == "delivered" })
			if diff := cmp.Diff([]string{"It is on its way."}, c.received(customer)); diff != "" {
				t.Errorf("the phone has (-want +got):\n%s", diff)
			}
			finish(t, agent, taken.ID)
			c.text(customer, row.number, "Thank you!")
			second := c.hears(stream, "offer.made", func(e eventObject) bool { return e.Offer.ID != offer.ID }).Offer.Conversation
			if second.LinkedTo != taken.ID {
				t.Errorf("the second conversation is linked to %q, want %q", second.LinkedTo, taken.ID)
			}
			history := agent.transcript(t, second.LinkedTo)
			var texts []string
			for _, m := range history {
				if m.Kind == "sms" {
					texts = append(texts, m.Direction+" "+m.Text+" "+m.State)
				}
			}
			if diff := cmp.Diff([]string{"inbound Where is my order? ", "outbound It is on its way. delivered"}, texts); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}

// screenPop checks that the offer brings the record of who writes.
func screenPop(t *testing.T, agent client, customer string) {
	t.Helper()
	var desk struct {
		Offers []struct {
			Matches []struct{ ID, Name string } `json:"customer_matches"`
		}
	}
	if err := agent.call(t.Context(), http.MethodGet, "/v1/desk", "", nil, &desk); err != nil {
		t.Fatal(err)
	}
	if len(desk.Offers) != 1 || len(desk.Offers[0].Matches) != 1 || desk.Offers[0].Matches[0].ID != customer || desk.Offers[0].Matches[0].Name != "Ana Silva" {
		t.Errorf("the desk shows %+v, want one offer with Ana Silva %s", desk.Offers, customer)
	}
}

// finish saves a case, twice with one effect, ends the conversation and wraps it up.
func finish(t *testing.T, agent client, conversation string) {
	t.Helper()
	ctx := t.Context()
	var first, again struct {
		ID            string
		Number        int
		Conversations []string
	}
	path := "/v1/conversations/" + conversation
	if err := agent.call(ctx, http.MethodPost, path+"/case", "", map[string]string{"subject": "Order"}, &first); err != nil {
		t.Fatal(err)
	}
	if err := agent.call(ctx, http.MethodPost, path+"/case", "", map[string]string{"subject": "Order"}, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || len(first.Conversations) != 1 {
		t.Errorf("saving twice made two cases (-first +second):\n%s", diff)
	}
	ended, err := agent.end(ctx, conversation)
	if err != nil || ended.State != statePostProcessing {
		t.Fatalf("end: %+v, %v", ended, err)
	}
	if _, err := agent.wrapUp(ctx, conversation, "solved", "all good"); err != nil {
		t.Fatal(err)
	}
	var is conversationObject
	if err := agent.call(ctx, http.MethodGet, path, "", nil, &is); err != nil || is.State != stateEnded {
		t.Errorf("after wrap_up: %+v, %v", is, err)
	}
}
