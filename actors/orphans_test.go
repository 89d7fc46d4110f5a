package actors

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// report brings a report by the carrier's id alone.
func (d *desk) report(id string, state routing.MessageState) {
	d.t.Helper()
	cmd := routing.ReceiveReceipt{CarrierID: id, State: state, Channel: "main", Carrier: "simulated"}
	if state == routing.MessageFailed {
		cmd.Failure = &routing.Failure{Class: "unreachable"}
	}
	if err := d.engine.Receive(d.t.Context(), acme, cmd, "simulated/main/o/"+id+"/"+string(state), "", time.Hour); err != nil {
		d.t.Fatal(err)
	}
	synctest.Wait()
}

// orphansKept are the orphans that are stored.
func (d *desk) orphansKept() []persistence.Record {
	d.t.Helper()
	records, err := d.store.Scan(d.t.Context(), d.part(), persistence.OrphanPrefix, "", 2*routing.OrphansMost)
	if err != nil {
		d.t.Fatal(err)
	}
	return records
}

// became is how many orphans became that, as counted by the engine that was started last.
func (d *desk) became(result string) int {
	d.t.Helper()
	return int(testutil.ToFloat64(d.engine.metrics.orphans.WithLabelValues("simulated", result)))
}

// slow has the carrier take a text and answer only when told to.
func (d *desk) slow() (answer func()) {
	said := make(chan struct{})
	d.sent.say = func(string) *routing.SendFailure { <-said; return nil }
	return func() { close(said); synctest.Wait() }
}

// TestReportBeforeTheCarriersAnswer: a report by the carrier's id that overtakes the answer to the text's call is kept, counts once,
// also when it is repeated, and takes effect in the same commit as the answer. States only move forward.
func TestReportBeforeTheCarriersAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		reports []routing.MessageState
		want    routing.MessageState
	}{
		"delivered":             {[]routing.MessageState{routing.MessageDelivered}, routing.MessageDelivered},
		"in order, repeated":    {[]routing.MessageState{routing.MessageSent, routing.MessageSent, routing.MessageDelivered}, routing.MessageDelivered},
		"out of order":          {[]routing.MessageState{routing.MessageDelivered, routing.MessageSent}, routing.MessageDelivered},
		"failed":                {[]routing.MessageState{routing.MessageFailed}, routing.MessageFailed},
		"nothing but what sent": {[]routing.MessageState{routing.MessageSent}, routing.MessageSent},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, d *desk) {
				answer := d.slow()
				c := d.talk("+14155550100")
				id := d.reply(c, "hi")
				synctest.Wait()
				for _, state := range test.reports {
					d.report("SM-"+string(id), state)
				}
				if got := d.states(c)["hi"]; got != routing.MessageSending || len(d.orphansKept()) != 1 {
					t.Fatalf("before the answer the text is %s, %d orphans are kept", got, len(d.orphansKept()))
				}
				answer()
				if got := d.states(c)["hi"]; got != test.want || len(d.orphansKept()) != 0 {
					t.Errorf("the text is %s, want %s; %d orphans are kept", got, test.want, len(d.orphansKept()))
				}
				if d.became(orphanKept) != 1 || d.became(orphanMatched) != 1 || d.became(orphanKnown) != 0 {
					t.Errorf("kept %d, matched %d, known %d", d.became(orphanKept), d.became(orphanMatched), d.became(orphanKnown))
				}
			})
		})
	}
}

// TestReportAfterTheCarriersAnswer is the other order: the text is known by the carrier's id, also when its conversation is long over, until
// its fate is final. What comes then is kept in vain.
func TestReportAfterTheCarriersAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		id := d.reply(c, "hi")
		pass(0)
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c})
		d.must(agentNamed("ann"), routing.WrapUp{Conversation: c})
		pass(time.Hour)
		d.report("SM-"+string(id), routing.MessageDelivered)
		if got := d.states(c)["hi"]; got != routing.MessageDelivered {
			t.Errorf("the text is %s", got)
		}
		if n := d.indexed("carried/"); n != 0 || len(d.orphansKept()) != 0 || d.became(orphanKept) != 0 || d.became(orphanKnown) != 1 {
			t.Errorf("%d ids, %d orphans, %d kept, %d known", n, len(d.orphansKept()), d.became(orphanKept), d.became(orphanKnown))
		}
		d.report("SM-"+string(id), routing.MessageSent)
		pass(routing.OrphanPatience)
		if got := d.states(c)["hi"]; got != routing.MessageDelivered || d.became(orphanExpired) != 1 {
			t.Errorf("the text is %s, %d expired", got, d.became(orphanExpired))
		}
	})
}

// silentCarrier takes texts, and answers for all of them at once.
type silentCarrier struct {
	*carrierBook
	answers chan struct{}
}

