package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

func (d *desk) conversation(id routing.ConversationID) routing.Conversation {
	d.t.Helper()
	for _, c := range d.conversations() {
		if c.ID == id {
			return c
		}
	}
	d.t.Fatalf("%s is not open", id)
	return routing.Conversation{}
}

func (d *desk) indexed(prefix string) int {
	d.t.Helper()
	found, err := d.store.Scan(d.t.Context(), d.part(), prefix, "", 100)
	if err != nil {
		d.t.Fatal(err)
	}
	return len(found)
}

// TestParkedAndBack lets a customer be silent over a restart of the service, and come back.
func TestParkedAndBack(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		id := d.talk("+14155550100")
		d.reply(id, "hello")
		pass(routing.DefaultPark / 2)
		d.close()
		d.start()
		pass(routing.DefaultPark / 2)
		parked := persistence.ParkedPrefix(string(acme), "ann")
		if c := d.conversation(id); c.State != routing.Parked || len(d.held("ann")) != 0 || d.indexed(parked) != 1 {
			t.Fatalf("%s; ann holds %d and has parked %d", c.State, len(d.held("ann")), d.indexed(parked))
		}
		d.close()
		d.start()
		d.text("+14155550100", "m2", "found it")
		c := d.conversation(id)
		if c.State != routing.Offered || c.Ringing.Reason != routing.OfferReturned || d.indexed(parked) != 0 {
			t.Fatalf("%s, %+v; ann has parked %d", c.State, c.Ringing, d.indexed(parked))
		}
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
		d.reply(id, "good")
		pass(routing.DefaultPark)
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: id})
		if n := d.indexed(parked); n != 0 || len(d.conversations()) != 0 {
			t.Fatalf("ended, and %d are parked", n)
		}
		numbers := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_parked_total{queue="support"}`: "1", `switchyard_queue_entries_total{queue="support"}`: "1",
			`switchyard_queue_wait_seconds_sum{outcome="answered",queue="support"}`: "0", `switchyard_handle_seconds_sum{queue="support"}`: "1800",
			`switchyard_conversations{state="parked"}`: "0",
		} {
			if numbers[series] != want {
				t.Errorf("%s is %q, want %q", series, numbers[series], want)
			}
		}
	})
}

// TestGoneAgentLosesWhatSheHas loses a desktop, and then the service, for long.
func TestGoneAgentLosesWhatSheHas(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		first := d.talk("+14155550100")
		ann := agentNamed("ann")
		d.must(ann, routing.Connect{Agent: "ann", Stream: "s1"})
		d.must(ann, routing.Disconnect{Agent: "ann", Stream: "s1"})
		pass(routing.ConnectionGrace + routing.DefaultAgentGoneRequeue - time.Second)
		if c := d.conversation(first); c.State != routing.Active {
			t.Fatalf("too early: %s", c.State)
		}
		pass(time.Second)
		if c := d.conversation(first); c.State != routing.Queued || !c.WaitingSince.Equal(c.CreatedAt) || len(c.Refused) != 0 {
			t.Fatalf("%s, as old as %v, refused by %v", c.State, c.WaitingSince, c.Refused)
		}
		d.must(ann, routing.Connect{Agent: "ann", Stream: "s2"})
		d.must(ann, routing.AcceptOffer{Offer: d.conversation(first).Ringing.ID})
		d.must(ann, routing.SetStatus{Agent: "ann", Status: routing.LoggedOut})
		d.close()
		pass(time.Hour)
		d.start()
		pass(0)
		if c := d.conversation(first); c.State != routing.Queued {
			t.Fatalf("she logged out an hour ago, and it is %s", c.State)
		}
	})
}

// TestTransferInTheEngine leads a conversation from ann to bob, over a restart while it rings, and on to a queue.
func TestTransferInTheEngine(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		id := d.talk("+14155550100")
		ann, bob := agentNamed("ann"), agentNamed("bob")
		if c := d.must(ann, routing.TransferConversation{Conversation: id, Agent: "bob"}).Conversation; c.Transfer == nil || c.Agent != "ann" {
			t.Fatalf("%+v", c)
		}
		pass(0)
		if c := d.conversation(id); c.Transfer != nil || c.State != routing.Active {
			t.Fatalf("bob is not there: %+v", c)
		}
		d.available("bob")
		d.must(ann, routing.TransferConversation{Conversation: id, Agent: "bob", Note: "yours"})
		pass(0)
		d.close()
		d.start()
		c := d.conversation(id)
		if c.Ringing == nil || c.Agent != "ann" || len(d.held("ann")) != 1 || len(d.held("bob")) != 1 {
			t.Fatalf("%+v; ann holds %d, bob %d", c.Ringing, len(d.held("ann")), len(d.held("bob")))
		}
		d.must(bob, routing.AcceptOffer{Offer: c.Ringing.ID})
		pass(0)
		if c := d.conversation(id); c.Agent != "bob" || c.From != "ann" || len(d.held("ann")) != 0 {
			t.Fatalf("%+v", c)
		}
		d.must(bob, routing.TransferConversation{Conversation: id, Queue: "support"})
		pass(time.Minute)
		d.must(ann, routing.AcceptOffer{Offer: d.conversation(id).Ringing.ID})
		numbers := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_transfers_total{kind="agent",queue="support"}`: "0", `switchyard_transfers_total{kind="queue",queue="support"}`: "1",
			`switchyard_queue_entries_total{queue="support"}`: "1", `switchyard_capacity_violations_total`: "0",
		} {
			if numbers[series] != want {
				t.Errorf("%s is %q, want %q", series, numbers[series], want)
			}
		}
	})
}

