package actors

import (
	"sync"
	"time"

	"switchyard/actors/routing"
)

// queueing is who waits in a tenure's queues, those that ring included: what a supervisor calls waiting, and the wallboard shows. The
// lines themselves only know who is not offered yet.
type queueing struct {
	mu    sync.Mutex
	waits map[conversationKey]waited
}

// standing is how a queue stands: what its line tells, and who waits.
type standing struct {
	routing.LineCount
	waiting int
	longest time.Duration // 0 when nobody waits
	late    int           // how many wait longer than the queue's service level
}

// waited is one wait in one queue.
type waited struct {
	queue   routing.QueueID
	entered time.Time
}

// moved notes that a conversation stands otherwise than before.
func (q *queueing) moved(is *routing.Conversation) {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := conversationKey{is.Tenant, is.ID}
	if !is.InLine(is.WaitsIn()) {
		delete(q.waits, key)
		return
	}
	if q.waits == nil {
		q.waits = map[conversationKey]waited{}
	}
	q.waits[key] = waited{is.WaitsIn(), is.Entered()}
}

// count adds to the queues' counts who waits, for how long, and who for longer than the service level.
func (q *queueing) count(now time.Time, queues map[routing.QueueID]*standing) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.waits {
		n := queues[w.queue]
		if n == nil {
			continue // the queue has not answered in time
		}
		wait := now.Sub(w.entered)
		n.waiting++
		n.longest = max(n.longest, wait)
		if wait > n.Level {
			n.late++
		}
	}
}
