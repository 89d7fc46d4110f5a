package persistence

import (
	"context"
	"sync"
)

// bellBuffer is how many bells a watcher may leave unheard before it misses some.
const bellBuffer = 256

// Bells rings one partition's bells to the watchers in this process. The zero value is ready. All methods may be called
// from any goroutine; none of them waits.
type Bells struct {
	mu       sync.Mutex
	watchers map[chan Bell]func() bool
	closed   bool
}

// Watch returns a channel on which bells ring until ctx ends or [Bells.Close] is called; then it is closed.
func (b *Bells) Watch(ctx context.Context) <-chan Bell {
	bells := make(chan Bell, bellBuffer)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(bells)
		return bells
	}
	if b.watchers == nil {
		b.watchers = make(map[chan Bell]func() bool)
	}
	b.watchers[bells] = context.AfterFunc(ctx, func() { b.leave(bells) })
	return bells
}

func (b *Bells) leave(bells chan Bell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.watchers[bells]; ok {
		delete(b.watchers, bells)
		close(bells)
	}
}

// Ring rings each of the bells for every watcher that has room for it.
func (b *Bells) Ring(bells ...Bell) {
	if len(bells) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for watcher := range b.watchers {
		for _, bell := range bells {
			select {
			case watcher <- bell:
			default:
			}
		}
	}
}

// Close closes the channels of all watchers, present and future.
func (b *Bells) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for bells, stop := range b.watchers {
		stop()
		close(bells)
	}
	b.watchers = nil
}
