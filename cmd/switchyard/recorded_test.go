package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors"
	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// Half an hour that was recorded, and the configuration that was in force.
const (
	recordedDayFile    = "testdata/day.jsonl"
	recordedConfigFile = "testdata/day.yaml"
)

// sayYes is a carrier that takes every text.
type sayYes struct{}

func (sayYes) Send(_ context.Context, _ routing.TenantID, _ routing.ChannelID, m routing.MessageID, _, _, _ string) (string, *routing.SendFailure) {
	return "SM-" + string(m), nil
}

// livelyDay is a day in the engine, in virtual time, that chance decides.
type livelyDay struct {
	t      *testing.T
	random *rand.Rand
	store  persistence.Store
	engine *actors.Engine
	tenant routing.Tenant
	n      int

	lapses  bool            // offers may
	lapsing routing.OfferID // the one that is let lapse
	lapsed  time.Time       // when the last did
}

func liveDay(t *testing.T, seed uint64, steps int) *livelyDay {
	config, err := readDocument(recordedConfigFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &livelyDay{t: t, random: rand.New(rand.NewPCG(seed, 3)), store: memory.New(1), tenant: config.tenant, lapses: seed%2 == 1}
	if d.lapses {
		d.tenant.Queues[0].RelaxLevels, d.tenant.Queues[1].PreferForSeconds = nil, 0
	}
	d.engine, err = actors.New(actors.Config{
		Store: d.store, Sender: sayYes{}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Node: "test",
	})
	if err == nil {
		err = d.engine.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		d.engine.Drain(ctx)
	}()
	d.do(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: d.tenant, Source: "test"})
	for range steps {
		// Odd milliseconds: no two people act at the same moment, nor when something falls due.
		<-time.After(time.Duration(d.random.IntN(9000))*time.Millisecond + time.Duration(1+d.random.IntN(999_999)))
		d.step()
		synctest.Wait()
		d.answer()
	}
	return d
}

func (d *livelyDay) do(by routing.Principal, cmd routing.Command) {
	d.t.Helper()
	if _, err := d.engine.Do(d.t.Context(), d.tenant.ID, by, cmd, "", ""); err != nil {
		d.t.Fatalf("%T: %v", cmd, err)
	}
	synctest.Wait()
}

func (d *livelyDay) step() {
	switch n := d.random.IntN(100); {
	case n < 25:
		d.n++
		text := routing.ReceiveText{
			Channel: []routing.ChannelID{"help", "shop"}[d.random.IntN(2)], From: fmt.Sprintf("+1415555020%d", d.random.IntN(10)),
			Body: []string{"hi", "hello?", "thanks 👍", "STOP", "START"}[min(4, d.random.IntN(20)/4)], CarrierID: fmt.Sprintf("m%d", d.n),
		}
		if d.random.IntN(8) > 0 && text.Body == "STOP" {
			text.Body = "stop it, please"
		}
		if err := d.engine.Receive(d.t.Context(), d.tenant.ID, text, text.CarrierID, "", time.Hour); err != nil {
			d.t.Fatal(err)
		}
	case n < 40:
		a := d.tenant.Agents[d.random.IntN(len(d.tenant.Agents))].ID
		by, stream := routing.Principal{Role: routing.RoleAgent, ID: string(a)}, fmt.Sprintf("l/%d", d.random.IntN(2))
		d.do(by, []routing.Command{
			routing.SetStatus{Agent: a, Status: routing.Available},
			routing.SetStatus{Agent: a, Status: routing.Available},
			routing.SetStatus{Agent: a, Status: routing.Available},
			routing.SetStatus{Agent: a, Status: routing.OnBreak},
			routing.SetStatus{Agent: a, Status: routing.BusyStopNew},
			routing.SetStatus{Agent: a, Status: routing.LoggedOut},
			routing.Connect{Agent: a, Stream: stream, Opened: time.Now()},
			routing.Connect{Agent: a, Stream: stream, Opened: time.Now()},
			routing.Disconnect{Agent: a, Stream: stream},
		}[d.random.IntN(9)])
	default:
		if open := d.open(); len(open) > 0 {
			d.work(open[d.random.IntN(len(open))])
		}
	}
}

// answer lets agents take what rings before it lapses, but for one offer at a time, on days without relaxation. So no two things
// fall due at the same moment: their order would be that of the engine's goroutines, and nobody's decision.
func (d *livelyDay) answer() {
	rings := false
	for _, c := range d.open() {
		for _, o := range c.Rings() {
			if o.ID == d.lapsing {
				rings = true
				continue
			}
			if d.lapses && d.lapsing == "" && time.Since(d.lapsed) > time.Minute && !o.Multi && time.Since(o.OfferedAt) < 5*time.Second {
				d.lapsing, rings = o.ID, true
				continue
			}
			<-time.After(time.Duration(1+d.random.IntN(99)) * time.Millisecond)
			d.respond(o)
		}
	}
	if d.lapsing != "" && !rings {
		d.lapsing, d.lapsed = "", time.Now()
	}
}

