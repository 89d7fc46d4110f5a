package redis

import "sync"

// gathering holds what comes while the same kind of call is under way, to go with the next one: many callers share a round
// trip, and a lone caller waits for nobody. The zero value is ready.
type gathering[C any] struct {
	mu      sync.Mutex
	waiting []C
	flying  bool
}

// join adds a caller to the next call, and has calls sent off if nobody does; false when the store is closed.
func (g *gathering[C]) join(s *Store, c C, send func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, c)
	if !g.flying {
		g.flying = s.launch(send)
		if !g.flying {
			g.waiting = nil
			return false
		}
	}
	return true
}

// take takes those that go together: no more than most, and as long as their sizes sum up to no more than bytes, but one at
// the least. When it takes nobody the next one to join sends calls off.
func (g *gathering[C]) take(most, bytes int, size func(C) int) []C {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, sum := 0, 0
	for n < len(g.waiting) && n < most && (n == 0 || sum+size(g.waiting[n]) <= bytes) {
		sum += size(g.waiting[n])
		n++
	}
	group := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	g.flying = n > 0
	return group
}
