package routing

import (
	"maps"
	"slices"
	"strings"
)

// Limits of relaxation, in seconds.
const (
	minRelaxSeconds = 5
	maxRelaxSeconds = 3600
)

// needs checks a list of skills with their levels; again says what to do about one that is there twice.
func (c *checker) needs(path string, needs []Need, again string) {
	for i, n := range needs {
		at := index(path, i)
		c.skill(at+".skill", n.Skill, at+".level", n.Level)
		if slices.ContainsFunc(needs[:i], func(m Need) bool { return m.Skill == n.Skill }) {
			c.add(at+".skill", "%q is there twice; %s", n.Skill, again)
		}
	}
}

func (c *checker) queueSkills(path string, q Queue) {
	c.needs(path+".skills", q.Skills, "keep the higher level")
	if r := q.RelaxLevels; r != nil {
		at := path + ".relax_levels"
		c.between(at+".every_seconds", r.EverySeconds, minRelaxSeconds, maxRelaxSeconds, "seconds")
		c.level(at+".step", r.Step)
		c.level(at+".floor", r.Floor)
		if !slices.ContainsFunc(q.Skills, func(n Need) bool { return n.Level > r.Floor || !n.Level.Valid() }) {
			c.add(at+".floor", "no needed level is above %d; write a lower floor, or leave relax_levels out", r.Floor)
		}
	}
	c.needs(path+".preferred_skills", q.PreferredSkills, "leave one out")
	for i, p := range q.PreferredSkills {
		if slices.ContainsFunc(q.Skills, func(n Need) bool { return n.Skill == p.Skill && n.Level >= p.Level }) {
			c.add(index(path+".preferred_skills", i)+".level", "every agent of the queue has it at this level; prefer a higher one")
		}
	}
	if q.PreferForSeconds != 0 {
		c.between(path+".prefer_for_seconds", q.PreferForSeconds, minRelaxSeconds, maxRelaxSeconds, "seconds, or leave it out")
		if len(q.PreferredSkills) == 0 {
			c.add(path+".prefer_for_seconds", "there is nothing to prefer; list preferred_skills or leave this out")
		}
	}
	if !slices.Contains(AgentRules(), q.Rule()) {
		words := make([]string, 0, len(AgentRules()))
		for _, r := range AgentRules() {
			words = append(words, string(r))
		}
		c.add(path+".agent_rule", "%q is not known; write one of %s", q.AgentRule, strings.Join(words, ", "))
	}
}

func (c *checker) agentSkills(path string, a Profile) {
	for _, s := range slices.Sorted(maps.Keys(a.Skills)) {
		at := path + ".skills." + string(s)
		c.skill(at, s, at, a.Skills[s])
	}
	for _, q := range slices.Sorted(maps.Keys(a.QueueSkills)) {
		at := path + ".queue_skills." + string(q)
		c.queueRef(at, q)
		if _, known := c.tenant.Queue(q); known && !slices.Contains(a.Queues, q) {
			c.add(at, "%s does not serve this queue; add it to queues or leave this out", a.ID)
		}
		for _, s := range slices.Sorted(maps.Keys(a.QueueSkills[q])) {
			c.skill(at+"."+string(s), s, at+"."+string(s), a.QueueSkills[q][s])
		}
	}
}
