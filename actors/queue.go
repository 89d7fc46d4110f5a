package actors

import (
	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
)

// queue is the shell of one queue's line. It never waits.
type queue struct {
	tenure *tenure
	house  *house
	line   *routing.Line
}

// opened lets a queue serve: everybody who holds a slot or waits has said so.
type opened struct{}

// staffed tells a queue that the configuration has changed.
type staffed struct {
	queue   routing.Queue
	members []routing.Profile
}

// Receive implements actor.Receiver.
func (q *queue) Receive(c *actor.Context) {
	now := clock()
	var effects []routing.Effect
	switch msg := c.Message().(type) {
	case routing.EnterLine:
		effects = q.line.Enter(now, msg.Item)
	case routing.LeaveLine:
		effects = q.line.Leave(msg)
	case routing.SeatChanged:
		effects = q.line.Sit(now, msg.Seat)
	case routing.Reserved:
		effects = q.line.Reserved(now, msg)
	case opened:
		effects = q.line.Open(now)
	case staffed:
		q.line.Configure(msg.queue, msg.members)
		effects = q.line.Open(now)
	case headed:
		msg.count <- q.line.Count(now)
		return
	default:
		return
	}
	q.tenure.tell(q.house, effects)
}

// headed asks a queue to count its heads, for a scrape.
type headed struct{ count chan<- routing.LineCount }
