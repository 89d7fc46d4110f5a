package pebble

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

const (
	// trimBy is how many entries leave a stream at once.
	trimBy = persistence.StreamKeep / 4
	// maxStreams is how many streams of a partition are counted in memory; beyond, all are forgotten and counted afresh.
	maxStreams = 1 << 16
)

// stream counts a stream in memory: its entries are those from first to last; an empty one ends before it begins. One that was
// restored with gaps has fewer, and what is gone from it cannot be told from first.
type stream struct {
	first, last uint64
	entries     uint64
	gaps        bool
	gone        uint64 // the newest place that is gone; first-1 unless there are gaps
}

// stream finds a stream in memory, or else on disk.
func (g *group) stream(p *partition, prefix []byte) (*stream, error) {
	if st := p.streams[string(prefix)]; st != nil {
		return st, nil
	}
	st, err := countStream(g.store.db, prefix)
	if err != nil {
		return nil, g.store.broken(err)
	}
	if len(p.streams) >= maxStreams {
		clear(p.streams)
	}
	p.streams[string(prefix)] = st
	return st, nil
}

// event adds an entry to a stream and now and then drops the oldest.
func (g *group) event(p *partition, w write) error {
	st, err := g.stream(p, w.key)
	if err != nil {
		return err
	}
	st.last++
	st.entries++
	g.key = appendPlace(append(g.key[:0], w.key...), st.last)
	g.set(g.key, w.value)
	if st.entries < persistence.StreamKeep+trimBy {
		return nil
	}
	if err := st.trim(g, w.key); err != nil {
		return g.store.broken(err)
	}
	return nil
}

// wipe takes a whole list or stream away. A stream goes on counting from where it was.
func (g *group) wipe(p *partition, prefix []byte) error {
	if prefix[2] == familyStream {
		st, err := g.stream(p, prefix)
		if err != nil {
			return err
		}
		if st.entries == 0 {
			return nil
		}
		st.first, st.gone, st.entries, st.gaps = st.last+1, st.last, 0, true
		st.note(g, prefix)
	}
	_ = g.batch.DeleteRange(prefix, beyond(prefix), nil)
	return nil
}

func (st *stream) trim(g *group, prefix []byte) error {
	oldest := st.first
	st.first = st.last - persistence.StreamKeep + 1
	st.gone = st.first - 1
	if st.gaps {
		if err := st.passGaps(g.store.db, prefix, oldest); err != nil {
			return err
		}
		st.note(g, prefix)
	}
	st.entries = persistence.StreamKeep
	g.key = appendPlace(append(g.key[:0], prefix...), oldest)
	g.value = appendPlace(append(g.value[:0], prefix...), st.first)
	_ = g.batch.DeleteRange(g.key, g.value, nil)
	return nil
}

// passGaps corrects first and gone of a stream with gaps, whose surplus begins at a place. What was restored is on disk by
// now, and entries that are not have no gaps between them.
func (st *stream) passGaps(db *pebble.DB, prefix []byte, from uint64) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: appendPlace(append([]byte{}, prefix...), from), UpperBound: beyond(prefix)})
	if err != nil {
		return err
	}
	surplus := st.entries - persistence.StreamKeep
	gone := st.gone
	ok := it.First()
	for ; ok && surplus > 0; surplus-- {
		gone = placeOfKey(it.Key())
		ok = it.Next()
	}
	if ok {
		st.first, st.gone = placeOfKey(it.Key()), gone
	}
	st.gaps = st.first != st.gone+1 || st.last-st.first+1 != persistence.StreamKeep
	return it.Close()
}

// note writes down what is gone from a stream with gaps, or takes the note away when it has none any more.
func (st *stream) note(g *group, prefix []byte) {
	g.key = append(g.key[:0], prefix...)
	g.key[2] = familyTrim
	if !st.gaps {
		g.drop(g.key)
		return
	}
	g.value = appendPlace(g.value[:0], st.gone)
	g.set(g.key, g.value)
}

// countStream counts what is on disk; an empty stream begins at 1.
func countStream(db pebble.Reader, prefix []byte) (*stream, error) {
	gone, noted, err := trimmedTo(db, prefix)
	if err != nil {
		return nil, err
	}
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: beyond(prefix)})
	if err != nil {
		return nil, err
	}
	st := &stream{first: 1, gaps: noted}
	ok := it.First()
	if ok {
		st.first = placeOfKey(it.Key())
	}
	if st.gone = st.first - 1; noted {
		st.gone = gone
	}
	for ; ok && noted; ok = it.Next() {
		st.last = placeOfKey(it.Key())
		st.entries++
	}
	if noted && st.entries == 0 { // all of it was taken away
		st.first, st.last = gone+1, gone
	}
	if !noted && it.Last() {
		st.last = placeOfKey(it.Key())
		st.entries = st.last - st.first + 1
	}
	return st, it.Close()
}

// trimmedTo reads the note about a stream with gaps, false when there is none.
func trimmedTo(db pebble.Reader, prefix []byte) (uint64, bool, error) {
	key := append([]byte{}, prefix...)
	key[2] = familyTrim
	value, closer, err := db.Get(key)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	case len(value) != placeBytes:
		return 0, false, errors.Join(errLayout, closer.Close())
	}
	return placeOfKey(value), true, closer.Close()
}
