package routing

import (
	"slices"
)

// checkWaiting holds to I11: nobody waits whom a free member could take.
func (w *world) checkWaiting(c Conversation) {
	queue, waits := c.line()
	for id, line := range w.lines {
		if there := line.waiting[c.ID] != nil; there != (waits && id == queue) {
			w.violation("%s is %s, in the line of %s: %v", c.ID, c.State, id, there)
		}
	}
	if !waits || w.broken != "" || w.lines[queue].closed(w.now) {
		return
	}
	w.count("quiet with somebody waiting")
	why := w.lines[queue].Why(w.now, c.ID)
	if reason := w.lines[queue].reason(w.now, w.lines[queue].waiting[c.ID]); len(why) == 0 || why[0].For != reason || !slices.Contains(WaitReasons(), reason) {
		w.violation("%s waits for %q, and says %v", c.ID, reason, why)
	}
	w.count("waits for " + why[0].For)
	var free []AgentID
	untried := false
	for _, p := range w.tenant.Members(queue) {
		r := w.records[p.ID]
		if r.Status != Available || r.Gone(w.now) || !w.able(p, c) || w.lines[queue].held(w.now) || c.State == Active && c.Agent == p.ID {
			continue
		}
		refused := slices.Contains(c.Refused, p.ID)
		untried = untried || !refused
		slots := p.Slots()
		if open, _ := p.opened(r.ShiftAt, w.now); open != 0 {
			slots = min(slots, open)
		}
		if len(w.held(p.ID)) < slots && r.Cooling(w.now).IsZero() {
			free = append(free, p.ID)
		}
	}
	for _, a := range free {
		if !untried || !slices.Contains(c.Refused, a) {
			w.violation("I11: %s waits (refused by %v) beside %s, who is free", c.ID, c.Refused, a)
		}
	}
}

// able says whether the agent has what the conversation asks for after its wait so far.
func (w *world) able(p Profile, c Conversation) bool {
	id := c.Queue
	if c.Transfer != nil && !c.Transfer.direct() {
		id = c.Transfer.Queue
	}
	q, _ := w.tenant.Queue(id)
	item := c.item()
	needs, _, _ := q.asks(&item, w.now.Sub(c.Entered()))
	return !slices.ContainsFunc(needs, func(n Need) bool { return p.SkillsIn(id)[n.Skill] < n.Level })
}

// checkPatience wants somebody to know of every deadline, of every text that is to be sent, and of an opt-out.
func (w *world) checkPatience(c Conversation) {
	at, armed := w.wakes[c.ID]
	if asked, _ := c.asksFor(); asked != "" {
		w.violation("%s asks %s for a slot, and nobody answers", c.ID, asked)
	}
	if c.Open() && c.Deadline.IsZero() && c.WaitsFor() == "" {
		w.violation("%s is %s, without a deadline or a reason to wait", c.ID, c.State)
	}
	record := w.records[c.Agent]
	if away := record.Away(); c.State == Active && !away.IsZero() && !w.now.Before(away.Add(w.tenant.AgentGoneRequeue())) {
		w.violation("%s stays with %s, who is away since %v", c.ID, c.Agent, away)
	}
	if c.State == Active && c.Transfer == nil && !c.TakenOver && c.WaitsFor() != AwaitsReply && c.Deadline.IsZero() {
		w.violation("%s is active, its customer is silent, and it is never parked", c.ID)
	}
	if !c.Deadline.IsZero() && (!armed || !at.Equal(c.Deadline)) {
		w.violation("%s is %s until %v; the alarm is set to %v", c.ID, c.State, c.Deadline, at)
	}
	if c.Open() && w.threads[c.Thread()].OptedOut != c.OptedOut {
		w.violation("%s: opted out %v, and its thread remembers otherwise", c.ID, c.OptedOut)
	}
	if out, ok := c.OutgoingAt(c.head()); ok {
		known := slices.ContainsFunc(w.texts, func(q *QueueText) bool { return q.Message == out.ID })
		if out.State == MessageSending || !known {
			w.violation("%s is %s; the courier has it: %v", out.ID, out.State, known)
		}
	}
}
