package actors

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// TestQuietConversationIsThereAgainAtOnce asks for one that has ended while its actor comes and goes: each order must find the
// actor that lives, never the one that is on its way out.
func TestQuietConversationIsThereAgainAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c})
		d.must(agentNamed("ann"), routing.WrapUp{Conversation: c})
		for range 200 {
			var asking sync.WaitGroup
			for range 20 {
				asking.Go(func() {
					if _, err := d.engine.Do(t.Context(), acme, agentNamed("ann"), routing.MarkRead{Conversation: c}, "", ""); err != nil {
						t.Error(err)
					}
				})
			}
			if asking.Wait(); t.Failed() {
				return
			}
		}
	})
}

// TestTextThatCannotBeginAConversationDoesNotHinderTheNext has one set aside, since what agents would see of it is larger than
// can be kept, with another behind it in the same mailbox: that one begins a conversation, which has one writer.
func TestTextThatCannotBeginAConversationDoesNotHinderTheNext(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		for id, body := range []string{strings.Repeat("😀", 200_000), "hello", "are you there?"} {
			cmd := routing.ReceiveText{Channel: "main", From: "+14155550100", Body: body, CarrierID: strconv.Itoa(id)}
			if err := d.engine.Receive(t.Context(), acme, cmd, strconv.Itoa(id), "", time.Hour); err != nil {
				t.Fatal(err)
			}
			if id > 0 { // the second is there before the first is worked off
				synctest.Wait()
			}
		}
		open := d.conversations()
		if len(open) != 1 || open[0].State != routing.Offered || len(d.bodies(open[0].ID)) != 2 {
			t.Fatalf("open: %+v", open)
		}
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: open[0].Ringing.ID})
		if got := gather(t, d.registry)["switchyard_dead_inputs_total"]; got != "1" {
			t.Errorf("%s texts were set aside", got)
		}
	})
}

// TestChannelThatComesLateIsServed writes to a channel before it is configured, and after.
func TestChannelThatComesLateIsServed(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		write := func(id string) {
			cmd := routing.ReceiveText{Channel: "new", From: "+14155550100", Body: id, CarrierID: id}
			if err := d.engine.Receive(t.Context(), acme, cmd, id, "", time.Hour); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		write("early")
		is := acmeConfig()
		is.Channels = append(is.Channels, routing.Channel{ID: "new", Carrier: "simulated", Number: "+18005550188", Queue: "support", Secret: "s"})
		d.reconfigure(is)
		write("now")
		if open := d.conversations(); len(open) != 1 || open[0].State != routing.Offered {
			t.Fatalf("open: %+v", open)
		}
	})
}

func TestDesktopsThatListenedHaveTheGraceToComeBack(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.must(agentNamed("ann"), routing.Connect{Agent: "ann", Stream: "s1"})
		d.close()
		d.start()
		synctest.Wait()
		stored, err := d.store.Get(t.Context(), d.part(), persistence.AgentKey(string(acme), "ann"))
		if err != nil {
			t.Fatal(err)
		}
		var r routing.AgentRecord
		if decode(t, stored, &r); r.Stream != "" || r.LostAt.IsZero() {
			t.Errorf("after the restart it is stored that %+v", r)
		}
		pass(routing.ConnectionGrace)
		d.text("+14155550100", "m1", "hello")
		if c := d.conversations()[0]; c.State != routing.Queued {
			t.Errorf("beyond the grace: %s", c.State)
		}
	})
}
