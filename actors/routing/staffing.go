package routing

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// relaxedAtLast is a wait after which every level has dropped to its floor.
const relaxedAtLast = 1000 * time.Hour

// Staffing lists what a valid configuration leaves to nobody: queues that nobody serves or that nothing leads to, skills that nobody
// has, agents who are never asked. Each has the path of a place in the document.
func (t *Tenant) Staffing() []Problem {
	s := staffing{tenant: t}
	for i, skill := range t.Skills {
		if !slices.ContainsFunc(t.Agents, func(a Profile) bool { return a.masters(skill) }) {
			s.add(index("skills", i), "nobody has %s", skill)
		}
	}
	for i, q := range t.Queues {
		s.queue(index("queues", i), q)
	}
	for i, ch := range t.Channels {
		s.rules(index("channels", i), ch)
	}
	for i, a := range t.Agents {
		s.agent(index("agents", i), a)
	}
	return s.warnings
}

type staffing struct {
	tenant   *Tenant
	warnings []Problem
}

func (s *staffing) add(path, format string, args ...any) {
	s.warnings = append(s.warnings, Problem{path, fmt.Sprintf(format, args...)})
}

func (s *staffing) queue(path string, q Queue) {
	switch members := s.tenant.Members(q.ID); {
	case len(members) == 0 && q.unattended(): // its rule says what becomes of them
	case len(members) == 0:
		s.add(path, "nobody serves it; its conversations wait until an agent has it among the queues")
	case !s.tenant.able(q, nil):
		s.add(path+".skills", "none of the %d who serve it has %s; its conversations wait", len(members), list(q.Skills))
	}
	if !s.tenant.reached(q.ID) {
		s.add(path, "no channel, rule or overflow leads to it, only transfers")
	}
}

// rules warns of skills that a channel's rules ask for besides, and that nobody of the queue has.
func (s *staffing) rules(path string, ch Channel) {
	for i, rule := range ch.Rules {
		q, known := s.tenant.Queue(QueueID(or(string(rule.Queue), string(ch.Queue))))
		if known && len(rule.Skills) > 0 && s.tenant.able(q, nil) && !s.tenant.able(q, rule.Skills) {
			s.add(index(path+".rules", i)+".skills", "nobody who serves %s has %s besides what it needs itself", q.ID, list(rule.Skills))
		}
	}
}

func (s *staffing) agent(path string, a Profile) {
	if len(a.Queues) == 0 {
		s.add(path+".queues", "serves no queue, and is offered nothing")
	}
	for i, id := range a.Queues {
		q, known := s.tenant.Queue(id)
		if known && s.tenant.able(q, nil) && !a.meets(q, nil) {
			s.add(index(path+".queues", i), "lacks %s, and is never offered what comes to %s", list(q.Skills), id)
		}
	}
}

// masters says whether the agent has the skill at all, in one queue at least.
func (p *Profile) masters(skill SkillID) bool {
	if p.Skills[skill] > 0 {
		return true
	}
	for _, levels := range p.QueueSkills {
		if levels[skill] > 0 {
			return true
		}
	}
	return false
}

// meets says whether the agent has what the queue needs at last, and more besides.
func (p *Profile) meets(q Queue, more []Need) bool {
	needs, _ := q.relaxed(append(slices.Clip(q.Skills), more...), relaxedAtLast)
	levels := p.SkillsIn(q.ID)
	return !slices.ContainsFunc(needs, func(n Need) bool { return levels[n.Skill] < n.Level })
}

// able says whether anybody of the queue does.
func (t *Tenant) able(q Queue, more []Need) bool {
	return slices.ContainsFunc(t.Members(q.ID), func(a Profile) bool { return a.meets(q, more) })
}

// reached says whether texts may come to the queue by themselves.
func (t *Tenant) reached(id QueueID) bool {
	byChannel := slices.ContainsFunc(t.Channels, func(ch Channel) bool {
		return ch.Queue == id || slices.ContainsFunc(ch.Rules, func(r ChannelRule) bool { return r.Queue == id })
	})
	return byChannel || slices.ContainsFunc(t.Queues, func(q Queue) bool {
		return q.Closed != nil && q.Closed.Queue == id || slices.ContainsFunc(q.Overflow, func(o OverflowRule) bool { return o.Queue == id })
	})
}

func list(needs []Need) string {
	var words []string
	for _, n := range needs {
		words = append(words, fmt.Sprintf("%s %d", n.Skill, n.Level))
	}
	return strings.Join(words, " and ")
}
