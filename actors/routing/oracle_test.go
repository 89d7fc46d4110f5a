package routing

import (
	"cmp"
	"slices"
	"time"
)

// oracle is the match as the rules of product.md §3 read, by looking at every pair of a waiting conversation and an agent. It knows
// nothing of lines, rosters and rounds.
type oracle struct {
	tenant  *Tenant
	now     time.Time
	agents  map[AgentID]*Agent // asked for what they hold and are, never for what they would take
	waiting map[QueueID]map[ConversationID]Item
	served  map[AgentID]map[QueueID]int // when each queue had its turn at an agent
	turns   map[AgentID]int
}

// found is that a conversation goes to these agents, the first of them first.
type found struct {
	queue  QueueID
	item   Item
	agents []AgentID
}

func (o *oracle) staffed(a AgentID) bool {
	r := o.agents[a].Record
	return r.Status == Available && !r.Gone(o.now)
}

func (o *oracle) free(a AgentID) bool {
	agent := o.agents[a]
	slots := agent.Profile.Slots()
	if ramp := agent.Profile.RampUpSeconds; ramp != 0 && !agent.Record.ShiftAt.IsZero() {
		slots = min(slots, 1+int(o.now.Sub(agent.Record.ShiftAt)/(time.Duration(ramp)*time.Second)))
	}
	return o.staffed(a) && !o.now.Before(agent.Record.CoolUntil) && agent.Load() < slots
}

// asks is what a conversation requires after its wait, and what it would like besides.
func (o *oracle) asks(q Queue, i Item) (needs, wishes []Need) {
	waited := o.now.Sub(i.Entered)
	for _, n := range i.Skills {
		if r := q.RelaxLevels; r != nil && n.Level > r.Floor {
			for step := time.Duration(r.EverySeconds) * time.Second; step <= waited && n.Level > r.Floor; step += time.Duration(r.EverySeconds) * time.Second {
				n.Level = max(r.Floor, n.Level-r.Step)
			}
		}
		needs = append(needs, n)
	}
	wishes = i.PreferredSkills
	if q.PreferForSeconds != 0 {
		for n, wish := range i.PreferredSkills {
			if waited < time.Duration((len(i.PreferredSkills)-n)*q.PreferForSeconds)*time.Second {
				needs, wishes = append(needs, wish), i.PreferredSkills[n+1:]
			}
		}
	}
	return needs, wishes
}

// level is the lowest of the agent's levels in the needs; ok is false when it lacks one.
func (o *oracle) level(a AgentID, q QueueID, needs []Need) (level Level, ok bool) {
	p, level := o.agents[a].Profile, MaxLevel
	for _, n := range needs {
		has, special := p.QueueSkills[q][n.Skill]
		if !special {
			has = p.Skills[n.Skill]
		}
		if has < n.Level || has == 0 {
			return 0, false
		}
		level = min(level, has)
	}
	return level, true
}

// able lists the members who meet the needs and are or have what is asked.
func (o *oracle) able(q Queue, i Item, needs []Need, and func(AgentID) bool) []AgentID {
	var all []AgentID
	for _, p := range o.tenant.Agents {
		if _, ok := o.level(p.ID, q.ID, needs); ok && slices.Contains(p.Queues, q.ID) && p.ID != i.Holder && and(p.ID) {
			all = append(all, p.ID)
		}
	}
	return all
}

// untried says whether anybody sits there who could take it and has not refused it.
func (o *oracle) untried(q Queue, i Item, needs []Need) bool {
	return len(o.able(q, i, needs, func(a AgentID) bool { return o.staffed(a) && !slices.Contains(i.Refused, a) })) > 0
}

// entitled is the agent whom the customer knows, if the right is there to be used.
func (o *oracle) entitled(q Queue, i Item) AgentID {
	needs, _ := o.asks(q, i)
	able := o.able(q, i, needs, func(a AgentID) bool {
		return a == i.LastAgent && o.now.Before(i.Entered.Add(LastAgentRight)) && o.free(a) && !slices.Contains(i.Refused, a)
	})
	if len(able) == 0 {
		return ""
	}
	return able[0]
}

// may says whether the agent may be asked for the conversation now.
func (o *oracle) may(q Queue, i Item, a AgentID) bool {
	needs, _ := o.asks(q, i)
	if !o.free(a) || !slices.Contains(o.able(q, i, needs, o.free), a) {
		return false
	}
	if right := o.entitled(q, i); right != "" && right != a {
		return false
	}
	return !slices.Contains(i.Refused, a) || !o.untried(q, i, needs)
}

