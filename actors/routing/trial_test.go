package routing

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// trial is a contact centre whose lines and agents hear each other at once, beside the oracle. Every step is one state of many lines,
// agents and waiting conversations that both are asked about.
type trial struct {
	oracle
	lines   map[QueueID]*Line
	mail    []Effect
	draw    func(n int) int
	n       int
	quietly int     // so much more often conversations end than come
	made    []found // what the lines have proposed in this step
	held    []heldSlot
	seen    map[string]int
}

// heldSlot is a slot that a conversation holds.
type heldSlot struct {
	agent AgentID
	item  Item
	queue QueueID
}

// trialTenant has every policy on, in some queue or other: four queues of which two are equals and two share a line.
func trialTenant(agents int) Tenant {
	t := Tenant{
		ID: "acme", Skills: []SkillID{"a", "b", "c"},
		Queues: []Queue{
			{ID: "east", Priority: SharedPriority, RelaxLevels: &Relaxation{20, 20, 30}, AgentRule: LevelThenIdle},
			{ID: "west", Priority: SharedPriority, AgingMinutes: 1, PreferForSeconds: 15, AgentRule: LeastBusy, OfferTo: 2},
			{ID: "orders", Priority: 4, AgentRule: RoundRobin, OfferTo: 3},
			{ID: "returns", Priority: 4, RelaxLevels: &Relaxation{10, 10, 10}, PreferForSeconds: 10, AgentRule: LongestIdle},
		},
	}
	for n := range agents {
		p := Profile{ID: AgentID(fmt.Sprintf("a%d", n)), Capacity: 1 + n%3, Skills: map[SkillID]Level{"a": Level(10 + 30*(n%4)), "b": Level(100 - 20*(n%5))}}
		for i, q := range t.Queues {
			if (n+i)%3 != 0 || n%7 == 0 {
				p.Queues = append(p.Queues, q.ID)
			}
		}
		if n%3 == 0 {
			p.QueueSkills = map[QueueID]map[SkillID]Level{p.Queues[0]: {"a": 70, "c": 50}}
		}
		if n%4 == 1 {
			p.RampUpSeconds = 15
		}
		t.Agents = append(t.Agents, p)
	}
	return t
}

func newTrial(t Tenant, draw func(int) int) *trial {
	x := &trial{
		oracle: oracle{
			tenant: &t, now: rosterDay, agents: map[AgentID]*Agent{}, waiting: map[QueueID]map[ConversationID]Item{},
			served: map[AgentID]map[QueueID]int{}, turns: map[AgentID]int{},
		},
		lines: map[QueueID]*Line{}, draw: draw, seen: map[string]int{},
	}
	for _, q := range t.Queues {
		x.lines[q.ID], x.waiting[q.ID] = NewLine(q, t.Members(q.ID)), map[ConversationID]Item{}
		says(x.lines[q.ID].Open, x.now)
	}
	for _, p := range t.Agents {
		x.agents[p.ID] = NewAgent(p, AgentRecord{ID: p.ID, Status: LoggedOut}, rosterDay)
	}
	return x
}

// settle lets everybody hear everything. A conversation that is proposed rings and is accepted at once.
func (x *trial) settle(effects ...Effect) {
	x.mail = append(x.mail, effects...)
	for len(x.mail) > 0 {
		e := x.mail[0]
		x.mail = x.mail[1:]
		switch e := e.(type) {
		case *SeatChanged:
			x.mail = append(x.mail, hears(x.lines[e.Queue].Sit, x.now, e)...)
		case *Reserved:
			x.mail = append(x.mail, hears(x.lines[e.Ticket.Queue].Reserved, x.now, e)...)
		case *Reserve:
			x.hears(e.Agent, hears(x.agents[e.Agent].Reserve, x.now, e))
		case *Unreserve:
			x.hears(e.Agent, hears(x.agents[e.Agent].Unreserve, x.now, e))
		case *Answered:
			x.hears(e.Agent, hears(x.agents[e.Agent].Answered, x.now, e))
		case *MakeOffer:
			x.offer(e)
		}
	}
}

