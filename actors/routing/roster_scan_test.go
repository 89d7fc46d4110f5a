package routing

import (
	"slices"
)

// rosterScan is the naive roster: the rule of Pick written down as it reads, over a plain list. It is the oracle of the tests and
// the yardstick of the benchmark.
type rosterScan struct {
	list []scannedMember
	at   map[AgentID]int
}

type scannedMember struct {
	Member
	skills map[SkillID]Level
}

func newRosterScan() *rosterScan { return &rosterScan{at: map[AgentID]int{}} }

func (s *rosterScan) enlist(a AgentID, skills map[SkillID]Level) {
	i, ok := s.at[a]
	if !ok {
		i, s.at[a] = len(s.list), len(s.list)
		s.list = append(s.list, scannedMember{Member: Member{Agent: a}})
	}
	s.list[i].skills = skills
}

func (s *rosterScan) discharge(a AgentID) {
	if i, ok := s.at[a]; ok {
		s.list = slices.Delete(s.list, i, i+1)
		delete(s.at, a)
		for j := i; j < len(s.list); j++ {
			s.at[s.list[j].Agent] = j
		}
	}
}

func (s *rosterScan) seat(m Member) {
	if i, ok := s.at[m.Agent]; ok {
		s.list[i].Member = m
	}
}

func (m *scannedMember) level(needs []Need) (Level, bool) {
	level := MaxLevel
	for _, n := range needs {
		has, ok := m.skills[n.Skill]
		if !ok || has < 10 || has < n.Level {
			return 0, false
		}
		level = min(level, has)
	}
	return level, true
}

func (s *rosterScan) pick(rule AgentRule, needs []Need, except []AgentID) (a AgentID, level Level, ok bool) {
	var best *scannedMember
	for i := range s.list {
		m := &s.list[i]
		if !m.Ready || slices.Contains(except, m.Agent) {
			continue
		}
		if l, fits := m.level(needs); fits && (best == nil || m.before(best, rule, l, level)) {
			best, level = m, l
		}
	}
	if best == nil {
		return "", 0, false
	}
	return best.Agent, level, true
}

func (s *rosterScan) staffed(needs []Need, except []AgentID) bool {
	return slices.ContainsFunc(s.list, func(m scannedMember) bool {
		_, fits := m.level(needs)
		return m.Staffed && fits && !slices.Contains(except, m.Agent)
	})
}

// before says whether the rule prefers m, who has level l, to o, who has level other.
func (m *scannedMember) before(o *scannedMember, rule AgentRule, l, other Level) bool {
	if rule == LevelThenIdle && l != other {
		return l > other
	}
	if rule == LeastBusy && m.Load != o.Load {
		return m.Load < o.Load
	}
	if rule != RoundRobin && (m.Load == 0) != (o.Load == 0) {
		return m.Load == 0
	}
	if !m.Since.Equal(o.Since) {
		return m.Since.Before(o.Since)
	}
	return m.Agent < o.Agent
}
