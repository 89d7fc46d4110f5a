package routing

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// world is a whole contact centre in one loop: every conversation, agent and line, the inbox, the courier and the carrier. There
// are no goroutines; a source of numbers chooses what happens next. Machines hear of each other through pipes, each in order, but
// nothing is known about two pipes. What is durable changes only in commit and commitAgent; a crash forgets all else.
type world struct {
	tenant     Tenant
	policies   map[[2]string]Policy // by channel and queue
	draw       func(n int) int      // a number below n
	carrier    func(Transmit) callOutcome
	told       func(Envelope, Conversation) // hears of every event that is committed, and what it made
	stormed    func(Stormed)
	off        guards
	now        time.Time
	broken     string                       // the first violation; the world stops there
	attributes map[string]map[string]string // of customers, by number
	customers  int                          // how many there are
	changing   bool                         // the configuration changes

	// Durable.
	inputs  int
	inbox   []Input // not acknowledged, in the order of arrival
	keys    map[string]bool
	log     map[ConversationID][]Envelope
	stored  map[ConversationID]Conversation
	threads map[ThreadID]Thread
	records map[AgentID]AgentRecord
	answers map[string]error // by input

	// Memory.
	pipes      map[route]*pipe
	busy       []*pipe // those that are not empty
	slow       route   // a pipe that most others overtake
	agents     map[AgentID]*Agent
	lines      map[QueueID]*Line
	dispatched map[string]bool     // inputs that are with their machine
	reading    map[ThreadID]string // a thread's texts go to their conversation one by one
	open       map[ThreadID]ConversationID
	wakes      map[ConversationID]time.Time
	graces     map[AgentID]time.Time
	lapsed     map[AgentID]time.Time // when an offer lapsed at an agent who is to blame
	ticks      map[QueueID]time.Time // when a line wants to look at the clock
	texts      []*QueueText          // at the courier
	calls      []*Transmit           // the carrier is being called
	speaking   bool                  // after a crash of everything: nobody asks for a slot before all have said what they hold
	unasked    []*Reserve

	witness
}

// addr is a machine; route leads from one to another.
type (
	addr  struct{ kind, id string }
	route struct{ from, to addr }
	pipe  struct {
		route
		mail []any
	}
)

var (
	door    = addr{kind: "door"} // the partition: the only sender of inputs
	clock   = addr{kind: "clock"}
	courier = addr{kind: "courier"}
)

func conversationAt(id ConversationID) addr { return addr{"conversation", string(id)} }
func agentAt(id AgentID) addr               { return addr{"agent", string(id)} }
func lineAt(id QueueID) addr                { return addr{"line", string(id)} }

