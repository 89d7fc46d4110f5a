package routing

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// counter is a line and its members, without anything between them.
type counter struct {
	*Line
	t *testing.T
}

func newCounter(t *testing.T, members ...Profile) counter {
	t.Helper()
	c := counter{NewLine(Queue{ID: "support", OfferTimeoutSeconds: 20}, members), t}
	says(c.Open, rosterDay)
	return c
}

// wants compares effects in words: "reserve ann cv_1 #1".
func (c counter) wants(what string, effects []Effect, want ...string) {
	c.t.Helper()
	var got []string
	for _, e := range effects {
		switch e := e.(type) {
		case *Reserve:
			got = append(got, fmt.Sprintf("reserve %s %s #%d", e.Agent, e.Conversation, e.Ticket.N))
		case *Unreserve:
			got = append(got, fmt.Sprintf("unreserve %s %s #%d", e.Agent, e.Conversation, e.Ticket.N))
		case *MakeOffer:
			got = append(got, fmt.Sprintf("propose %s %s #%d %v", e.Agent, e.Conversation, e.Ticket.N, e.Timeout))
		default:
			got = append(got, fmt.Sprintf("%T", e))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s:\n%s", what, diff)
	}
}

func sits(a AgentID, capacity, load int) Seat {
	return Seat{Agent: a, Status: Available, Capacity: capacity, Load: load}
}

func answer(c ConversationID, n int, granted bool, s Seat) *Reserved {
	return &Reserved{Conversation: c, Ticket: Ticket{"support", n}, Granted: granted, Seat: s}
}

func TestLineReturnsWhatItReserved(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann"}, Profile{ID: "bob"})
	c.wants("nobody is there", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1"}))
	c.wants("ann comes", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)}), "reserve ann cv_1 #1")
	c.wants("it leaves before she answers", hears(c.Leave, rosterDay, &LeaveLine{Conversation: "cv_1"}), "unreserve ann cv_1 #1")
	c.wants("she answers", hears(c.Reserved, rosterDay, answer("cv_1", 1, true, sits("ann", 1, 1))), "unreserve ann cv_1 #1")
	c.wants("it comes back", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1"}))
	c.wants("she is free", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)}), "reserve ann cv_1 #2")
	c.wants("an old answer", hears(c.Reserved, rosterDay, answer("cv_1", 1, true, sits("ann", 1, 1))), "unreserve ann cv_1 #1")
	c.wants("the answer", hears(c.Reserved, rosterDay, answer("cv_1", 2, true, sits("ann", 1, 1))), "propose ann cv_1 #2 20s")
	c.wants("it is offered to her", hears(c.Leave, rosterDay, &LeaveLine{Conversation: "cv_1", OfferedTo: []AgentID{"ann"}}))
	if len(c.waiting) != 0 {
		t.Error("somebody waits")
	}
}

func TestLineKeepsWhatItReserved(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann"}, Profile{ID: "bob"})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)})
	c.wants("enters", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1"}), "reserve ann cv_1 #1")
	c.wants("says so again", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1"}))
	c.wants("granted", hears(c.Reserved, rosterDay, answer("cv_1", 1, true, sits("ann", 1, 1))), "propose ann cv_1 #1 20s")
	c.wants("has lost the proposal", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1", Priority: 3}), "propose ann cv_1 #1 20s")
	c.wants("bob comes", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("bob", 1, 0)}))
	c.wants("waits for another offer", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1", Offers: 1}), "unreserve ann cv_1 #1", "reserve bob cv_1 #2")
}

func TestLineAsksTheNext(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann"}, Profile{ID: "bob"})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("bob", 1, 0)})
	c.wants("ann is asked", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1", Since: rosterDay.Add(1)}), "reserve ann cv_1 #1")
	c.wants("bob is asked", hears(c.Enter, rosterDay, &Item{Conversation: "cv_2", Since: rosterDay.Add(2)}), "reserve bob cv_2 #2")
	c.wants("nobody is left", hears(c.Enter, rosterDay, &Item{Conversation: "cv_3", Priority: 1, Since: rosterDay}))
	gone := sits("ann", 1, 0)
	gone.Status = OnBreak
	c.wants("ann says no", hears(c.Reserved, rosterDay, answer("cv_1", 1, false, gone)))
	c.wants("bob, too, but is free", hears(c.Reserved, rosterDay, answer("cv_2", 2, false, sits("bob", 2, 0))), "reserve bob cv_3 #3", "reserve bob cv_1 #4")
}

func TestLineServesTheFirst(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann", Skills: map[SkillID]Level{"billing": 50}})
	later := rosterDay.Add(time.Second)
	for _, i := range []Item{
		{Conversation: "cv_late", Since: later},
		{Conversation: "cv_b", Since: rosterDay},
		{Conversation: "cv_a", Since: rosterDay},
		{Conversation: "cv_urgent", Since: later, Priority: 1},
		{Conversation: "cv_hard", Priority: 2, Skills: []Need{{"billing", 60}}},
		{Conversation: "cv_skilled", Since: later.Add(1), Skills: []Need{{"billing", 50}}},
	} {
		hears(c.Enter, rosterDay, &i)
	}
	c.wants("by priority, age, id", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 6, 0)}),
		"reserve ann cv_urgent #1", "reserve ann cv_a #2", "reserve ann cv_b #3", "reserve ann cv_late #4", "reserve ann cv_skilled #5")
}

