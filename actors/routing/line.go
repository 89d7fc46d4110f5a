package routing

import (
	"cmp"
	"slices"
	"time"
)

// Line is a queue: who waits, in what order, and how its members stand. It is a mutable value with one owner. It holds to one
// rule: while it is open, nobody waits whom a member could take now. So whoever enters is matched against the members, and
// whoever becomes free is matched against the line; nothing else needs looking at.
//
// A match is a wish: the agent alone knows its slots and may say no. Only a reserved slot is proposed to the conversation.
type Line struct {
	Queue    QueueID
	queue    Queue
	opened   bool
	roster   *Roster
	profiles map[AgentID]Profile
	order    []AgentID // configuration order, for explanations
	seats    map[AgentID]*seat
	waiting  map[ConversationID]*waiter
	groups   []*group
	tickets  int
}

// seat is a member's standing and what the line has asked of it since.
type seat struct {
	Seat
	asked int // reservations that the agent has not answered yet
}

func (s *seat) free() int  { return s.Free() - s.asked }
func (s *seat) idle() bool { return s.Load+s.asked == 0 }

// waiter is a conversation in the line. While reserving names an agent it stands aside: a slot has been asked for.
type waiter struct {
	Item
	group     *group
	reserving AgentID
	proposed  bool // the slot was granted, and the conversation told
	ticket    Ticket
	decision  Decision
}

// group holds the waiters of equal needs in the order in which they are to be served.
type group struct {
	needs   []Need
	waiters []*waiter
}

// NewLine makes the closed, empty line of a queue. Its members stand as logged out until they say otherwise.
func NewLine(q Queue, members []Profile) *Line {
	l := &Line{
		Queue: q.ID, queue: q, roster: NewRoster(), profiles: map[AgentID]Profile{}, seats: map[AgentID]*seat{},
		waiting: map[ConversationID]*waiter{},
	}
	l.Configure(q, members)
	return l
}

// Configure replaces the queue's settings and members. Who stays keeps the seat.
func (l *Line) Configure(q Queue, members []Profile) {
	l.queue = q
	l.order = l.order[:0]
	profiles := make(map[AgentID]Profile, len(members))
	for _, p := range members {
		profiles[p.ID] = p
		l.order = append(l.order, p.ID)
		l.roster.Enlist(p.ID, p.Skills)
		if l.seats[p.ID] == nil {
			l.seats[p.ID] = &seat{Seat: Seat{Agent: p.ID, Status: LoggedOut}}
		}
	}
	for a := range l.seats {
		if _, stays := profiles[a]; !stays {
			l.roster.Discharge(a)
			delete(l.seats, a)
			l.release(a)
		}
	}
	l.profiles = profiles
}

// release lets those wait again for whom a former member has been asked for a slot; whatever it answers comes too late.
func (l *Line) release(a AgentID) {
	for _, w := range l.waiting {
		if w.reserving == a && !w.proposed {
			w.reserving, w.ticket = "", Ticket{}
			l.queueUp(w)
		}
	}
}

// Open lets the line serve: called once, when everybody who holds a slot or waits has said so. It is also how new settings
// take effect on those who wait already.
func (l *Line) Open(now time.Time) []Effect {
	l.opened = true
	var effects []Effect
	for _, w := range l.inOrder() {
		effects = l.place(effects, now, w)
	}
	return effects
}

// LineCount is how a line stands at one moment.
type LineCount struct {
	Queue   QueueID
	Waiting int           // those that a slot has been asked for included
	Longest time.Duration // of their waits, 0 when nobody waits
	Late    int           // how many wait longer than the queue's service level
	Members map[View]int
}

// Count counts the line and its members.
func (l *Line) Count(now time.Time) LineCount {
	n := LineCount{Queue: l.Queue, Waiting: len(l.waiting), Members: map[View]int{}}
	for _, w := range l.waiting {
		wait := now.Sub(w.Since)
		n.Longest = max(n.Longest, wait)
		if wait > l.queue.ServiceLevel() {
			n.Late++
		}
	}
	for _, s := range l.seats {
		n.Members[s.View()]++
	}
	return n
}

// Enter takes a conversation into the line, or takes note that it stands there differently. A slot that has been asked for
// stays asked for: giving it back now could let another have it while the proposal is still on its way. The proposal is
// repeated, since the conversation may have lost it; it takes only one.
func (l *Line) Enter(now time.Time, item Item) []Effect {
	if w := l.waiting[item.Conversation]; w != nil && w.reserving != "" && w.Offers == item.Offers {
		w.Item = item
		if w.proposed {
			return []Effect{l.propose(w)}
		}
		return nil
	}
	effects := l.Leave(LeaveLine{Conversation: item.Conversation})
	w := &waiter{Item: item}
	l.waiting[item.Conversation] = w
	l.queueUp(w)
	return l.place(effects, now, w)
}

// Leave takes it out. A slot that was being reserved for it is given back, unless it became the offer.
func (l *Line) Leave(leave LeaveLine) []Effect {
	w := l.waiting[leave.Conversation]
	if w == nil {
		return nil
	}
	delete(l.waiting, leave.Conversation)
	l.stepAside(w)
	if w.reserving != "" && w.reserving != leave.OfferedTo {
		return []Effect{Unreserve{Agent: w.reserving, Conversation: leave.Conversation, Ticket: w.ticket}}
	}
	return nil
}

// Sit takes note of how a member stands now, and serves the line with what has become free.
func (l *Line) Sit(now time.Time, s Seat) []Effect {
	member := l.seats[s.Agent]
	if member == nil {
		return nil
	}
	staffed := member.Staffed()
	member.Seat = s
	l.reseat(member)
	effects := l.serve(nil, now, member)
	if staffed != s.Staffed() {
		effects = l.retry(effects, now)
	}
	return effects
}

