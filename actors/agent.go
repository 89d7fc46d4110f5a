package actors

import (
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// agent is the shell of one agent: the only judge of its slots, and the only writer of its record.
type agent struct {
	tenure  *tenure
	house   *house
	agent   *routing.Agent
	seat    routing.Seat // as it was counted last
	pid     *actor.PID
	grace   *time.Timer
	requeue time.Duration // how long conversations stay with an agent who is away
}

// agentOrder asks an agent for something that is to be remembered.
type agentOrder struct {
	by      routing.Principal
	command routing.Command
	entry   entry
}

// profiled tells an agent that the configuration has changed.
type profiled struct {
	profile routing.Profile
	requeue time.Duration
}

// graced says that an agent may have been away for long enough to mean something else.
type graced struct{}

// Receive implements actor.Receiver.
func (a *agent) Receive(c *actor.Context) {
	now := clock()
	var mail routing.Mail
	switch msg := c.Message().(type) {
	case *routing.Reserve:
		a.agent.Reserve(&mail, now, msg)
	case *routing.Unreserve:
		a.agent.Unreserve(&mail, now, msg)
	case *routing.Answered:
		a.agent.Answered(&mail, now, msg)
	case *routing.HoldSlot:
		before := a.agent.Load()
		a.agent.Hold(msg.Conversation, msg.Slot)
		if is := a.agent.Load(); is > before && is > a.agent.Profile.Slots() { // a capacity that has shrunk violates nothing
			a.tenure.metrics.violations.Inc()
		}
	case *routing.FreeSlot:
		a.agent.Free(msg.Conversation, msg.Worked, msg.At)
	case *routing.Missed:
		a.remember(now, a.agent.Record.Miss(msg), &work{})
		msg.Report(&mail)
	case *routing.Pardon:
		a.remember(now, a.agent.Record.Pardon(now, msg), &work{})
	case agentOrder:
		a.work(now, msg)
		a.tenure.working.Done()
	case rolled:
		if stream := a.agent.Record.Stream; stream != "" && !msg.lives[a.agent.Record.Life()] {
			a.work(now, agentOrder{command: routing.Disconnect{Agent: a.agent.Profile.ID, Stream: stream}})
		}
	case profiled:
		a.agent.Configure(msg.profile)
		a.requeue = msg.requeue
		a.watchAbsence(now)
	case actor.Started:
		a.pid = c.PID()
		a.watchAbsence(now)
		a.agent.Recalls(&mail, now, a.requeue)
		a.tenure.tell(a.house, &mail)
		return // the lines have been told how the agent stands when they were made
	case actor.Stopped:
		a.stopWatch()
		return
	case graced:
		a.watchAbsence(now) // the clock may have been set back meanwhile
	default:
		return
	}
	a.announce(&mail, now)
	a.tenure.tell(a.house, &mail)
}

// announce says to the queues how the agent stands, when that has changed, and takes back what it can no longer take.
func (a *agent) announce(mail *routing.Mail, now time.Time) {
	if seat := a.agent.Seat(now); seat != a.seat {
		a.tenure.mustered(a.house.tenant, a.seat, seat)
		a.seat = seat
	}
	a.agent.Announce(mail, now)
	a.agent.Recalls(mail, now, a.requeue)
}

func (a *agent) work(now time.Time, o agentOrder) {
	is, err := a.agent.Record.Decide(now, o.command)
	if err != nil {
		a.tenure.answerRefusal(o.entry, err)
		return
	}
	unit := &work{ack: o.entry.id, replyTo: o.entry.key}
	unit.answer = &routing.Answer{Agent: &is}
	if err := unit.audit(a.house.tenant, now, o.by, o.command); err != nil {
		a.tenure.fail(err)
		return
	}
	if is != a.agent.Record {
		if err := unit.shift(routing.Input{ID: string(o.entry.id), At: now, Tenant: a.house.tenant, By: o.by, Command: o.command}, is.ID); err != nil {
			a.tenure.fail(err)
			return
		}
	}
	a.remember(now, is, unit)
}

// remember commits the record with a unit of work, and tells the agent's desktop when it has changed.
func (a *agent) remember(now time.Time, is routing.AgentRecord, unit *work) {
	if is != a.agent.Record {
		tenant, id := string(a.house.tenant), string(is.ID)
		err := unit.record(persistence.AgentKey(tenant, id), is)
		if err == nil {
			err = unit.notice(persistence.DeskStream(tenant, id), routing.Notice{Type: routing.NoticeAgentUpdated, At: now})
		}
		if past, lines, ended := reports.Shift(a.agent.Record, is, a.agent.Profile.Slots()); err == nil && ended {
			unit.account(a.house.tenant, lines)
			err = unit.record(persistence.IntervalKey(tenant, past.To.UnixMilli(), id), past)
		}
		if err != nil {
			a.tenure.fail(err)
			return
		}
	} else if unit.ack == "" {
		return
	}
	if err := a.tenure.committer.commit(unit); err != nil {
		return // the partition is lost, and this actor with it
	}
	a.agent.Record = is
	a.watchAbsence(now)
}

// watchAbsence looks again when an agent's absence means something else.
func (a *agent) watchAbsence(now time.Time) {
	a.stopWatch()
	due := a.agent.Due(now, a.requeue)
	if due.IsZero() {
		return
	}
	hw, pid := a.tenure.engine.hollywood, a.pid
	a.grace = time.AfterFunc(due.Sub(now), func() { hw.Send(pid, graced{}) })
}

func (a *agent) stopWatch() {
	if a.grace != nil {
		a.grace.Stop()
	}
}