func TestLineOpensWhenTold(t *testing.T) {
	t.Parallel()
	c := counter{NewLine(Queue{ID: "support"}, []Profile{{ID: "ann"}}), t}
	c.wants("closed: enters", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1"}))
	c.wants("closed: sits", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)}))
	c.wants("opens", says(c.Open, rosterDay), "reserve ann cv_1 #1")
	c.wants("a stranger sits", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("eve", 6, 0)}))
}

func TestLineFollowsItsConfiguration(t *testing.T) {
	t.Parallel()
	c := newCounter(t, Profile{ID: "ann", Skills: map[SkillID]Level{"billing": 50}})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)})
	c.wants("too hard", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1", Skills: []Need{{"billing", 60}}}))
	c.Configure(Queue{ID: "support", OfferTimeoutSeconds: 30}, []Profile{{ID: "ann", Skills: map[SkillID]Level{"billing": 60}}})
	c.wants("ann has learnt", says(c.Open, rosterDay), "reserve ann cv_1 #1")
	c.Configure(Queue{ID: "support", OfferTimeoutSeconds: 30}, nil)
	c.wants("nobody is left", says(c.Open, rosterDay))
	c.wants("her answer comes too late", hears(c.Reserved, rosterDay, answer("cv_1", 1, true, sits("ann", 1, 1))), "unreserve ann cv_1 #1")
	if diff := cmp.Diff([]Wait{{WaitNoMembers, "queue support has no agents"}}, c.Why(rosterDay, "cv_1")); diff != "" {
		t.Error(diff)
	}
}

func TestLineCounts(t *testing.T) {
	t.Parallel()
	c := counter{NewLine(Queue{ID: "support", ServiceLevelSeconds: 30}, []Profile{{ID: "ann"}, {ID: "bob"}, {ID: "cid"}}), t}
	hears(c.Sit, rosterDay, &SeatChanged{Seat: Seat{Agent: "ann", Status: Available, Load: 2, Wrapping: 2}})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: Seat{Agent: "bob", Status: Available, Load: 2, Wrapping: 1}})
	for i := range 3 {
		hears(c.Enter, rosterDay, &Item{Conversation: NewConversationID(fmt.Sprint(i)), Entered: rosterDay.Add(time.Duration(i) * time.Second)})
	}
	want := LineCount{
		Queue: "support", Level: 30 * time.Second, Target: 5 * time.Minute,
		Members: map[View]int{View(LoggedOut): 1, ViewBusy: 1, ViewPostProcessing: 1},
		Waits:   map[string]time.Duration{WaitSlot: 93 * time.Second},
	}
	if diff := cmp.Diff(want, c.Count(rosterDay.Add(31*time.Second))); diff != "" {
		t.Error(diff)
	}
}

func TestWhyWaiting(t *testing.T) {
	t.Parallel()
	tenant := worldTenant()
	c := stage(text(1))
	available := func(ids ...AgentID) []AgentRecord {
		var records []AgentRecord
		for _, id := range ids {
			records = append(records, AgentRecord{ID: id, Status: Available})
		}
		return records
	}
	other := stage(offered, accepted)
	other.ID = "cv_2"
	refused := stage(offered, lapsed)
	for _, row := range []struct {
		name    string
		records []AgentRecord
		open    []Conversation
		c       Conversation
		held    time.Time
		want    string
	}{
		{"nobody signed in", nil, nil, c, time.Time{}, WaitNobodySigned},
		{"only a lower level", available("dee"), nil, c, time.Time{}, WaitSkill},
		{"all full", available("ann", "dee"), []Conversation{other, held("cv_3", "ann"), c}, c, time.Time{}, WaitSlot},
		{"about to be offered", available("ann"), nil, c, time.Time{}, WaitOffer},
		{"the queue holds", available("ann"), nil, c, rosterDay.Add(1), WaitHold},
		{"the queue has held", available("ann"), nil, c, rosterDay, WaitOffer},
		{"the untried is full", available("ann", "bob"), []Conversation{held("cv_3", "bob"), held("cv_4", "bob")}, refused, time.Time{}, WaitOthers},
		{"tried and alone", available("ann"), nil, refused, time.Time{}, WaitOffer},
	} {
		agents, open := Floor(&tenant, row.records, row.open), append(slices.DeleteFunc(row.open, func(c Conversation) bool { return c.ID == row.c.ID }), row.c)
		line := Committed(rosterDay, &tenant, "support", agents, open, row.held)
		if got := line.Why(rosterDay, row.c.ID); len(got) == 0 || got[0].For != row.want {
			t.Errorf("%s: %v, want %s", row.name, got, row.want)
		}
	}
	line := Committed(rosterDay, &tenant, "support", Floor(&tenant, nil, nil), []Conversation{other, c}, time.Time{})
	if got := line.Why(rosterDay, other.ID); got != nil {
		t.Errorf("an active conversation waits for %v", got)
	}
	if got := line.Waiting(); !slices.Equal(got, []ConversationID{c.ID}) {
		t.Errorf("in the line are %v", got)
	}
}

