package actors

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// inFaultyBubble runs a test against an engine over a store that can be made to fail.
func inFaultyBubble(t *testing.T, test func(t *testing.T, d *desk, s *faulty.Store)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := faulty.New(memory.New(2))
		d := open(t, store)
		defer d.close()
		test(t, d, store)
		if n := store.Left(); n != 0 {
			t.Errorf("%d faults of the script did not happen", n)
		}
	})
}

// bodies reads a conversation's inbound texts back, from its log.
func (d *desk) bodies(c routing.ConversationID) []string {
	d.t.Helper()
	var texts []string
	for _, m := range routing.Transcript(d.log(c)) {
		if m.Direction == routing.Inbound {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (d *desk) log(c routing.ConversationID) []routing.Envelope {
	d.t.Helper()
	items, err := d.store.Range(d.t.Context(), d.part(), persistence.LogList(string(acme), string(c)), "", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	envelopes := make([]routing.Envelope, len(items))
	for i, item := range items {
		decode(d.t, item.Value, &envelopes[i])
	}
	return envelopes
}

func TestCommitOfUnknownOutcomeIsDoneOnce(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		next := s.Calls(faulty.Commit) + 1
		s.Add(faulty.Unknown(faulty.Commit, next), faulty.Unknown(faulty.Commit, next+1), faulty.Fail(faulty.Commit, next+2))
		d.text("+14155550100", "m1", "once")
		pass(time.Second)
		if got := d.bodies(d.conversations()[0].ID); len(got) != 1 {
			t.Fatalf("transcript %q", got)
		}
	})
}

func TestLostPartitionStartsOver(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		d.available("ann")
		s.Add(faulty.Lose(faulty.Commit, s.Calls(faulty.Commit)+2)) // the text is committed, its offer is not
		d.text("+14155550100", "m1", "hello")
		pass(time.Second)
		c := d.conversations()
		if len(c) != 1 || c[0].State != routing.Offered || c[0].Ringing.Agent != "ann" {
			t.Fatalf("after starting over: %+v", c)
		}
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c[0].Ringing.ID})
		if got := d.bodies(c[0].ID); len(got) != 1 {
			t.Fatalf("transcript %q", got)
		}
	})
}

func TestStoreDownIsUnavailable(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		s.Add(faulty.Fail(faulty.Ingest, s.Calls(faulty.Ingest)+1))
		cmd := routing.ReceiveText{Channel: "main", From: "+14155550100", Body: "hi", CarrierID: "m1"}
		err := d.engine.Receive(t.Context(), acme, cmd, "m1", "", time.Hour)
		if err == nil || len(d.conversations()) != 0 {
			t.Fatalf("err %v, conversations %d", err, len(d.conversations()))
		}
		d.text("+14155550100", "m1", "hi")
		if got := d.bodies(d.conversations()[0].ID); len(got) != 1 {
			t.Fatalf("the carrier tried again: %q", got)
		}
	})
}

func TestRestartContinuesWhereItWas(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		for i := range 8 {
			d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
		}
		c := d.conversations()
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c[0].Ringing.ID})
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c[1].Ringing.ID})
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c[1].ID})
		before := d.conversations()
		d.close()
		d.start()
		synctest.Wait()
		if diff := cmp.Diff(before, d.conversations()); diff != "" {
			t.Fatalf("the restart changed something:\n%s", diff)
		}
		pass(routing.DefaultPostProcessing) // the wrap-up's timer has been armed again, and so have the offers'
		states := map[routing.State]int{}
		for _, c := range d.conversations() {
			states[c.State]++
		}
		if states[routing.Active] != 1 || states[routing.Offered] != 5 || len(d.ended()) != 1 {
			t.Fatalf("states %v, ended %d", states, len(d.ended()))
		}
	})
}

func TestPanickingInputIsBuriedAndNeighboursGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		spoil(t, store, "cv_bad")
		d := open(t, store)
		d.available("ann")
		bad := d.ask(agentNamed("ann"), routing.AcceptOffer{Offer: routing.ConversationID("cv_bad").Offer(1)})
		if bad.Refusal == nil || bad.Refusal.Code != routing.CodeInternal {
			t.Errorf("answer %+v", bad)
		}
		letters, err := d.store.Range(t.Context(), d.part(), persistence.DeadList(string(acme)), "", 10)
		if err != nil || len(letters) != 1 {
			t.Errorf("dead letters %d, %v", len(letters), err)
		}
		d.text("+14155550101", "m2", "hello")
		if c := d.conversations(); len(c) != 1 || c[0].State != routing.Offered {
			t.Errorf("the neighbour: %+v", c)
		}
		d.close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// spoil stores a conversation that no decision can be made on: it is offered, to nobody.
func spoil(t *testing.T, store persistence.Store, id string) {
	t.Helper()
	spoilAs(t, store, id, `{"id":"`+id+`","state":"offered"}`)
}

// spoilAs stores a conversation's record as it is written here.
func spoilAs(t *testing.T, store persistence.Store, id, record string) {
	t.Helper()
	part := persistence.PartitionOf(string(acme), store.Partitions())
	lease, err := store.Acquire(t.Context(), part, "test")
	if err != nil {
		t.Fatal(err)
	}
	err = store.Commit(t.Context(), lease, persistence.Batch{
		ID: "spoil", Seq: lease.Seq + 1,
		Put: map[string][]byte{persistence.ConversationKey(string(acme), id): []byte(record)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Release(t.Context(), lease); err != nil {
		t.Fatal(err)
	}
}

func TestDrainEndsInTime(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		start := time.Now()
		d.close()
		if took := time.Since(start); took > time.Second {
			t.Errorf("an idle engine drained for %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := d.engine.Receive(ctx, acme, routing.ReceiveText{Channel: "main"}, "m2", "", time.Hour); err == nil {
			t.Error("a drained engine took a text")
		}
		d.start()
	})
}

// TestConversationThatCannotGoOnCostsOnlyItself has the engine itself ask for what makes a conversation panic.
func TestConversationThatCannotGoOnCostsOnlyItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(1)
		spoil(t, store, "cv_bad")
		d := open(t, store)
		defer d.close()
		tenure := d.engine.tenures()[0]
		h := &house{tenant: acme}
		h.plan.Store(&plan{})
		tenure.order(addressed{h, "cv_bad", routing.Withdraw{Agent: "ann"}, nil})
		synctest.Wait()
		if err := context.Cause(tenure.ctx); err != nil {
			t.Errorf("the partition started over: %v", err)
		}
	})
}

func TestRecordThatCannotBeReadIsReadAgain(t *testing.T) {
	inFaultyBubble(t, func(_ *testing.T, d *desk, s *faulty.Store) {
		c := d.talk("+14155550100")
		s.Add(faulty.Fail(faulty.Get, s.Calls(faulty.Get)+1))
		d.must(agentNamed("ann"), routing.SaveCase{Conversation: c})
	})
}

func TestQuietPartitionIsNotTakenAway(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		pass(time.Minute)
		if _, err := s.Acquire(t.Context(), d.part(), "another node"); !errors.Is(err, persistence.ErrHeld) {
			t.Errorf("another node acquires it: %v", err)
		}
		s.Add(faulty.Lose(faulty.Renew, s.Calls(faulty.Renew)+1))
		before := s.Calls(faulty.Acquire)
		pass(time.Minute)
		if got := s.Calls(faulty.Acquire); got != before+1 {
			t.Errorf("a lost lease was acquired %d times", got-before)
		}
	})
}
