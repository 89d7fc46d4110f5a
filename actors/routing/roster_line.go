package routing

import (
	"cmp"
	"slices"
)

// waiting orders members by their turn: the longest waiting first, then by AgentID.
func (m *Member) waiting(than *Member) int {
	if c := m.Since.Compare(than.Since); c != 0 {
		return c
	}
	return cmp.Compare(m.Agent, than.Agent)
}

// join gives a staffed member its place: the next one when it has waited the shortest. Reports of several agents overtake each
// other on the way, so a member is often late by a few; those few then move up behind it. Everything else, such as the flood
// of a recovery, waits for one redraw at the next Pick.
func (r *Roster) join(e *entry) {
	if !r.drawn {
		return
	}
	behind, near := r.behind(e)
	if !near || len(r.line)+1+len(behind) > r.ready.places() {
		r.drawn = false
		return
	}
	r.marched = append(r.marched[:0], behind...)
	r.append(e)
	for _, m := range r.marched {
		if m != nil {
			r.leave(m)
			r.append(m)
		}
	}
}

// behind returns the end of the line, from the first place whose member comes after e. It gives up, with near false, when that
// is far from the end.
func (r *Roster) behind(e *entry) (end []*entry, near bool) {
	if e.waiting(&r.newest) > 0 {
		return nil, true
	}
	for from := len(r.line); from > 0; from-- {
		if len(r.line)-from == overtake {
			return nil, false
		}
		if m := r.line[from-1]; m != nil && m.waiting(&e.Member) < 0 {
			return r.line[from:], true
		}
	}
	return r.line, true
}

// redraw gives every staffed member, and every other member who still has one, a new place from the first on, and makes room
// for twice as many more. It is the only way for a place to be used twice.
func (r *Roster) redraw() {
	r.marched = r.marched[:0]
	for _, e := range r.line { // almost always in order already, which makes sorting cheap
		if e != nil {
			r.marched = append(r.marched, e)
		}
	}
	for _, e := range r.entries {
		if e.Staffed && e.place == nowhere {
			r.marched = append(r.marched, e)
		}
	}
	slices.SortFunc(r.marched, func(a, b *entry) int { return a.waiting(&b.Member) })
	words := max(len(r.ready.words), 4)
	for words*64 < 3*len(r.marched) {
		words *= 2
	}
	r.staff.clear(words)
	r.ready.clear(words)
	for i := range r.loads {
		r.loads[i].clear(words)
	}
	for _, s := range r.skills {
		s.clear(words)
	}
	r.line, r.newest, r.drawn = slices.Grow(r.line[:0], words*64), Member{}, true
	for _, e := range r.marched {
		e.shown = nowhere
		r.append(e)
	}
}

// append gives the member the next place.
func (r *Roster) append(e *entry) {
	e.place = len(r.line)
	r.line = append(r.line, e)
	if e.waiting(&r.newest) > 0 {
		r.newest = e.Member
	}
	e.mark()
	r.show(e)
}

// leave takes the member's place away, if it has one. Its marks on the scales stay: nobody is shown at that place again
// before a redraw.
func (r *Roster) leave(e *entry) {
	if e.place != nowhere {
		r.hide(e)
		r.line[e.place], e.place = nil, nowhere
	}
}

// show lets the member be found as what it is; nil and a member without a place are left alone.
func (r *Roster) show(e *entry) {
	if e == nil || e.place == nowhere {
		return
	}
	r.staff.put(e.place, e.Staffed)
	r.ready.put(e.place, e.Ready)
	load := nowhere
	if e.Ready {
		load = min(max(e.Load, 0), len(r.loads)-1)
	}
	r.showLoad(e, load)
}

// hide keeps the member from being found; nil and a member without a place are left alone.
func (r *Roster) hide(e *entry) {
	if e != nil && e.place != nowhere {
		r.staff.put(e.place, false)
		r.ready.put(e.place, false)
		r.showLoad(e, nowhere)
	}
}

func (r *Roster) showLoad(e *entry, load int) {
	if load == e.shown {
		return
	}
	if e.shown != nowhere {
		r.loads[e.shown].put(e.place, false)
	}
	if e.shown = load; load != nowhere {
		r.loads[load].put(e.place, true)
	}
}

// mark enters the member's skills at its place, if it has one.
func (e *entry) mark() {
	if e.place != nowhere {
		for _, g := range e.skills {
			g.scale.mark(e.place, g.rung)
		}
	}
}

// strike undoes mark.
func (e *entry) strike() {
	if e.place != nowhere {
		for _, g := range e.skills {
			g.scale.strike(e.place)
		}
	}
}
