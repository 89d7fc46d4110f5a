package actors

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
)

// told is a conversation as its log tells it.
func (d *desk) told(id routing.ConversationID) routing.Conversation {
	d.t.Helper()
	return routing.Fold(d.log(id))
}

// TestCarrierThatIsAway: while the carrier takes nothing, replies wait and hardly anything is tried; when it is back all of them go.
func TestCarrierThatIsAway(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		calls, away := 0, true
		d.sent.say = func(string) *routing.SendFailure {
			if calls++; away {
				return &routing.SendFailure{Failure: routing.Failure{Class: "carrier", Detail: "not reached"}, Retryable: true}
			}
			return nil
		}
		talks := []routing.ConversationID{d.talk("+14155550100"), d.talk("+14155550101"), d.talk("+14155550102")}
		for _, c := range talks {
			d.reply(c, "to "+string(c))
		}
		pass(20 * time.Minute)
		held := func() float64 { return testutil.ToFloat64(d.engine.metrics.held.WithLabelValues("main", "carrier")) }
		d.sent.mu.Lock()
		if calls > 30 || calls < 10 || held() != 1 {
			t.Errorf("%d calls in 20 minutes, held %v; want about one a minute, and the alert", calls, held())
		}
		away = false
		d.sent.mu.Unlock()
		for _, c := range talks {
			last := d.told(c).Outbox[0]
			if last.State != routing.MessageQueued {
				t.Errorf("a reply is %s, want queued", last.State)
			}
		}
		if d.told(talks[0]).LastMessage.Failure == nil {
			t.Error("the agent does not see what keeps the reply")
		}
		pass(3 * time.Minute)
		if got := d.sent.said(); len(got) != 3 || held() != 0 {
			t.Errorf("sent %q when the carrier was back, held %v", got, held())
		}
	})
}

// TestCredentialsThatAreRefused: a text waits for credentials that are set right, and goes as soon as they are.
func TestCredentialsThatAreRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		refused := true
		d.sent.say = func(string) *routing.SendFailure {
			if refused {
				return &routing.SendFailure{Failure: routing.Failure{Class: "auth"}, Retryable: true, After: 30 * time.Second}
			}
			return nil
		}
		one, two := d.talk("+14155550100"), d.talk("+14155550101")
		d.reply(one, "one")
		pass(time.Second)
		d.reply(two, "two")
		pass(time.Second)
		if n := testutil.ToFloat64(d.engine.metrics.held.WithLabelValues("main", "auth")); n != 1 {
			t.Errorf("held %v, want the alert", n)
		}
		d.sent.mu.Lock()
		refused = false
		d.sent.mu.Unlock()
		is := acmeConfig()
		is.Channels[0].Secret = "another"
		d.reconfigure(is)
		pass(time.Second)
		if got := d.sent.said(); !slices.Equal(got, []string{"two"}) {
			t.Errorf("right after the new configuration %q was sent, want what had only waited", got)
		}
		pass(time.Minute)
		if got := d.sent.said(); !slices.Equal(got, []string{"two", "one"}) {
			t.Errorf("sent %q", got)
		}
	})
}

// TestCarrierThatFails: two texts of unknown fate are bad luck, after that the others are spared.
func TestCarrierThatFails(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.sent.say = func(string) *routing.SendFailure {
			return &routing.SendFailure{Failure: routing.Failure{Class: "carrier"}, Unknown: true}
		}
		c := d.talk("+14155550100")
		for range 20 {
			d.reply(c, "text")
			pass(0)
		}
		pass(30 * time.Second)
		unknown := 0
		for _, out := range d.told(c).Outbox {
			if out.State == routing.MessageUnknown {
				unknown++
			}
		}
		if unknown < 4 || unknown > 7 {
			t.Errorf("%d of 20 replies are of unknown fate after 30 s, want a few", unknown)
		}
	})
}
