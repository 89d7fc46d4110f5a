package routing

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// led leads a conversation that ann has by a command of hers.
func led(t *testing.T, c Conversation, cmd ConversationCommand) Conversation {
	t.Helper()
	return decided(t, c, ann, cmd)
}

func decided(t *testing.T, c Conversation, by Principal, cmd ConversationCommand) Conversation {
	t.Helper()
	events, err := c.Decide(rosterDay, samplePolicy(), Order{Input: "9", At: rosterDay, By: by, Command: cmd})
	if err != nil {
		t.Fatalf("%T: %v", cmd, err)
	}
	return applyAll(c, rosterDay, events)
}

func TestTransferRefuses(t *testing.T) {
	t.Parallel()
	active, wrap := stage(text(1), offered, accepted), stage(text(1), offered, accepted, wrapping)
	parked := active.Apply(rosterDay, ConversationParked{})
	for _, row := range []struct {
		name string
		c    Conversation
		by   Principal
		cmd  TransferConversation
		want Code
	}{
		{"another's", active, bob, TransferConversation{Agent: "bob"}, CodeNotYourConversation},
		{"a supervisor's", active, sue, TransferConversation{Agent: "bob"}, CodeNotYourConversation},
		{"being wrapped up", wrap, ann, TransferConversation{Agent: "bob"}, CodeWrongState},
		{"parked", parked, ann, TransferConversation{Agent: "bob"}, CodeWrongState},
		{"nobody", active, ann, TransferConversation{}, CodeInvalid},
		{"two", active, ann, TransferConversation{Agent: "bob", Queue: "sales"}, CodeInvalid},
		{"oneself", active, ann, TransferConversation{Agent: "ann"}, CodeInvalid},
		{"an unknown agent", active, ann, TransferConversation{Agent: "zoe"}, CodeInvalid},
		{"an unknown queue", active, ann, TransferConversation{Queue: "x"}, CodeInvalid},
		{"an empty note", active, ann, TransferConversation{Agent: "bob", Note: " "}, CodeInvalid},
	} {
		_, err := row.c.Decide(rosterDay, samplePolicy(), Order{By: row.by, Command: row.cmd})
		if !errors.Is(err, &Error{Code: row.want}) {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

// Asking again for what is under way changes nothing, and a transfer that is repeated since nobody took it does not repeat its note.
func TestTransferAgain(t *testing.T) {
	t.Parallel()
	active := stage(text(1), offered, accepted)
	ask := TransferConversation{Agent: "bob", Note: "yours"}
	under := led(t, active, ask)
	if again := led(t, under, ask); again.Rev != under.Rev {
		t.Errorf("asked again it is %+v", again)
	}
	if other := led(t, under, TransferConversation{Agent: "bob", Note: "please"}); other.Seq != under.Seq+1 || other.Transfer.N != under.Transfer.N {
		t.Errorf("with another note it is %+v", other)
	}
	missed := applyAll(under, rosterDay, []Event{TransferEnded{Outcome: TransferMissed}})
	for to, next := range map[AgentID]TransferConversation{"bob": ask, "cid": {Agent: "cid", Note: "yours"}} {
		if again := led(t, missed, next); again.Seq != missed.Seq || again.Transfer.Agent != to {
			t.Errorf("to %s again: %d messages after %d, %+v", to, again.Seq, missed.Seq, again.Transfer)
		}
	}
	written := applyAll(missed, rosterDay, []Event{text(3)})
	if again := led(t, written, ask); again.Seq != written.Seq+1 {
		t.Error("after a text of the customer's the note is old")
	}
}

// A transfer to an agent holds two slots from the offer to the accept, and no more.
func TestTransferToAgent(t *testing.T) {
	t.Parallel()
	active := stage(text(1), offered, accepted)
	under := led(t, active, TransferConversation{Agent: "bob"})
	asked := &Reserve{Agent: "bob", Conversation: "cv_1", Ticket: Ticket{N: under.Rev}}
	if diff := cmp.Diff([]Effect{asked, &Wake{"cv_1", rosterDay.Add(reserveWait)}}, Delta(active, under)); diff != "" {
		t.Errorf("under way:\n%s", diff)
	}
	if effects := Delta(Conversation{}, under); !cmp.Equal(effects[1], Effect(asked)) {
		t.Errorf("after a crash: %v", effects)
	}
	late := SlotAnswered{Agent: "bob", Ticket: Ticket{N: under.Rev - 1}, Granted: true}
	if _, err := under.Decide(rosterDay, samplePolicy(), Order{Command: late}); !errors.Is(err, &Error{Code: CodeWrongState}) {
		t.Errorf("the slot of an earlier transfer: %v", err)
	}
	rings := decided(t, under, Principal{}, SlotAnswered{Agent: "bob", Ticket: asked.Ticket, Granted: true})
	if diff := cmp.Diff([]Holding{{"ann", SlotActive}, {"bob", SlotOffer}}, rings.Holdings()); diff != "" || rings.State != Active || rings.Agent != "ann" {
		t.Errorf("rings, %s with %s:\n%s", rings.State, rings.Agent, diff)
	}
	if rings.Ringing.From != "ann" || rings.Ringing.Reason != OfferTransfer || rings.WaitsFor() != AwaitsTransfer {
		t.Errorf("%+v, waits for %s", rings.Ringing, rings.WaitsFor())
	}
	taken := decided(t, rings, bob, AcceptOffer{rings.Ringing.ID})
	want := []Effect{
		&HoldSlot{"bob", "cv_1", SlotActive}, &FreeSlot{"ann", "cv_1", true, rosterDay}, &Wake{"cv_1", taken.Deadline},
	}
	if diff := cmp.Diff(want, Delta(rings, taken)); diff != "" || taken.Agent != "bob" || taken.From != "ann" || taken.Transfer != nil {
		t.Errorf("taken by %s from %s:\n%s", taken.Agent, taken.From, diff)
	}
}

// Whatever becomes of it, who has the conversation keeps it until somebody has accepted, is told, and holds one slot.
func TestTransferComesToNothing(t *testing.T) {
	t.Parallel()
	under := led(t, stage(text(1), offered, accepted, reply(2)), TransferConversation{Agent: "bob"})
	slot := SlotAnswered{Agent: "bob", Ticket: Ticket{N: under.Rev}}
	granted := slot
	granted.Granted = true
	rings := decided(t, under, Principal{}, granted)
	policy := samplePolicy()
	policy.ParkAfter = time.Hour
	for _, row := range []struct {
		name string
		c    Conversation
		by   Principal
		cmd  ConversationCommand
		want TransferOutcome
	}{
		{"no free slot", under, Principal{}, slot, TransferUnavailable},
		{"no answer", under, Principal{}, Elapse{}, TransferUnavailable},
		{"missed", rings, Principal{}, Elapse{}, TransferMissed},
		{"rejected", rings, bob, RejectOffer{Offer: rings.Ringing.ID}, TransferDeclined},
		{"the other is gone", rings, Principal{}, Withdraw{"bob", rosterDay}, TransferUnavailable},
		{"ended", rings, ann, EndConversation{}, TransferCancelled},
	} {
		now := rosterDay.Add(time.Minute)
		if row.cmd != (Elapse{}) {
			now = rosterDay
		}
		events, err := row.c.Decide(now, policy, Order{By: row.by, Command: row.cmd})
		is := applyAll(row.c, now, events)
		var ended TransferEnded
		for _, e := range events {
			if t, ok := e.(TransferEnded); ok {
				ended = t
			}
		}
		held := is.Holdings()
		if err != nil || ended.Outcome != row.want || is.Agent != "ann" || len(held) != 1 || held[0].Agent != "ann" || is.Transfer != nil {
			t.Errorf("%s: %v, %+v: %v", row.name, err, ended, held)
		}
		if is.State == Active && !is.Deadline.Equal(now.Add(time.Hour)) {
			t.Errorf("%s: goes on until %v", row.name, is.Deadline)
		}
		told := ""
		for _, n := range Notices(row.c.Steps(row.c.Seal(now, row.by, events))) {
			if n.Type == NoticeNotice && n.Audience == "ann" {
				told = n.Code
			}
		}
		if want := ToldTransfer + string(row.want); row.want != TransferCancelled && told != want {
			t.Errorf("%s: ann is told %q", row.name, told)
		}
	}
}

// In a queue's line a transfer is as old as its customer's first text, needs what the queue needs, and is never offered to who
// has it; measured is its wait in that queue.
func TestTransferToQueue(t *testing.T) {
	t.Parallel()
	active := stage(text(1), offered, accepted)
	at := rosterDay.Add(time.Hour)
	events, err := active.Decide(at, samplePolicy(), Order{By: ann, Command: TransferConversation{Queue: "support"}})
	under := applyAll(active, at, events)
	item := under.item()
	if err != nil || !item.Since.Equal(rosterDay) || !item.Entered.Equal(at) || item.Holder != "ann" || len(item.Skills) != 1 {
		t.Errorf("%v: %+v", err, item)
	}
	if diff := cmp.Diff([]Effect{&EnterLine{"support", item}}, Delta(active, under)); diff != "" {
		t.Error(diff)
	}
	gone := applyAll(under, at, []Event{Requeued{Agent: "ann", Reason: RequeueGone, Queue: "support"}})
	if effects := Delta(under, gone); len(effects) != 2 || gone.Entered() != under.Entered() || gone.wait() != under.wait() {
		t.Errorf("it goes on waiting: %v", effects)
	}
	cancelled := under.Apply(at, TransferEnded{Outcome: TransferCancelled})
	stale := &MakeOffer{Agent: "bob", Offers: item.Offers, Ticket: Ticket{Queue: "support"}}
	again := cancelled.Apply(at, TransferStarted{Queue: "support"})
	if _, err := again.Decide(at, samplePolicy(), Order{Command: stale}); !errors.Is(err, &Error{Code: CodeWrongState}) {
		t.Errorf("a proposal for the wait before: %v", err)
	}
	line := NewLine(Queue{ID: "support"}, []Profile{{ID: "ann"}, {ID: "bob"}})
	says(line.Open, at)
	hears(line.Sit, at, &SeatChanged{Seat: Seat{Agent: "ann", Status: Available, Capacity: 6, Load: 1}})
	if effects := hears(line.Enter, at, &Item{Conversation: "cv_1", Holder: "ann", Refused: []AgentID{"bob"}}); len(effects) > 0 {
		t.Errorf("offered to who has it: %v", effects)
	}
	if why := line.Why(at, "cv_1"); len(why) != 1 || why[0].For != WaitNobodySigned || why[0].Detail != "none of the queue's 1 agents besides ann, who has it, is available" {
		t.Errorf("it waits for %v", why)
	}
	hears(line.Sit, at, &SeatChanged{Seat: Seat{Agent: "bob", Status: Available, Capacity: 6}})
	if w := line.waiting["cv_1"]; !w.aside() || w.invited[0].agent != "bob" {
		t.Errorf("asked is %+v; all others were tried", w.invited)
	}
}
