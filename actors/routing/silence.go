package routing

import "time"

// overdue is how long a conversation stays active whose time was up while it could not end, such as during a transfer: a deadline
// that is not ahead would wake nobody.
const overdue = time.Second

// patience is when an active conversation, as it is now, ends by itself to be active; zero: never. A customer who has been
// answered may be silent for a while before it is parked; an agent who owes an answer may take a while before it is pulled back.
func (c *Conversation) patience(p *Policy, now time.Time) time.Time {
	if c.State != Active || c.Transfer != nil || c.TakenOver {
		return time.Time{}
	}
	from, wait := now, p.ParkAfter
	if c.owesReply() {
		from, wait = c.UnansweredSince, p.PullBackAfter
		if from.Before(c.StateSince) { // the wait before the agent had it is not the agent's
			from = c.StateSince
		}
	}
	if wait == 0 {
		return time.Time{}
	}
	if until := from.Add(wait); until.After(now) {
		return until
	}
	return now.Add(overdue)
}

// patienceAfter is the patience when these events have happened now.
func (c *Conversation) patienceAfter(now time.Time, p *Policy, first Event, more ...Event) time.Time {
	is := c.Apply(now, first)
	for _, e := range more {
		ApplyTo(&is, now, e)
	}
	return is.patience(p, now)
}

// tire decides what becomes of an active conversation whose time is up.
func (c *Conversation) tire() []Event {
	if c.owesReply() {
		return c.requeue(RequeueUnanswered)
	}
	return []Event{ConversationParked{}}
}

// lastUntil is until when the last agent has the first right; zero when there is none.
func (c *Conversation) lastUntil() time.Time {
	item := c.item()
	return item.lastUntil()
}

func (i *Item) lastUntil() time.Time {
	if i.LastAgent == "" {
		return time.Time{}
	}
	return i.Entered.Add(LastAgentRight)
}
