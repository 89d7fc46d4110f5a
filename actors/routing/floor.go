package routing

import "time"

// Floor is how a tenant's agents stand by committed state alone: its configuration, its agents' records and its open
// conversations.
func Floor(t *Tenant, records []AgentRecord, open []Conversation) map[AgentID]*Agent {
	agents := make(map[AgentID]*Agent, len(t.Agents))
	for _, p := range t.Agents {
		agents[p.ID] = NewAgent(p, AgentRecord{ID: p.ID, Status: LoggedOut}, time.Time{})
	}
	for _, r := range records {
		if a := agents[r.ID]; a != nil {
			a.Record = r
		}
	}
	for _, c := range open {
		for _, h := range c.Holdings() {
			if a := agents[h.Agent]; a != nil {
				a.Hold(c.ID, h.Slot)
			}
		}
	}
	return agents
}

// Committed is a queue's line by committed state alone: the tenant's configuration, how its agents stand, its open conversations and
// until when the queue holds its offers back; zero: it does not. It says who waits and why, in the match's own words, and serves nobody.
func Committed(now time.Time, t *Tenant, q QueueID, agents map[AgentID]*Agent, open []Conversation, held time.Time) *Line {
	queue, _ := t.Queue(q)
	members := t.Members(q)
	line := NewLine(queue, members)
	line.Keep(t.Hours(q))
	line.turn(now)
	line.holdUntil = held
	var unheard Mail // it is not open: there is nothing in it
	for _, p := range members {
		line.Sit(&unheard, now, &SeatChanged{Seat: agents[p.ID].Seat(now)})
	}
	for i := range open {
		if id, waits := open[i].line(); waits && id == q {
			item := open[i].item()
			line.Enter(&unheard, now, &item)
		}
	}
	return line
}

// Waiting lists the conversations that wait in the line, a slot being asked for or not, in the order in which they are to be served.
func (l *Line) Waiting() []ConversationID {
	waiting := make([]ConversationID, 0, len(l.waiting))
	for _, w := range l.inOrder() {
		waiting = append(waiting, w.Conversation)
	}
	return waiting
}

// InLine says whether the conversation waits in the line of that queue, or rings from there.
func (c *Conversation) InLine(q QueueID) bool {
	waits := c.State == Queued || c.State == Offered || c.State == Active && c.Transfer != nil && !c.Transfer.direct()
	return waits && c.WaitsIn() == q
}
