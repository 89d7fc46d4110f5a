package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The soak's contact centre: there is too much to do for agents of that pace, so that places run out and customers wait. The
// rate is one that two cores keep up with under the race detector.
const (
	soakAgents    = 200
	soakCapacity  = 2
	soakPause     = time.Second // of an agent before anything it does
	soakCustomers = 2000
	soakRate      = 40 // texts per second
)

// soakTime is how long bots play: a minute, or what SWITCHYARD_SOAK says.
func soakTime(t *testing.T) time.Duration {
	t.Helper()
	given := os.Getenv("SWITCHYARD_SOAK")
	if given == "" {
		return time.Minute
	}
	long, err := time.ParseDuration(given)
	if err != nil {
		t.Fatalf("SWITCHYARD_SOAK: %v; write a duration such as 10m", err)
	}
	return long
}

// TestSoak: agents and customers in numbers, for a while; then it becomes quiet, and nothing was lost, doubled, out of order,
// beyond capacity or left waiting.
func TestSoak(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, soakAgents, soakCapacity)
	r := newRecorder(c.tenant)
	agents := c.hire(soakAgents)
	sam := c.signIn("sam")
	stop := c.play(r, agents, soakPause)
	ctx, cancel := context.WithTimeout(t.Context(), soakTime(t))
	defer cancel()
	c.customers(r, soakCustomers, soakRate).work(ctx)
	stop()
	defer c.play(r, agents, 0)() // what is left over is worked off without delay
	h := c.settle(r, sam, agents)
	t.Logf("%d texts in %d conversations, %d replies", len(h.sent), len(h.transcripts), len(h.replies))
	if len(h.sent) == 0 || len(h.replies) == 0 {
		t.Error("the bots did nothing")
	}
}

// hire signs the first n agents in.
func (o *outside) hire(n int) map[string]client {
	o.t.Helper()
	agents := make(map[string]client, n)
	for i := range n {
		id := string(agentID(i))
		agents[id] = o.signIn(id)
	}
	return agents
}

// play lets bots play the agents until the returned function is called. Every fourth ends a conversation after one answer, the
// others after two: they fill up with customers who do not write again.
func (o *outside) play(r *recorder, agents map[string]client, pause time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	var playing sync.WaitGroup
	for i := range len(agents) {
		id := string(agentID(i))
		bot := &botAgent{
			client: agents[id], turns: 1 + min(i%4, 1), pause: pause, disposition: "solved", witness: r.seat(id),
			answer: func(m messageObject) string { return "re " + m.ID + " by " + id },
		}
		playing.Go(func() { bot.work(ctx) })
	}
	return func() {
		cancel()
		playing.Wait()
	}
}

// customers are bots whose every text is unique.
func (o *outside) customers(r *recorder, count int, rate float64) *botCustomers {
	var n atomic.Int64
	return &botCustomers{
		network: newClient(o.network, "", o.http), lines: []string{simulatedNumber, twilioNumber}, count: count, rate: rate,
		text: func(customer int) string { return fmt.Sprintf("text %d of customer %d", n.Add(1), customer) }, sent: r.sentText,
	}
}