// TestSupervisorTakesOver has a supervisor do one thing after the other; each is in the audit, with nothing that was written.
func TestSupervisorTakesOver(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		id := d.talk("+14155550100")
		sue, ada := routing.Principal{Role: routing.RoleSupervisor, ID: "sue"}, routing.Principal{Role: routing.RoleAdmin, ID: "ada"}
		if m := d.must(sue, routing.Whisper{Conversation: id, Text: "secret"}).Message; !m.Whisper || m.Agent != "sue" {
			t.Errorf("whispered %+v", m)
		}
		if c := d.must(sue, routing.TakeOver{Conversation: id}).Conversation; c.Agent != "sue" || len(d.held("ann")) != 0 || len(d.held("sue")) != 0 {
			t.Errorf("%+v; ann holds %d", c, len(d.held("ann")))
		}
		d.must(sue, routing.SendReply{Conversation: id, Text: "secret"})
		d.must(ada, routing.ReadConversation{Conversation: id})
		d.close()
		d.start()
		if a := d.ask(sue, routing.TakeOver{Conversation: "cv_none"}); a.Refusal == nil {
			t.Error("took over nothing")
		}
		d.must(sue, routing.EndConversation{Conversation: id})
		d.must(sue, routing.SetStatus{Agent: "ann", Status: routing.OnBreak, ByOther: true})
		d.must(ada, routing.CreateCustomer{Customer: routing.CustomerDraft{Name: "secret", Numbers: []string{"+14155550100"}}})
		items, err := d.store.Range(t.Context(), d.part(), persistence.AuditList(string(acme)), "", 100)
		var did []string
		for _, item := range items {
			var a routing.Audit
			decode(t, item.Value, &a)
			did = append(did, strings.TrimSpace(a.By.ID+" "+a.Action+" "+string(a.Refused)))
			if strings.Contains(string(item.Value), "secret") || a.At.IsZero() {
				t.Errorf("%s", item.Value)
			}
		}
		want := []string{
			"root replace_config", "sue whisper", "sue take_over", "sue reply", "ada read_conversation", "sue take_over not-found", "sue end", "sue status",
			"ada create_customer",
		}
		if diff := cmp.Diff(want, did); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		rows := d.indexed(persistence.RowsPrefix(string(acme)))
		if numbers := gather(t, d.registry); rows != 1 || numbers[`switchyard_conversations{state="active"}`] != "0" {
			t.Errorf("%d rows, %s active", rows, numbers[`switchyard_conversations{state="active"}`])
		}
	})
}

// TestPulledBackToAnother takes a conversation from an agent who does not answer.
func TestPulledBackToAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		id := d.talk("+14155550100")
		d.reply(id, "hello")
		d.available("bob")
		d.text("+14155550100", "m2", "and?")
		acme := acmeConfig()
		acme.Queues[0].PullBackSeconds = 60
		d.reconfigure(acme)
		pass(2 * time.Minute)
		if c := d.conversation(id); c.State != routing.Active {
			t.Fatalf("the text came before the queue had a limit: %s", c.State)
		}
		d.reply(id, "yes")
		d.text("+14155550100", "m3", "so?")
		pass(time.Minute)
		if c := d.conversation(id); c.State != routing.Offered || c.Ringing.Agent != "bob" || !c.Front {
			t.Fatalf("%s, %+v", c.State, c.Ringing)
		}
	})
}
