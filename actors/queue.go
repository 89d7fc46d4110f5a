package actors

import (
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
)

// queue is the shell of one queue's line. It never waits.
type queue struct {
	tenure *tenure
	house  *house
	line   *routing.Line
	pid    *actor.PID
	clock  *time.Timer // rings at the line's Due
	due    time.Time
}

// ticked lets a queue look at the clock.
type ticked struct{}

// opened lets a queue serve: everybody who holds a slot or waits has said so.
type opened struct{}

// staffed tells a queue that the configuration has changed.
type staffed struct {
	queue   routing.Queue
	members []routing.Profile
	hours   *routing.Calendar
}

// Receive implements actor.Receiver.
func (q *queue) Receive(c *actor.Context) {
	now := clock()
	var mail routing.Mail
	switch msg := c.Message().(type) {
	case *routing.EnterLine:
		q.line.Enter(&mail, now, &msg.Item)
	case *routing.LeaveLine:
		q.line.Leave(&mail, now, msg)
	case *routing.SeatChanged:
		q.line.Sit(&mail, now, msg)
	case *routing.Reserved:
		q.line.Reserved(&mail, now, msg)
	case opened:
		q.line.Open(&mail, now)
	case staffed:
		q.line.Configure(msg.queue, msg.members)
		q.line.Keep(msg.hours)
		q.line.Open(&mail, now)
	case *routing.Blamed:
		q.line.Blame(&mail, now, msg)
	case ticked:
		q.line.Tick(&mail, now)
	case headed:
		msg.count <- q.line.Count(now)
		return
	case actor.Started:
		q.pid = c.PID()
	case actor.Stopped:
		q.await(now, time.Time{})
		return
	default:
		return
	}
	q.await(now, q.line.Due())
	q.tenure.tell(q.house, &mail)
}

// await lets the line look at the clock then; zero: never. A clock that was set back makes it look again.
func (q *queue) await(now, due time.Time) {
	if due.Equal(q.due) && due.After(now) {
		return
	}
	if q.clock != nil {
		q.clock.Stop()
		q.clock = nil
	}
	if q.due = due; !due.IsZero() {
		hw, pid := q.tenure.engine.hollywood, q.pid
		q.clock = time.AfterFunc(due.Sub(now), func() { hw.Send(pid, ticked{}) })
	}
}

// headed asks a queue to count its heads, for a scrape.
type headed struct{ count chan<- routing.LineCount }