// respond takes an offer, or rejects it.
func (d *livelyDay) respond(o routing.Offer) {
	by := routing.Principal{Role: routing.RoleAgent, ID: string(o.Agent)}
	if d.random.IntN(4) == 0 {
		d.do(by, routing.RejectOffer{Offer: o.ID, Reason: "no"})
	} else {
		d.do(by, routing.AcceptOffer{Offer: o.ID})
	}
}

func (d *livelyDay) open() []routing.Conversation {
	page, err := d.store.Scan(d.t.Context(), 0, persistence.HotConversationPrefix("acme"), "", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	var open []routing.Conversation
	for _, rec := range page {
		var c routing.Conversation
		if err := json.Unmarshal(rec.Value, &c); err != nil {
			d.t.Fatal(err)
		}
		if c.Open() {
			open = append(open, c)
		}
	}
	return open
}

// work lets somebody do something with a conversation.
func (d *livelyDay) work(c routing.Conversation) {
	if d.random.IntN(12) == 0 {
		d.supervise(c)
		return
	}
	if c.Agent == "" || len(c.Rings()) > 0 {
		return
	}
	by := routing.Principal{Role: routing.RoleAgent, ID: string(c.Agent)}
	if c.TakenOver {
		by.Role = routing.RoleSupervisor
	}
	d.do(by, []routing.Command{
		routing.SendReply{Conversation: c.ID, Text: "well"},
		routing.SendReply{Conversation: c.ID, Text: "well"},
		routing.EndConversation{Conversation: c.ID, Disposition: "solved"},
		routing.EndConversation{Conversation: c.ID, Disposition: "solved"},
		routing.EndConversation{Conversation: c.ID, Disposition: "solved"},
		routing.ExtendPostProcessing{Conversation: c.ID},
		routing.WrapUp{Conversation: c.ID, Disposition: "solved", Notes: "done"},
		routing.WrapUp{Conversation: c.ID, Disposition: "solved"},
		routing.TransferConversation{Conversation: c.ID, Queue: "sales", Note: "look"},
		routing.TransferConversation{Conversation: c.ID, Queue: "support"},
		routing.TransferConversation{Conversation: c.ID, Agent: "bob"},
		routing.AddNote{Conversation: c.ID, Text: "note"},
		routing.MarkRead{Conversation: c.ID, Seq: c.Seq},
		routing.SaveCase{Conversation: c.ID, Subject: "case"},
	}[d.random.IntN(14)])
}

func (d *livelyDay) supervise(c routing.Conversation) {
	deeds := 6
	if len(c.Rings()) > 0 { // what rings and is called back frees a slot and asks for one at the same moment
		deeds = 3
	}
	d.do(routing.Principal{Role: routing.RoleSupervisor, ID: "sue"}, []routing.Command{
		routing.PrioritizeConversation{Conversation: c.ID, Priority: 1 + d.random.IntN(9)},
		routing.EndConversation{Conversation: c.ID, Disposition: "solved"},
		routing.TakeOver{Conversation: c.ID},
		routing.AssignConversation{Conversation: c.ID, Agent: "bob"},
		routing.AssignConversation{Conversation: c.ID, Queue: "support"},
		routing.ReleaseConversation{Conversation: c.ID},
	}[d.random.IntN(deeds)])
}

// decided is what is compared: every event that routes, with when it happened and all that was considered.
type decided struct {
	At           time.Time
	Conversation routing.ConversationID
	Event        routing.Event
}

func decides(e routing.Event) bool {
	switch e.(type) {
	case routing.OfferMade, routing.OfferEnded, routing.Reopened, routing.ConversationParked, routing.Returned, routing.Requeued,
		routing.TransferStarted, routing.TransferEnded, routing.PostProcessingStarted, routing.PostProcessingExtended, routing.DispositionAwaited,
		routing.ConversationEnded, routing.Prioritized, routing.ConversationTaken:
		return true
	case routing.Started, routing.MessageAdded, routing.MessageAdvanced, routing.MessagesRead, routing.CustomerAttached, routing.CaseSaved,
		routing.WrappedUp, routing.OptedOut, routing.OptedIn, routing.OptOutAsked, routing.OptOutDismissed:
	}
	return false
}

// replayed simulates a recording, and returns what was decided, conversation by conversation.
func replayed(tenant routing.Tenant, r *simulation.Recording) (map[routing.ConversationID][]decided, *simulation.Tally) {
	made := map[routing.ConversationID][]decided{}
	tally := simulation.Run(simulation.Plan{
		Tenant: &tenant, Recorded: r,
		Told: func(at time.Time, c routing.ConversationID, e routing.Event) {
			if decides(e) {
				made[c] = append(made[c], decided{at, c, e})
			}
		},
	})
	return made, tally
}

func decidedIn(r *simulation.Recording) map[routing.ConversationID][]decided {
	made := map[routing.ConversationID][]decided{}
	for _, f := range r.Facts {
		if e := f.Event; e != nil && !e.At.Before(r.From) && decides(e.Event) {
			made[e.Conversation] = append(made[e.Conversation], decided{e.At, e.Conversation, e.Event})
		}
	}
	return made
}

// TestReplayReproducesEveryDecision: a lively day in the engine, exported, written to a file, read back and replayed under the same
// configuration, is the same day: who was offered what and when, who else was considered and why not.
func TestReplayReproducesEveryDecision(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for seed := range uint64(6) {
		var file bytes.Buffer
		var tenant routing.Tenant
		synctest.Test(t, func(t *testing.T) {
			day := liveDay(t, seed, 500)
			tenant = day.tenant
			r, err := record(t.Context(), day.store, "acme", time.Time{}, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if err := writeDay(&file, r); err != nil {
				t.Fatal(err)
			}
		})
		r, err := readDay(&file)
		if err != nil {
			t.Fatal(err)
		}
		want := decidedIn(r)
		got, tally := replayed(tenant, r)
		for _, events := range want {
			for _, e := range events {
				seen[routing.EventType(e.Event)]++
			}
		}
		if diff := firstDifference(want, got); diff != "" {
			t.Fatalf("day %d, recorded (-), replayed (+):\n%s", seed, diff)
		}
		if tally.Offers == 0 || tally.Same != tally.Offers {
			t.Errorf("day %d: %d of %d offers are said to be as recorded", seed, tally.Same, tally.Offers)
		}
	}
	t.Log(seen)
	if seen["offer.made"] < 200 {
		t.Errorf("the days are too tame: %v", seen)
	}
}

// firstDifference finds the earliest decision that differs; after it others follow that prove nothing.
func firstDifference(want, got map[routing.ConversationID][]decided) string {
	var first decided
	var diff string
	for c := range want {
		for i, w := range want[c] {
			var g decided
			if i < len(got[c]) {
				g = got[c][i]
			}
			if !cmp.Equal(w, g) && (diff == "" || w.At.Before(first.At)) {
				first, diff = w, cmp.Diff(w, g)
			}
		}
		if n := len(want[c]); len(got[c]) > n && (diff == "" || got[c][n].At.Before(first.At)) {
			first, diff = got[c][n], cmp.Diff(decided{}, got[c][n])
		}
	}
	return diff
}

// TestSimulateRecordedDay: under the configuration that was in force it is the same day, and with more agents it is not.
func TestSimulateRecordedDay(t *testing.T) {
	t.Parallel()
	same, more := replayOf(t), replayOf(t, "--agents", "6")
	if same.Recorded == nil || same.Recorded.Offers < 20 || same.Recorded.Same != same.Recorded.Offers {
		t.Errorf("the same configuration: %+v", same.Recorded)
	}
	if more.Recorded.Same == more.Recorded.Offers {
		t.Errorf("two agents more change nothing: %+v", more.Recorded)
	}
}

func replayOf(t *testing.T, args ...string) simulationReport {
	t.Helper()
	code, stdout, stderr := command(t, "", append([]string{"simulate", "--config", recordedConfigFile, "--events", recordedDayFile, "--json"}, args...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var report simulationReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestReplayFromTheMiddle: a day that begins with conversations under way is restored as the service is after a crash, and goes on as
// it did.
func TestReplayFromTheMiddle(t *testing.T) {
	t.Parallel()
	var r *simulation.Recording
	var tenant routing.Tenant
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		day := liveDay(t, 2, 300)
		tenant = day.tenant
		from, to := began.Add(10*time.Minute).UTC(), began.Add(15*time.Minute).UTC()
		var err error
		if r, err = record(t.Context(), day.store, "acme", from, to); err != nil {
			t.Fatal(err)
		}
	})
	before := map[routing.ConversationID]bool{}
	for _, f := range r.Facts {
		if f.Event != nil && f.Event.At.Before(r.From) {
			before[f.Event.Conversation] = true
		}
	}
	_, tally := replayed(tenant, r)
	if len(before) < 3 || tally.Offers < 5 {
		t.Fatalf("the day is too tame: %d conversations from before, %d offers", len(before), tally.Offers)
	}
	if tally.Same < tally.Offers*8/10 { // whose turn it is among equals is not recorded
		t.Errorf("%d of %d offers are as recorded", tally.Same, tally.Offers)
	}
}
