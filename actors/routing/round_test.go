package routing

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// asking is an agent with one slot whose queues bid in a test.
type asking struct {
	*Agent
	ask int
}

func newAsking(t *testing.T, capacity int, queues ...QueueID) *asking {
	t.Helper()
	a := &asking{Agent: NewAgent(Profile{ID: "ann", Capacity: capacity, Queues: queues}, AgentRecord{Status: Available}, rosterDay)}
	a.asks(t)
	return a
}

// asks announces that the agent has become free.
func (a *asking) asks(t *testing.T) {
	t.Helper()
	effects := says(a.Announce, rosterDay)
	if len(effects) == 0 {
		t.Fatal("nothing is announced")
	}
	if a.ask = effects[0].(*SeatChanged).Ask; a.ask == 0 {
		t.Fatal("nothing is asked")
	}
}

func bid(q QueueID, priority int, c string, points, age int) *Reserve {
	return &Reserve{
		Agent: "ann", Conversation: ConversationID(c), Ticket: Ticket{q, 1},
		Bid: Bid{Queue: priority, Points: points, Turn: rosterDay.Add(-time.Duration(age) * time.Second)},
	}
}

// answers lets every queue say that it has bid all, and returns what was granted, in order.
func (a *asking) answers(queues ...QueueID) string {
	var granted, denied []string
	for _, q := range queues {
		for _, e := range hears(a.Answered, rosterDay, &Answered{Queue: q, Agent: "ann", Ask: a.ask}) {
			if r := e.(*Reserved); r.Granted {
				granted = append(granted, string(r.Conversation))
			} else {
				denied = append(denied, fmt.Sprintf("%s for %s", r.Conversation, r.Instead))
			}
		}
	}
	return strings.Join(granted, " ") + "; " + strings.Join(denied, " ")
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		capacity int
		bids     []*Reserve
		want     string
	}{
		{"nobody bids", 1, nil, "; "},
		{"the higher queue first", 1, []*Reserve{bid("x", 4, "old", 9, 99), bid("y", 5, "new", 0, 1)}, "new; old for y"},
		{"9 beats the shared line", 1, []*Reserve{bid("x", 8, "old", 9, 99), bid("y", 9, "new", 0, 1)}, "new; old for y"},
		{"within a queue by points, then age", 2, []*Reserve{bid("x", 5, "b", 0, 9), bid("x", 5, "c", 0, 1), bid("x", 5, "a", 1, 0)}, "a b; c for "},
		{"equals take turns", 3, []*Reserve{bid("y", 5, "y1", 0, 50), bid("y", 5, "y2", 0, 49), bid("x", 5, "x1", 0, 2), bid("x", 5, "x2", 0, 1)}, "x1 y1 x2; y2 for x"},
		{"a shared line is served by age", 3, []*Reserve{bid("y", 8, "y1", 0, 50), bid("y", 8, "y2", 0, 40), bid("x", 8, "x1", 0, 45), bid("x", 8, "x2", 0, 1)}, "y1 x1 y2; x2 for y"},
		{"a shared line heeds points", 1, []*Reserve{bid("y", 8, "old", 0, 50), bid("x", 8, "urgent", 1, 1)}, "urgent; old for x"},
	} {
		a := newAsking(t, row.capacity, "x", "y")
		for _, b := range row.bids {
			if got := hears(a.Reserve, rosterDay, b); got != nil {
				t.Errorf("%s: answered at once: %v", row.name, got)
			}
		}
		if got := a.answers("y", "x"); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestTurnsGoOnInTheNextRound(t *testing.T) {
	t.Parallel()
	a := newAsking(t, 1, "x", "y", "z")
	var order []string
	for i := range 6 {
		for _, q := range []QueueID{"x", "y", "z"} {
			hears(a.Reserve, rosterDay, bid(q, 5, fmt.Sprintf("%s%d", q, i), 0, 1))
		}
		order = append(order, strings.Split(a.answers("x", "y", "z"), ";")[0])
		says(a.Announce, rosterDay)
		for c := range a.Slots() {
			a.Free(c, true, rosterDay)
		}
		a.asks(t)
	}
	if got := strings.Join(order, " "); got != "x0 y1 z2 x3 y4 z5" {
		t.Errorf("served %s", got)
	}
}

func TestRoundIsOverWhenItIsSettled(t *testing.T) {
	t.Parallel()
	a := newAsking(t, 1, "x", "y")
	hears(a.Reserve, rosterDay, bid("x", 5, "c1", 0, 1))
	if got := hears(a.Unreserve, rosterDay, &Unreserve{Agent: "ann", Conversation: "c1", Ticket: Ticket{"x", 1}}); len(got) != 1 || got[0].(*Reserved).Granted {
		t.Errorf("a bid that is taken back is answered: %v", got)
	}
	if got := a.answers("x"); got != "; " {
		t.Errorf("settled before y has answered: %s", got)
	}
	hears(a.Reserve, rosterDay, bid("x", 5, "c2", 0, 1))
	a.Record.Status = OnBreak
	if got := says(a.Announce, rosterDay); len(got) != 3 || got[2].(*Reserved).Granted {
		t.Errorf("who leaves says no to those who have bid: %v", got)
	}
	a.Record.Status = Available
	stale := a.ask
	a.asks(t)
	hears(a.Reserve, rosterDay, bid("x", 5, "c3", 0, 1))
	fresh := a.ask
	for a.ask = stale; a.answers("x", "y") != "; "; {
		t.Fatal("an answer to an earlier round counts")
	}
	a.ask = fresh
	if got := a.answers("x", "y"); got != "c3; " {
		t.Errorf("settled as %q", got)
	}
	if got := hears(a.Reserve, rosterDay, bid("x", 5, "c4", 0, 1)); len(got) != 1 || got[0].(*Reserved).Granted {
		t.Errorf("after the round a queue is answered at once: %v", got)
	}
	a.Configure(Profile{ID: "ann", Capacity: 2, Queues: []QueueID{"z"}})
	a.asks(t)
	if got := hears(a.Reserve, rosterDay, bid("z", 5, "c5", 0, 1)); got != nil || a.answers("z") != "c5; " {
		t.Errorf("a former queue is waited for: %v", got)
	}
}
