package actors

import (
	"context"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
)

// courier takes the texts of one business number to its carrier: at the number's rate, each conversation's in its order. A
// text is committed as being sent before the carrier is called; the courier asks for that, and calls when it is told. It
// never waits: calls run beside it, so many at a time.
type courier struct {
	tenure  *tenure
	house   *house
	channel routing.Channel
	pid     *actor.PID
	due     []routing.QueueText // by time, then arrival
	bucket  bucket
	hold    hold
	calls   int
	timer   *time.Timer
}

// Bounds of a courier.
const (
	callsAtOnce  = 64               // calls of one number under way
	callPatience = 15 * time.Second // of one call; an answer that comes later is unknown
)

// Sending rates in segments per second where the configuration says nothing (carriers' common limits for US numbers).
const (
	ordinaryRate = 1
	tollFreeRate = 3
)

// What a courier is told, besides texts to queue and to transmit.
type (
	paced  struct{ channel routing.Channel }
	resent struct{}
	called struct{ failure *routing.SendFailure }
)

func newCourier(t *tenure, h *house, c routing.Channel) *courier {
	return &courier{tenure: t, house: h, channel: c, bucket: bucket{rate: rate(c)}}
}

func rate(c routing.Channel) float64 {
	switch {
	case c.SegmentsPerSecond > 0:
		return c.SegmentsPerSecond
	case sms.TollFree(c.Number):
		return tollFreeRate
	}
	return ordinaryRate
}

// Receive implements actor.Receiver.
func (c *courier) Receive(ctx *actor.Context) {
	switch msg := ctx.Message().(type) {
	case actor.Started:
		c.pid = ctx.PID()
		return
	case actor.Stopped:
		if c.timer != nil {
			c.timer.Stop()
		}
		c.release()
		return
	case *routing.QueueText:
		c.queue(time.Now(), *msg)
	case *routing.Transmit:
		c.transmit(*msg)
	case paced:
		c.channel, c.bucket.rate = msg.channel, rate(msg.channel)
		c.release() // what was wrong may be right now
	case called:
		c.calls--
		c.heed(time.Now(), msg.failure)
	case resent:
	case counted:
		msg.count <- c.outbox(time.Now())
		return
	default:
		return
	}
	c.pump(time.Now())
}

// queue takes its place behind those that may go already: a text that was not taken must not wait for all that came later.
func (c *courier) queue(now time.Time, t routing.QueueText) {
	if t.NotBefore.Before(now) {
		t.NotBefore = now
	}
	at, _ := slices.BinarySearchFunc(c.due, t, func(a, b routing.QueueText) int {
		if a.NotBefore.After(b.NotBefore) {
			return 1
		}
		return -1
	})
	c.due = slices.Insert(c.due, at, t)
}

// pump asks for the texts whose time has come to be committed as being sent.
func (c *courier) pump(now time.Time) {
	for len(c.due) > 0 && c.calls < callsAtOnce && !c.tenure.draining.Load() {
		next := c.due[0]
		wait := max(next.NotBefore.Sub(now), c.bucket.wait(now), c.hold.until.Sub(now))
		if wait > 0 {
			c.wake(wait)
			break
		}
		c.bucket.take(now, next.Segments)
		c.hold.tried(now)
		c.due = c.due[1:]
		c.tenure.order(addressed{c.house, next.Conversation, routing.BeginSend{Message: next.Message}, nil})
	}
}

// outbox is what waits to be handed to a channel's carrier.
type outbox struct {
	channel routing.ChannelID
	waiting int
	oldest  time.Duration // since it was written, 0 when nothing waits
}

// counted asks a courier to count its texts, for a scrape.
type counted struct{ count chan<- outbox }

func (c *courier) outbox(now time.Time) outbox {
	o := outbox{channel: c.channel.ID, waiting: len(c.due)}
	for _, text := range c.due {
		o.oldest = max(o.oldest, now.Sub(text.Since))
	}
	return o
}

func (c *courier) wake(after time.Duration) {
	if c.timer != nil {
		c.timer.Stop()
	}
	hw, pid := c.tenure.engine.hollywood, c.pid
	c.timer = time.AfterFunc(after, func() { hw.Send(pid, resent{}) })
}

// transmit calls the carrier, once. What is said goes to the conversation.
func (c *courier) transmit(msg routing.Transmit) {
	c.calls++
	t, h, pid := c.tenure, c.house, c.pid
	go func() {
		defer t.working.Done() // see tenure.tell
		defer t.calls.Done()
		result := routing.SendResult{Message: msg.Message, Attempt: msg.Attempt}
		result.CarrierID, result.Failure = t.call(h.tenant, msg)
		if f := result.Failure; f != nil {
			t.log.Warn("a text was not taken by its carrier", slog.String("message", string(msg.Message)),
				slog.String("class", f.Class), slog.Bool("unknown", f.Unknown), slog.Bool("retryable", f.Retryable))
		}
		t.order(addressed{h, msg.Conversation, result, nil})
		t.engine.hollywood.Send(pid, called{result.Failure})
	}()
}

// call hands the text to the carrier. A sender that panics may have done so before or after the carrier took it.
func (t *tenure) call(tenant routing.TenantID, msg routing.Transmit) (carrierID string, failure *routing.SendFailure) {
	ctx, cancel := context.WithTimeout(context.Background(), callPatience)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil {
			t.metrics.panics.Inc()
			t.log.Error("a carrier's sender panicked", slog.String("message", string(msg.Message)), slog.Any("reason", reason),
				slog.String("stack", string(debug.Stack())))
			failure = &routing.SendFailure{
				Failure: routing.Failure{Class: "unknown", Detail: "calling the carrier failed half-way; a receipt will tell"}, Unknown: true,
			}
		}
	}()
	return t.engine.sender.Send(ctx, tenant, msg.Channel, msg.Message, msg.From, msg.To, msg.Text)
}

// bucket is a token bucket of segments. A long text may overdraw it; the next one waits longer then.
type bucket struct {
	rate   float64 // segments per second
	tokens float64
	filled time.Time
}

func (b *bucket) fill(now time.Time) {
	if b.filled.IsZero() {
		b.tokens = max(1, b.rate)
	} else {
		b.tokens = min(max(1, b.rate), b.tokens+b.rate*now.Sub(b.filled).Seconds())
	}
	b.filled = now
}

// wait is how long until a text may go.
func (b *bucket) wait(now time.Time) time.Duration {
	b.fill(now)
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1-b.tokens)/b.rate*float64(time.Second)) + time.Millisecond
}

func (b *bucket) take(now time.Time, segments int) {
	b.fill(now)
	b.tokens -= float64(max(1, segments))
}
