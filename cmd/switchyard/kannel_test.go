package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// TestKannel takes texts through a real gateway: a phone's text in, an agent's reply out, and the report on it back.
func TestKannel(t *testing.T) {
	t.Parallel()
	const customer = "+14155550100"
	g := newGateway(t, nil, false)
	agent := g.signIn("agent-0")
	stream := g.listenIn(agent)
	if err := agent.setStatus(t.Context(), "available"); err != nil {
		t.Fatal(err)
	}
	g.phone(customer, "text", "Hello  support €")
	offer := g.hears(stream, "offer.made", anyEvent).Offer
	taken, err := agent.accept(t.Context(), offer.ID)
	if err != nil {
		t.Fatal(err)
	}
	texts := func() (all []string) {
		for _, m := range agent.transcript(t, taken.ID) {
			all = append(all, m.Text)
		}
		return all
	}
	// Parts in the wrong order, which Kannel joins; emoji, which come as UTF-16.
	g.phone(customer, "udh-text", "%05%00%03%2A%02%02 ld and all")
	g.phone(customer, "udh-text", "%05%00%03%2A%02%01 Hello, wor")
	g.eventually("the joined text is in the transcript", func() bool { return len(texts()) == 2 })
	g.phone(customer, "ucs2", "%D8%3D%DE%00%00o%00k")
	g.eventually("the emoji is in the transcript", func() bool { return len(texts()) == 3 })
	if diff := cmp.Diff([]string{"Hello  support €", "Hello, world and all", "[emoji: grinning face]ok"}, texts()); diff != "" {
		t.Errorf("transcript (-want +got):\n%s", diff)
	}
	long := strings.Repeat("A long answer has several parts. ", 10)
	for _, reply := range []string{"Hi, this is Ann: 5 € & more", "Привет ☎", long} {
		sent, err := agent.reply(t.Context(), taken.ID, reply, "")
		if err != nil {
			t.Fatal(err)
		}
		g.hears(stream, "message.updated", func(e eventObject) bool { return e.Message.ID == sent.ID && e.Message.State == "delivered" })
	}
	g.eventually("the carrier has three texts, the last one in three parts", func() bool { return len(g.delivered()) == 5 })
	if got, want := g.delivered()[0], "<"+gatewayNumber+" "+customer+" text Hi, this is Ann: 5 € & more>"; got != want {
		t.Errorf("the carrier got %q, want %q", got, want)
	}
}

// TestKannelTriesAgain: what was answered 503 comes again and is there once, also where it had been stored before that answer.
func TestKannelTriesAgain(t *testing.T) {
	t.Parallel()
	const customer = "+14155550101"
	store := faulty.New(memory.New(1))
	g := newGateway(t, store, false)
	sam := g.signIn("sam")
	calls := store.Calls(faulty.Ingest)
	store.Add(faulty.Fail(faulty.Ingest, calls+1), faulty.Unknown(faulty.Ingest, calls+2))
	g.phone(customer, "text", "Hello")
	g.eventually("two calls were answered 503 and one was taken", func() bool {
		m := g.metrics()
		return strings.Contains(m, `switchyard_webhooks_total{carrier="kannel",result="unavailable"} 2`) &&
			strings.Contains(m, `switchyard_webhooks_total{carrier="kannel",result="accepted"} 1`)
	})
	g.phone(customer, "text", "Bye")
	g.eventually("the next text is in the transcript", func() bool {
		all := list[conversationObject](t, sam, "/v1/conversations?limit=10")
		return len(all) == 1 && all[0].LastMessage.Text == "Bye"
	})
	all := list[conversationObject](t, sam, "/v1/conversations?limit=10")
	var texts []string
	for _, m := range sam.transcript(t, all[0].ID) {
		texts = append(texts, m.Text)
	}
	if !slices.Equal(texts, []string{"Hello", "Bye"}) {
		t.Errorf("transcript is %q", texts)
	}
	if got := g.delivered(); len(got) != 0 {
		t.Errorf("the customer got %q", got)
	}
}

// TestSMPP reaches a carrier that speaks SMPP through Kannel.
func TestSMPP(t *testing.T) {
	t.Parallel()
	const customer = "+14155550102"
	g := newGateway(t, nil, true)
	agent := g.signIn("agent-0")
	stream := g.listenIn(agent)
	if err := agent.setStatus(t.Context(), "available"); err != nil {
		t.Fatal(err)
	}
	text := func(text string) {
		if status := g.order("/text", "from", customer, "to", gatewayNumber, "text", text); status != http.StatusOK {
			t.Fatalf("the carrier answers %d", status)
		}
	}
	text("Hello")
	taken, err := agent.accept(t.Context(), g.hears(stream, "offer.made", anyEvent).Offer.ID)
	if err != nil {
		t.Fatal(err)
	}
	text("Grüße 😀")
	g.eventually("both texts are in the transcript", func() bool {
		m := agent.transcript(t, taken.ID)
		return len(m) == 2 && m[0].Text == "Hello" && m[1].Text == "Grüße [emoji: grinning face]"
	})
	for _, row := range []struct{ submit, report, state, class string }{
		{"ok", "DELIVRD", "delivered", ""},
		{"throttle", "DELIVRD", "delivered", ""}, // Kannel sends it again by itself
		{"ok", "UNDELIV", "failed", "unreachable"},
		{"ok", "EXPIRED", "failed", "expired"},
		{"reject", "", "failed", "invalid"},
	} {
		g.order("/mode", "submit", row.submit, "report", row.report)
		sent, err := agent.reply(t.Context(), taken.ID, "Привет", "")
		if err != nil {
			t.Fatal(err)
		}
		ended := g.hears(stream, "message.updated", func(e eventObject) bool {
			return e.Message.ID == sent.ID && (e.Message.State == "delivered" || e.Message.State == "failed")
		})
		class := failureOf(t, agent, taken.ID, sent.Seq)
		if ended.Message.State != row.state || class != row.class {
			t.Errorf("%s, %s: the text is %s %s, want %s %s", row.submit, row.report, ended.Message.State, class, row.state, row.class)
		}
	}
	g.eventually("the carrier shows four texts", func() bool { return len(g.delivered()) >= 4 })
	if got := g.delivered(); len(got) != 4 || got[0] != `{"to":"`+customer[1:]+`","coding":8,"text":"Привет"}` {
		t.Errorf("the carrier took %q", got)
	}
}

// failureOf is the class of a message's failure, as its transcript says it.
func failureOf(t *testing.T, agent client, conversation string, seq int) string {
	t.Helper()
	messages := list[struct {
		Failure struct{ Class string }
	}](t, agent, "/v1/conversations/"+conversation+"/transcript?limit=200")
	return messages[seq-1].Failure.Class
}
