package routing

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAgentRecord(t *testing.T) {
	t.Parallel()
	later := rosterDay.Add(time.Minute)
	there := AgentRecord{ID: "ann", Status: Available, StatusSince: rosterDay, ShiftAt: rosterDay}
	with := func(change func(*AgentRecord)) AgentRecord { r := there; change(&r); return r }
	listening := with(func(r *AgentRecord) { r.Stream = "s1" })
	since := with(func(r *AgentRecord) { r.Stream, r.StreamSince = "s1", rosterDay.Add(time.Second) })
	lost := with(func(r *AgentRecord) { r.LostAt = rosterDay })
	for _, row := range []struct {
		name string
		was  AgentRecord
		cmd  Command
		want AgentRecord
	}{
		{"another status", there, SetStatus{Status: OnBreak, Reason: "lunch"}, with(func(r *AgentRecord) { r.Status, r.Reason, r.StatusSince = OnBreak, "lunch", later })},
		{"the same status", there, SetStatus{Status: Available}, there},
		{"a status without a desktop", lost, SetStatus{Status: Available}, there},
		{"a desktop", lost, Connect{Stream: "s1"}, listening},
		{"another desktop", listening, Connect{Stream: "s2"}, with(func(r *AgentRecord) { r.Stream = "s2" })},
		{"the desktop goes", listening, Disconnect{Stream: "s1"}, with(func(r *AgentRecord) { r.LostAt = later })},
		{"a younger desktop", since, Connect{Stream: "s2", Opened: later}, with(func(r *AgentRecord) { r.Stream, r.StreamSince = "s2", later })},
		{"an older desktop is late", since, Connect{Stream: "s0", Opened: rosterDay}, since},
		{"the older one comes first", with(func(r *AgentRecord) { r.LostAt = later }), Connect{Stream: "s0", Opened: rosterDay}, with(func(r *AgentRecord) { r.Stream, r.StreamSince = "s0", rosterDay })},
		{"an older desktop goes", listening, Disconnect{Stream: "s0"}, listening},
		{"nothing of an agent's", there, RevokeToken{}, there},
	} {
		got, err := row.was.Decide(later, row.cmd)
		if diff := cmp.Diff(row.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", row.name, err, diff)
		}
	}
	if got, err := there.Decide(later, SetStatus{Status: "busy"}); !errors.Is(err, &Error{Code: CodeInvalid}) || got != there {
		t.Errorf("busy cannot be declared: %v, %v", got, err)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	lost := AgentRecord{Status: Available, LostAt: rosterDay}
	if lost.Gone(rosterDay.Add(ConnectionGrace-1)) || !lost.Gone(rosterDay.Add(ConnectionGrace)) || new(AgentRecord).Gone(rosterDay) {
		t.Error("gone is who has been away for the whole grace")
	}
}

func TestAgentReserves(t *testing.T) {
	t.Parallel()
	a := NewAgent(Profile{ID: "ann", Capacity: 2, Queues: []QueueID{"x", "y"}}, AgentRecord{Status: Available}, rosterDay)
	ask := func(c ConversationID, n int) bool {
		return hears(a.Reserve, rosterDay, &Reserve{Agent: "ann", Conversation: c, Ticket: Ticket{"x", n}})[0].(*Reserved).Granted
	}
	wants := func(what string, ok bool, load int) {
		t.Helper()
		if !ok || a.Load() != load || new(a.Seat(rosterDay)).Free() != max(0, 2-load) {
			t.Errorf("%s: load %d, want %d", what, a.Load(), load)
		}
	}
	wants("the first", ask("cv_1", 1), 1)
	wants("twice the same", !ask("cv_1", 2), 1)
	hears(a.Unreserve, rosterDay, &Unreserve{Conversation: "cv_1", Ticket: Ticket{"x", 2}})
	wants("not that ticket's", true, 1)
	wants("the second", ask("cv_2", 3), 2)
	wants("one too many", !ask("cv_3", 4), 2)
	a.Hold("cv_1", SlotOffer)
	hears(a.Unreserve, rosterDay, &Unreserve{Conversation: "cv_1", Ticket: Ticket{"x", 1}})
	wants("an offer is no reservation", true, 2)
	hears(a.Unreserve, rosterDay, &Unreserve{Conversation: "cv_2", Ticket: Ticket{"x", 3}})
	wants("given back", true, 1)
	a.Free("cv_9", true, rosterDay.Add(time.Hour))
	wants("not hers", a.IdleSince.Equal(rosterDay), 1)
	a.Free("cv_1", false, rosterDay.Add(time.Hour))
	wants("an offer does not end idle time", a.IdleSince.Equal(rosterDay), 0)
	a.Hold("cv_1", SlotWrap)
	a.Free("cv_1", true, rosterDay.Add(time.Hour))
	wants("work does", a.IdleSince.Equal(rosterDay.Add(time.Hour)), 0)
	for _, c := range []ConversationID{"cv_1", "cv_2", "cv_3"} {
		a.Hold(c, SlotActive)
	}
	wants("a commit cannot be refused", !ask("cv_4", 5), 3)
	if got := says(a.Announce, rosterDay); len(got) != 1 || *got[0].(*SeatChanged) != (SeatChanged{Queue: "y", Seat: a.Seat(rosterDay)}) { // x has been answered
		t.Errorf("announced %v", got)
	}
}

func TestAgentIsReadyOnlyWhenAvailable(t *testing.T) {
	t.Parallel()
	for _, s := range []Status{BusyStopNew, OnBreak, WorkingOffline, LoggedOut, ""} {
		if NewAgent(Profile{}, AgentRecord{Status: s}, rosterDay).Ready(rosterDay) {
			t.Errorf("ready while %q", s)
		}
	}
	gone := AgentRecord{Status: Available, LostAt: rosterDay.Add(-time.Hour)}
	if NewAgent(Profile{}, gone, rosterDay).Ready(rosterDay) || !NewAgent(Profile{}, AgentRecord{Status: Available}, rosterDay).Ready(rosterDay) {
		t.Error("ready is who is available and there")
	}
}

// What an agent has stays for a while when she is away, whether her desktop was lost or she logged out.
func TestAbsence(t *testing.T) {
	t.Parallel()
	const requeue = 5 * time.Minute
	at := func(d time.Duration) time.Time { return rosterDay.Add(d) }
	lost := AgentRecord{Status: Available, LostAt: rosterDay}
	out := AgentRecord{Status: LoggedOut, StatusSince: at(time.Minute)}
	both := AgentRecord{Status: LoggedOut, StatusSince: at(time.Minute), LostAt: rosterDay}
	for _, row := range []struct {
		name   string
		record AgentRecord
		now    time.Duration
		recall []ConversationID
		due    time.Duration // 0: none
	}{
		{"there", AgentRecord{Status: OnBreak}, time.Hour, nil, 0},
		{"never was", AgentRecord{Status: LoggedOut}, time.Hour, []ConversationID{"cv_2"}, 0},
		{"in the grace", lost, 29 * time.Second, nil, 30 * time.Second},
		{"beyond the grace", lost, 30 * time.Second, []ConversationID{"cv_2"}, 330 * time.Second},
		{"gone for long", lost, 330 * time.Second, []ConversationID{"cv_1", "cv_2"}, 0},
		{"logged out", out, time.Minute, []ConversationID{"cv_2"}, 6 * time.Minute},
		{"logged out for long", out, 6 * time.Minute, []ConversationID{"cv_1", "cv_2"}, 0},
		{"lost before the logout", both, time.Minute, []ConversationID{"cv_2"}, 330 * time.Second},
	} {
		a := NewAgent(Profile{ID: "ann", Capacity: 6}, row.record, rosterDay)
		a.Hold("cv_1", SlotActive)
		a.Hold("cv_2", SlotOffer)
		a.Hold("cv_3", SlotWrap)
		var recalled []ConversationID
		for _, e := range hears(a.Recalls, at(row.now), requeue) {
			recalled = append(recalled, e.(*Recall).Conversation)
		}
		if diff := cmp.Diff(row.recall, recalled); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
		var due time.Time
		if row.due > 0 {
			due = at(row.due)
		}
		if got := a.Due(at(row.now), requeue); !got.Equal(due) {
			t.Errorf("%s: due at %v, want %v", row.name, got, due)
		}
	}
}

func TestRecalls(t *testing.T) {
	t.Parallel()
	a := NewAgent(Profile{ID: "ann", Capacity: 6}, AgentRecord{Status: LoggedOut}, rosterDay)
	for c, s := range map[ConversationID]Slot{"cv_2": SlotOffer, "cv_1": SlotOffer, "cv_3": SlotActive, "cv_4": SlotReserved} {
		a.Hold(c, s)
	}
	want := []Effect{&Recall{"cv_1", "ann", rosterDay}, &Recall{"cv_2", "ann", rosterDay}}
	if diff := cmp.Diff(want, hears(a.Recalls, rosterDay, time.Minute)); diff != "" {
		t.Error(diff)
	}
	for _, s := range []Status{Available, BusyStopNew, OnBreak, WorkingOffline} {
		if a.Record.Status = s; hears(a.Recalls, rosterDay, time.Minute) != nil {
			t.Errorf("what rings stays with who is %s", s)
		}
	}
	if a.Record.LostAt = rosterDay.Add(-ConnectionGrace); len(hears(a.Recalls, rosterDay, time.Minute)) != 2 {
		t.Error("what rings at a desktop that is gone is taken back")
	}
}
