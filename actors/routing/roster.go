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
	drawn  bool     // every staffed member has a place
	staff  bitmap   // staffed members
	ready  bitmap
	loads  [MaxCapacity]bitmap // ready members by how many conversations they have

	terms   terms    // room for one question
	marched []*entry // room for the members to be placed anew
}

// Member is what the roster was last told about one agent.
type Member struct {
	Agent   AgentID
	Staffed bool      // sits there and takes conversations, full or not
	Ready   bool      // staffed, and can take an offer now
	Load    int       // conversations and offers that it holds; 0 is idle
	Since   time.Time // has waited its turn since then, without a monotonic reading
}

type entry struct {
	Member
	skills []grade
	seat   *seat // of the line whose roster it is; nil: of none
	place  int
	shown  int // the load at which it is shown as ready, nowhere when it is not
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
		e = &entry{Member: Member{Agent: a}, place: nowhere, shown: nowhere}
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

// Seat takes note of how the member stands now. It does nothing to an agent who is no member.
func (r *Roster) Seat(m Member) {
	if e := r.entries[m.Agent]; e != nil {
		r.seat(e, m)
	}
}

func (r *Roster) seat(e *entry, m Member) {
	m.Since = m.Since.Round(0) // two clocks in one line could contradict each other about the order
	m.Ready = m.Ready && m.Staffed
	if !m.Since.Equal(e.Since) {
		r.leave(e)
	}
	e.Member = m
	switch {
	case e.place != nowhere:
		r.show(e)
	case m.Staffed:
		r.join(e)
	}
}

// Pick returns the member to ask next by the rule, and the level at which it meets the needs: the weakest of the needed skills
// decides (MaxLevel when nothing is needed). Whatever the rule, among equals the longest waiting comes first, then the smaller
// AgentID. Agents in except, few at most, are passed over. A need below level 10 still asks for the skill. Pick changes
// nothing; ok is false when no ready member meets the needs.
func (r *Roster) Pick(rule AgentRule, needs []Need, except []AgentID) (a AgentID, level Level, ok bool) {
	e, rung := r.pick(rule, needs, except)
	if e == nil {
		return "", 0, false
	}
	level = Level(rung) * levelStep
	if rule != LevelThenIdle {
		level, _ = e.meets(needs)
	}
	return e.Agent, level, true
}

// pick is Pick with the rung that was asked for; nil when no ready member meets the needs.
func (r *Roster) pick(rule AgentRule, needs []Need, except []AgentID) (e *entry, rung int) {
	lowest, ok := r.ask(needs)
	if !ok {
		return nil, 0
	}
	r.pass(except)
	place, rung := r.first(rule, lowest)
	r.readmit(except)
	if place == nowhere {
		return nil, 0
	}
	return r.line[place], rung
}

// first is the place of the member that the rule prefers among those who meet the terms, and the rung that was asked for.
func (r *Roster) first(rule AgentRule, lowest int) (place, rung int) {
	switch rule {
	case LongestIdle:
		if place, rung = r.search(&r.loads[0], lowest, lowest); place == nowhere {
			place, rung = r.search(&r.ready, lowest, lowest)
		}
	case LeastBusy:
		place = nowhere
		for load := 0; load < len(r.loads) && place == nowhere; load++ {
			place, rung = r.search(&r.loads[load], lowest, lowest)
		}
	case RoundRobin:
		place, rung = r.search(&r.ready, lowest, lowest)
	case LevelThenIdle:
		place, rung = r.search(&r.ready, lowest, rungs)
		if place != nowhere && !r.loads[0].has(place) {
			if idle, _ := r.search(&r.loads[0], rung, rung); idle != nowhere {
				place = idle
			}
		}
	}
	return place, rung
}

// Staffed says whether anybody is staffed, ready or not, who meets the needs and is not in except.
func (r *Roster) Staffed(needs []Need, except []AgentID) bool {
	lowest, ok := r.ask(needs)
	if !ok {
		return false
	}
	r.pass(except)
	place, _ := r.search(&r.staff, lowest, lowest)
	r.readmit(except)
	return place != nowhere
}

// free says whether somebody may be ready, whatever is needed. It errs towards yes only.
func (r *Roster) free() bool {
	return !r.drawn || slices.ContainsFunc(r.ready.sums, func(sum uint64) bool { return sum != 0 })
}

// pass keeps members from being found until they are readmitted.
func (r *Roster) pass(except []AgentID) {
	if !r.drawn {
		r.redraw()
	}
	for _, x := range except {
		r.hide(r.entries[x])
	}
}

func (r *Roster) readmit(except []AgentID) {
	for _, x := range except {
		r.show(r.entries[x])
	}
}

// Level is the level at which the member meets the needs, the weakest needed skill deciding (MaxLevel when nothing is
// needed). When it does not meet them, lacking points at the first need that fails and the level is the member's own in that
// skill. Readiness plays no part. An agent who is no member has level 0 and lacks nothing.
func (r *Roster) Level(a AgentID, needs []Need) (level Level, lacking *Need) {
	e := r.entries[a]
	if e == nil {
		return 0, nil
	}
	return e.meets(needs)
}

func (e *entry) meets(needs []Need) (level Level, lacking *Need) {
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
