package routing

import (
	"testing"
	"time"
)

// Since when somebody is silent, and what becomes of the conversation when it has been too long.
func TestPatience(t *testing.T) {
	t.Parallel()
	park, pull, both, never := Policy{ParkAfter: time.Hour}, Policy{PullBackAfter: time.Minute}, samplePolicy(), Policy{}
	both.ParkAfter, both.PullBackAfter = time.Hour, time.Minute
	asked, answered := stage(text(1), offered), stage(text(1), reply(2), offered)
	out := stage(text(1), OptedOut{Message: "ms_1_1"}, offered)
	at := rosterDay.Add(10 * time.Second)
	for _, row := range []struct {
		name string
		c    Conversation
		cmd  ConversationCommand
		p    Policy
		want time.Duration // after at; 0: never
		then State
		by   RequeueReason
	}{
		{"accepted, an answer is due", asked, AcceptOffer{"of_1_1"}, both, time.Minute, Queued, RequeueUnanswered},
		{"accepted, no pull-back", asked, AcceptOffer{"of_1_1"}, park, 0, "", ""},
		{"accepted, answered before", answered, AcceptOffer{"of_1_1"}, both, time.Hour, Parked, ""},
		{"accepted, opted out", out, AcceptOffer{"of_1_1"}, both, time.Hour, Parked, ""},
		{"a reply", asked.Apply(rosterDay, accepted), SendReply{Text: "x"}, both, time.Hour, Parked, ""},
		{"a reply, no parking", asked.Apply(rosterDay, accepted), SendReply{Text: "x"}, pull, 0, "", ""},
		{"a text after a reply", answered.Apply(rosterDay, accepted), ReceiveText{Body: "x"}, both, time.Minute, Queued, RequeueUnanswered},
		{"a second text moves nothing", asked.Apply(rosterDay, accepted), ReceiveText{Body: "x"}, both, 50 * time.Second, Queued, RequeueUnanswered},
		{"STOP", answered.Apply(rosterDay, accepted), ReceiveText{Body: "STOP"}, both, time.Hour, Parked, ""},
		{"nothing is configured", answered.Apply(rosterDay, accepted), ReceiveText{Body: "x"}, never, 0, "", ""},
	} {
		events, err := row.c.Decide(at, row.p, Order{Input: "9", At: at, By: ann, Command: row.cmd})
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		is := applyAll(row.c, at, events)
		if row.want == 0 {
			if !is.Deadline.IsZero() {
				t.Errorf("%s: until %v", row.name, is.Deadline)
			}
			continue
		}
		if want := at.Add(row.want); !is.Deadline.Equal(want) {
			t.Errorf("%s: until %v, want %v", row.name, is.Deadline, want)
		}
		early, _ := is.Decide(is.Deadline.Add(-1), row.p, Order{Command: Elapse{}})
		events, err = is.Decide(is.Deadline, row.p, Order{Command: Elapse{}})
		over := applyAll(is, is.Deadline, events)
		requeued, _ := events[0].(Requeued)
		if err != nil || len(early) > 0 || over.State != row.then || requeued.Reason != row.by {
			t.Errorf("%s: early %v, then %v, %v: %s", row.name, early, events, err, over.State)
		}
	}
}

// A parked conversation holds nothing and keeps its agent; the next text makes it wait anew, as long as that text does.
func TestParkedReturns(t *testing.T) {
	t.Parallel()
	active := stage(text(1), offered, accepted, reply(2), advance(2, MessageSending, 1), advance(2, MessageSent, 1))
	at := rosterDay.Add(time.Hour)
	parked := active.Apply(at, ConversationParked{})
	if len(parked.Holdings()) > 0 || parked.Agent != "ann" || parked.Desks()[0] != "ann" || parked.WaitsFor() != AwaitsCustomer || !parked.Open() {
		t.Errorf("parked: %+v", parked)
	}
	arrived, now := at.Add(time.Hour), at.Add(time.Hour+time.Second)
	events, err := parked.Decide(now, samplePolicy(), Order{Input: "9", At: arrived, Command: ReceiveText{Body: "hi"}})
	is := applyAll(parked, now, events)
	if err != nil || is.State != Queued || !is.WaitingSince.Equal(arrived) || !is.Entered().Equal(now) || is.Agent != "" ||
		is.LastAgent != "ann" || !is.lastUntil().Equal(now.Add(LastAgentRight)) {
		t.Errorf("%v: %+v", err, is)
	}
	proposal := &MakeOffer{Agent: "bob", Offers: is.Offers, Ticket: Ticket{Queue: is.Queue}}
	made, err := is.Decide(now, samplePolicy(), Order{Command: proposal})
	if offer, ok := made[0].(OfferMade); !ok || err != nil || offer.Offer.Reason != OfferReturned {
		t.Errorf("%v, %v", made, err)
	}
	var heard []AgentID
	for _, n := range Notices(parked.Steps(parked.Seal(now, Principal{}, events))) {
		heard = append(heard, n.Audience)
	}
	if len(heard) != 1 || heard[0] != "ann" {
		t.Errorf("that it left her desk hear %v", heard)
	}
}

// Pulled back, it stands before all others, and others are asked before who left it unanswered.
func TestPulledBack(t *testing.T) {
	t.Parallel()
	is := stage(text(1), offered, accepted, Requeued{Agent: "ann", Reason: RequeueUnanswered})
	if is.State != Queued || !is.Front || is.Agent != "" || len(is.Refused) != 1 || !is.WaitingSince.Equal(rosterDay) {
		t.Errorf("%+v", is)
	}
	front, urgent := &waiter{Item: is.item()}, &waiter{Item: Item{Conversation: "cv_0", Priority: 10, Since: rosterDay.Add(-time.Hour)}}
	for _, w := range []*waiter{front, urgent} {
		(&Line{}).rank(w)
	}
	if before(front, urgent) >= 0 {
		t.Error("somebody is before it")
	}
	if again := applyAll(is, rosterDay, []Event{offered, accepted}); again.Front {
		t.Error("it stays before all others when it has been accepted")
	}
	gone := stage(text(1), offered, accepted, Requeued{Agent: "ann", Reason: RequeueGone})
	if gone.Front || gone.Refused != nil {
		t.Errorf("nobody is to blame: %+v", gone)
	}
}
