package routing

import (
	"slices"
	"time"
)

// Line is a queue: who waits, in what order, and how its members stand. It is a mutable value with one owner. It holds to one
// rule: while it is open, nobody waits whom a member could take now. So whoever enters is matched against the members, and
// whoever becomes free is matched against the line; nothing else needs looking at.
//
// A match is a wish: the agent alone knows its slots and may say no. Only a reserved slot is proposed to the conversation.
//
// What a line hears, each by a method of its own, is answered by mail.
type Line struct {
	Queue     QueueID
	queue     Queue
	opened    bool
	roster    *Roster
	order     []*seat // in the order of the configuration, for explanations
	seats     map[AgentID]*seat
	waiting   map[ConversationID]*waiter
	refused   map[*waiter]bool // those whom somebody has refused
	longest   rows             // all by how long they have waited, where a rule looks at it
	spare     []*waiter        // that wait no more, for the next who come
	groups    groups
	alarms    alarms
	tickets   int
	due       time.Time // see Due
	misses    map[AgentID]time.Time
	holdUntil time.Time // nothing is offered before
	hours     *Calendar
	shutUp    bool                     // the queue is closed, as was last seen
	turned    bool                     // that has changed, and not all who wait have been looked at
	opens     time.Time                // when it opens again; zero: it is open, or does not
	turns     time.Time                // when it opens or closes next
	signedIn  int                      // members who are
	paused    int                      // members who are kept from taking more by a penalty or the beginning of their shift
	waits     map[string]time.Duration // what was waited for, and how long in all
	pace      pace
	accuracy  Accuracy
	brief     bool      // see Brief
	asked     []Need    // room for one question
	chosen    []*seat   // room for those whom it finds
	except    []AgentID // room for those whom it passes over
}

// seat is a member's standing and what the line has asked of it since.
type seat struct {
	Seat
	entry   *entry        // the member's in the roster
	timeout time.Duration // of offers
	asked   int           // reservations that the agent has not answered yet
	paused  bool          // counted in the line as paused
}

// signedIn says whether somebody sits there, taking conversations or not.
func (s *seat) signedIn() bool { return s.Status != LoggedOut && !s.Gone }

// ramping says whether it is only the beginning of the shift that keeps the member from taking more.
func (s *seat) ramping() bool { return s.Open != 0 && s.Load+s.asked < s.Capacity }

func (s *seat) free() int  { return s.Free() - s.asked }
func (s *seat) idle() bool { return s.Load+s.asked == 0 }

// NewLine makes the closed, empty line of a queue. Its members stand as logged out until they say otherwise.
func NewLine(q Queue, members []Profile) *Line {
	l := &Line{
		Queue: q.ID, queue: q, roster: NewRoster(), seats: map[AgentID]*seat{},
		waiting: map[ConversationID]*waiter{}, misses: map[AgentID]time.Time{}, waits: map[string]time.Duration{}, groups: groups{byKey: map[string]*group{}},
		refused: map[*waiter]bool{}, longest: rows{order: longest},
	}
	l.Configure(q, members)
	return l
}

// Configure replaces the queue's settings and members. Who stays keeps the seat. Open lets the settings take effect.
func (l *Line) Configure(q Queue, members []Profile) {
	l.queue = q
	l.order = l.order[:0]
	stays := make(map[AgentID]bool, len(members))
	for _, p := range members {
		stays[p.ID] = true
		l.roster.Enlist(p.ID, p.SkillsIn(q.ID))
		if l.seats[p.ID] == nil {
			s := &seat{Seat: Seat{Agent: p.ID, Status: LoggedOut}, entry: l.roster.entries[p.ID]}
			l.seats[p.ID], s.entry.seat = s, s
		}
		l.seats[p.ID].timeout = OfferTimeout(q, p)
		l.order = append(l.order, l.seats[p.ID])
	}
	for a := range l.seats {
		if !stays[a] {
			l.roster.Discharge(a)
			l.sign(l.seats[a].signedIn(), false)
			if l.seats[a].paused {
				l.paused--
			}
			delete(l.seats, a)
			l.release(a)
		}
	}
}

// release forgets that a former member has been asked for a slot; what it answers now comes too late. A slot that it has granted
// already is used.
func (l *Line) release(a AgentID) {
	for _, w := range l.waiting {
		w.invited = slices.DeleteFunc(w.invited, func(i invited) bool { return i.agent == a && !i.granted })
	}
}

// Open lets the line serve: called once, when everybody who holds a slot or waits has said so. It is also how new settings
// take effect on those who wait already.
func (l *Line) Open(mail *Mail, now time.Time) {
	l.opened = true
	l.turn(now)
	l.expect(l.turns)
	l.groups = groups{byKey: map[string]*group{}}
	l.longest = rows{order: longest}
	for _, w := range l.waiting {
		l.rank(w)
		l.list(w)
	}
	all := l.inOrder()
	for _, w := range all {
		if w.group = nil; !w.aside() {
			l.queueUp(now, w)
		}
	}
	for _, s := range l.order { // a rule that has changed changes whose turn it is
		l.reseat(s)
	}
	for _, w := range all {
		l.settle(mail, now, w)
		l.place(mail, now, w)
	}
}