// worldTenant has more customers than slots, two queues that share agents, and both kinds of ending.
func worldTenant() Tenant {
	none, half, park, gone := 0, 30, 90, 45
	return Tenant{
		ID: "acme", Schedules: []Schedule{worldHours("mornings", 6, 7), worldHours("evenings", 3, 4)}, AgentGoneRequeueSeconds: &gone, Skills: []SkillID{"billing", "french"},
		Queues: []Queue{
			{
				ID: "support", Schedule: "mornings", Closed: &ClosedPolicy{Then: ThenCase, Reply: "Later."}, OfferTo: 2,
				Overflow: []OverflowRule{{When: WhenMaxWait, Over: 90, Then: ThenQueue, Queue: "sales"}},
				Waiting:  &WaitingTexts{Welcome: "Hello.", Position: &PositionText{10, "You are number {position}; about {minutes} minutes."}},
				Skills:   []Need{{"billing", 50}}, RelaxLevels: &Relaxation{EverySeconds: 40, Step: 10, Floor: 40},
				OfferTimeoutSeconds: 15, PostProcessingSeconds: &half, DispositionRequired: true, ParkSeconds: &park,
			},
			{
				ID: "sales", Schedule: "evenings", Closed: &ClosedPolicy{Then: ThenQueue, Queue: "support", Reply: "Later."},
				Overflow: []OverflowRule{
					{When: WhenLength, Over: 2, Then: ThenQueue, Queue: "support"},
					{When: WhenLongestWait, Over: 15, Then: ThenReply, Reply: "Busy."},
					{When: WhenNoAgents, Then: ThenCase},
				},
				MissedOffers: MissStrict, OfferTo: 3, Priority: 6, AgingMinutes: 1, AgentRule: LeastBusy,
				PreferredSkills: []Need{{"french", 50}, {"billing", 60}}, PreferForSeconds: 5,
				PostProcessingSeconds: &none, PullBackSeconds: 60, ParkSeconds: &park, TakesTransfers: true,
			},
		},
		Channels: []Channel{
			{ID: "help", Carrier: "simulated", Number: "+14155550100", Queue: "support", Secret: "s", KeywordReplies: RepliesEngine},
			{ID: "shop", Carrier: "simulated", Number: "+14155550101", Queue: "sales", Secret: "s", Rules: []ChannelRule{{Name: "more", Keywords: []string{"more"}, Queue: "support", Priority: 3}}},
		},
		Agents: []Profile{
			{ID: "ann", Capacity: 2, RampUpSeconds: 20, Queues: []QueueID{"support", "sales"}, Skills: map[SkillID]Level{"billing": 100}, MayReject: true},
			{ID: "bob", Capacity: 2, Queues: []QueueID{"sales", "support"}, Skills: map[SkillID]Level{"billing": 50}, MayReject: true},
			{
				ID: "cid", Capacity: 2, Queues: []QueueID{"sales"}, Skills: map[SkillID]Level{"french": 30},
				QueueSkills: map[QueueID]map[SkillID]Level{"sales": {"french": 80, "billing": 60}},
			},
			{ID: "eve", Capacity: 2, Queues: []QueueID{"support", "sales"}, Skills: map[SkillID]Level{"billing": 50, "french": 50}},
			{ID: "dee", Capacity: 1, Queues: []QueueID{"support"}, Skills: map[SkillID]Level{"billing": 40}},
		},
		Dispositions: []Disposition{{"solved", "Solved"}},
	}
}

// worldHours is a schedule that closes for some minutes of every ten, from the given one on, in the world's first hours.
func worldHours(id ScheduleID, closes, opens int) Schedule {
	s := Schedule{ID: id, Zone: "UTC"}
	from := 0
	for at := 9 * 60; at < 20*60; at += 10 {
		s.Exceptions = append(s.Exceptions, SpecialHours{rosterDay.Format(time.DateOnly), minute(from), minute(at + closes)})
		from = at + opens
	}
	return s
}

func minute(of int) string { return fmt.Sprintf("%02d:%02d", of/60, of%60) }

func newWorld(t Tenant, draw func(int) int) *world {
	w := &world{
		tenant: t, draw: draw, now: rosterDay, policies: map[[2]string]Policy{},
		keys: map[string]bool{}, log: map[ConversationID][]Envelope{}, stored: map[ConversationID]Conversation{},
		threads: map[ThreadID]Thread{}, records: map[AgentID]AgentRecord{}, answers: map[string]error{},
		customers: 5, witness: newWitness(), told: func(Envelope, Conversation) {}, stormed: func(Stormed) {},
	}
	w.carrier = w.anyOutcome
	for _, c := range t.Channels {
		for _, q := range t.Queues {
			w.policies[[2]string{string(c.ID), string(q.ID)}] = w.tenant.PolicyFor(c.ID, q.ID)
		}
	}
	for _, a := range t.Agents {
		w.records[a.ID] = AgentRecord{ID: a.ID, Status: LoggedOut}
	}
	w.recover()
	return w
}

func (p *pipe) full() bool { return p != nil && len(p.mail) > 0 }

func (w *world) policy(ch ChannelID, q QueueID) Policy {
	return w.policies[[2]string{string(ch), string(q)}]
}

func (w *world) send(from, to addr, mail any) {
	at := route{from, to}
	p := w.pipes[at]
	if p == nil {
		p = &pipe{route: at}
		w.pipes[at] = p
	}
	if len(p.mail) == 0 {
		w.busy = append(w.busy, p)
	}
	p.mail = append(p.mail, mail)
}

