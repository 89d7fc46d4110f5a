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
		double.ID = copyOf(double.ID, i/len(t.Agents)+1)
		staffed.Agents = append(staffed.Agents, double)
	}
	return &staffed
}

// copyOf names the n-th of an agent's kind; the agent is the first.
func copyOf(a routing.AgentID, n int) routing.AgentID {
	return a + routing.AgentID("-"+strconv.Itoa(n))
}

// Staffed is the recording as n agents of the tenant, or copies of them, would have made it: a copy comes and goes with its
// original. The recording itself is not changed.
func (r *Recording) Staffed(t *routing.Tenant, n int) *Recording {
	staffed := *r
	staffed.Facts = nil
	for _, f := range r.Facts {
		staffed.Facts = append(staffed.Facts, f)
		if f.Shift == nil {
			continue
		}
		a := routing.AddresseeOf(f.Shift.Command).Agent
		for i := len(t.Agents); i < n; i++ {
			if t.Agents[i%len(t.Agents)].ID == a {
				double := *f.Shift
				double.Command = by(copyOf(a, i/len(t.Agents)+1), double.Command)
				staffed.Facts = append(staffed.Facts, Fact{Shift: &double})
			}
		}
	}
	return &staffed
}

// by lets another agent do what one did.
func by(a routing.AgentID, cmd routing.Command) routing.Command {
	if c, ok := cmd.(routing.SetStatus); ok {
		c.Agent = a
		return c
	}
	if c, ok := cmd.(routing.Connect); ok {
		c.Agent = a
		return c
	}
	if c, ok := cmd.(routing.Disconnect); ok {
		c.Agent = a
		return c
	}
	return cmd
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
			shifts = append(shifts, Shift{opens, Unranked, a.ID, come})
			continue
		}
		if h.To < h.From { // the night from the day before
			h.To += midnight
		}
		for day := range days {
			begins := opens.Add(time.Duration(day) * midnight)
			shifts = append(shifts, Shift{begins.Add(h.From), Unranked, a.ID, come}, Shift{begins.Add(h.To), Unranked, a.ID, leave})
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
