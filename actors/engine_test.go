package actors

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a contact centre in a bubble: an engine over a store, and a carrier that takes down what it is handed.
type desk struct {
	t      *testing.T
	store  persistence.Store
	engine *Engine
	sent   *carrierBook
	sender Sender // that book, or another carrier
	// registry has the numbers of the engine that was started last.
	registry *prometheus.Registry
	node     string // "test" when empty
}

// carrierBook is a carrier that says yes, unless told otherwise.
type carrierBook struct {
	mu    sync.Mutex
	texts []string
	say   func(text string) *routing.SendFailure
}

func (b *carrierBook) Send(_ context.Context, _ routing.TenantID, _ routing.ChannelID, m routing.MessageID, _, _, text string) (string, *routing.SendFailure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.say != nil {
		if f := b.say(text); f != nil {
			return "", f
		}
	}
	b.texts = append(b.texts, text)
	return "SM-" + string(m), nil
}

func (b *carrierBook) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.texts...)
}

const acme = routing.TenantID("acme")

func acmeConfig() routing.Tenant {
	seconds := 60
	return routing.Tenant{
		ID: acme, Name: "Acme", Skills: []routing.SkillID{"english"},
		Queues:   []routing.Queue{{ID: "support", PostProcessingSeconds: &seconds}, {ID: "sales"}},
		Channels: []routing.Channel{{ID: "main", Carrier: "simulated", Number: "+18005550199", Queue: "support", Secret: "s", SegmentsPerSecond: 10}},
		Agents: []routing.Profile{
			{ID: "ann", Name: "Ann", Capacity: 6, Queues: []routing.QueueID{"support"}, Skills: map[routing.SkillID]routing.Level{"english": 90}},
			{ID: "bob", Name: "Bob", Capacity: 2, Queues: []routing.QueueID{"support", "sales"}},
		},
		Dispositions: []routing.Disposition{{ID: "solved", Name: "Solved"}},
	}
}

// open starts an engine over store, with acme's configuration when the store has none.
func open(t *testing.T, store persistence.Store) *desk {
	t.Helper()
	book := &carrierBook{}
	return openWith(t, store, book, book)
}

// openWith is open with a carrier of its own.
func openWith(t *testing.T, store persistence.Store, book *carrierBook, sender Sender) *desk {
	t.Helper()
	d := &desk{t: t, store: store, sent: book, sender: sender}
	d.start()
	if _, err := store.Get(t.Context(), d.part(), persistence.ConfigKey(string(acme))); errors.Is(err, persistence.ErrNotFound) {
		d.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: acmeConfig(), Source: "test"})
		synctest.Wait()
	}
	return d
}

func (d *desk) start() {
	d.t.Helper()
	var err error
	d.registry = prometheus.NewRegistry()
	d.engine, err = New(Config{
		Store: d.store, Sender: d.sender, Logger: slog.New(slog.DiscardHandler), Registerer: d.registry,
		Node: cmp.Or(d.node, "test"),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.engine.Start(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) part() int { return persistence.PartitionOf(string(acme), d.store.Partitions()) }

func (d *desk) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	d.engine.Drain(ctx)
}

func (d *desk) text(from, id, body string) {
	d.t.Helper()
	cmd := routing.ReceiveText{Channel: "main", From: from, Body: body, CarrierID: id}
	if err := d.engine.Receive(d.t.Context(), acme, cmd, "simulated/main/"+id, "", time.Hour); err != nil {
		d.t.Fatal(err)
	}
	synctest.Wait()
}

func (d *desk) ask(by routing.Principal, cmd routing.Command) routing.Answer {
	d.t.Helper()
	a, err := d.engine.Do(d.t.Context(), acme, by, cmd, "", "")
	if err != nil {
		d.t.Fatalf("%T: %v", cmd, err)
	}
	synctest.Wait()
	return a
}

func (d *desk) must(by routing.Principal, cmd routing.Command) routing.Answer {
	d.t.Helper()
	a := d.ask(by, cmd)
	if a.Refusal != nil {
		d.t.Fatalf("%T refused: %v %v", cmd, a.Refusal, a.Refusal.Problems)
	}
	return a
}

// reconfigure replaces acme's configuration by is.
func (d *desk) reconfigure(is routing.Tenant) {
	d.t.Helper()
	var was routing.Config
	b, err := d.store.Get(d.t.Context(), d.part(), persistence.ConfigKey(string(acme)))
	if err != nil {
		d.t.Fatal(err)
	}
	decode(d.t, b, &was)
	d.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: is, Source: "test", IfMatch: was.ETag})
}

func agentNamed(id string) routing.Principal {
	return routing.Principal{Role: routing.RoleAgent, ID: id}
}

func (d *desk) available(ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		d.must(agentNamed(id), routing.SetStatus{Agent: routing.AgentID(id), Status: routing.Available})
	}
}

// conversations reads all that are hot, in id order.
func (d *desk) conversations() []routing.Conversation {
	d.t.Helper()
	return d.read(persistence.HotConversationPrefix(string(acme)))
}

func (d *desk) ended() []routing.Conversation {
	d.t.Helper()
	return d.read(persistence.ConversationPrefix(string(acme)))
}

func (d *desk) read(prefix string) []routing.Conversation {
	d.t.Helper()
	records, err := d.store.Scan(d.t.Context(), d.part(), prefix, "", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	all := make([]routing.Conversation, len(records))
	for i, r := range records {
		decode(d.t, r.Value, &all[i])
	}
	return all
}

func TestWalkThroughTheEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		d := open(t, store)
		defer d.close()
		ann := agentNamed("ann")
		d.available("ann")
		d.text("+14155550100", "m1", "Hi, my order is late")
		c := d.conversations()[0]
		if c.State != routing.Offered || c.Ringing.Agent != "ann" {
			t.Fatalf("offered to ann: got %s %+v", c.State, c.Ringing)
		}
		d.must(ann, routing.AcceptOffer{Offer: c.Ringing.ID})
		reply := d.must(ann, routing.SendReply{Conversation: c.ID, Text: "Sorry about that!"})
		if reply.Message.State != routing.MessageQueued || len(d.sent.said()) != 1 {
			t.Fatalf("reply: %+v, sent %v", reply.Message, d.sent.said())
		}
		receipt := routing.ReceiveReceipt{Message: reply.Message.ID, State: routing.MessageDelivered}
		if err := d.engine.Receive(t.Context(), acme, receipt, "r1", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		saved := d.must(ann, routing.SaveCase{Conversation: c.ID, Subject: "Late order"})
		if !saved.Created || saved.Case.Number != 1 {
			t.Fatalf("case: %+v", saved)
		}
		if again := d.must(ann, routing.SaveCase{Conversation: c.ID}); again.Created || again.Case.ID != saved.Case.ID {
			t.Fatalf("saved again: %+v", again.Case)
		}
		d.must(ann, routing.EndConversation{Conversation: c.ID})
		d.must(ann, routing.WrapUp{Conversation: c.ID, Disposition: "solved", Notes: "refunded"})
		if left := d.conversations(); len(left) != 0 {
			t.Fatalf("still hot: %+v", left)
		}
		if e := d.ended()[0]; e.LastMessage.Seq != 3 || len(e.Outbox) != 0 || e.Disposition != "solved" {
			t.Fatalf("ended as %+v", e)
		}
		d.text("+14155550100", "m2", "One more thing")
		if next := d.conversations()[0]; next.LinkedTo != c.ID {
			t.Fatalf("linked to %q, want %q", next.LinkedTo, c.ID)
		}
	})
}
