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
	bell chan struct{}
	mu   sync.Mutex
	gone map[persistence.ID]bool // acknowledged since the reader last asked Redis
}

func (p *partition) newReader() *reader {
	r := &reader{bell: make(chan struct{}, 1)}
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
		select {
		case r.bell <- struct{}{}:
		default:
		}
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

// forget begins a new page: what is gone by now will not be in it.
func (r *reader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = nil
}

func (r *reader) isGone(id persistence.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gone[id]
}
