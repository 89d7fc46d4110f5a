package persistence

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// Node is a process among those that share a store.
type Node struct {
	// Name is the same when the process is started again in the same place: leases are its, and it is ranked by it.
	Name string
	// Life is this run of it alone.
	Life string
	// Leaving says that it is about to stop: it serves still, and wants no partition.
	Leaving bool
}

// Nodes remembers who lives, for stores that one process keeps to itself. The zero value is ready. All methods may be called
// from any goroutine.
type Nodes struct {
	mu    sync.Mutex
	until map[string]time.Time // by life
	nodes map[string]Node
}

// Attend notes that n lives until so long after now, and returns who does and whether that is news.
func (l *Nodes) Attend(n Node, now time.Time, lasts time.Duration) (living []Node, news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.nodes == nil {
		l.until, l.nodes = make(map[string]time.Time), make(map[string]Node)
	}
	news = l.nodes[n.Life] != n
	l.until[n.Life], l.nodes[n.Life] = now.Add(lasts), n
	for life, until := range l.until {
		if !now.Before(until) {
			delete(l.until, life)
			delete(l.nodes, life)
			news = true
		}
	}
	living = slices.SortedFunc(maps.Values(l.nodes), func(a, b Node) int { return cmp.Compare(a.Life, b.Life) })
	return living, news
}

// Depart forgets a life, and says whether that is news.
func (l *Nodes) Depart(life string) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, news = l.nodes[life]
	delete(l.until, life)
	delete(l.nodes, life)
	return news
}