// first is whom the queue's rule asks first, among those who are free and not passed over.
func (o *oracle) first(q Queue, i Item, except []AgentID) AgentID {
	needs, wishes := o.asks(q, i)
	for n := len(wishes); n >= 0; n-- {
		asked := slices.Concat(needs, wishes[:n])
		able := o.able(q, i, asked, func(a AgentID) bool { return o.free(a) && !slices.Contains(except, a) })
		if len(able) > 0 {
			return slices.MinFunc(able, func(a, b AgentID) int { return o.better(q, asked, a, b) })
		}
	}
	return ""
}

// better compares two agents by the queue's rule: negative when a is asked before b.
func (o *oracle) better(q Queue, needs []Need, a, b AgentID) int {
	first, second := o.agents[a], o.agents[b]
	levelA, _ := o.level(a, q.ID, needs)
	levelB, _ := o.level(b, q.ID, needs)
	idle := func(x *Agent) int { return min(x.Load(), 1) }
	since := func(x *Agent) time.Time {
		if x.Load() == 0 && q.Rule() != RoundRobin {
			return x.IdleSince
		}
		return x.Turn
	}
	var byRule int
	switch q.Rule() {
	case LevelThenIdle:
		byRule = cmp.Or(cmp.Compare(levelB, levelA), cmp.Compare(idle(first), idle(second)))
	case LongestIdle:
		byRule = cmp.Compare(idle(first), idle(second))
	case LeastBusy:
		byRule = cmp.Compare(first.Load(), second.Load())
	case RoundRobin:
	}
	return cmp.Or(byRule, since(first).Compare(since(second)), cmp.Compare(a, b))
}

// invited lists whom the queue asks for a conversation that has just come; nil: nobody.
func (o *oracle) invited(q Queue, i Item) []AgentID {
	if a := o.entitled(q, i); a != "" {
		return []AgentID{a}
	}
	needs, _ := o.asks(q, i)
	a := o.first(q, i, i.Refused)
	if n := len(i.Refused); a == "" && n > 0 && !o.untried(q, i, needs) {
		if a = o.first(q, i, i.Refused[n-1:]); a == "" {
			a = o.first(q, i, nil)
		}
	}
	if a == "" {
		return nil
	}
	return o.with(q, i, a)
}

// with adds those who are asked at the same time.
func (o *oracle) with(q Queue, i Item, a AgentID) []AgentID {
	all := []AgentID{a}
	if o.entitled(q, i) == a {
		return all
	}
	for len(all) < q.AtOnce() {
		next := o.first(q, i, slices.Concat(i.Refused, all))
		if next == "" {
			break
		}
		all = append(all, next)
	}
	return all
}

// best is what an agent who has become free takes: the best of all that wait in all of her queues, looked at one by one.
func (o *oracle) best(a AgentID) (best found, ok bool) {
	for _, id := range o.agents[a].Profile.Queues {
		q, _ := o.tenant.Queue(id)
		for _, i := range o.waiting[id] {
			if o.may(q, i, a) && (!ok || o.sooner(a, q, i, best)) {
				best, ok = found{queue: id, item: i}, true
			}
		}
	}
	if ok {
		q, _ := o.tenant.Queue(best.queue)
		best.agents = o.with(q, best.item, a)
	}
	return best, ok
}

// sooner says whether conversation i of queue q comes before the best so far, at agent a.
func (o *oracle) sooner(a AgentID, q Queue, i Item, than found) bool {
	other, _ := o.tenant.Queue(than.queue)
	if q.Rank() != other.Rank() {
		return q.Rank() > other.Rank()
	}
	if q.ID != other.ID && q.Rank() != SharedPriority {
		return cmp.Or(cmp.Compare(o.served[a][q.ID], o.served[a][other.ID]), cmp.Compare(q.ID, other.ID)) < 0
	}
	points, turn := o.rank(q, i)
	otherPoints, otherTurn := o.rank(other, than.item)
	return cmp.Or(cmp.Compare(otherPoints, points), turn.Compare(otherTurn), cmp.Compare(i.Conversation, than.item.Conversation)) < 0
}

// rank is priority, then age; or age alone, a point of priority being worth some waiting.
func (o *oracle) rank(q Queue, i Item) (int, time.Time) {
	switch {
	case i.Front:
		return 1 << 30, i.Since
	case q.AgingMinutes != 0:
		return 0, i.Since.Add(-time.Duration(i.Priority*q.AgingMinutes) * time.Minute)
	}
	return i.Priority, i.Since
}

// take notes that a conversation of the queue went to these agents.
func (o *oracle) take(f found) {
	delete(o.waiting[f.queue], f.item.Conversation)
	for _, a := range f.agents {
		if o.served[a] == nil {
			o.served[a] = map[QueueID]int{}
		}
		o.turns[a]++
		o.served[a][f.queue] = o.turns[a]
	}
}
