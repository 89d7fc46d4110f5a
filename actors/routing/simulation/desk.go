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

// answered lets an agent hear that a queue has nothing more for it. When it takes nothing then, it has nothing to announce.
func (f *Floor) answered(e *routing.Answered) {
	d := f.desk(e.Agent)
	said := f.mail.Len()
	if d.Answered(&f.mail, f.now, e); f.mail.Len() > said {
		f.announce(d)
	}
}

// missed lets an agent take the consequence of a miss, and tells the queue after that.
func (f *Floor) missed(e *routing.Missed) {
	d := f.desk(e.Agent)
	d.Record = d.Record.Miss(e)
	e.Report(&f.mail)
	f.announce(d)
}

func (f *Floor) pardon(e *routing.Pardon) {
	d := f.desk(e.Agent)
	d.Record = d.Record.Pardon(f.now, e)
	f.announce(d)
}

// reserved brings an agent's answer to whom has asked for the slot: a line, or a conversation that is to be transferred.
func (f *Floor) reserved(r *routing.Reserved) {
	if r.Ticket.Queue == "" {
		f.ask(r.Conversation, routing.SlotAnswered{Agent: r.Seat.Agent, Ticket: r.Ticket, Granted: r.Granted})
		return
	}
	l := f.line(r.Ticket.Queue)
	l.Reserved(&f.mail, f.now, r)
	f.await(l)
}

// announce lets an agent's queues know how it stands, and takes back what it can no longer take.
func (f *Floor) announce(d *desk) {
	d.count(f.now, d.Agent)
	gone := f.tenant.AgentGoneRequeue()
	d.Announce(&f.mail, f.now)
	d.Recalls(&f.mail, f.now, gone)
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
