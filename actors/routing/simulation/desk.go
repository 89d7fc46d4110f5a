package simulation

import "switchyard/actors/routing"

// desk is an agent at work.
type desk struct {
	*routing.Agent
	row    int32
	awaits awaited
	ledger
}

// desk is the agent's, who is configured.
func (f *Floor) desk(a routing.AgentID) *desk {
	if f.asked == nil || f.asked.Profile.ID != a {
		f.asked = f.desks[a]
	}
	return f.asked
}

// attend takes the mail with what an agent has added to it, and announces how the agent stands.
func (f *Floor) attend(d *desk, mail []routing.Effect) {
	f.mail = mail
	f.announce(d)
}

// answered lets an agent hear that a queue has nothing more for it. When it takes nothing then, it has nothing to announce.
func (f *Floor) answered(e routing.Answered) {
	d := f.desk(e.Agent)
	if mail := d.Answered(f.mail, f.now, e); len(mail) > len(f.mail) {
		f.attend(d, mail)
	}
}

// reserved brings an agent's answer to whom has asked for the slot: a line, or a conversation that is to be transferred.
func (f *Floor) reserved(r routing.Reserved) {
	if r.Ticket.Queue == "" {
		f.ask(r.Conversation, routing.SlotAnswered{Agent: r.Seat.Agent, Ticket: r.Ticket, Granted: r.Granted})
		return
	}
	l := f.lines[r.Ticket.Queue]
	f.match(l, l.Reserved(f.mail, f.now, r))
}

// announce lets an agent's queues know how it stands, and takes back what it can no longer take.
func (f *Floor) announce(d *desk) {
	d.count(f.now, d.Agent)
	gone := f.tenant.AgentGoneRequeue()
	f.mail = d.Recalls(d.Announce(f.mail, f.now), f.now, gone)
	if due := d.Due(f.now, gone); d.awaits.set(due) {
		f.set(due, timer{rank: f.moments.rank(due, "", d.Profile.ID), kind: returns, task: d.row})
	}
}

// Command lets an agent declare a status, or a desktop of hers come or go. Who is not configured is not heard.
func (f *Floor) Command(a routing.AgentID, cmd routing.Command) error {
	d := f.desks[a]
	if d == nil {
		return nil
	}
	is, err := d.Record.Decide(f.now, cmd)
	if err != nil {
		return err
	}
	d.Record = is
	f.announce(d)
	return nil
}
