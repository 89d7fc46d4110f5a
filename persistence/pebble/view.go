package pebble

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// view is the database as of the end of one group. Pebble shows a batch to readers before its sync is done; a reader must
// not tell the world what a crash could still take back, so reads go through the view of the last group that is durable.
type view struct {
	snapshot *pebble.Snapshot
	users    int
}

// views hands out the newest view and closes those that nobody uses any more.
type views struct {
	mu     sync.Mutex
	newest *view          // nil when the store is closed
	open   sync.WaitGroup // all views that are not closed
}

// turn makes what is committed now the newest view.
func (vs *views) turn(db *pebble.DB) {
	next := &view{snapshot: db.NewSnapshot(), users: 1}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.open.Add(1)
	if vs.newest != nil {
		vs.leaveLocked(vs.newest)
	}
	vs.newest = next
}

func (vs *views) enter() (*view, error) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if vs.newest == nil {
		return nil, persistence.ErrClosed
	}
	vs.newest.users++
	return vs.newest, nil
}

func (vs *views) leave(v *view) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.leaveLocked(v)
}

func (vs *views) leaveLocked(v *view) {
	if v.users--; v.users > 0 {
		return
	}
	_ = v.snapshot.Close() // fails only when it is closed twice
	vs.open.Done()
}

// close lets no reader in any more and waits until the last one has left. Nothing may turn at the same time or later.
func (vs *views) close() {
	vs.mu.Lock()
	if last := vs.newest; last != nil {
		vs.newest = nil
		vs.leaveLocked(last)
	}
	vs.mu.Unlock()
	vs.open.Wait()
}