// Reserved takes the agent's answer: a granted slot is proposed to the conversation, which turns it into an offer.
func (l *Line) Reserved(now time.Time, r Reserved) []Effect {
	agent := r.Seat.Agent
	member := l.seats[agent]
	if member != nil {
		member.Seat = r.Seat
		member.asked = max(0, member.asked-1)
		l.reseat(member)
	}
	var effects []Effect
	var denied *waiter
	w := l.waiting[r.Conversation]
	switch {
	case w == nil || w.ticket != r.Ticket:
		if r.Granted {
			effects = append(effects, Unreserve{Agent: agent, Conversation: r.Conversation, Ticket: r.Ticket})
		}
	case r.Granted:
		w.proposed = true
		effects = append(effects, l.propose(w))
	default:
		w.reserving, w.ticket = "", Ticket{}
		l.queueUp(w)
		denied = w
	}
	if member != nil { // first, since somebody may be before the one who was denied
		effects = l.serve(effects, now, member)
	}
	if denied != nil {
		effects = l.place(effects, now, denied)
	}
	return effects
}

func (l *Line) propose(w *waiter) Effect {
	return Propose{Conversation: w.Conversation, Offer: MakeOffer{
		Agent: w.reserving, Ticket: w.ticket, Timeout: OfferTimeout(l.queue, l.profiles[w.reserving]), Decision: w.decision,
		Offers: w.Offers,
	}}
}

// place looks for a member who can take w now.
func (l *Line) place(effects []Effect, now time.Time, w *waiter) []Effect {
	if !l.opened || w.reserving != "" {
		return effects
	}
	agent, _, ok := l.roster.Pick(w.Skills, w.Refused)
	if n := len(w.Refused); !ok && n > 0 && !l.untried(w) { // all were tried: anybody, the latest to refuse last
		if agent, _, ok = l.roster.Pick(w.Skills, w.Refused[n-1:]); !ok {
			agent, _, ok = l.roster.Pick(w.Skills, nil)
		}
	}
	if !ok {
		return effects
	}
	return l.reserve(effects, now, w, l.seats[agent])
}

// serve gives the member what it can take, best first: item priority, then age.
func (l *Line) serve(effects []Effect, now time.Time, member *seat) []Effect {
	for l.opened && member.free() > 0 {
		var best *waiter
		for _, g := range l.groups {
			if _, lacking := l.roster.Level(member.Agent, g.needs); lacking != nil {
				continue
			}
			for _, w := range g.waiters {
				if slices.Contains(w.Refused, member.Agent) && l.untried(w) {
					continue
				}
				if best == nil || before(w, best) < 0 {
					best = w
				}
				break
			}
		}
		if best == nil {
			return effects
		}
		effects = l.reserve(effects, now, best, member)
	}
	return effects
}

// retry looks again for those whom somebody has refused: who counts as untried has changed.
func (l *Line) retry(effects []Effect, now time.Time) []Effect {
	for _, w := range l.inOrder() {
		if len(w.Refused) > 0 {
			effects = l.place(effects, now, w)
		}
	}
	return effects
}

// untried says whether somebody sits there who could take w and has not refused it.
func (l *Line) untried(w *waiter) bool {
	for a, s := range l.seats {
		if s.Staffed() && !slices.Contains(w.Refused, a) {
			if _, lacking := l.roster.Level(a, w.Skills); lacking == nil {
				return true
			}
		}
	}
	return false
}

func (l *Line) reserve(effects []Effect, now time.Time, w *waiter, member *seat) []Effect {
	w.decision = l.decision(now, w, member.Agent)
	l.stepAside(w)
	l.tickets++
	w.reserving, w.ticket = member.Agent, Ticket{l.Queue, l.tickets}
	member.asked++
	member.Turn = now
	l.reseat(member)
	return append(effects, Reserve{Agent: member.Agent, Conversation: w.Conversation, Ticket: w.ticket})
}

func (l *Line) reseat(member *seat) {
	since := member.Turn
	if member.idle() {
		since = member.IdleSince
	}
	l.roster.Seat(member.Agent, member.free() > 0, member.idle(), since)
}

// before orders waiters: higher priority, then longer waiting, then id.
func before(a, b *waiter) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.Since.Compare(b.Since), cmp.Compare(a.Conversation, b.Conversation))
}

func (l *Line) queueUp(w *waiter) {
	for _, g := range l.groups {
		if slices.Equal(g.needs, w.Skills) {
			w.group = g
		}
	}
	if w.group == nil {
		w.group = &group{needs: w.Skills}
		l.groups = append(l.groups, w.group)
	}
	at, _ := slices.BinarySearchFunc(w.group.waiters, w, before)
	w.group.waiters = slices.Insert(w.group.waiters, at, w)
}

func (l *Line) stepAside(w *waiter) {
	g := w.group
	if g == nil {
		return
	}
	w.group = nil
	if at, found := slices.BinarySearchFunc(g.waiters, w, before); found {
		g.waiters = slices.Delete(g.waiters, at, at+1)
	}
	if len(g.waiters) == 0 {
		l.groups = slices.DeleteFunc(l.groups, func(other *group) bool { return other == g })
	}
}

func (l *Line) inOrder() []*waiter {
	all := make([]*waiter, 0, len(l.waiting))
	for _, w := range l.waiting {
		all = append(all, w)
	}
	slices.SortFunc(all, before)
	return all
}
