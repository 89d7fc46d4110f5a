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

// Waiting lists the conversations that wait in the queue's line, a slot being asked for or not, in the order in which they are to
// be served.
func Waiting(now time.Time, t *Tenant, q QueueID, open []Conversation) []Conversation {
	queue, _ := t.Queue(q)
	line := NewLine(queue, nil)
	by := map[ConversationID]Conversation{}
	for _, c := range open {
		if id, waits := c.line(); waits && id == q {
			by[c.ID] = c
			line.Enter(now, c.item())
		}
	}
	waiting := make([]Conversation, 0, len(by))
	for _, w := range line.inOrder() {
		waiting = append(waiting, by[w.Conversation])
	}
	return waiting
}

// InLine says whether the conversation waits in the line of that queue, or rings from there.
func (c Conversation) InLine(q QueueID) bool {
	waits := c.State == Queued || c.State == Offered || c.State == Active && c.Transfer != nil && !c.Transfer.direct()
	return waits && c.WaitsIn() == q
}
