package routing

import (
	"testing"
	"time"
)

func TestRampUp(t *testing.T) {
	t.Parallel()
	p := Profile{ID: "ann", Capacity: 3, RampUpSeconds: 60, Queues: []QueueID{"support"}}
	for at, want := range map[time.Duration]int{0: 1, 59 * time.Second: 1, 60 * time.Second: 2, 119 * time.Second: 2, 120 * time.Second: 3, time.Hour: 3} {
		r, _ := (&AgentRecord{ID: "ann", Status: LoggedOut}).Decide(rosterDay, SetStatus{Status: Available})
		if got := new(NewAgent(p, r, time.Time{}).Seat(rosterDay.Add(at))).Free(); got != want {
			t.Errorf("after %v %d slots are open, want %d", at, got, want)
		}
	}
	a := NewAgent(p, AgentRecord{ID: "ann", Status: Available, ShiftAt: rosterDay}, time.Time{})
	if due := a.Due(rosterDay, time.Hour); !due.Equal(rosterDay.Add(time.Minute)) || !a.Due(rosterDay.Add(2*time.Minute), time.Hour).IsZero() {
		t.Errorf("due %v", due)
	}
	if old := NewAgent(p, AgentRecord{ID: "ann", Status: Available}, time.Time{}).Seat(rosterDay); old.Free() != 3 {
		t.Errorf("a record of before knows no shift: %+v", old)
	}
	if none := NewAgent(Profile{Capacity: 3}, AgentRecord{Status: Available, ShiftAt: rosterDay}, time.Time{}).Seat(rosterDay); none.Free() != 3 {
		t.Errorf("without a pace all slots are open: %+v", none)
	}
}

func TestShift(t *testing.T) {
	t.Parallel()
	r := AgentRecord{ID: "ann", Status: LoggedOut}
	for i, step := range []struct {
		s     Status
		begun int // minutes; -1: none
	}{{OnBreak, -1}, {Available, 1}, {OnBreak, 1}, {Available, 1}, {LoggedOut, -1}, {Available, 5}} {
		r, _ = r.Decide(rosterDay.Add(time.Duration(i)*time.Minute), SetStatus{Status: step.s})
		want := time.Time{}
		if step.begun >= 0 {
			want = rosterDay.Add(time.Duration(step.begun) * time.Minute)
		}
		if !r.ShiftAt.Equal(want) {
			t.Errorf("%d: the shift began at %v, want %v", i, r.ShiftAt, want)
		}
	}
}

// What was waited for adds up to all that was waited.
func TestWaitsAddUp(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann", Skills: map[SkillID]Level{"billing": 50}}, Profile{ID: "bob"})
	at := func(s int) time.Time { return rosterDay.Add(time.Duration(s) * time.Second) }
	enter := func(id ConversationID, s int, needs ...Need) {
		hears(c.Enter, at(s), &Item{Conversation: id, Since: at(s), Entered: at(s), Skills: needs})
	}
	enter("cv_1", 0, Need{"billing", 50})
	c.Count(at(10)) // nobody is there
	hears(c.Sit, at(10), &SeatChanged{Seat: sits("bob", 1, 1)})
	enter("cv_2", 10)
	c.Count(at(10))
	c.Count(at(25)) // one lacks a skill, the other a slot
	hears(c.Sit, at(25), &SeatChanged{Seat: sits("ann", 1, 0)})
	hears(c.Leave, at(26), &LeaveLine{Conversation: "cv_1", OfferedTo: []AgentID{"ann"}})
	n := c.Count(at(30))
	want := map[string]time.Duration{WaitNobodySigned: 10 * time.Second, WaitSkill: 15 * time.Second, WaitOffer: time.Second, WaitSlot: 20 * time.Second}
	var sum time.Duration
	for reason, d := range n.Waits {
		if sum += d; d != want[reason] {
			t.Errorf("%v for %s, want %v", d, reason, want[reason])
		}
	}
	if sum != 46*time.Second {
		t.Errorf("%v in all", sum)
	}
}
