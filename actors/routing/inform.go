package routing

import (
	"slices"
	"time"

	"switchyard/actors/sms"
)

// MaxNotices is how many texts at most a customer gets by itself while a conversation waits.
const MaxNotices = 2

// maxDiversions is how often a conversation may go to another queue before an agent has had it.
const maxDiversions = 3

// caseDelay is how long after its beginning a conversation becomes a case: the texts of a burst become one.
const caseDelay = time.Minute

// Inform sends the customer a text by itself, unless that notice was sent before, or [MaxNotices] were.
type Inform struct {
	Notice string
	Text   string
}

// Divert takes a waiting conversation out of a queue: to another one, or it becomes a case.
type Divert struct {
	From, To QueueID
	Case     bool
	Reason   RequeueReason
}

func (Inform) conversation() {}
func (Divert) conversation() {}

func (c *Conversation) inform(now time.Time, p *Policy, cmd Inform) []Event {
	if c.State != Queued || c.OptedOut || c.OptOutAsked != "" || len(c.Informed) >= MaxNotices || slices.Contains(c.Informed, cmd.Notice) ||
		p.textable(c) != nil {
		return nil
	}
	count := sms.Count(cmd.Text)
	return []Event{MessageAdded{Notice: cmd.Notice, Message: &Message{
		ID: c.ID.Message(c.Seq + 1), Seq: c.Seq + 1, Conversation: c.ID, Direction: Outbound, Kind: KindAuto, Text: cmd.Text, At: now,
		State: MessageQueued, Segments: count.Count, Encoding: count.Encoding,
	}}}
}

func (c *Conversation) divert(p *Policy, cmd Divert) []Event {
	if c.State != Queued || c.Queue != cmd.From {
		return nil
	}
	if cmd.Case {
		ended := ConversationEnded{Reason: cmd.Reason}
		if c.Case == "" {
			return []Event{CaseSaved{Case: c.ID.Case()}, ended}
		}
		return []Event{ended}
	}
	to, known := p.queue(cmd.To)
	if !known || c.Diverted >= maxDiversions {
		return nil
	}
	needs := slices.Clone(to.Skills)
	for _, n := range c.own(p) {
		if !slices.ContainsFunc(needs, func(m Need) bool { return m.Skill == n.Skill }) {
			needs = append(needs, n)
		}
	}
	return []Event{Requeued{Reason: cmd.Reason, Queue: to.ID, Skills: needs, PreferredSkills: to.PreferredSkills}}
}

// own is what the conversation needs by itself, beyond what all of its queue's need.
func (c *Conversation) own(p *Policy) []Need {
	from, _ := p.queue(c.Queue)
	return slices.DeleteFunc(slices.Clone(c.Skills), func(n Need) bool { return slices.Contains(from.Skills, n) })
}

// byQueue says whether the queue itself gave the conversation away.
func (r RequeueReason) byQueue() bool {
	return r == RequeueClosed || r == RequeueOverflow || r == RequeueMaxWait
}
