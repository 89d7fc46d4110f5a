package routing

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told lists what a line asks of conversations, in words.
func told(effects []Effect) []string {
	var all []string
	for _, e := range effects {
		ask, ok := e.(*Ask)
		if !ok {
			continue
		}
		switch cmd := ask.Command.(type) {
		case Inform:
			all = append(all, fmt.Sprintf("%s %s: %s", ask.Conversation, cmd.Notice, cmd.Text))
		case Divert:
			all = append(all, fmt.Sprintf("%s goes to %s, case %t, %s", ask.Conversation, cmd.To, cmd.Case, cmd.Reason))
		}
	}
	return all
}

func overflowing(t *testing.T, rules ...OverflowRule) counter {
	t.Helper()
	c := counter{NewLine(Queue{ID: "support", Overflow: rules}, []Profile{{ID: "ann"}, {ID: "bob"}}), t}
	says(c.Open, rosterDay)
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("ann", 1, 1)})
	return c
}

func comes(c counter, id ConversationID, after time.Duration) []string {
	at := rosterDay.Add(after)
	return told(hears(c.Enter, at, &Item{Conversation: id, Since: at, Entered: at}))
}

func (c counter) tells(what string, got []string, want ...string) {
	c.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s: %s", what, diff)
	}
}

func TestOverflowByLength(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenLength, Over: 1, Then: ThenQueue, Queue: "sales", Reply: "Number {position}."})
	c.tells("the first", comes(c, "cv_1", 0))
	c.tells("the second", comes(c, "cv_2", 0), "cv_2 overflow: Number 2.", "cv_2 goes to sales, case false, overflow")
	c.tells("it says so again, much later", told(hears(c.Enter, rosterDay.Add(time.Minute), &Item{Conversation: "cv_2", Entered: rosterDay, Priority: 1})))
}

func TestOverflowByTheLongestWait(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenLongestWait, Over: 60, Then: ThenCase})
	c.tells("the first", comes(c, "cv_1", 0))
	c.tells("in time", comes(c, "cv_2", time.Minute))
	c.tells("too late", comes(c, "cv_3", 61*time.Second), "cv_3 goes to , case true, overflow")
}

func TestOverflowByTheExpectedWait(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenExpectedWait, Over: 50, Then: ThenReply, Reply: "{minutes} to {most_minutes} minutes."})
	c.tells("nobody knows", comes(c, "cv_1", 0))
	for range paceLeast {
		c.pace.since = rosterDay
		c.pace.left(rosterDay.Add(30*time.Second), true)
	}
	c.tells("a minute", comes(c, "cv_2", 0), "cv_2 overflow: 1 to 2 minutes.")
}

func TestOverflowWithoutAgents(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenNoAgents, Then: ThenReply, Reply: "Nobody is here."})
	c.tells("ann is there", comes(c, "cv_1", 0))
	away := sits("ann", 1, 1)
	away.Status = OnBreak
	c.tells("a break is no absence", told(hears(c.Sit, rosterDay, &SeatChanged{Seat: away})))
	away.Status = LoggedOut
	c.tells("she goes home", told(hears(c.Sit, rosterDay, &SeatChanged{Seat: away})), "cv_1 overflow: Nobody is here.")
	c.tells("who comes then", comes(c, "cv_2", 0), "cv_2 overflow: Nobody is here.")
	hears(c.Sit, rosterDay, &SeatChanged{Seat: sits("bob", 1, 1)})
	c.tells("bob comes", comes(c, "cv_3", 0))
	c.Configure(c.queue, []Profile{{ID: "ann"}})
	says(c.Open, rosterDay)
	c.tells("bob leaves the queue", comes(c, "cv_4", 0), "cv_4 overflow: Nobody is here.")
}

func TestMaxWait(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenMaxWait, Over: 600, Then: ThenQueue, Queue: "sales"})
	comes(c, "cv_1", 0)
	end := rosterDay.Add(10 * time.Minute)
	if !c.Due().Equal(end) {
		t.Fatalf("due %v", c.Due())
	}
	c.tells("before", told(says(c.Tick, end.Add(-1))))
	c.tells("then", told(says(c.Tick, end)), "cv_1 goes to sales, case false, max_wait")
	c.tells("once", told(says(c.Tick, end.Add(time.Minute))))
}

