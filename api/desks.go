package api

import (
	"sync"
	"time"

	"switchyard/persistence"
)

// desks knows the streams that are open in this process: one for each agent, the newest.
type desks struct {
	mu      sync.Mutex
	open    map[string]*stream // by the name of what they read
	closed  bool
	working sync.WaitGroup
}

func newDesks() *desks { return &desks{open: map[string]*stream{}} }

// enter takes note of a stream; an older one of the same agent is told to make room. False when the server is closing.
func (d *desks) enter(st *stream) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	if older := d.open[st.name]; older != nil {
		older.supersede()
	}
	st.opened = time.Now().UTC() // in the order in which they take over
	d.open[st.name] = st
	d.working.Add(1)
	return true
}

// leave forgets it.
func (d *desks) leave(st *stream) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open[st.name] == st {
		delete(d.open, st.name)
	}
	d.working.Done()
}

// wake has the agent's stream, if one is open here, look for what is new. It never waits.
func (d *desks) wake(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if st := d.open[name]; st != nil {
		select {
		case st.woken <- struct{}{}:
		default: // it has been woken already
		}
	}
}

// close refuses new streams and waits for the open ones, which end by themselves, to be gone.
func (d *desks) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.working.Wait()
}

// stream is one desktop's connection. It owns a cursor and nothing else: what it has to tell is read when it is told.
type stream struct {
	*call
	name       string                                        // of what it reads in the store
	item       func(persistence.Item) (told bool, err error) // writes one
	id         string                                        // tells it from the agent's other ones
	opened     time.Time
	cursor     persistence.ID
	woken      chan struct{}
	superseded chan struct{}
	yields     sync.Once
	lost       bool // the cursor that was asked for cannot be gone on from
	connected  bool // the engine knows of it
	deaf       int  // pings in a row at which the store did not answer
	live       bool // it has caught up once
}

// supersede tells the stream that another one of its agent takes over.
func (st *stream) supersede() { st.yields.Do(func() { close(st.superseded) }) }