func (s *silentCarrier) Send(ctx context.Context, tenant routing.TenantID, channel routing.ChannelID, m routing.MessageID, from, to, text string) (string, *routing.SendFailure) {
	<-s.answers
	return s.carrierBook.Send(ctx, tenant, channel, m, from, to, text)
}

// TestReportAndAnswerInOneBatch has many reports and many answers race into the same commits: whichever comes first, none is lost.
func TestReportAndAnswerInOneBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		book := &carrierBook{}
		carrier := &silentCarrier{book, make(chan struct{})}
		d := openWith(t, store, book, carrier)
		defer d.close()
		var conversations []routing.ConversationID
		var ids []routing.MessageID
		for i := range 5 {
			c := d.talk(fmt.Sprintf("+1415555010%d", i))
			conversations, ids = append(conversations, c), append(ids, d.reply(c, "hi"))
		}
		pass(0)
		reported := make(chan error)
		for i, id := range ids {
			go func() {
				cmd := routing.ReceiveReceipt{CarrierID: "SM-" + string(id), State: routing.MessageDelivered, Channel: "main", Carrier: "simulated"}
				reported <- d.engine.Receive(t.Context(), acme, cmd, fmt.Sprint(i), "", time.Hour)
			}()
		}
		close(carrier.answers)
		for range ids {
			if err := <-reported; err != nil {
				t.Fatal(err)
			}
		}
		pass(0)
		for _, c := range conversations {
			if got := d.states(c)["hi"]; got != routing.MessageDelivered {
				t.Errorf("the text is %s", got)
			}
		}
		if n := len(d.orphansKept()); n != 0 || d.became(orphanMatched)+d.became(orphanKnown) != len(ids) {
			t.Errorf("%d orphans are left, %d matched, %d known", n, d.became(orphanMatched), d.became(orphanKnown))
		}
	})
}

// TestOrphanOutlivesTheNode: what a node that has crashed kept is matched by the next one, when it hears the carrier's id; here from a
// report that brings both ids, since nobody has heard the answer.
func TestOrphanOutlivesTheNode(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		answer := d.slow()
		c := d.talk("+14155550100")
		id := d.reply(c, "hi")
		synctest.Wait()
		d.report("SM1", routing.MessageDelivered)
		for _, tenure := range d.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
		pass(time.Second)
		answer()
		pass(time.Second)
		if got := d.states(c)["hi"]; got != routing.MessageUnknown || len(d.orphansKept()) != 1 {
			t.Fatalf("the text is %s, %d orphans are kept", got, len(d.orphansKept()))
		}
		both := routing.ReceiveReceipt{Message: id, CarrierID: "SM1", State: routing.MessageSent}
		if err := d.engine.Receive(t.Context(), acme, both, "both", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		pass(0)
		if got := d.states(c)["hi"]; got != routing.MessageDelivered || len(d.orphansKept()) != 0 {
			t.Errorf("the text is %s, %d orphans are kept", got, len(d.orphansKept()))
		}
	})
}

// TestOrphanAtAnotherNode: the report comes to a node that does not serve the partition.
func TestOrphanAtAnotherNode(t *testing.T) {
	inCluster(t, func(t *testing.T, _ *memory.Store, first *desk) {
		second := first.join("second")
		pass(4 * time.Second)
		owner, other := nodeOf(true, first, second), nodeOf(false, first, second)
		answer := owner.slow()
		c := owner.talk("+14155550100")
		id := owner.reply(c, "hi")
		synctest.Wait()
		other.report("SM-"+string(id), routing.MessageDelivered)
		answer()
		pass(0)
		if got := owner.states(c)["hi"]; got != routing.MessageDelivered || owner.became(orphanMatched) != 1 {
			t.Errorf("the text is %s, %d matched", got, owner.became(orphanMatched))
		}
		second.close()
		first.close()
	})
}

