package main

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// The contact centres in chaos.
const (
	chaosNodes     = 3
	chaosTenants   = 4
	chaosAgents    = 6
	chaosCapacity  = 3
	chaosCustomers = 40 // of each, for each minute: a phone remembers only so many texts
	chaosRate      = 8  // texts per second to each
	chaosTexts     = 5  // that are taken in each at the least between two faults
)

// TestChaos: nodes, their Redis and the network between them fail in every way that we know of, and nothing comes of it.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed, long := chaosSeed(t), soakTime(t)
	t.Logf("seed %d; SWITCHYARD_CHAOS_SEED=%d strikes in the same order", seed, seed)
	c := &chaos{
		installation: newInstallation(t, plan{
			program: buildProgram(t), nodes: chaosNodes, tenants: chaosTenants, agents: chaosAgents, capacity: chaosCapacity, wait: 1,
		}),
		dice: rand.New(rand.NewPCG(seed, 0)), count: map[string]int{}, took: map[string][]time.Duration{},
	}
	quiet, stop := c.play(chaosCustomers*int(1+long/time.Minute), chaosRate)
	defer stop()
	c.progress(chaosTexts)
	var ahead []fault
	for n, begun := 0, time.Now(); n < len(faultKinds()) || time.Since(begun) < long; n++ {
		if len(ahead) == 0 {
			ahead = shuffled(c.dice, faultKinds())
		}
		c.kind = ahead[0].name
		t.Logf("%v %s", time.Since(begun).Round(time.Second), c.kind)
		ahead[0].strike(c)
		c.count[c.kind]++
		ahead = ahead[1:]
		c.progress(chaosTexts)
	}
	quiet()
	unknown := c.settle()
	c.report(unknown)
	c.inspect()
}

func shuffled(dice *rand.Rand, kinds []fault) []fault {
	dice.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	return kinds
}

// chaosSeed is today's, or what SWITCHYARD_CHAOS_SEED says.
func chaosSeed(t *testing.T) uint64 {
	t.Helper()
	given := os.Getenv("SWITCHYARD_CHAOS_SEED")
	if given == "" {
		return uint64(time.Now().Unix() / 86400)
	}
	seed, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		t.Fatalf("SWITCHYARD_CHAOS_SEED: %v; write a number", err)
	}
	return seed
}

// settle waits until nothing is wrong in any contact centre, and returns of how many texts nobody knows whether they arrived.
func (c *chaos) settle() (unknown int) {
	c.t.Helper()
	for _, centre := range c.centres {
		unknown += centre.settle(centre.rec, centre.sam, centre.agents).unknown()
	}
	return unknown
}

// inspect looks at what the nodes say of themselves: nothing that must not happen, and nothing of what people wrote, nor who.
func (c *chaos) inspect() {
	private := regexp.MustCompile(`text \d+ of customer|re ms_\w+ by|\+1\d{3}55501\d\d`)
	for _, n := range c.nodes {
		for _, never := range []string{"switchyard_capacity_violations_total", "switchyard_panics_total", "switchyard_dead_inputs_total"} {
			if times := n.counted(never); times > 0 {
				c.t.Errorf("%s: %s is %v", n.listen, never, times)
			}
		}
		if told := private.FindString(n.said()); told != "" {
			c.t.Errorf("%s logs %q", n.listen, told)
		}
	}
}

// report tells what happened.
func (c *chaos) report(unknown int) {
	texts, taken, replies := 0, 0, 0
	for _, centre := range c.centres {
		texts, taken, replies = texts+len(centre.rec.sent), taken+centre.rec.taken(), replies+len(centre.rec.replies)
	}
	fenced := 0.0
	for _, n := range c.nodes {
		n.count()
		fenced += n.counted("switchyard_commits_fenced_total")
	}
	c.t.Logf("%d texts, %d taken; %d replies, %d with an unknown outcome; %v commits fenced off; nothing is wrong",
		texts, taken, replies, unknown, fenced)
	for _, kind := range faultKinds() {
		took := c.took[kind.name]
		slices.Sort(took)
		if len(took) == 0 {
			c.t.Logf("%3d × %s", c.count[kind.name], kind.name)
			continue
		}
		at := func(percent int) time.Duration { return took[(len(took)-1)*percent/100].Round(time.Millisecond) }
		c.t.Logf("%3d × %s: served again after p50 %v, p99 %v, at most %v", c.count[kind.name], kind.name, at(50), at(99), at(100))
	}
}
