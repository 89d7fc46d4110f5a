package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// How bots behave in the demo.
const (
	demoPause       = 1500 * time.Millisecond
	demoTurns       = 3
	demoDisposition = "solved"
)

// botQuestions are what customers played by bots ask.
func botQuestions() []string {
	return []string{
		"Hi, where is my order?", "I would like to return a jacket.", "My invoice seems to be wrong", "Do you ship to Canada?",
		"The size does not fit, can I change it?", "Any news on my refund?", "thanks!", "Can you check the status please", "ok",
	}
}

// play lets bots play, until ctx ends. The sample agents are left to people.
func (d *demonstration) play(ctx context.Context, playing *sync.WaitGroup, agents, customers int, rate float64) {
	for i := range agents {
		bot := &botAgent{
			client: d.client(d.local, botID(i), d.http), turns: demoTurns, pause: demoPause, disposition: demoDisposition,
			answer: func(m messageObject) string {
				return "Thank you for your text. We look into \"" + strings.Trim(m.Text, "?!. ") + "\" and let you know."
			},
		}
		playing.Go(func() { bot.work(ctx) })
	}
	if customers == 0 {
		return
	}
	questions := botQuestions()
	bots := &botCustomers{
		network: newClient(d.local+networkPath, "", d.http), count: customers, rate: rate,
		text: func(int) string { return questions[rand.IntN(len(questions))] }, //nolint:gosec // small talk is no secret
	}
	for _, l := range d.lines(d.service.publicURL) {
		bots.lines = append(bots.lines, l.Number)
	}
	playing.Go(func() { bots.work(ctx) })
}
