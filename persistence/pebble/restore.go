package pebble

import (
	"context"

	"switchyard/persistence"
)

// Restore implements [persistence.Archive]. It is done whole or not at all, whenever ctx ends.
func (s *Store) Restore(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	if err := persistence.ValidPieces(pieces); err != nil {
		return err
	}
	return s.move(ctx, l, pieces, (*restore).add)
}

// Remove implements [persistence.Archive].
func (s *Store) Remove(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	return s.move(ctx, l, pieces, (*restore).remove)
}

// move waits for the committer in any case: it reads the caller's slices.
func (s *Store) move(ctx context.Context, l persistence.Lease, pieces []persistence.Piece, do func(*restore, *group, persistence.Piece) error) error {
	p, err := s.ready(ctx, l.Part)
	if err != nil {
		return err
	}
	size := 0
	for _, piece := range pieces {
		size += persistence.SizeOf(piece)
	}
	return s.submit(context.WithoutCancel(ctx), &restore{job: newJob(p, size), token: l.Token, pieces: pieces, do: do})
}

// restore is the work of [Store.Restore] and [Store.Remove].
type restore struct {
	job
	token  string
	pieces []persistence.Piece
	do     func(*restore, *group, persistence.Piece) error
	inputs []slot
}

func (r *restore) check(g *group) error {
	if !r.part.owns(r.token) {
		return persistence.ErrLost
	}
	g.touch(r.part)
	for _, piece := range r.pieces {
		if err := r.do(r, g, piece); err != nil {
			return err
		}
	}
	return nil
}

func (r *restore) publish() {
	p := r.part
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, in := range r.inputs {
		p.inbox.add(in.place, in.value, nil)
	}
	p.wakeLocked()
}

func (r *restore) add(g *group, piece persistence.Piece) error {
	part := r.part.number
	switch piece := piece.(type) {
	case persistence.Record:
		g.set(familyKey(part, familyRecord, piece.Key), piece.Value)
	case persistence.Entries:
		if piece.Stream {
			return r.addEvents(g, piece)
		}
		prefix := appendNamed(nil, part, familyList, piece.Name)
		for _, it := range piece.Items {
			place, err := placeOf(it.ID)
			if err != nil {
				return err
			}
			r.part.places = max(r.part.places, place)
			g.key = appendPlace(append(g.key[:0], prefix...), place)
			g.set(g.key, it.Value)
		}
	case persistence.Known:
		r.addKnown(g, piece)
	case persistence.Entry:
		return r.addInput(g, piece)
	}
	return nil
}

func (r *restore) addKnown(g *group, piece persistence.Known) {
	dedupe := familyKey(r.part.number, familyDedupe, piece.Key)
	k := &known{place: r.part.place(), sum: piece.Sum, replied: true, expiry: millis(g.now.Add(piece.Window))}
	g.known[string(dedupe)] = k
	g.rememberUntil(r.part.number, dedupe, k)
	g.forgetReply(dedupe)
	if piece.Reply != nil {
		k.reply = append([]byte{}, piece.Reply...)
		g.set(g.replyKey(dedupe), k.reply)
	}
}

// addEvents adds entries to a stream, and notes when they leave gaps.
func (r *restore) addEvents(g *group, e persistence.Entries) error {
	prefix := appendNamed(nil, r.part.number, familyStream, e.Name)
	st, err := g.stream(r.part, prefix)
	if err != nil {
		return err
	}
	gone, err := placeOf(e.Dropped)
	if err != nil {
		return err
	}
	for _, it := range e.Items {
		place, err := placeOf(it.ID)
		if err != nil {
			return err
		}
		if st.entries == 0 {
			st.first, st.last, st.gone = place, gone, gone
		}
		if place > st.last {
			st.gaps = st.gaps || place != st.last+1
			st.last = place
			st.entries++
		}
		g.key = appendPlace(append(g.key[:0], prefix...), place)
		g.set(g.key, it.Value)
	}
	if st.gaps {
		st.note(g, prefix)
	}
	return nil
}

// addInput adds to the inbox, and lets the input's key say where it is.
func (r *restore) addInput(g *group, e persistence.Entry) error {
	r.part.waiting++ // also where there is no room: it was accepted elsewhere
	in := slot{place: r.part.place(), value: appendInbox(nil, e.Key, e.Body)}
	g.key = appendPlace(appendFamily(g.key[:0], r.part.number, familyInbox), in.place)
	g.set(g.key, in.value)
	r.inputs = append(r.inputs, in)
	dedupe := familyKey(r.part.number, familyDedupe, e.Key)
	k, err := g.lookup(dedupe)
	if err != nil || !k.open(g.now) {
		return err
	}
	k.place = in.place
	g.set(dedupe, appendDedupe(nil, k))
	return nil
}

func (r *restore) remove(g *group, piece persistence.Piece) error {
	part := r.part.number
	switch piece := piece.(type) {
	case persistence.Record:
		g.drop(familyKey(part, familyRecord, piece.Key))
	case persistence.Entries:
		for _, family := range []byte{familyList, familyStream} {
			prefix := appendNamed(nil, part, family, piece.Name)
			_ = g.batch.DeleteRange(prefix, beyond(prefix), nil)
		}
		prefix := appendNamed(nil, part, familyStream, piece.Name)
		(&stream{}).note(g, prefix)
		delete(r.part.streams, string(prefix))
	case persistence.Known:
		dedupe := familyKey(part, familyDedupe, piece.Key)
		g.drop(dedupe)
		g.forgetReply(dedupe)
	case persistence.Entry:
		place, err := placeOf(piece.ID)
		if err != nil {
			return err
		}
		g.drop(appendPlace(familyKey(part, familyInbox, ""), place))
		r.part.mu.Lock()
		defer r.part.mu.Unlock()
		if r.part.inbox.has(place) {
			r.part.waiting--
			r.part.inbox.remove(place)
		}
	}
	return nil
}
