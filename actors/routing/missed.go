package routing

import (
	"slices"
	"time"
)

// MissPolicy says what becomes of an agent who lets an offer lapse.
type MissPolicy string

// The policies.
const (
	MissGraduated MissPolicy = "graduated" // a cool-down; the second miss within [MissWindow]: on break. The default
	MissStrict    MissPolicy = "strict"    // the first miss or rejection: on break, as in 8x8
)

// ReasonMissed is the status reason of an agent whom the system has put on break.
const ReasonMissed = "missed_offers"

// Missed tells an agent that it let an offer lapse or rejected it. It is told once: a miss that a crash swallows is forgiven.
type Missed struct {
	Agent   AgentID
	Queue   QueueID
	Outcome Outcome
	Policy  MissPolicy
	// RangSince is when the offer was made.
	RangSince time.Time
	At        time.Time
}

// Blamed tells a queue that one of its offers lapsed at an agent, to blame or not, after the agent has taken the consequence.
type Blamed struct {
	Queue QueueID
	Agent AgentID
	At    time.Time
}

// Pardon takes back what an agent got for its misses since then: so many have missed that it is nobody's fault.
type Pardon struct {
	Agent AgentID
	Since time.Time
}

// Stormed says that so many of a queue's agents have missed offers that the queue holds its offers back until then.
type Stormed struct {
	Queue  QueueID
	Agents int
	Until  time.Time
}

// Hold is a queue's hold as it is remembered, for those who ask why its conversations wait.
type Hold struct {
	At     time.Time `json:"at"`
	Queue  QueueID   `json:"queue"`
	Agents int       `json:"agents"` // that have missed offers
	Until  time.Time `json:"until"`
}

func (*Missed) effect()  {}
func (*Blamed) effect()  {}
func (*Pardon) effect()  {}
func (*Stormed) effect() {}

// Misses tells the agents what they missed or rejected of conversation c's offers when the events happened to it.
func (m *Mail) Misses(p MissPolicy, c *Conversation, at time.Time, events []Event) {
	for _, e := range events {
		ev, ok := e.(OfferEnded)
		if !ok || ev.Outcome != OutcomeLapsed && ev.Outcome != OutcomeRejected {
			continue
		}
		if offer, rang := c.Ring(ev.Offer); rang {
			m.Add(&Missed{
				Agent: ev.Agent, Queue: c.WaitsIn(), Outcome: ev.Outcome, Policy: p, RangSince: offer.OfferedAt, At: at,
			})
		}
	}
}

// Report tells the queue of a lapse. A rejection is an answer.
func (m *Missed) Report(mail *Mail) {
	if m.Outcome == OutcomeLapsed {
		mail.Add(&Blamed{Queue: m.Queue, Agent: m.Agent, At: m.At})
	}
}

// Miss is the record after a miss. Who is not available any more, or whose desktop was lost, is not to blame. Several offers that
// rang at the same time and lapse one after the other are one miss.
func (r *AgentRecord) Miss(m *Missed) AgentRecord {
	is := *r
	switch again := !r.MissedAt.IsZero() && m.At.Sub(r.MissedAt) < MissWindow; {
	case r.Status != Available || !r.LostAt.IsZero():
	case again && m.Outcome == OutcomeLapsed && m.RangSince.Before(r.MissedAt): // the same miss, and not over before the last
		is.CoolUntil = m.At.Add(CoolDown)
	case m.Policy == MissStrict || again && m.Outcome == OutcomeLapsed:
		is.Status, is.Reason, is.StatusSince, is.BenchedAt = OnBreak, ReasonMissed, m.At, m.At
		is.MissedAt = time.Time{}
	case m.Outcome == OutcomeLapsed:
		is.MissedAt, is.CoolUntil = m.At, m.At.Add(CoolDown)
	}
	return is
}

// Pardon is the record without what it got for misses since then. A status that the agent has declared meanwhile stays.
func (r *AgentRecord) Pardon(now time.Time, p *Pardon) AgentRecord {
	is := *r
	if !r.BenchedAt.Before(p.Since) && !r.BenchedAt.IsZero() {
		is.Status, is.Reason, is.StatusSince, is.BenchedAt = Available, "", now, time.Time{}
	}
	if !r.MissedAt.Before(p.Since) {
		is.MissedAt, is.CoolUntil = time.Time{}, time.Time{}
	}
	return is
}

// Cooling says until when the agent gets no offers because of a miss; zero when that is over.
func (r *AgentRecord) Cooling(now time.Time) time.Time {
	if now.Before(r.CoolUntil) {
		return r.CoolUntil
	}
	return time.Time{}
}

// Blame counts a miss. When more than half of the queue's agents, and at least [StormLeast], have missed offers within
// [StormWindow], it is nobody's fault: they are pardoned, and the queue holds its offers back for [StormHold].
func (l *Line) Blame(mail *Mail, now time.Time, b *Blamed) {
	if l.seats[b.Agent] == nil {
		return
	}
	since := now.Add(-StormWindow)
	l.misses[b.Agent] = b.At
	var missed []AgentID
	there := 0
	for _, s := range l.order {
		at, ever := l.misses[s.Agent]
		recent := ever && !at.Before(since)
		if recent {
			missed = append(missed, s.Agent)
		} else if ever {
			delete(l.misses, s.Agent)
		}
		if recent || s.Staffed() {
			there++
		}
	}
	if len(missed) < StormLeast || 2*len(missed) <= there {
		return
	}
	if !l.held(now) {
		mail.Add(&Stormed{Queue: l.Queue, Agents: len(missed), Until: now.Add(StormHold)})
	}
	l.holdUntil = now.Add(StormHold)
	l.expect(l.holdUntil)
	slices.Sort(missed)
	for _, a := range missed {
		mail.Add(&Pardon{Agent: a, Since: since})
	}
}

// held says whether the queue holds its offers back.
func (l *Line) held(now time.Time) bool { return now.Before(l.holdUntil) }
