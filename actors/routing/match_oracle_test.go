package routing

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// oracleStates is how many states the match is compared in; SWITCHYARD_ORACLE says otherwise.
const oracleStates = 40_000

// TestMatchAgreesWithTheOracle compares the match with a scan over all pairs, in many random states with all policies on.
func TestMatchAgreesWithTheOracle(t *testing.T) {
	t.Parallel()
	states := oracleStates
	if n, err := strconv.Atoi(os.Getenv("SWITCHYARD_ORACLE")); err == nil {
		states = n
	}
	seen := map[string]int{}
	const each = 500
	for seed := range uint64(states / each) {
		random := rand.New(rand.NewPCG(seed, 4))
		x := newTrial(trialTenant(2+int(seed%9)), random.IntN)
		x.quietly = int(seed % 3)
		for n := range each {
			if wrong := x.step(); wrong != "" {
				t.Fatalf("seed %d, step %d: %s", seed, n, wrong)
			}
		}
		for what, n := range x.seen {
			seen[what] += n
		}
	}
	t.Log(states, seen)
	for what, n := range seen {
		if n < states/20 {
			t.Errorf("%s only %d times", what, n)
		}
	}
}

// What the lines are told otherwise than the oracle must show.
func TestTheOracleNotices(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Queue){
		"another rule":           func(q *Queue) { q.AgentRule = LongestIdle },
		"another priority":       func(q *Queue) { q.Priority = 5 },
		"no line is shared":      func(q *Queue) { q.Priority = min(q.Rank(), 7) },
		"offers to one":          func(q *Queue) { q.OfferTo = 1 },
		"levels do not relax":    func(q *Queue) { q.RelaxLevels = nil },
		"nothing is insisted on": func(q *Queue) { q.PreferForSeconds = 0 },
		"priority does not age":  func(q *Queue) { q.AgingMinutes = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(50) {
				x := newTrial(trialTenant(2+int(seed%9)), rand.New(rand.NewPCG(seed, 5)).IntN)
				for _, q := range x.tenant.Queues {
					members := x.tenant.Members(q.ID)
					change(&q)
					x.lines[q.ID].Configure(q, members)
					says(x.lines[q.ID].Open, x.now)
				}
				for range 300 {
					if x.step() != "" {
						return
					}
				}
			}
			t.Error("nobody noticed")
		})
	}
}

// FuzzMatch lets the fuzzer choose the states.
func FuzzMatch(f *testing.F) {
	f.Fuzz(func(t *testing.T, choices []byte) {
		x := newTrial(trialTenant(4), func(n int) int {
			if len(choices) == 0 {
				return 0
			}
			c := int(choices[0])
			choices = choices[1:]
			return c % n
		})
		for len(choices) > 0 {
			if wrong := x.step(); wrong != "" {
				t.Fatal(wrong)
			}
		}
	})
}
