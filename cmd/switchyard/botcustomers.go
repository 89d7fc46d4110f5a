package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// botCustomers play customers who text the business numbers over the simulated carrier.
type botCustomers struct {
	network client // whose base is where the network is mounted
	lines   []string
	count   int
	rate    float64 // texts per second, of all together
	text    func(customer int) string
	sent    func(t phoneText, status int) // hears what became of each text; may be nil
}

// phoneText is a text as a phone sends it.
type phoneText struct {
	From string `json:"from"`
	To   string `json:"to"`
	Text string `json:"text"`
}

// botThumbs is how many customers type at the same time.
const botThumbs = 32

// work plays until ctx ends. Each customer sends one text after the other, and the next only when the last has been answered.
func (b *botCustomers) work(ctx context.Context) {
	var typing sync.WaitGroup
	thumbs := min(b.count, botThumbs)
	for thumb := range thumbs {
		typing.Go(func() {
			// Those of one thumb are the customers with that remainder.
			mine := (b.count - thumb + thumbs - 1) / thumbs
			every := time.Duration(float64(time.Second) * float64(thumbs) / b.rate)
			wait(ctx, time.Duration(float64(every)*float64(thumb)/float64(thumbs))) // not all at once
			tick := time.NewTicker(every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					b.send(ctx, thumb+thumbs*rand.IntN(mine)) //nolint:gosec // who writes next is no secret
				}
			}
		})
	}
	typing.Wait()
}

func (b *botCustomers) send(ctx context.Context, customer int) {
	t := phoneText{From: botNumber(customer), To: b.lines[customer%len(b.lines)], Text: b.text(customer)}
	var answer struct {
		WebhookStatus int `json:"webhook_status"`
	}
	// The network tries for a while; what is not taken then is lost, as in life.
	_ = b.network.call(ctx, "POST", "/texts", "", t, &answer)
	if b.sent != nil {
		b.sent(t, answer.WebhookStatus)
	}
}

// botNumber is the number of a customer played by a bot, from the ranges that are reserved for fiction: 555-0100 to 555-0199
// of each area code.
func botNumber(customer int) string {
	const each, firstArea, areas = 100, 201, 799
	return fmt.Sprintf("+1%03d55501%02d", firstArea+customer/each%areas, customer%each)
}
