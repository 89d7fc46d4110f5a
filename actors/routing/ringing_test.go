package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wave is a conversation that rings at three agents, the third for the shortest time.
func wave(t *testing.T) Conversation {
	t.Helper()
	c := stage(text(1))
	ticket := func(n int) Ticket { return Ticket{"support", n} }
	events, err := c.Decide(rosterDay, Policy{}, Order{Command: &MakeOffer{
		Agent: "ann", Ticket: ticket(1), Timeout: 30 * time.Second, Decision: sampleDecision(),
		Others: []Invitation{{"bob", ticket(2), 30 * time.Second}, {"cid", ticket(3), 20 * time.Second}},
	}})
	if err != nil || len(events) != 3 {
		t.Fatalf("%v, %v", events, err)
	}
	return applyAll(c, rosterDay, events)
}

func agentBy(a AgentID) Principal { return Principal{RoleAgent, string(a)} }

func TestWave(t *testing.T) {
	t.Parallel()
	c := wave(t)
	if c.State != Offered || len(c.Rings()) != 3 || c.Offers != 3 || !c.Deadline.Equal(rosterDay.Add(20*time.Second)) || !c.Rings()[2].Multi {
		t.Fatalf("%+v", c)
	}
	want := []Effect{
		&HoldSlot{"ann", "cv_1", SlotOffer},
		&HoldSlot{"bob", "cv_1", SlotOffer},
		&HoldSlot{"cid", "cv_1", SlotOffer},
		&LeaveLine{"support", "cv_1", []AgentID{"ann", "bob", "cid"}},
		&Wake{"cv_1", c.Deadline},
	}
	if diff := cmp.Diff(want, Delta(stage(text(1)), c)); diff != "" {
		t.Error(diff)
	}
}

func TestWaveGoesOnWithoutThoseWhoAreOut(t *testing.T) {
	t.Parallel()
	c := wave(t)
	step := func(at time.Duration, p Policy, o Order, state State, left ...AgentID) {
		t.Helper()
		events, err := c.Decide(rosterDay.Add(at), p, o)
		if err != nil {
			t.Fatal(err)
		}
		c = applyAll(c, rosterDay.Add(at), events)
		var rings []AgentID
		for _, o := range c.Rings() {
			rings = append(rings, o.Agent)
		}
		if diff := cmp.Diff(left, rings); diff != "" || c.State != state {
			t.Errorf("%T: %s: %s", o.Command, c.State, diff)
		}
	}
	step(time.Second, Policy{}, Order{Command: Withdraw{Agent: "ann"}}, Offered, "bob", "cid")
	step(20*time.Second, Policy{}, Order{Command: Elapse{}}, Offered, "bob")
	if !c.Deadline.Equal(rosterDay.Add(30*time.Second)) || !c.StateSince.Equal(rosterDay) {
		t.Errorf("it rings until %v, since %v", c.Deadline, c.StateSince)
	}
	step(21*time.Second, Policy{MayReject: []AgentID{"bob"}}, Order{By: agentBy("bob"), Command: RejectOffer{Offer: "of_1_2"}}, Queued)
	if diff := cmp.Diff([]AgentID{"cid", "bob"}, c.Refused); diff != "" {
		t.Error(diff)
	}
}

func TestWaveIsTaken(t *testing.T) {
	t.Parallel()
	c := wave(t)
	events, err := c.Decide(rosterDay, Policy{}, Order{By: agentBy("bob"), Command: AcceptOffer{Offer: "of_1_2"}})
	want := []Event{
		OfferEnded{Offer: "of_1_1", Agent: "ann", Outcome: OutcomeTaken},
		OfferEnded{Offer: "of_1_3", Agent: "cid", Outcome: OutcomeTaken},
		OfferEnded{Offer: "of_1_2", Agent: "bob", Outcome: OutcomeAccepted},
	}
	if diff := cmp.Diff(want, events); diff != "" || err != nil {
		t.Error(err, diff)
	}
	is := applyAll(c, rosterDay, events)
	if is.State != Active || is.Agent != "bob" || is.Rings() != nil || is.Refused != nil {
		t.Errorf("%+v", is)
	}
	if _, err := is.Decide(rosterDay, Policy{}, Order{By: agentBy("cid"), Command: AcceptOffer{Offer: "of_1_3"}}); err == nil {
		t.Error("accepted twice")
	}
	if _, err := c.Decide(rosterDay.Add(20*time.Second), Policy{}, Order{By: agentBy("cid"), Command: AcceptOffer{Offer: "of_1_3"}}); err == nil {
		t.Error("accepted when it had lapsed there")
	}
}
