package actors

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
	"switchyard/persistence/memory"
)

// TestMetricsOfAShift plays a small shift and compares the numbers with those counted by hand.
func TestMetricsOfAShift(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		reg := prometheus.NewRegistry()
		e, err := New(Config{Store: store, Sender: &carrierBook{}, Logger: slog.New(slog.DiscardHandler), Registerer: reg, Node: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := &desk{t: t, store: store, engine: e, sent: &carrierBook{}}
		defer d.close()
		d.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: acmeConfig(), Source: "test"})
		playShift(d)
		want := shiftNumbers()
		got := gather(t, reg)
		for series, value := range want {
			if got[series] != value {
				t.Errorf("%s is %q, want %q", series, got[series], value)
			}
		}
		if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
			t.Errorf("names: %v %v", problems, err)
		}
	})
}

// playShift has ann work alone: ten texts at once, six of them accepted after 10 s, one answered, ended and wrapped up.
func playShift(d *desk) {
	d.available("ann")
	for i := range 10 {
		d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
	}
	pass(10 * time.Second)
	for _, c := range d.conversations() {
		if c.State == routing.Offered {
			d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
		}
	}
	c := d.conversations()[0]
	pass(20 * time.Second)
	d.reply(c.ID, "hello")
	d.must(agentNamed("ann"), routing.EndConversation{Conversation: c.ID})
	pass(5 * time.Second)
	d.must(agentNamed("ann"), routing.WrapUp{Conversation: c.ID})
	pass(30 * time.Second) // the seventh rang at ann, and she missed it
}

func shiftNumbers() map[string]string {
	return map[string]string{
		`switchyard_queue_entries_total{queue="support"}`:                          "10",
		`switchyard_queue_entries_total{queue="sales"}`:                            "0",
		`switchyard_queue_entries_ended_total{outcome="answered",queue="support"}`: "6",
		`switchyard_queue_wait_seconds_sum{outcome="answered",queue="support"}`:    "60",
		`switchyard_queue_answered_in_service_level_total{queue="support"}`:        "6",
		`switchyard_offers_total{outcome="accepted",queue="support"}`:              "6",
		`switchyard_offers_total{outcome="lapsed",queue="support"}`:                "1",
		`switchyard_queue_storms_total{queue="support"}`:                           "0",
		`switchyard_first_response_seconds_sum{queue="support"}`:                   "30",
		`switchyard_replies_total{queue="support"}`:                                "1",
		`switchyard_replies_in_target_total{queue="support"}`:                      "1",
		`switchyard_queue_reply_target_seconds{queue="support"}`:                   "300",
		`switchyard_unanswered_total{queue="support"}`:                             "0",
		`switchyard_handle_seconds_sum{queue="support"}`:                           "20",
		`switchyard_wrapup_seconds_sum{queue="support"}`:                           "5",
		`switchyard_deliveries_total{class="",provider="simulated",status="sent"}`: "1",
		`switchyard_queue_waiting{queue="support"}`:                                "4",
		`switchyard_queue_longest_wait_seconds{queue="support"}`:                   "65",
		`switchyard_queue_waiting_over_threshold{queue="support"}`:                 "4",
		`switchyard_queue_agents{queue="support",state="busy"}`:                    "1",
		`switchyard_agents{state="logged_out"}`:                                    "1",
		`switchyard_agent_state_seconds_total{state="busy"}`:                       "65",
		`switchyard_agent_slot_seconds_total{use="taken"}`:                         "390",
		`switchyard_conversations{state="active"}`:                                 "5",
		`switchyard_conversations{state="queued"}`:                                 "4",
		`switchyard_capacity_violations_total`:                                     "0",
		`switchyard_inbox_depth`:                                                   "0",
	}
}

// gather is every series of the registry with its value, as text.
func gather(t *testing.T, reg prometheus.Gatherer) map[string]string {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]string{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := make([]string, 0, len(m.GetLabel()))
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			name := f.GetName()
			of := ""
			if len(labels) > 0 {
				of = "{" + strings.Join(labels, ",") + "}"
			}
			switch {
			case m.GetHistogram() != nil:
				series[name+"_sum"+of] = fmt.Sprint(m.GetHistogram().GetSampleSum())
			case m.GetCounter() != nil:
				series[name+of] = fmt.Sprint(m.GetCounter().GetValue())
			default:
				series[name+of] = fmt.Sprint(m.GetGauge().GetValue())
			}
		}
	}
	return series
}

