package reports

import (
	"time"

	"switchyard/actors/routing"
)

// Interval is a time that an agent spent in one declared status. Those of one agent follow each other without gaps, except
// while the agent is logged out, of which none is kept.
type Interval struct {
	Agent  routing.AgentID `json:"agent"`
	Status routing.Status  `json:"status"`
	Reason string          `json:"reason,omitempty"`
	From   time.Time       `json:"from"`
	To     time.Time       `json:"to"`
}

// Shift is the interval that ends when an agent's record changes from was to is, and what it adds to the sums; false when none
// ends. Slots is how many the agent has.
func Shift(was, is routing.AgentRecord, slots int) (Interval, []Line, bool) {
	if is.Status == was.Status {
		return Interval{}, nil, false
	}
	past, ok := Spent(was, is.StatusSince)
	if !ok {
		return Interval{}, nil, false
	}
	return past, past.Lines(slots), true
}

// Spent is the interval that an agent has begun and not ended by now; false while logged out.
func Spent(r routing.AgentRecord, now time.Time) (Interval, bool) {
	if r.Status == "" || r.Status == routing.LoggedOut || !r.StatusSince.Before(now) {
		return Interval{}, false
	}
	return Interval{r.ID, r.Status, r.Reason, r.StatusSince, now}, true
}

// Lines are what an interval adds to the sums.
func (i Interval) Lines(slots int) []Line {
	lines := spread(nil, OfAgent, string(i.Agent), StatusTime(i.Status), i.From, i.To)
	if i.Status != routing.Available && i.Status != routing.BusyStopNew {
		return lines
	}
	for _, l := range lines {
		l.Measure, l.N = RoomTime, l.N*int64(slots)
		lines = append(lines, l)
	}
	return lines
}

// Within is the part of an interval that lies between two times; false when none does.
func (i Interval) Within(from, to time.Time) (Interval, bool) {
	if i.From.Before(from) {
		i.From = from
	}
	if i.To.After(to) {
		i.To = to
	}
	return i, i.From.Before(i.To)
}
