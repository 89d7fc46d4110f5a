package actors

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// talk has ann accept a conversation with a customer and returns its id.
func (d *desk) talk(number string) routing.ConversationID {
	d.t.Helper()
	d.available("ann")
	d.text(number, "m"+number, "hello")
	for _, c := range d.conversations() {
		if c.CustomerNumber == number {
			d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
			return c.ID
		}
	}
	d.t.Fatal("no conversation")
	return ""
}

func (d *desk) reply(c routing.ConversationID, text string) routing.MessageID {
	d.t.Helper()
	return d.must(agentNamed("ann"), routing.SendReply{Conversation: c, Text: text}).Message.ID
}

// states are the outbound texts' states, by text.
func (d *desk) states(c routing.ConversationID) map[string]routing.MessageState {
	d.t.Helper()
	states := map[string]routing.MessageState{}
	for _, m := range routing.Transcript(d.log(c)) {
		if m.Direction == routing.Outbound {
			states[m.Text] = m.State
		}
	}
	return states
}

func TestRepliesLeaveInOrderAtTheNumbersRate(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		var want []string
		start := time.Now()
		for i := range 30 {
			text := fmt.Sprint("text ", i)
			want = append(want, text)
			d.reply(c, text)
		}
		pass(0)
		if n := len(d.sent.said()); n > 11 {
			t.Errorf("%d texts left in %s at 10 segments a second", n, time.Since(start))
		}
		pass(10 * time.Second)
		if got := d.sent.said(); !slices.Equal(got, want) {
			t.Errorf("sent %q", got)
		}
	})
}

func TestRefusedTextIsTriedAgainAndUnknownIsNot(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		tries := map[string]int{}
		d.sent.say = func(text string) *routing.SendFailure {
			tries[text]++
			switch {
			case text == "busy" && tries[text] < 3:
				return &routing.SendFailure{Failure: routing.Failure{Class: "rate"}, Retryable: true, After: 2 * time.Second}
			case text == "lost":
				return &routing.SendFailure{Failure: routing.Failure{Class: "unknown"}, Unknown: true}
			case text == "bad":
				return &routing.SendFailure{Failure: routing.Failure{Class: "invalid"}}
			}
			return nil
		}
		c := d.talk("+14155550100")
		for _, text := range []string{"busy", "lost", "bad", "last"} {
			d.reply(c, text)
		}
		if got := d.states(c)["lost"]; got != routing.MessageQueued {
			t.Errorf("a later text overtook one that waits for its next try: it is %s", got)
		}
		pass(time.Minute)
		d.sent.mu.Lock()
		if want := map[string]int{"busy": 3, "lost": 1, "bad": 1, "last": 1}; !maps.Equal(tries, want) {
			t.Errorf("tries %v, want %v", tries, want)
		}
		d.sent.mu.Unlock()
		states := d.states(c)
		if states["busy"] != routing.MessageSent || states["lost"] != routing.MessageUnknown || states["bad"] != routing.MessageFailed {
			t.Errorf("states %v", states)
		}
	})
}

func TestTextBeingSentWhenTheServiceStopsIsUnknown(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		hang := make(chan struct{})
		d.sent.say = func(string) *routing.SendFailure { <-hang; return nil }
		id := d.reply(c, "on its way")
		// As a crash: whatever the carrier says, nobody hears it.
		for _, tenure := range d.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
		pass(time.Second)
		close(hang)
		pass(time.Second)
		if s := d.states(c)["on its way"]; s != routing.MessageUnknown {
			t.Fatalf("state %s", s)
		}
		receipt := routing.ReceiveReceipt{Message: id, CarrierID: "SM1", State: routing.MessageDelivered}
		if err := d.engine.Receive(t.Context(), acme, receipt, "r", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		pass(0)
		if s := d.states(c)["on its way"]; s != routing.MessageDelivered {
			t.Fatalf("settled by its receipt: %s", s)
		}
	})
}

func TestTextAfterTheEndBeginsTheNextInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c})
		wrapped := make(chan struct{})
		go func() {
			defer close(wrapped)
			d.engine.Do(t.Context(), acme, agentNamed("ann"), routing.WrapUp{Conversation: c}, "", "") //nolint:errcheck // only its being there matters
		}()
		for i := range 20 {
			cmd := routing.ReceiveText{Channel: "main", From: "+14155550100", Body: fmt.Sprint(i), CarrierID: fmt.Sprint("x", i)}
			if err := d.engine.Receive(t.Context(), acme, cmd, fmt.Sprint("x", i), "", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		<-wrapped
		pass(0)
		var got []string
		for _, e := range append(d.ended(), d.conversations()...) {
			got = append(got, d.bodies(e.ID)...)
		}
		want := []string{"hello"}
		for i := range 20 {
			want = append(want, fmt.Sprint(i))
		}
		if !slices.Equal(got, want) {
			t.Errorf("texts %q", got)
		}
	})
}

func TestQueuedReplyOfAnEndedConversationHeedsALaterStop(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.sent.say = func(text string) *routing.SendFailure {
			if text == "wait for me" {
				return &routing.SendFailure{Failure: routing.Failure{Class: "rate"}, Retryable: true, After: time.Minute}
			}
			return nil
		}
		c := d.talk("+14155550100")
		d.reply(c, "wait for me")
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c})
		d.must(agentNamed("ann"), routing.WrapUp{Conversation: c})
		d.text("+14155550100", "m-stop", "STOP")
		d.sent.mu.Lock()
		d.sent.say = nil
		d.sent.mu.Unlock()
		pass(2 * time.Minute)
		if got := d.sent.said(); len(got) != 0 {
			t.Errorf("sent to a customer who had opted out: %q", got)
		}
		if s := d.states(c)["wait for me"]; s != routing.MessageFailed {
			t.Errorf("the reply is %s", s)
		}
	})
}

// TestRetriedTextIsNotPassedOverForEver has a number kept busy while one of its texts waits for the next try.
func TestRetriedTextIsNotPassedOverForEver(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		tries := 0
		d.sent.say = func(text string) *routing.SendFailure {
			if text != "again" {
				return nil
			}
			if tries++; tries > 1 {
				return nil
			}
			return &routing.SendFailure{Failure: routing.Failure{Class: "rate"}, Retryable: true}
		}
		d.reply(d.talk("+14155550100"), "again")
		for i := range 4 {
			c := d.talk(fmt.Sprintf("+1415555020%d", i))
			for n := range 100 {
				d.reply(c, fmt.Sprint(i, " ", n))
			}
		}
		pass(20 * time.Second) // of the 40 that the rest takes
		if said := d.sent.said(); !slices.Contains(said, "again") {
			t.Errorf("still waiting after %d others", len(said))
		}
	})
}

func TestSenderThatPanicsLeavesTheOutcomeUnknown(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		d.sent.say = func(string) *routing.SendFailure { panic("a bug in a dialect") }
		d.reply(c, "hello")
		if s := d.states(c)["hello"]; s != routing.MessageUnknown {
			t.Errorf("it is %s", s)
		}
	})
}