// TestHeadsAreCountedOnce loses the partition and looks whether what was in memory is counted again.
func TestHeadsAreCountedOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		for range 3 {
			for _, tenure := range d.engine.tenures() {
				tenure.fail(context.Canceled)
			}
			pass(10 * time.Second)
		}
		d.engine.heads.mu.Lock()
		defer d.engine.heads.mu.Unlock()
		if n := d.engine.heads.count[heading{kind: ofConversations, label: string(routing.Queued)}] + d.engine.heads.count[heading{kind: ofConversations, label: string(routing.Offered)}]; n != 1 {
			t.Errorf("%d open conversations are counted, there is 1", n)
		}
	})
}

// TestTenantsOfOnePartitionDoNotMeet gives two of them equal names, for queues, channels and the carrier's ids alike.
func TestTenantsOfOnePartitionDoNotMeet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, memory.New(1))
		defer d.close()
		other := acmeConfig()
		other.ID = "other"
		root := routing.Principal{Role: routing.RoleAdmin, ID: "root"}
		if _, err := d.engine.Do(t.Context(), other.ID, root, routing.ReplaceConfig{Tenant: other, Source: "test"}, "", ""); err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []routing.TenantID{acme, other.ID} {
			cmd := routing.ReceiveText{Channel: "main", From: "+14155550100", Body: "hello", CarrierID: "1"}
			if err := d.engine.Receive(t.Context(), tenant, cmd, "simulated/main/1", "", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := gather(t, d.registry)[`switchyard_queue_waiting{queue="support"}`]; got != "2" {
			t.Errorf("%s wait in both queues together", got)
		}
	})
}

// TestShrunkCapacityIsNoViolation makes an agent's capacity smaller than what rings there already.
func TestShrunkCapacityIsNoViolation(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("bob")
		for i := range 2 {
			d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
		}
		is := acmeConfig()
		is.Agents[1].Capacity = 1
		d.reconfigure(is)
		for _, c := range d.conversations() {
			d.must(agentNamed("bob"), routing.AcceptOffer{Offer: c.Ringing.ID})
		}
		if got := gather(t, d.registry)["switchyard_capacity_violations_total"]; got != "0" {
			t.Errorf("%s violations", got)
		}
	})
}

