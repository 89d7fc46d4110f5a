package routing

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func lapse(at time.Duration, change func(*Missed)) *Missed {
	m := &Missed{
		Agent: "ann", Queue: "support", Outcome: OutcomeLapsed, Policy: MissGraduated, RangSince: rosterDay.Add(at - 30*time.Second),
		At: rosterDay.Add(at),
	}
	if change != nil {
		change(m)
	}
	return m
}

func TestMiss(t *testing.T) {
	t.Parallel()
	there := AgentRecord{ID: "ann", Status: Available, StatusSince: rosterDay.Add(-time.Hour)}
	with := func(r AgentRecord, change func(*AgentRecord)) AgentRecord { change(&r); return r }
	strict := func(m *Missed) { m.Policy = MissStrict }
	rejected := func(m *Missed) { m.Outcome = OutcomeRejected }
	cooling := with(there, func(r *AgentRecord) { r.MissedAt, r.CoolUntil = rosterDay, rosterDay.Add(CoolDown) })
	benched := func(at time.Duration, r AgentRecord) AgentRecord {
		return with(r, func(r *AgentRecord) {
			r.Status, r.Reason, r.StatusSince, r.BenchedAt = OnBreak, ReasonMissed, rosterDay.Add(at), rosterDay.Add(at)
			r.MissedAt = time.Time{}
		})
	}
	lost := with(there, func(r *AgentRecord) { r.LostAt = rosterDay.Add(-time.Second) })
	away := with(there, func(r *AgentRecord) { r.Status = WorkingOffline })
	minute := time.Minute
	for _, row := range []struct {
		name string
		was  AgentRecord
		miss *Missed
		want AgentRecord
	}{
		{"the first", there, lapse(0, nil), cooling},
		{"the default is graduated", there, lapse(0, func(m *Missed) { m.Policy = "" }), cooling},
		{"the second", cooling, lapse(minute, nil), benched(minute, cooling)},
		{"the second, too late", cooling, lapse(MissWindow, nil), with(there, func(r *AgentRecord) {
			r.MissedAt, r.CoolUntil = rosterDay.Add(MissWindow), rosterDay.Add(MissWindow+CoolDown)
		})},
		{"one that rang at the same time", cooling, lapse(29*time.Second, nil), with(cooling, func(r *AgentRecord) {
			r.CoolUntil = rosterDay.Add(29*time.Second + CoolDown)
		})},
		{"a rejection", there, lapse(0, rejected), there},
		{"a rejection after a miss", cooling, lapse(minute, rejected), cooling},
		{"the first, strict", there, lapse(minute, strict), benched(minute, there)},
		{"a rejection, strict", there, lapse(minute, func(m *Missed) { strict(m); rejected(m) }), benched(minute, there)},
		{"without a desktop", lost, lapse(0, strict), lost},
		{"not available any more", away, lapse(0, strict), away},
	} {
		if diff := cmp.Diff(row.want, row.was.Miss(row.miss)); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
	}
}

func TestPenaltyEndsByItself(t *testing.T) {
	t.Parallel()
	a := NewAgent(Profile{ID: "ann", Queues: []QueueID{"support"}}, AgentRecord{ID: "ann", Status: Available}, rosterDay)
	a.Record = a.Record.Miss(lapse(0, nil))
	end := rosterDay.Add(CoolDown)
	if a.Ready(rosterDay) || a.Ready(end.Add(-1)) || !a.Ready(end) {
		t.Error("no offers for ten seconds, and then")
	}
	if due := a.Due(rosterDay, time.Hour); !due.Equal(end) || !a.Due(end, time.Hour).IsZero() {
		t.Errorf("due %v", due)
	}
	declared, _ := a.Record.Decide(rosterDay, SetStatus{Agent: "ann", Status: Available})
	if declared.Cooling(rosterDay) != end || declared.Status != Available {
		t.Error("a status that is declared does not end it")
	}
}

func TestPardon(t *testing.T) {
	t.Parallel()
	there := AgentRecord{ID: "ann", Status: Available, StatusSince: rosterDay}
	strict := there.Miss(lapse(0, func(m *Missed) { m.Policy = MissStrict }))
	pardon := &Pardon{Agent: "ann", Since: rosterDay}
	if got := strict.Pardon(rosterDay, pardon); got != there {
		t.Errorf("the break is taken back: %+v", got)
	}
	missed := there.Miss(lapse(0, nil))
	if got := missed.Pardon(rosterDay, pardon); got != there {
		t.Errorf("the penalty is taken back: %+v", got)
	}
	if got := strict.Pardon(rosterDay, &Pardon{Since: rosterDay.Add(1)}); got != strict {
		t.Errorf("what was before stays: %+v", got)
	}
	declared, _ := strict.Decide(rosterDay, SetStatus{Status: OnBreak, Reason: "lunch"})
	if got := declared.Pardon(rosterDay, pardon); got != declared {
		t.Errorf("what was declared stays: %+v", got)
	}
}

// Five agents, of whom one is not there: the breaker trips at the third of four.
func TestStorm(t *testing.T) {
	t.Parallel()
	var members []Profile
	for i := range 5 {
		members = append(members, Profile{ID: AgentID(fmt.Sprintf("a%d", i))})
	}
	c := newCounter(t, members...)
	for _, m := range members[:4] {
		hears(c.Sit, rosterDay, &SeatChanged{Seat: sits(m.ID, 1, 1)})
	}
	blame := func(a AgentID, at time.Duration) []Effect {
		return hears(c.Blame, rosterDay.Add(at), &Blamed{Queue: "support", Agent: a, At: rosterDay.Add(at)})
	}
	for i, want := range []int{0, 0, 0} { // the same agent three times is one
		if got := blame("a0", time.Duration(i)*time.Second); len(got) != want {
			t.Errorf("%v", got)
		}
	}
	if blame("a1", 10*time.Second) != nil || blame("eve", 10*time.Second) != nil || blame("a2", 63*time.Second) != nil {
		t.Error("two within a minute are no storm")
	}
	at := 65 * time.Second
	got := blame("a3", at)
	since := rosterDay.Add(at - StormWindow)
	want := []Effect{
		&Stormed{"support", 3, rosterDay.Add(at + StormHold)}, &Pardon{"a1", since}, &Pardon{"a2", since}, &Pardon{"a3", since},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c.wants("nothing is offered", hears(c.Enter, rosterDay.Add(at), &Item{Conversation: "cv_1"}))
	c.wants("nor to who is free", hears(c.Sit, rosterDay.Add(at), &SeatChanged{Seat: sits("a0", 1, 0)}))
	if why := c.Why(rosterDay.Add(at), "cv_1"); len(why) != 1 || why[0].For != WaitHold || !c.Due().Equal(rosterDay.Add(at+StormHold)) {
		t.Errorf("%v until %v", why, c.Due())
	}
	if again := blame("a0", at+time.Second); len(again) != 4 {
		t.Errorf("who misses in the storm is pardoned, and the storm told of once: %v", again)
	}
	c.wants("before its end", says(c.Tick, rosterDay.Add(at+StormHold)))
	c.wants("after it", says(c.Tick, rosterDay.Add(at+StormHold+time.Second)), "reserve a0 cv_1 #1")
}