// held is an active conversation of an agent's.
func held(id ConversationID, a AgentID) Conversation {
	c := stage(offered, OfferEnded{Offer: "of_1_1", Agent: a, Outcome: OutcomeAccepted})
	c.ID = id
	return c
}

func TestLineAges(t *testing.T) {
	t.Parallel()
	c := counter{NewLine(Queue{ID: "support", AgingMinutes: 10}, []Profile{{ID: "ann"}}), t}
	says(c.Open, rosterDay)
	for _, i := range []Item{
		{Conversation: "cv_plain", Since: rosterDay},
		{Conversation: "cv_urgent_late", Since: rosterDay.Add(11 * time.Minute), Priority: 1},
		{Conversation: "cv_urgent", Since: rosterDay.Add(9 * time.Minute), Priority: 1},
		{Conversation: "cv_equal", Since: rosterDay.Add(10 * time.Minute), Priority: 1},
	} {
		hears(c.Enter, rosterDay, &i)
	}
	c.wants("a point is worth ten minutes", hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 6, 0)}),
		"reserve ann cv_urgent #1", "reserve ann cv_equal #2", "reserve ann cv_plain #3", "reserve ann cv_urgent_late #4")
}

func TestLineAsksTheLastAgentFirst(t *testing.T) {
	t.Parallel()
	until := rosterDay.Add(20 * time.Second)
	known := func(c ConversationID) *Item {
		return &Item{Conversation: c, LastAgent: "bob", Entered: until.Add(-LastAgentRight)}
	}
	skilled := func(a AgentID, l Level) Profile { return Profile{ID: a, Skills: map[SkillID]Level{"billing": l}} }
	c := newCounter(t, skilled("ann", 100), skilled("bob", 50))
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 6, 0)})
	c.wants("he is not there", hears(c.Enter, rosterDay, known("cv_1")), "reserve ann cv_1 #1")
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("bob", 4, 0)})
	c.wants("he is there", hears(c.Enter, rosterDay, known("cv_2")), "reserve bob cv_2 #2")
	c.wants("his right is over", hears(c.Enter, until, known("cv_3")), "reserve ann cv_3 #3")
	refused := known("cv_4")
	refused.Refused = []AgentID{"bob"}
	c.wants("he has refused it", hears(c.Enter, rosterDay, refused), "reserve ann cv_4 #4")
	hard := known("cv_5")
	hard.Skills = []Need{{"billing", 60}}
	c.wants("he does not know enough", hears(c.Enter, rosterDay, hard), "reserve ann cv_5 #5")
	c.wants("it rings as long as his right lasts", hears(c.Reserved, rosterDay.Add(2*time.Second), answer("cv_2", 2, true, sits("bob", 4, 1))),
		"propose bob cv_2 #2 18s")
	c.wants("but not too shortly", hears(c.Enter, rosterDay.Add(9*time.Second), known("cv_2")), "propose bob cv_2 #2 15s")
}

func TestLineKeepsForTheLastAgent(t *testing.T) {
	t.Parallel()
	until := rosterDay.Add(20 * time.Second)
	c := newCounter(t, Profile{ID: "ann"}, Profile{ID: "bob"})
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("bob", 1, 0)})
	c.wants("bob is asked", hears(c.Enter, rosterDay, &Item{Conversation: "cv_1", LastAgent: "bob", Entered: until.Add(-LastAgentRight)}), "reserve bob cv_1 #1")
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 0)})
	c.wants("he says no", hears(c.Reserved, rosterDay, answer("cv_1", 1, false, sits("bob", 1, 1))), "reserve ann cv_1 #2")
}
