package routing

import (
	"cmp"
	"iter"
	"maps"
	"math/bits"
	"slices"
	"time"
)

// Roster is the members of one queue, kept so that the next one to ask is found without looking at them all. Its answers
// depend only on what it was last told about each member, never on the order of telling. A Roster belongs to one goroutine;
// once it has seen its members, Seat and Pick allocate nothing.
//
// How: a member who can take an offer stands at a place, and places are numbered in the order of waiting, so the first set bit
// of a bitmap is the longest waiting member. Bitmaps say who is ready, who is idle, and who has a skill at a level or better;
// a question is their intersection. A place is given once: who waits anew goes to the end, and the place left behind stays
// empty until the line is redrawn.
type Roster struct {
	entries map[AgentID]*entry
	sorted  []*entry // every entry by AgentID; nil after a change of membership
	skills  map[SkillID]*scale

	line   []*entry // by place; nil where a member has left
	newest Member   // the shortest waiting member the line has seen since it was drawn
	drawn  bool     // every ready member has a place
	ready  bitmap
	idle   bitmap // ready members who hold nothing

	terms   terms    // room for one question
	marched []*entry // room for the members to be placed anew
}

// Member is what the roster was last told about one agent.
type Member struct {
	Agent AgentID
	Ready bool      // can take an offer now
	Idle  bool      // holds no conversation and no offer at all
	Since time.Time // has waited its turn since then, without a monotonic reading
}

type entry struct {
	Member
	skills []grade
	place  int
}

type grade struct {
	skill SkillID
	scale *scale
	rung  int
}

const (
	nowhere  = -1
	overtake = 64 // places looked back for a member who comes a little late, before the line is redrawn instead
)

// NewRoster returns a roster without members.
func NewRoster() *Roster {
	return &Roster{entries: make(map[AgentID]*entry), skills: make(map[SkillID]*scale)}
}

// Enlist makes the agent a member with exactly these skills, or describes a member anew, who keeps its turn. A new member
// cannot be picked before Seat says that it is ready. A level between two steps counts as the lower one; below 10 the agent
// does not have the skill. The map stays the caller's.
func (r *Roster) Enlist(a AgentID, skills map[SkillID]Level) {
	e := r.entries[a]
	if e == nil {
		e = &entry{Member: Member{Agent: a}, place: nowhere}
		r.entries[a], r.sorted = e, nil
	}
	e.strike()
	e.skills = e.skills[:0]
	for skill, level := range skills {
		if rung := int(min(level, MaxLevel) / levelStep); rung >= 1 {
			e.skills = append(e.skills, grade{skill, r.scale(skill), rung})
		}
	}
	e.mark()
}

// Discharge ends the agent's membership. It does nothing to an agent who is no member.
func (r *Roster) Discharge(a AgentID) {
	if e := r.entries[a]; e != nil {
		r.leave(e)
		delete(r.entries, a)
		r.sorted = nil
	}
}

// Seat says whether the member can take an offer now (ready), whether it holds nothing at all (idle), and since when it has
// waited its turn. It does nothing to an agent who is no member.
func (r *Roster) Seat(a AgentID, ready, idle bool, since time.Time) {
	e := r.entries[a]
	if e == nil {
		return
	}
	since = since.Round(0) // two clocks in one line could contradict each other about the order
	if !since.Equal(e.Since) {
		r.leave(e)
	}
	e.Ready, e.Idle, e.Since = ready, idle, since
	switch {
	case e.place != nowhere:
		r.show(e)
	case ready:
		r.join(e)
	}
}

// Pick returns the member to ask next, and the level at which it meets the needs: the highest level first, the weakest of the
// needed skills deciding (MaxLevel when nothing is needed); among equals those who hold nothing before the others; then the
// longest waiting; then the smaller AgentID. Agents in except, few at most, are passed over. A need below level 10 still asks
// for the skill. Pick changes nothing; ok is false when no ready member meets the needs.
func (r *Roster) Pick(needs []Need, except []AgentID) (a AgentID, level Level, ok bool) {
	lowest, ok := r.ask(needs)
	if !ok {
		return "", 0, false
	}
	if !r.drawn {
		r.redraw()
	}
	for _, x := range except {
		r.hide(r.entries[x])
	}
	place, rung := r.search(&r.ready, lowest, rungs)
	if place != nowhere && !r.idle.has(place) {
		if first, _ := r.search(&r.idle, rung, rung); first != nowhere {
			place = first
		}
	}
	for _, x := range except {
		r.show(r.entries[x])
	}
	if place == nowhere {
		return "", 0, false
	}
	return r.line[place].Agent, Level(rung) * levelStep, true
}

// Level is the level at which the member meets the needs, the weakest needed skill deciding (MaxLevel when nothing is
// needed). When it does not meet them, lacking points at the first need that fails and the level is the member's own in that
// skill. Readiness plays no part. An agent who is no member has level 0 and lacks nothing.
func (r *Roster) Level(a AgentID, needs []Need) (level Level, lacking *Need) {
	e := r.entries[a]
	if e == nil {
		return 0, nil
	}
	level = MaxLevel
	for i, need := range needs {
		has := e.level(need.Skill)
		if has < max(need.Level, levelStep) {
			return has, &needs[i]
		}
		level = min(level, has)
	}
	return level, nil
}

// Members is the number of members, ready or not.
func (r *Roster) Members() int { return len(r.entries) }

// All yields every member, ready or not, by AgentID.
func (r *Roster) All() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		if r.sorted == nil {
			r.sorted = slices.SortedFunc(maps.Values(r.entries), func(a, b *entry) int { return cmp.Compare(a.Agent, b.Agent) })
		}
		for _, e := range r.sorted {
			if !yield(e.Member) {
				return
			}
		}
	}
}

// ask turns the needs into terms. It returns the lowest rung that can satisfy them; ok is false where nobody can.
func (r *Roster) ask(needs []Need) (lowest int, ok bool) {
	r.terms, lowest = r.terms[:0], rungs
	for _, need := range needs {
		scale := r.skills[need.Skill]
		if scale == nil || need.Level > MaxLevel {
			return 0, false
		}
		rung := max(int((need.Level+levelStep-1)/levelStep), 1)
		r.terms = append(r.terms, term{scale, rung})
		lowest = min(lowest, rung)
	}
	return lowest, true
}

// search finds the highest rung from lowest to highest that any of the given places reaches in all terms, and the first place
// there. It goes through the places once: each find raises what the rest have to reach.
func (r *Roster) search(among *bitmap, lowest, highest int) (place, rung int) {
	place, want := nowhere, lowest
	for i, sum := range among.sums {
		if sum == 0 {
			continue
		}
		words := sum & r.terms.sums(i, want)
		for words != 0 {
			w := i<<6 | bits.TrailingZeros64(words)
			found := among.words[w] & r.terms.words(w, want)
			if found == 0 {
				words &= words - 1
				continue
			}
			place, rung = w<<6|bits.TrailingZeros64(found), want
			if want == highest {
				return place, rung
			}
			want++
			words &= r.terms.sums(i, want)
		}
	}
	return place, rung
}

// scale returns the skill's scale, a blank one when nobody had the skill yet.
func (r *Roster) scale(skill SkillID) *scale {
	s := r.skills[skill]
	if s == nil {
		s = &scale{}
		s.clear(len(r.ready.words))
		r.skills[skill] = s
	}
	return s
}

// level is the member's level in the skill, 0 when it does not have it.
func (e *entry) level(skill SkillID) Level {
	for _, g := range e.skills {
		if g.skill == skill {
			return Level(g.rung) * levelStep
		}
	}
	return 0
}
