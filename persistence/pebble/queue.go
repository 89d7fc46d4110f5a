package pebble

import (
	"sync"

	"switchyard/persistence"
)

// work is something that the committer does: check looks at what is committed and at what the group has done so far, and
// adds its own writes to the group; publish shows the outcome to the rest of the process once it is durable.
type work interface {
	task() *job
	check(g *group) error
	publish()
}

// job is the part that all work has in common.
type job struct {
	part *partition
	size int // bytes that it will write, roughly
	err  error
	done chan error
}

func newJob(p *partition, size int) job { return job{part: p, size: size, done: make(chan error, 1)} }

func (j *job) task() *job { return j }

// probe is work that only shows that the committer is alive.
type probe struct{ job }

func (*probe) check(*group) error { return nil }
func (*probe) publish()           {}

// queue is where work waits for the committer. It has no bound of its own: callers wait for what they added.
type queue struct {
	mu      sync.Mutex
	waiting []work
	closed  bool
	ring    chan struct{} // holds one token when there is something to look at
}

func newQueue() queue { return queue{ring: make(chan struct{}, 1)} }

func (q *queue) add(w work) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return persistence.ErrClosed
	}
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	q.wake()
	return nil
}

func (q *queue) wake() {
	select {
	case q.ring <- struct{}{}:
	default:
	}
}

// take moves what waits to the end of into, but no more than one group should hold, and says whether the queue has been
// closed. What is left rings again.
func (q *queue) take(into []work) ([]work, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.waiting) && n < maxGroup && size < maxGroupBytes {
		size += q.waiting[n].task().size
		n++
	}
	into = append(into, q.waiting[:n]...)
	left := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[left:])
	q.waiting = q.waiting[:left]
	if left > 0 {
		q.wake()
	}
	return into, q.closed
}

// close lets nothing more in; it says whether it is the first to do so.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	first := !q.closed
	q.closed = true
	q.wake()
	return first
}

func (q *queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}
