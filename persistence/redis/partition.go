package redis

import (
	"sync"

	"switchyard/persistence"
)

// partition is what a store knows of one partition beside its keys: who listens, who reads, what waits to be
// ingested or read.
type partition struct {
	number    int
	keys      keys
	bells     persistence.Bells
	ingests   gathering[*ingest]
	questions gathering[*question]

	mu      sync.Mutex
	readers map[*reader]bool
}

func newPartition(number int) *partition {
	return &partition{number: number, keys: keysOf(number), readers: make(map[*reader]bool)}
}

// reader is one sequence over the partition's inbox.
type reader struct {
	bell  chan struct{} // ask Redis
	fed   chan struct{} // something has been fed
	mu    sync.Mutex
	feeds []feed                  // since the reader last asked Redis, as far as they have not been read
	gone  map[persistence.ID]bool // acknowledged since then
}

func (p *partition) newReader() *reader {
	r := &reader{bell: make(chan struct{}, 1), fed: make(chan struct{}, 1)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readers[r] = true
	return r
}

func (p *partition) leave(r *reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.readers, r)
}

func (p *partition) wakeReaders() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.readers {
		ring(r.bell)
	}
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// acknowledged tells readers which entries are gone, of those that they may have fetched already.
func (p *partition) acknowledged(ids []persistence.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.readers {
		r.drop(ids)
	}
}

func (r *reader) drop(ids []persistence.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone == nil {
		r.gone = make(map[persistence.ID]bool, len(ids))
	}
	for _, id := range ids {
		r.gone[id] = true
	}
}

// forget begins a new page: what is gone by now will not be in it, what has been fed by now will.
func (r *reader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone, r.feeds = nil, nil
}

func (r *reader) isGone(id persistence.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gone[id]
}