// deliver hands over the first mail of the i-th pipe that is not empty.
func (w *world) deliver(i int) {
	p := w.busy[i]
	mail := p.mail[0]
	if p.mail = p.mail[1:]; len(p.mail) == 0 {
		w.busy = slices.Delete(w.busy, i, i+1)
	}
	switch p.to.kind {
	case "conversation":
		w.converse(ConversationID(p.to.id), mail.(Order))
	case "agent":
		w.attend(AgentID(p.to.id), mail)
	case "line":
		w.match(QueueID(p.to.id), mail)
	case "door":
		w.settle(mail)
	case "courier":
		w.courierHears(mail)
	}
}

// step lets one thing happen.
func (w *world) step() {
	switch n := w.draw(100); {
	case n < 46 && len(w.busy) > 0:
		w.deliverSome()
	case n < 58:
		w.read()
	case n < 64:
		w.customerTexts()
	case n < 79:
		w.somebodyWorks()
	case n < 80:
		w.supervisorActs()
	case n < 83:
		w.somebodyMoves()
	case n < 87:
		w.beginText(w.draw(max(1, len(w.texts))))
	case n < 91:
		w.callCarrier(w.draw(max(1, len(w.calls))))
	case n < 93:
		w.carrierReports()
	case n == 96 && w.changing:
		w.reconfigure()
	case n == 95 && len(w.busy) > 0:
		w.slow = w.busy[w.draw(len(w.busy))].route
	case n < 97:
		w.timePasses()
	case n < 98:
		w.crashOne()
	case n == 98 && w.draw(4) == 0:
		w.recover()
	case n == 99 && w.draw(2) == 0:
		w.settleDown()
	default:
		if len(w.busy) > 0 {
			w.deliverSome()
		}
	}
}

// deliverSome delivers what comes next over some pipes; rarely over the one that is slow.
func (w *world) deliverSome() {
	for n := w.draw(2); n >= 0 && len(w.busy) > 0; n-- {
		if i := w.draw(len(w.busy)); w.busy[i].route != w.slow || w.draw(16) == 0 {
			w.deliver(i)
		}
	}
}

// settleDown delivers everything without a fault, and then nothing may be left to do but to wait.
func (w *world) settleDown() {
	w.calm = true
	for range 5000 {
		if w.broken != "" {
			break
		}
		if !w.bustle() {
			w.checkQuiet()
			break
		}
	}
	if w.broken == "" && w.bustle() {
		w.violation("I7: not quiet after 5000 steps")
	}
	w.calm = false
}

// bustle does one thing that needs doing, oldest pipe first; false when there is none.
func (w *world) bustle() bool {
	switch due := w.dueText(0); {
	case len(w.busy) > 0:
		w.deliver(0)
	case w.read():
	case due >= 0:
		w.beginText(due)
	case len(w.calls) > 0:
		w.callCarrier(0)
	default:
		return false
	}
	return true
}

func (w *world) violation(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// timePasses moves the clock, by a little or to the next deadline, and lets what is due happen.
func (w *world) timePasses() {
	next := w.now.Add(time.Duration(1+w.draw(5000)) * time.Millisecond)
	if w.draw(2) == 0 {
		if at, ok := w.nextDeadline(); ok {
			next = at
		}
	}
	w.waitUntil(next)
}

func (w *world) nextDeadline() (time.Time, bool) {
	var all []time.Time
	for _, at := range w.wakes {
		all = append(all, at)
	}
	for _, at := range w.graces {
		all = append(all, at)
	}
	for _, at := range w.ticks {
		all = append(all, at)
	}
	for _, q := range w.texts {
		all = append(all, q.NotBefore)
	}
	all = slices.DeleteFunc(all, func(t time.Time) bool { return !t.After(w.now) })
	if len(all) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(all, time.Time.Compare), true
}

func (w *world) waitUntil(next time.Time) {
	w.now = next
	for _, id := range slices.Sorted(maps.Keys(w.wakes)) {
		if !w.wakes[id].After(w.now) {
			delete(w.wakes, id)
			w.send(clock, conversationAt(id), Order{At: w.now, Command: Elapse{}})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.graces)) {
		if !w.graces[id].After(w.now) {
			delete(w.graces, id)
			w.send(clock, agentAt(id), graceOver{})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.ticks)) {
		if !w.ticks[id].After(w.now) {
			delete(w.ticks, id)
			w.send(clock, lineAt(id), ticked{})
		}
	}
}