func (x *trial) hears(a AgentID, answer []Effect) {
	x.mail = append(append(x.mail, answer...), says(x.agents[a].Announce, x.now)...)
}

func (x *trial) offer(p *MakeOffer) {
	q := p.Ticket.Queue
	f := found{queue: q, item: x.lines[q].waiting[p.Conversation].Item}
	for _, i := range p.Invitations() {
		f.agents = append(f.agents, i.Agent)
		x.held = append(x.held, heldSlot{i.Agent, f.item, q})
	}
	x.made = append(x.made, f)
	x.mail = append(x.mail, hears(x.lines[q].Leave, x.now, &LeaveLine{Queue: q, Conversation: p.Conversation, OfferedTo: f.agents})...)
	for _, a := range f.agents {
		x.agents[a].Hold(p.Conversation, SlotActive)
		x.hears(a, nil)
	}
}

// step lets one thing happen to both and returns how they differ, if they do.
func (x *trial) step() string {
	x.made = x.made[:0]
	switch n := x.draw(20) - x.quietly; {
	case n < 8-2*x.quietly:
		return x.comes(x.conversation())
	case n < 15-x.quietly:
		return x.ends(n%4 == 0)
	case n < 18:
		return x.moves()
	}
	return x.ages()
}

func (x *trial) agent() AgentID { return x.tenant.Agents[x.draw(len(x.tenant.Agents))].ID }

func (x *trial) conversation() (Queue, Item) {
	x.n++
	q := x.tenant.Queues[x.draw(len(x.tenant.Queues))]
	i := Item{
		Conversation: ConversationID(fmt.Sprintf("c%d", x.n)), Priority: max(0, x.draw(6)-3), Front: x.draw(20) == 0,
		Entered: x.now, Since: x.now.Add(-time.Duration(x.draw(3)*x.draw(100)) * time.Second), Offers: x.draw(2),
	}
	for _, s := range x.tenant.Skills {
		switch x.draw(4) {
		case 0:
			i.Skills = append(i.Skills, Need{s, Level(10 * (1 + x.draw(10)))})
		case 1:
			i.PreferredSkills = append(i.PreferredSkills, Need{s, Level(10 * (1 + x.draw(10)))})
		}
	}
	for range x.draw(4) {
		if a := x.agent(); !slices.Contains(i.Refused, a) {
			i.Refused = append(i.Refused, a)
		}
	}
	if x.draw(3) == 0 {
		i.LastAgent = x.agent()
	}
	if x.draw(8) == 0 {
		i.Holder = x.agent()
	}
	return q, i
}

// comes lets a conversation come and compares whom it goes to.
func (x *trial) comes(q Queue, i Item) string {
	x.waiting[q.ID][i.Conversation] = i
	var want []found
	if agents := x.invited(q, i); agents != nil {
		want = append(want, found{q.ID, i, agents})
		x.take(want[0])
		x.seen["a conversation found somebody"]++
	}
	x.settle(hears(x.lines[q.ID].Enter, x.now, &i)...)
	return x.differ("comes", want)
}

// ends lets a conversation end, or go back to its queue, and compares what its agent takes next, and who takes it.
func (x *trial) ends(refused bool) string {
	if len(x.held) == 0 {
		return ""
	}
	n := x.draw(len(x.held))
	p := x.held[n]
	x.held = slices.Delete(x.held, n, n+1)
	x.agents[p.agent].Free(p.item.Conversation, !refused, x.now)
	if wrong := x.frees(p.agent); wrong != "" || !refused {
		return wrong
	}
	if slices.ContainsFunc(x.held, func(other heldSlot) bool { return other.item.Conversation == p.item.Conversation }) {
		return "" // it rings on at others
	}
	q, _ := x.tenant.Queue(p.queue)
	p.item.Offers++
	if !slices.Contains(p.item.Refused, p.agent) {
		p.item.Refused = append(slices.Clone(p.item.Refused), p.agent)
	}
	x.made = x.made[:0]
	return x.comes(q, p.item)
}