// TestOrphansExpire: what nobody has claimed goes when its time has come, also of a partition that has been taken over meanwhile.
func TestOrphansExpire(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.report("foreign-b", routing.MessageSent)
		pass(time.Hour)
		d.report("foreign-a", routing.MessageSent) // younger, and yet before the other in the store
		const elsewhere = 8                        // as young, each at a channel of its own
		for i := range elsewhere {
			cmd := routing.ReceiveReceipt{CarrierID: fmt.Sprint(i), State: routing.MessageSent, Channel: routing.ChannelID(fmt.Sprint(i)), Carrier: "simulated"}
			if err := d.engine.Receive(t.Context(), acme, cmd, fmt.Sprint("elsewhere", i), "", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		d.report("foreign-b", routing.MessageDelivered) // it is not kept longer for that
		for _, tenure := range d.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
		pass(routing.OrphanPatience - time.Hour - time.Second)
		if n := len(d.orphansKept()); n != 2+elsewhere {
			t.Fatalf("%d are kept shortly before", n)
		}
		pass(2 * time.Second)
		if n := len(d.orphansKept()); n != 1+elsewhere || d.became(orphanExpired) != 1 {
			t.Fatalf("%d are kept, %d expired", n, d.became(orphanExpired))
		}
		if key := persistence.OrphanKey(string(acme), "simulated", "foreign-a"); d.orphansKept()[elsewhere].Key != key {
			t.Errorf("%s is kept, want %s", d.orphansKept()[elsewhere].Key, key)
		}
		pass(time.Hour)
		if n := len(d.orphansKept()); n != 0 || d.became(orphanExpired) != 2+elsewhere {
			t.Errorf("%d are kept, %d expired", n, d.became(orphanExpired))
		}
		for _, tenure := range d.engine.tenures() {
			if o := &tenure.orphans; len(o.kept)+len(o.keys) > 0 {
				t.Errorf("%d and %d stay in mind", len(o.kept), len(o.keys))
			}
		}
	})
}

// TestMatchedOrphanIsForgotten: one that has found its text neither expires nor takes a place.
func TestMatchedOrphanIsForgotten(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		answer := d.slow()
		c := d.talk("+14155550100")
		id := d.reply(c, "hi")
		synctest.Wait()
		d.report("SM-"+string(id), routing.MessageDelivered)
		answer()
		for i := range routing.OrphansMost {
			d.report(fmt.Sprintf("foreign-%04d", i), routing.MessageSent)
		}
		if d.became(orphanMatched) != 1 || d.became(orphanDisplaced) != 0 {
			t.Errorf("%d matched, %d displaced", d.became(orphanMatched), d.became(orphanDisplaced))
		}
		pass(routing.OrphanPatience + time.Second)
		if n := d.became(orphanExpired); n != routing.OrphansMost {
			t.Errorf("%d expired, want %d", n, routing.OrphansMost)
		}
	})
}

// TestOrphanMovesOn: one that has heard more since its consequences were found refuses the commit once more.
func TestOrphanMovesOn(t *testing.T) {
	t.Parallel()
	h := &house{tenant: acme}
	h.plan.Store(&plan{config: routing.Config{Tenant: routing.Tenant{Channels: []routing.Channel{{ID: "main", Carrier: "simulated"}}}}})
	a := &conversation{tenure: &tenure{}, house: h, c: routing.Conversation{Channel: "main"}}
	waiting := &a.tenure.orphans
	stored := map[string][]byte{}
	read := func(key string) ([]byte, error) { return stored[key], nil }
	hear := func(state routing.MessageState) {
		w, _, err := waiting.keep(read, acme, time.Now(), routing.ReceiveReceipt{CarrierID: "SM1", Carrier: "simulated", Channel: "main", State: state})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range w.put {
			stored[r.Key] = r.Value
		}
	}
	commit := func(heeded []routing.Orphan) ([]routing.Orphan, []string, error) {
		unit := &work{}
		unheeded, err := a.name(unit, []routing.Naming{{Message: "ms_1_1", CarrierID: "SM1"}}, heeded)
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := unit.amend(read)
		return *unheeded, w.del, err
	}
	hear(routing.MessageSent)
	first, _, err := commit(nil)
	if len(first) != 1 || first[0].State != routing.MessageSent || err == nil {
		t.Fatalf("at first: %+v, %v", first, err)
	}
	hear(routing.MessageDelivered)
	second, _, err := commit(first)
	if len(second) != 1 || second[0].State != routing.MessageDelivered || err == nil {
		t.Fatalf("when it has moved on: %+v, %v", second, err)
	}
	last, gone, err := commit(append(first, second...))
	if len(last) != 0 || err != nil || len(gone) != 1 || waiting.keys[gone[0]] {
		t.Errorf("in the end: %+v, %v, without %v", last, err, gone)
	}
}

// TestOrphansAreBounded: the oldest of a channel makes room; another channel's is not touched.
func TestOrphansAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		other := routing.ReceiveReceipt{CarrierID: "other", State: routing.MessageSent, Channel: "second", Carrier: "simulated"}
		if err := d.engine.Receive(t.Context(), acme, other, "other", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		for i := range routing.OrphansMost + 1 {
			pass(time.Millisecond)
			d.report(fmt.Sprintf("foreign-%04d", i), routing.MessageSent)
		}
		kept := d.orphansKept()
		if len(kept) != routing.OrphansMost+1 || d.became(orphanDisplaced) != 1 {
			t.Fatalf("%d are kept, %d displaced", len(kept), d.became(orphanDisplaced))
		}
		if key := persistence.OrphanKey(string(acme), "simulated", "foreign-0001"); kept[0].Key != key {
			t.Errorf("the first is %s, want %s", kept[0].Key, key)
		}
	})
}