// TestAges: texts that wait for their carrier have an age, and so have inputs that wait for their turn.
func TestAges(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.sent.say = func(string) *routing.SendFailure {
			return &routing.SendFailure{Failure: routing.Failure{Class: "a word of the carrier's"}, Retryable: true}
		}
		c := d.talk("+14155550100")
		d.reply(c, "on its way")
		pass(21 * time.Second)
		for _, tenure := range d.engine.tenures() {
			tenure.backlog.begin("late", clock().Add(-3*time.Second))
			tenure.backlog.begin("later", clock().Add(-2*time.Second))
			tenure.backlog.begin("ahead", clock().Add(time.Hour)) // another machine's clock
			tenure.backlog.begin("unreadable", time.Time{})
			break
		}
		got := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_outbox_waiting{channel="main"}`:                         "1",
			`switchyard_outbox_oldest_seconds{channel="main"}`:                  "21",
			`switchyard_channel_held{channel="main",class="unknown"}`:           "1", // the label is a closed set
			`switchyard_channel_held{channel="main",class="carrier"}`:           "0",
			`switchyard_inbox_depth`:                                            "4",
			`switchyard_inbox_oldest_seconds`:                                   "3",
			`switchyard_queue_reply_target_seconds{queue="support"}`:            "300",
			`switchyard_queue_service_level_threshold_seconds{queue="support"}`: "60",
		} {
			if got[series] != want {
				t.Errorf("%s is %q, want %q", series, got[series], want)
			}
		}
	})
}

// TestAgentsOfTheirOwn: series of single agents are there when they are asked for, and are told by who serves the agent.
func TestAgentsOfTheirOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		const series = `switchyard_agent_conversations{agent="ann",tenant="acme"}`
		d.talk("+14155550100")
		if got, is := gather(t, d.registry)[series]; is {
			t.Errorf("nobody has asked for %s, which is %s", series, got)
		}
		d.engine.heads.perAgent = true
		for range 2 { // a tenure that is over takes its agents along
			for _, tenure := range d.engine.tenures() {
				tenure.fail(context.Canceled)
			}
			pass(10 * time.Second)
		}
		got := gather(t, d.registry)
		for series, want := range map[string]string{
			series: "1",
			`switchyard_agent_free_slots{agent="ann",tenant="acme"}`: "5",
			`switchyard_agent_available{agent="ann",tenant="acme"}`:  "1",
			`switchyard_agent_available{agent="bob",tenant="acme"}`:  "0",
		} {
			if got[series] != want {
				t.Errorf("%s is %q, want %q", series, got[series], want)
			}
		}
		for _, tenure := range d.engine.tenures() {
			d.engine.heads.withdraw(tenure.share)
		}
		if got, is := gather(t, d.registry)[series]; is {
			t.Errorf("the partition has left, and %s is still %s", series, got)
		}
	})
}

// TestServiceLevelOfTheQueueThatWaited: a conversation that is handed to a queue is in time there by that queue's measure.
func TestServiceLevelOfTheQueueThatWaited(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		is := acmeConfig()
		is.Queues[0].ServiceLevelSeconds, is.Queues[1].ServiceLevelSeconds = 20, 7
		is.Agents[1].Queues = []routing.QueueID{"sales"}
		d.reconfigure(is)
		c := d.talk("+14155550100")
		d.must(agentNamed("ann"), routing.TransferConversation{Conversation: c, Queue: "sales"})
		d.available("bob")
		pass(10 * time.Second)
		d.must(agentNamed("bob"), routing.AcceptOffer{Offer: d.conversations()[0].Ringing.ID})
		got := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_queue_entries_ended_total{outcome="answered",queue="sales"}`: "1",
			`switchyard_queue_answered_in_service_level_total{queue="sales"}`:        "0",
			`switchyard_queue_answered_in_service_level_total{queue="support"}`:      "1",
		} {
			if got[series] != want {
				t.Errorf("%s is %q, want %q", series, got[series], want)
			}
		}
	})
}

// TestShortAbandons: who gives up at once does not count, who gives up later does. A supervisor ends what is left of them.
func TestShortAbandons(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		for i, patience := range []time.Duration{time.Second, 5 * time.Second, time.Minute} {
			number := fmt.Sprintf("+1415555010%d", i)
			d.text(number, "m"+number, "hello")
			pass(patience)
			d.text(number, "s"+number, "STOP")
			d.must(routing.Principal{Role: routing.RoleSupervisor, ID: "sam"}, routing.EndConversation{Conversation: d.conversations()[0].ID})
		}
		got := gather(t, d.registry)
		if abandoned, short := got[`switchyard_queue_entries_ended_total{outcome="abandoned",queue="support"}`], got[`switchyard_queue_short_abandoned_total{queue="support"}`]; abandoned != "3" || short != "1" {
			t.Errorf("%s abandoned, %s of them at once; want 3 and 1", abandoned, short)
		}
	})
}

// TestWaitingRings: who rings at an agent still waits, as on the wallboard.
func TestWaitingRings(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("bob") // who has two places
		for i := range 3 {
			d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
		}
		pass(10 * time.Second)
		got := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_queue_waiting{queue="support"}`:              "3",
			`switchyard_queue_longest_wait_seconds{queue="support"}`: "10",
			`switchyard_conversations{state="offered"}`:              "2",
		} {
			if got[series] != want {
				t.Errorf("%s is %q, want %q", series, got[series], want)
			}
		}
		for _, tenure := range d.engine.tenures() {
			tenure.fail(context.Canceled)
		}
		pass(10 * time.Second)
		if got := gather(t, d.registry)[`switchyard_queue_waiting{queue="support"}`]; got != "3" {
			t.Errorf("read again, %s wait", got)
		}
		ringing := slices.IndexFunc(d.conversations(), func(c routing.Conversation) bool { return c.Ringing != nil })
		d.must(agentNamed("bob"), routing.AcceptOffer{Offer: d.conversations()[ringing].Ringing.ID})
		if got := gather(t, d.registry)[`switchyard_queue_waiting{queue="support"}`]; got != "2" {
			t.Errorf("one is accepted, and %s wait", got)
		}
	})
}
