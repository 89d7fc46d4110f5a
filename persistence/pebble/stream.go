package pebble

import (
	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

const (
	// trimBy is how many entries leave a stream at once.
	trimBy = persistence.StreamKeep / 4
	// maxStreams is how many streams of a partition are counted in memory; beyond, all are forgotten and counted afresh.
	maxStreams = 1 << 16
)

// stream counts a stream in memory: its entries are those from first to last.
type stream struct {
	first, last uint64
}

// event adds an entry to a stream and now and then drops the oldest.
func (g *group) event(p *partition, w write) error {
	st := p.streams[string(w.key)]
	if st == nil {
		var err error
		if st, err = countStream(g.store.db, w.key); err != nil {
			return g.store.broken(err)
		}
		if len(p.streams) >= maxStreams {
			clear(p.streams)
		}
		p.streams[string(w.key)] = st
	}
	st.last++
	g.key = appendPlace(append(g.key[:0], w.key...), st.last)
	g.set(g.key, w.value)
	if st.last-st.first+1 >= persistence.StreamKeep+trimBy {
		st.trim(g, w.key)
	}
	return nil
}

func (st *stream) trim(g *group, prefix []byte) {
	g.key = appendPlace(append(g.key[:0], prefix...), st.first)
	st.first = st.last - persistence.StreamKeep + 1
	g.value = appendPlace(append(g.value[:0], prefix...), st.first)
	_ = g.batch.DeleteRange(g.key, g.value, nil)
}

// countStream finds the first and the last place on disk; an empty stream begins at 1.
func countStream(db *pebble.DB, prefix []byte) (*stream, error) {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: beyond(prefix)})
	if err != nil {
		return nil, err
	}
	st := &stream{first: 1}
	if it.First() {
		st.first = placeOfKey(it.Key())
	}
	if it.Last() {
		st.last = placeOfKey(it.Key())
	}
	return st, it.Close()
}
