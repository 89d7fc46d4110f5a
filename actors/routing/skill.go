package routing

import (
	"maps"
	"slices"
	"time"
)

// Level is how well an agent masters a skill: 10..100 in steps of 10, higher is better (8x8: "agent skill levels"). Zero
// means not at all.
type Level int

// MaxLevel is the highest level, and the level of everybody where no skill is needed.
const MaxLevel Level = 100

// Valid says whether l is one of the ten levels.
func (l Level) Valid() bool { return l >= 10 && l <= MaxLevel && l%10 == 0 }

// Need is a skill that a conversation requires, or prefers, at a level or better.
type Need struct {
	Skill SkillID `json:"skill"`
	Level Level   `json:"level"`
}

// Relaxation lowers the levels that a conversation requires while it waits: every EverySeconds by Step, down to Floor. A level
// that is below the floor from the start stays.
type Relaxation struct {
	EverySeconds int   `json:"every_seconds"`
	Step         Level `json:"step"`
	Floor        Level `json:"floor"`
}

// SkillsIn is the agent's levels as queue q counts them: those for this queue, else the general ones.
func (p *Profile) SkillsIn(q QueueID) map[SkillID]Level {
	special := p.QueueSkills[q]
	if len(special) == 0 {
		return p.Skills
	}
	skills := make(map[SkillID]Level, len(p.Skills)+len(special))
	maps.Copy(skills, p.Skills)
	maps.Copy(skills, special)
	return skills
}

// asks is what a conversation of the queue that has waited for so long asks of an agent, and what it would like besides: that
// decides between agents only, the first wish being the dearest. Next is the wait after which this changes; 0: never.
func (q *Queue) asks(i *Item, waited time.Duration) (needs, wishes []Need, next time.Duration) {
	needs, next = q.relaxed(i.Skills, waited)
	insisted, until := q.insisted(len(i.PreferredSkills), waited)
	if until != 0 && (next == 0 || until < next) {
		next = until
	}
	if insisted > 0 {
		needs = append(slices.Clip(needs), i.PreferredSkills[:insisted]...)
	}
	return needs, i.PreferredSkills[insisted:], next
}

// relaxed is the required skills after a wait, and the wait after which they change next.
func (q *Queue) relaxed(needs []Need, waited time.Duration) ([]Need, time.Duration) {
	r := q.RelaxLevels
	if r == nil || len(needs) == 0 {
		return needs, 0
	}
	every := time.Duration(r.EverySeconds) * time.Second
	steps := max(0, int(waited/every))
	relaxed, more := make([]Need, len(needs)), false
	for i, n := range needs {
		if n.Level > r.Floor {
			n.Level = max(r.Floor, n.Level-Level(min(steps, rungs))*r.Step)
			more = more || n.Level > r.Floor
		}
		relaxed[i] = n
	}
	if !more {
		return relaxed, 0
	}
	return relaxed, time.Duration(steps+1) * every
}

// insisted is how many of n preferred skills the queue insists on after a wait, and the wait after which it gives the next one
// up: the last is given up first, like the outermost ring.
func (q *Queue) insisted(n int, waited time.Duration) (int, time.Duration) {
	each := time.Duration(q.PreferForSeconds) * time.Second
	if each == 0 || n == 0 {
		return 0, 0
	}
	given := max(0, int(waited/each))
	if given >= n {
		return 0, 0
	}
	return n - given, time.Duration(given+1) * each
}
