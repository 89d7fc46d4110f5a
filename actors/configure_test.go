package actors

import (
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence/faulty"
)

// TestWhatTheNewConfigurationKnows: a configuration can be read in the store before its owner has heard that it is there. What
// is sent in between, and what only it knows of, waits for it in its order.
func TestWhatTheNewConfigurationKnows(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		gate, next := faulty.NewGate(), s.Calls(faulty.Commit)+1
		s.Add(faulty.Unknown(faulty.Commit, next), faulty.Hold(faulty.Commit, next+1, gate))
		is := acmeConfig()
		is.Channels = append(is.Channels, routing.Channel{ID: "new", Carrier: "simulated", Number: "+18005550198", Queue: "support", Secret: "s", SegmentsPerSecond: 10})
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.reconfigure(is)
		}()
		<-gate.Reached()
		for _, body := range []string{"one", "two"} {
			cmd := routing.ReceiveText{Channel: "new", From: "+14155550100", Body: body, CarrierID: body}
			if err := d.engine.Receive(t.Context(), acme, cmd, body, "", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		gate.Open()
		<-done
		pass(time.Second)
		c := d.conversations()
		if len(c) != 1 {
			t.Fatalf("%d conversations, want one on the new channel", len(c))
		}
		if got := d.bodies(c[0].ID); len(got) != 2 || got[0] != "one" {
			t.Errorf("transcript %q", got)
		}
		refused := d.ask(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: is, Source: "test", IfMatch: "another"})
		d.text("+14155550101", "m", "after a refusal")
		if refused.Refusal == nil || len(d.conversations()) != 2 {
			t.Errorf("after a refused configuration: %v, %d conversations", refused.Refusal, len(d.conversations()))
		}
	})
}
