package simulation

import (
	"testing"
	"time"

	"switchyard/actors/routing"
)

// jain is the fairness of shares among n: 1 when all are equal, 1/n when one has everything (R. K. Jain, D. M. Chiu, W. R. Hawe, A
// Quantitative Measure of Fairness, DEC-TR-301, 1984).
func jain(shares []float64) float64 {
	var sum, squares float64
	for _, s := range shares {
		sum += s
		squares += s * s
	}
	return sum * sum / (float64(len(shares)) * squares)
}

// TestEqualAgentsAreEquallyIdle: whatever the rule, nobody among equals has more of the idle time than the others.
func TestEqualAgentsAreEquallyIdle(t *testing.T) {
	t.Parallel()
	const agents = 12
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, rule := range routing.AgentRules() {
		for _, capacity := range []int{1, 3} {
			tenant := textbookTenant(agents, time.Minute)
			tenant.Queues[0].AgentRule = rule
			for i := range tenant.Agents {
				tenant.Agents[i].Capacity = capacity
			}
			rate := 0.7 * agents * float64(capacity) / meanHandle.Seconds()
			tally := Run(Plan{
				Tenant: tenant, Opens: start, Start: start, Each: 24 * time.Hour, Days: 3, Shifts: Rota(tenant, []Hours{{}}, start, 1),
				Source: NewStrangers(start, 24*time.Hour, []Traffic{{"channel", []float64{rate}}}, Needs{
					Patience: Always(Endless), Answer: Always(3 * time.Second), Handle: Lognormal{meanHandle, meanHandle}, WrapUp: Always(0),
				}, streams(7)),
			})
			var idle []float64
			for _, a := range tally.Agents {
				var w Worked
				for _, d := range a.Days {
					w.Add(d)
				}
				idle = append(idle, w.Offered-w.Taken)
			}
			if j := jain(idle); j < 0.99 {
				t.Errorf("%s, capacity %d: Jain's index of the idle time is %.4f: %.0f", rule, capacity, j, idle)
			}
		}
	}
}
