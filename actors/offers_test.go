package actors

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// inBubble runs a test against an engine over a fresh memory store, in virtual time.
func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		d := open(t, store)
		defer d.close()
		test(t, d)
	})
}

// pass lets virtual time pass, and everything come to rest.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestOfferLapsesAndGoesToTheNextAgent(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann", "bob")
		d.text("+14155550100", "m1", "hello")
		first := d.conversations()[0].Ringing
		pass(routing.DefaultOfferTimeout)
		second := d.conversations()[0].Ringing
		if second == nil || second.Agent == first.Agent || second.Reason != routing.OfferRequeued {
			t.Fatalf("after %s missed it: %+v", first.Agent, second)
		}
		late := d.ask(agentNamed(string(first.Agent)), routing.AcceptOffer{Offer: first.ID})
		if late.Refusal == nil || late.Refusal.Code != routing.CodeOfferGone {
			t.Fatalf("late accept: %+v", late)
		}
	})
}

func TestSeventhConversationWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		for i := range 7 {
			d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
		}
		states := map[routing.State]int{}
		for _, c := range d.conversations() {
			states[c.State]++
			if c.State == routing.Offered {
				d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
			}
		}
		if states[routing.Offered] != routing.MaxCapacity || states[routing.Queued] != 1 {
			t.Fatalf("states %v", states)
		}
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: d.conversations()[0].ID})
		if n := len(d.held("ann")); n != 6 {
			t.Fatalf("post-processing holds its slot: ann holds %d", n)
		}
		pass(routing.DefaultPostProcessing)
		if n := len(d.held("ann")); n != 6 || len(d.conversations()) != 6 {
			t.Fatalf("the seventh is offered when the slot is free: ann holds %d of %d", n, len(d.conversations()))
		}
	})
}

func (d *desk) held(agent string) []persistence.Record {
	d.t.Helper()
	held, err := d.store.Scan(d.t.Context(), d.part(), persistence.HeldPrefix(string(acme), agent), "", 100)
	if err != nil {
		d.t.Fatal(err)
	}
	return held
}

func TestTwoAcceptAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		offer := d.conversations()[0].Ringing.ID
		codes := make(chan routing.Code, 2)
		for range 2 {
			go func() {
				a, err := d.engine.Do(t.Context(), acme, agentNamed("ann"), routing.AcceptOffer{Offer: offer}, "", "")
				if err != nil {
					t.Error(err)
				}
				if a.Refusal == nil {
					a.Refusal = &routing.Error{}
				}
				codes <- a.Refusal.Code
			}()
		}
		if a, b := <-codes, <-codes; a+b != routing.CodeOfferGone {
			t.Fatalf("answers %q and %q: exactly one must win", a, b)
		}
	})
}

func TestSameKeySameAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		c := d.conversations()[0]
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
		reply := routing.SendReply{Conversation: c.ID, Text: "once"}
		ids := map[routing.MessageID]int{}
		for range 3 {
			a, err := d.engine.Do(t.Context(), acme, agentNamed("ann"), reply, "key", "sum")
			if err != nil {
				t.Fatal(err)
			}
			ids[a.Message.ID]++
			synctest.Wait()
		}
		if len(ids) != 1 || len(d.sent.said()) != 1 {
			t.Fatalf("messages %v, sent %v", ids, d.sent.said())
		}
		_, err := d.engine.Do(t.Context(), acme, agentNamed("ann"), reply, "key", "another sum")
		if !errors.Is(err, routing.ErrKeyReused) {
			t.Fatalf("the key with another body: %v", err)
		}
	})
}

func TestLogoutTakesBackWhatRings(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		d.must(agentNamed("ann"), routing.SetStatus{Agent: "ann", Status: routing.LoggedOut})
		if c := d.conversations()[0]; c.State != routing.Queued || len(c.Refused) != 0 {
			t.Fatalf("withdrawn without blame: %s, refused by %v", c.State, c.Refused)
		}
	})
}

func TestLostDesktopGetsNoOffers(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		ann := agentNamed("ann")
		d.must(ann, routing.Connect{Agent: "ann", Stream: "s1"})
		d.must(ann, routing.Disconnect{Agent: "ann", Stream: "s1"})
		d.text("+14155550100", "m1", "hello")
		for _, step := range []struct {
			after time.Duration
			do    routing.Command
			want  routing.State
		}{
			{0, nil, routing.Offered},
			{routing.ConnectionGrace, nil, routing.Queued},
			{0, routing.Connect{Agent: "ann", Stream: "s2"}, routing.Offered},
		} {
			pass(step.after)
			if step.do != nil {
				d.must(ann, step.do)
			}
			if c := d.conversations()[0]; c.State != step.want {
				t.Fatalf("after %s and %T: %s, want %s", step.after, step.do, c.State, step.want)
			}
		}
	})
}

// TestDesktopsOutliveAPartitionThatStartsOver loses the partition under a desktop that goes on listening.
func TestDesktopsOutliveAPartitionThatStartsOver(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.must(agentNamed("ann"), routing.Connect{Agent: "ann", Stream: d.engine.Life() + "/s1"})
		for _, tenure := range d.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
		pass(2 * routing.ConnectionGrace)
		d.text("+14155550100", "m1", "hello")
		if c := d.conversations()[0]; c.State != routing.Offered {
			t.Fatalf("ann listens, and the conversation is %s", c.State)
		}
		d.close() // the process ends, and its connections with it
		d.start()
		pass(2 * routing.ConnectionGrace)
		if c := d.conversations()[0]; c.State != routing.Queued {
			t.Fatalf("nobody listens, and the conversation is %s", c.State)
		}
	})
}
