package simulation

import (
	"slices"
	"strconv"
	"time"

	"switchyard/actors/routing"
)

// Staffed is the tenant with n agents: those that it has, in their order, and when they are not enough, copies of them in the
// same order. The tenant itself is not changed.
func Staffed(t *routing.Tenant, n int) *routing.Tenant {
	staffed := *t
	staffed.Agents = slices.Clone(t.Agents[:min(n, len(t.Agents))])
	for i := len(staffed.Agents); i < n && len(t.Agents) > 0; i++ {
		double := t.Agents[i%len(t.Agents)]
		double.ID += routing.AgentID("-" + strconv.Itoa(i/len(t.Agents)+1))
		staffed.Agents = append(staffed.Agents, double)
	}
	return &staffed
}

// Hours are when somebody works, since the beginning of the day. To may be after midnight; equal: the whole day.
type Hours struct{ From, To time.Duration }

// Rota lets agents come and go day by day: each works the same hours every day, the first agent the first hours, the second the
// second, and so on, in turn. At the end of the hours agents finish what they have and take no more. Who works the whole day never
// leaves.
func Rota(t *routing.Tenant, hours []Hours, opens time.Time, days int) []Shift {
	var shifts []Shift
	const midnight = 24 * time.Hour
	for i, a := range t.Agents {
		h := hours[i%len(hours)]
		come := routing.SetStatus{Agent: a.ID, Status: routing.Available}
		leave := routing.SetStatus{Agent: a.ID, Status: routing.BusyStopNew}
		if h.From == h.To {
			shifts = append(shifts, Shift{opens, a.ID, come})
			continue
		}
		if h.To < h.From { // the night from the day before
			h.To += midnight
		}
		for day := range days {
			begins := opens.Add(time.Duration(day) * midnight)
			shifts = append(shifts, Shift{begins.Add(h.From), a.ID, come}, Shift{begins.Add(h.To), a.ID, leave})
		}
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int { return a.At.Compare(b.At) })
	return shifts
}

// Attentive is the tenant whose agents leave no text unanswered. Customers who come by chance write one text each, and what is said
// after it is not simulated: nothing of theirs is to be pulled back as unanswered. The tenant itself is not changed.
func Attentive(t *routing.Tenant) *routing.Tenant {
	attentive := *t
	attentive.Queues = slices.Clone(t.Queues)
	for i := range attentive.Queues {
		attentive.Queues[i].PullBackSeconds = 0
	}
	return &attentive
}
