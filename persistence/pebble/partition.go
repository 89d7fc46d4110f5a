package pebble

import (
	"errors"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// partition is what is kept of a partition in memory.
type partition struct {
	number uint16
	bells  persistence.Bells

	// The committer's alone. These run ahead of the disk while a group is under way; when the group fails the store is
	// broken for good, so nobody ever sees that.
	places, epoch, seq uint64
	waiting            int // inputs in the inbox
	last               string
	streams            map[string]*stream
	touched            bool

	mu          sync.Mutex
	token, node string
	inbox       inbox
	wake        chan struct{} // closed and replaced whenever a reader of the inbox should look again
}

func newPartition(number uint16) *partition {
	return &partition{number: number, streams: make(map[string]*stream), wake: make(chan struct{})}
}

func (p *partition) load(db *pebble.DB) error {
	value, closer, err := db.Get(familyKey(p.number, familyState, ""))
	switch {
	case err == nil:
		err = parseState(value, p)
		if err = errors.Join(err, closer.Close()); err != nil {
			return err
		}
	case !errors.Is(err, pebble.ErrNotFound):
		return err
	}
	err = p.inbox.load(db, p.number)
	p.waiting = len(p.inbox.slots)
	return err
}

// place gives away the next place in the inbox or a list.
func (p *partition) place() uint64 {
	p.places++
	return p.places
}

func (p *partition) wakeReaders() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wakeLocked()
}

func (p *partition) wakeLocked() {
	close(p.wake)
	p.wake = make(chan struct{})
}

// owns says whether token is the partition's. An empty token never is.
func (p *partition) owns(token string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return token != "" && token == p.token
}