// Enter takes a conversation into the line, or takes note that it stands there differently. A slot that has been asked for
// stays asked for: giving it back now could let another have it while the proposal is still on its way. The proposal is
// repeated, since the conversation may have lost it; it takes only one.
func (l *Line) Enter(mail *Mail, now time.Time, item *Item) {
	was := l.waiting[item.Conversation]
	if was != nil && was.aside() && was.Offers == item.Offers {
		l.strike(was)
		was.Item = *item
		l.rank(was)
		l.list(was)
		if was.proposed {
			l.propose(mail, now, was)
		}
		return
	}
	w := l.waiter(item)
	if was != nil {
		w.looked, w.estimate, w.estimated = was.looked, was.estimate, was.estimated
		l.Leave(mail, now, &LeaveLine{Conversation: item.Conversation})
	}
	l.rank(w)
	l.waiting[item.Conversation] = w
	l.list(w)
	l.queueUp(now, w)
	arrives := l.opened && now.Sub(item.Entered) < arrival
	if arrives {
		l.welcome(mail, now, w)
	}
	if l.place(mail, now, w); w.aside() {
		return
	}
	l.pace.came(now)
	l.look(now, w)
	switch {
	case arrives:
		l.arrive(mail, now, w)
	case l.opened && was == nil && l.signedIn == 0: // it rang at the last who has signed out
		l.desert(mail, now, w)
	}
}

// Leave takes it out. A slot that was being reserved for it is given back, unless it became the offer.
func (l *Line) Leave(mail *Mail, now time.Time, leave *LeaveLine) {
	w := l.waiting[leave.Conversation]
	if w == nil {
		return
	}
	delete(l.waiting, leave.Conversation)
	l.strike(w)
	l.groups.remove(w)
	l.alarms.cancel(w)
	l.reckon(now, w)
	if len(leave.OfferedTo) > 0 {
		l.pace.left(now, len(l.groups.list) > 0)
		if w.estimated {
			l.accuracy.judge(w.estimate, now.Sub(w.Entered))
		}
	}
	for _, i := range w.invited {
		if !slices.Contains(leave.OfferedTo, i.agent) {
			mail.Add(&Unreserve{Agent: i.agent, Conversation: leave.Conversation, Ticket: i.ticket})
		}
	}
	l.spend(w)
}

// Sit takes note of how a member stands now, and serves the line with what has become free. Who asks is answered, member or
// not.
func (l *Line) Sit(mail *Mail, now time.Time, s *SeatChanged) {
	if member := l.seats[s.Seat.Agent]; member != nil {
		staffed, signed := member.Staffed(), member.signedIn()
		member.Seat = s.Seat
		l.reseat(member)
		l.serve(mail, now, member)
		if l.sign(signed, member.signedIn()) {
			l.desert(mail, now, l.inOrder()...)
		}
		if staffed != member.Staffed() {
			l.retry(mail, now)
		}
	}
	if s.Ask != 0 {
		mail.hasAnswered(Answered{Queue: l.Queue, Agent: s.Seat.Agent, Ask: s.Ask})
	}
}

// Reserved takes an agent's answer. When all who were asked have answered, the slots that were granted are proposed to the
// conversation, which turns them into offers.
func (l *Line) Reserved(mail *Mail, now time.Time, r *Reserved) {
	agent := r.Seat.Agent
	member := l.seats[agent]
	if member != nil {
		l.sign(member.signedIn(), r.Seat.Status != LoggedOut && !r.Seat.Gone)
		member.Seat = r.Seat
		member.asked = max(0, member.asked-1)
		l.reseat(member)
	}
	w := l.heard(mail, now, r)
	if member != nil { // first, since somebody may be before the one who was denied
		l.serve(mail, now, member)
	}
	if w != nil && !w.aside() {
		if l.place(mail, now, w); !w.aside() {
			l.look(now, w)
		}
	}
}

func (l *Line) reseat(member *seat) {
	if paused := member.Staffed() && member.free() <= 0 && (!member.CoolingUntil.IsZero() || member.ramping()); paused != member.paused {
		if member.paused = paused; paused {
			l.paused++
		} else {
			l.paused--
		}
	}
	since := member.Turn
	if member.idle() && l.queue.Rule() != RoundRobin {
		since = member.IdleSince
	}
	l.roster.seat(member.entry, Member{Agent: member.Agent, Staffed: member.Staffed(), Ready: member.free() > 0, Load: member.Load + member.asked, Since: since})
}