// frees compares what an agent takes who may have become free.
func (x *trial) frees(a AgentID) string {
	var want []found
	shadow := x.shadow()
	for {
		f, ok := shadow.best(a)
		if !ok {
			break
		}
		want = append(want, f)
		shadow.take(f)
		for _, taker := range f.agents {
			shadow.agents[taker].Hold(f.item.Conversation, SlotActive)
			shadow.agents[taker].Turn = x.now
		}
		x.seen["somebody found a conversation"]++
	}
	x.settle(says(x.agents[a].Announce, x.now)...)
	for _, f := range want {
		x.take(f)
	}
	return x.differ(string(a)+" becomes free", want)
}

// shadow is a copy that may be taken further in thought.
func (x *trial) shadow() *oracle {
	s := oracle{
		tenant: x.tenant, now: x.now, agents: map[AgentID]*Agent{}, waiting: map[QueueID]map[ConversationID]Item{},
		served: map[AgentID]map[QueueID]int{}, turns: map[AgentID]int{},
	}
	for id, a := range x.agents {
		twin := NewAgent(a.Profile, a.Record, a.IdleSince)
		twin.Turn = a.Turn
		for c, slot := range a.Slots() {
			twin.Hold(c, slot)
		}
		s.agents[id], s.turns[id], s.served[id] = twin, x.turns[id], map[QueueID]int{}
		maps.Copy(s.served[id], x.served[id])
	}
	for q, items := range x.waiting {
		s.waiting[q] = maps.Clone(items)
	}
	return &s
}

// moves lets an agent come or go. One who comes is compared; when one goes, those who refused something may be asked again.
func (x *trial) moves() string {
	a := x.agent()
	was := x.agents[a].Record
	is, _ := was.Decide(x.now, SetStatus{Agent: a, Status: []Status{Available, Available, Available, OnBreak, LoggedOut}[x.draw(5)]})
	if x.draw(6) == 0 {
		is.CoolUntil = x.now.Add(CoolDown)
	}
	x.agents[a].Record = is
	if was.Status != Available && is.Status == Available {
		return x.frees(a)
	}
	x.settle(says(x.agents[a].Announce, x.now)...)
	return x.quiet("goes")
}

// ages lets time pass.
func (x *trial) ages() string {
	x.now = x.now.Add(time.Duration(1+x.draw(12)) * time.Second)
	for _, q := range x.tenant.Queues {
		x.settle(says(x.lines[q.ID].Tick, x.now)...)
	}
	for _, p := range x.tenant.Agents {
		x.settle(says(x.agents[p.ID].Announce, x.now)...)
	}
	return x.quiet("ages")
}

// differ says how what was proposed differs from what the oracle found.
func (x *trial) differ(what string, want []found) string {
	same := func(a, b found) bool {
		return a.queue == b.queue && a.item.Conversation == b.item.Conversation && slices.Equal(a.agents, b.agents)
	}
	if !slices.EqualFunc(x.made, want, same) {
		return fmt.Sprintf("%s at %v: the match makes %v, the oracle %v", what, x.now, brief(x.made), brief(want))
	}
	return x.quiet(what)
}

// quiet wants nobody left who waits and could be asked for, and nobody made an offer of what is not for them.
func (x *trial) quiet(what string) string {
	if what == "goes" || what == "ages" {
		for _, f := range x.made {
			x.take(f)
		}
	}
	for _, q := range x.tenant.Queues {
		if len(x.waiting[q.ID]) != len(x.lines[q.ID].waiting) {
			return fmt.Sprintf("%s: %d wait in %s, the line has %d", what, len(x.waiting[q.ID]), q.ID, len(x.lines[q.ID].waiting))
		}
		if x.draw(8) > 0 {
			continue
		}
		for _, i := range x.waiting[q.ID] {
			for _, p := range x.tenant.Agents {
				if slices.Contains(p.Queues, q.ID) && x.may(q, i, p.ID) {
					return fmt.Sprintf("%s at %v: %s waits in %s beside %s", what, x.now, i.Conversation, q.ID, p.ID)
				}
			}
		}
	}
	return ""
}

func brief(all []found) string {
	text := ""
	for _, f := range all {
		text += fmt.Sprintf("[%s %s %v]", f.queue, f.item.Conversation, f.agents)
	}
	return text
}
