package routing

import (
	"maps"
	"time"
)

// reckon adds what w has waited since it was last reckoned to what it waited for then.
func (l *Line) reckon(now time.Time, w *waiter) {
	if l.brief {
		return
	}
	if !w.reckoned.IsZero() {
		l.waits[w.reason] += max(0, now.Sub(w.reckoned))
	}
	w.reckoned = now
}

// look sees what w waits for from now on.
func (l *Line) look(now time.Time, w *waiter) {
	if l.reckon(now, w); !l.brief {
		w.reason = l.reason(now, w)
	}
}

// LineCount is how a line stands at one moment.
type LineCount struct {
	Queue   QueueID
	Level   time.Duration // the queue's service level: the wait within which an accept is in time
	Target  time.Duration // the queue's reply target: the time within which a reply is
	Members map[View]int
	// Expected is the wait of one who comes now and finds nobody free; nil while too little is known.
	Expected *Estimate
	Accuracy Accuracy
	// Waits is how long conversations waited in all, by what they waited for.
	Waits map[string]time.Duration
}

// Count counts the line and its members.
func (l *Line) Count(now time.Time) LineCount {
	n := LineCount{Queue: l.Queue, Level: l.queue.ServiceLevel(), Target: l.queue.ReplyTarget(), Members: map[View]int{}}
	for _, w := range l.waiting {
		l.look(now, w)
	}
	for _, s := range l.seats {
		n.Members[s.View()]++
	}
	if e, ok := l.pace.estimate(len(l.waiting) + 1); ok {
		n.Expected = &e
	}
	n.Accuracy, n.Waits = l.accuracy, maps.Clone(l.waits)
	return n
}
