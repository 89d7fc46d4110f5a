package routing

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"
)

// waiter is a conversation in the line. While slots are being reserved for it, it stands aside.
type waiter struct {
	Item
	asks      []Need    // of an agent, now
	wishes    []Need    // decide between agents only, the dearest first
	until     time.Time // when its waiting alone changes something next; zero: never
	reason    string    // what it waits for, as was last seen
	reckoned  time.Time // up to when its wait is in the line's sum; zero: it has just come
	looked    time.Time // up to when its waiting has had its effect
	estimate  Estimate  // as it came
	estimated bool
	points    int       // of priority
	turn      time.Time // the order among those with as many points
	group     *group
	alarm     int                 // its place among the line's alarms, from 1; 0: none
	invited   []invited           // whom slots have been asked of
	byRight   bool                // the one who was asked has the first right
	proposed  bool                // they have answered, and the conversation was told
	decision  *Decision           // why those who were asked last were; it is the waiter's own
	beaten    map[AgentID]QueueID // who was free and took another queue's conversation instead
}

// invited is an agent of whom a slot has been asked.
type invited struct {
	agent   AgentID
	ticket  Ticket
	granted bool
}

// waiter begins the wait of a conversation.
func (l *Line) waiter(item *Item) *waiter {
	last := len(l.spare) - 1
	if last < 0 {
		return &waiter{Item: *item, looked: item.Entered}
	}
	w := l.spare[last]
	l.spare = l.spare[:last]
	w.Item, w.looked = *item, item.Entered
	return w
}

// list notes where w is to be found: among those whom somebody has refused, and, where a rule asks for the longest wait, by its wait.
func (l *Line) list(w *waiter) {
	if len(w.Refused) > 0 {
		l.refused[w] = true
	}
	if l.asksFor(WhenLongestWait) {
		l.longest.add(w)
	}
}

// strike undoes list.
func (l *Line) strike(w *waiter) {
	delete(l.refused, w)
	l.longest.remove(w)
}

// spend keeps what a waiter has needed for another one. A few are kept: as many as wait between two offers in a line that is served.
func (l *Line) spend(w *waiter) {
	*w = waiter{invited: w.invited[:0], decision: w.decision}
	if len(l.spare) < 16 {
		l.spare = append(l.spare, w)
	}
}

// aside says whether slots are being reserved for w.
func (w *waiter) aside() bool { return len(w.invited) > 0 }

// invitation finds the agent who answers with this ticket; -1: none.
func (w *waiter) invitation(t Ticket) int {
	return slices.IndexFunc(w.invited, func(i invited) bool { return i.ticket == t })
}

// group holds the waiters who ask for the same.
type group struct {
	asks    []Need
	key     string
	waiters rows
}

// groups are a line's waiters, without those who stand aside.
type groups struct {
	list  []*group
	byKey map[string]*group
	key   []byte // room for one
	spare *group // nobody's, for the next that is needed
}

// rank fixes the order of w in its line. With aging a point of priority is worth that much waiting, so that who waits long
// enough passes who has more points; the order of two waiters never changes while they wait. Who was pulled back from an agent
// stands before all others.
func (l *Line) rank(w *waiter) {
	w.points, w.turn = w.Priority, w.Since
	if aging := time.Duration(l.queue.AgingMinutes) * time.Minute; aging != 0 {
		w.points, w.turn = 0, w.Since.Add(-time.Duration(w.Priority)*aging)
	}
	if w.Front {
		w.points, w.turn = math.MaxInt, w.Since
	}
}

// before orders waiters: more points, then the earlier turn, then the id.
func before(a, b *waiter) int {
	if more := cmp.Compare(b.points, a.points); more != 0 {
		return more
	}
	if later := a.turn.Compare(b.turn); later != 0 {
		return later
	}
	return cmp.Compare(a.Conversation, b.Conversation)
}

// longest orders waiters by how long they have waited in this line, the longest first.
func longest(a, b *waiter) int {
	return cmp.Or(a.Entered.Compare(b.Entered), cmp.Compare(a.Conversation, b.Conversation))
}

// beatenAt notes that agent a took a conversation of another queue instead; no queue: that it did not.
func (w *waiter) beatenAt(a AgentID, by QueueID) {
	if by == "" {
		return
	}
	if w.beaten == nil {
		w.beaten = map[AgentID]QueueID{}
	}
	w.beaten[a] = by
}

// except adds who has the conversation already to those who are not to be asked.
func (w *waiter) except(some []AgentID) []AgentID {
	if w.Holder == "" {
		return some
	}
	return append(slices.Clip(some), w.Holder)
}

func (w *waiter) refusedBy(a AgentID) bool { return slices.Contains(w.Refused, a) }

func (g *groups) add(w *waiter) {
	g.key = g.key[:0]
	for _, n := range w.asks {
		g.key = append(append(g.key, n.Skill...), ' ')
		g.key = append(strconv.AppendInt(g.key, int64(n.Level), 10), ' ')
	}
	to := g.byKey[string(g.key)]
	if to == nil {
		if to, g.spare = g.spare, nil; to == nil {
			to = &group{waiters: rows{order: before}}
		}
		to.asks, to.key = w.asks, string(g.key)
		g.byKey[to.key], g.list = to, append(g.list, to)
	}
	w.group = to
	to.waiters.add(w)
}

// ahead is how many are served before w.
func (g *groups) ahead(w *waiter) int {
	n := 0
	for _, g := range g.list {
		n += g.waiters.ahead(w)
	}
	return n
}

// inOrder lists all in the order in which they are to be served.
func (g *groups) inOrder() []*waiter {
	var all []*waiter
	for _, of := range g.list {
		all = slices.AppendSeq(all, of.waiters.all())
	}
	slices.SortFunc(all, before)
	return all
}

// remove takes a waiter out; one who stands aside already is left alone.
func (g *groups) remove(w *waiter) {
	from := w.group
	if from == nil {
		return
	}
	w.group = nil
	if from.waiters.remove(w); from.waiters.empty() {
		delete(g.byKey, from.key)
		g.list = slices.DeleteFunc(g.list, func(other *group) bool { return other == from })
		from.asks, g.spare = nil, from
	}
}

// queueUp lets w wait: under what it asks for after its wait so far.
func (l *Line) queueUp(now time.Time, w *waiter) {
	var next time.Duration
	w.asks, w.wishes, next = l.queue.asks(&w.Item, now.Sub(w.Entered))
	w.until = time.Time{}
	if next != 0 {
		w.until = w.Entered.Add(next)
	}
	if now.Before(w.lastUntil()) {
		w.until = earlier(w.until, w.lastUntil())
	}
	for _, due := range l.dues(w) {
		if due.at.After(w.looked) && (!l.shutUp || due.at.After(now)) { // the opening looks at all
			w.until = earlier(w.until, due.at)
		}
	}
	l.alarms.set(w)
	l.expect(w.until)
	l.groups.add(w)
}

// earlier is the earlier of two times; the zero time is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (l *Line) inOrder() []*waiter {
	all := make([]*waiter, 0, len(l.waiting))
	for _, w := range l.waiting {
		all = append(all, w)
	}
	slices.SortFunc(all, before)
	return all
}
