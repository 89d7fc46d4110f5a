package routing

import (
	"math/rand/v2"
	"testing"
	"time"
)

// jain is Jain's index of fairness: 1 when all have the same, 1/n when one has everything.
func jain(all []float64) float64 {
	var sum, squares float64
	for _, x := range all {
		sum += x
		squares += x * x
	}
	return sum * sum / (float64(len(all)) * squares)
}

// Equal agents are idle for equally long, whatever the rule, whether there is much to do or little.
func TestEqualAgentsAreIdleForEquallyLong(t *testing.T) {
	t.Parallel()
	for _, rule := range AgentRules() {
		for _, load := range []float64{0.4, 0.8} {
			if index := idleFairness(rule, load); index < 0.99 {
				t.Errorf("%s at %v: %.4f", rule, load, index)
			}
		}
	}
}

func idleFairness(rule AgentRule, load float64) float64 {
	const agents, texts, talk = 8, 5_000, 200.0
	tenant := Tenant{ID: "acme", Queues: []Queue{{ID: "q", AgentRule: rule}}}
	for n := range agents {
		tenant.Agents = append(tenant.Agents, Profile{ID: AgentID(rune('a' + n)), Capacity: 1, Queues: []QueueID{"q"}})
	}
	random := rand.New(rand.NewPCG(1, 9))
	x := newTrial(tenant, random.IntN)
	draw := func(mean float64) time.Duration {
		return time.Duration(random.ExpFloat64() * mean * float64(time.Second))
	}
	idle, since, ends := map[AgentID]time.Duration{}, map[AgentID]time.Time{}, map[AgentID]time.Time{}
	for _, p := range tenant.Agents {
		x.agents[p.ID].Record.Status, since[p.ID] = Available, x.now
		x.settle(says(x.agents[p.ID].Announce, x.now)...)
	}
	begins := func() {
		for _, h := range x.held {
			idle[h.agent] += x.now.Sub(since[h.agent])
			ends[h.agent] = x.now.Add(draw(talk))
		}
		x.held = x.held[:0]
	}
	next := x.now
	for n := 0; n < texts; {
		a, first := AgentID(""), next
		for id, at := range ends {
			if at.Before(first) {
				a, first = id, at
			}
		}
		if x.now = first; a != "" {
			delete(ends, a)
			since[a] = x.now
			for c := range x.agents[a].Slots() {
				x.agents[a].Free(c, true, x.now)
			}
			x.settle(says(x.agents[a].Announce, x.now)...)
			begins()
			continue
		}
		n++
		_, i := x.conversation()
		x.settle(hears(x.lines["q"].Enter, x.now, &Item{Conversation: i.Conversation, Since: x.now, Entered: x.now})...)
		begins()
		next = x.now.Add(draw(talk / (agents * load)))
	}
	var all []float64
	for _, p := range tenant.Agents {
		all = append(all, idle[p.ID].Seconds())
	}
	return jain(all)
}