func TestWaitingTexts(t *testing.T) {
	t.Parallel()
	texts := &WaitingTexts{Welcome: "Hello.", Position: &PositionText{60, "Number {position}."}}
	c := counter{NewLine(Queue{ID: "support", Waiting: texts}, []Profile{{ID: "ann"}}), t}
	says(c.Open, rosterDay)
	c.tells("welcome", comes(c, "cv_1", 0), "cv_1 welcome: Hello.")
	c.tells("welcome", comes(c, "cv_2", time.Second), "cv_2 welcome: Hello.")
	c.tells("after a minute", told(says(c.Tick, rosterDay.Add(time.Minute))), "cv_1 position: Number 1.")
	c.tells("and a second", told(says(c.Tick, rosterDay.Add(61*time.Second))), "cv_2 position: Number 2.")
	c.tells("from an offer", told(hears(c.Enter, rosterDay.Add(2*time.Minute), &Item{Conversation: "cv_3", Entered: rosterDay, Offers: 1})))
}

func TestAccuracyIsCounted(t *testing.T) {
	t.Parallel()
	c := overflowing(t)
	for i := range paceLeast + 2 {
		at := rosterDay.Add(time.Duration(i) * time.Minute)
		hears(c.Enter, at, &Item{Conversation: "cv_1", Since: at, Entered: at})
		hears(c.Leave, at.Add(time.Minute), &LeaveLine{Conversation: "cv_1", OfferedTo: []AgentID{"ann"}})
	}
	n := c.Count(rosterDay)
	if n.Accuracy != (Accuracy{Given: 2, Held: 2}) || n.Expected == nil || n.Expected.Wait != time.Minute {
		t.Errorf("%+v, %+v", n.Accuracy, n.Expected)
	}
}

// TestTooLongWhileClosed: a wait that grows too long while the queue is closed counts when it opens, unless somebody is free then.
func TestTooLongWhileClosed(t *testing.T) {
	t.Parallel()
	noon := rosterDay.Add(2 * time.Hour) // in Berlin
	opens := noon.Add(time.Hour)
	line := NewLine(Queue{ID: "support", Overflow: []OverflowRule{{When: WhenMaxWait, Over: 600, Then: ThenCase}}}, []Profile{{ID: "ann"}})
	line.Keep(calendar(t, officeHours()))
	c := counter{line, t}
	says(c.Open, noon)
	hears(c.Sit, noon, &SeatChanged{Seat: sits("ann", 1, 0)})
	for _, id := range []ConversationID{"cv_1", "cv_2"} {
		c.tells("closed", told(hears(c.Enter, noon, &Item{Conversation: id, Since: noon, Entered: noon})))
	}
	for at := line.Due(); !at.IsZero() && at.Before(opens); at = line.Due() {
		c.tells("still closed", told(says(c.Tick, at)))
		if next := line.Due(); !next.After(at) {
			t.Fatalf("at %s the next look is due at %s", at, next)
		}
	}
	c.tells("it opens; ann is asked for the first", told(says(c.Tick, opens)), "cv_2 goes to , case true, max_wait")
	if c.tells("it is said once", told(says(c.Tick, opens))); !line.Due().After(opens) {
		t.Errorf("the next look is due at %s", line.Due())
	}
}

// TestOverflowOfWhatRangAtTheLast: what rang at the last agent who signed out comes back to nobody, as what waited there.
func TestOverflowOfWhatRangAtTheLast(t *testing.T) {
	t.Parallel()
	c := overflowing(t, OverflowRule{When: WhenNoAgents, Then: ThenCase})
	back := &Item{Conversation: "cv_1", Entered: rosterDay, Offers: 1}
	later := rosterDay.Add(time.Minute)
	c.tells("ann is there", told(hears(c.Enter, later, back)))
	hears(c.Leave, later, &LeaveLine{Conversation: "cv_1"})
	hears(c.Sit, later, &SeatChanged{Seat: Seat{Agent: "ann", Status: LoggedOut}})
	c.tells("nobody is", told(hears(c.Enter, later, back)), "cv_1 goes to , case true, overflow")
	c.tells("it is said once", told(hears(c.Enter, later, back)))
}
