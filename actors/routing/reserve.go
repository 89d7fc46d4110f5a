package routing

import (
	"slices"
	"time"
)

// reserve asks the member for a slot for w, and, where the queue offers to several agents at once, the next best as well.
func (l *Line) reserve(mail *Mail, now time.Time, w *waiter, member *seat) {
	w.byRight = l.entitled(now, w) == member
	l.chosen = append(l.chosen[:0], member)
	l.except = append(append(l.except[:0], w.except(w.Refused)...), member.Agent)
	for !w.byRight && len(l.chosen) < l.queue.AtOnce() {
		next := l.pick(w, l.except)
		if next == nil {
			break
		}
		l.chosen, l.except = append(l.chosen, next), append(l.except, next.Agent)
	}
	if w.decision == nil {
		w.decision = &Decision{}
	}
	*w.decision = l.decision(now, w, l.chosen)
	l.reckon(now, w)
	w.reason = WaitOffer
	l.groups.remove(w)
	l.alarms.cancel(w)
	w.invited, w.proposed = w.invited[:0], false
	for _, s := range l.chosen {
		w.invited = append(w.invited, l.invite(now, s))
	}
	for _, i := range w.invited {
		mail.reserve(Reserve{
			Agent: i.agent, Conversation: w.Conversation, Ticket: i.ticket, Bid: Bid{l.queue.Rank(), w.points, w.turn},
		})
	}
}

func (l *Line) invite(now time.Time, member *seat) invited {
	l.tickets++
	member.asked++
	member.Turn = now
	l.reseat(member)
	return invited{agent: member.Agent, ticket: Ticket{l.Queue, l.tickets}}
}

// heard takes an agent's answer about a waiter, and returns the waiter when it is to be placed again.
func (l *Line) heard(mail *Mail, now time.Time, r *Reserved) *waiter {
	w := l.waiting[r.Conversation]
	at := -1
	if w != nil {
		at = w.invitation(r.Ticket)
	}
	switch {
	case at < 0:
		if r.Granted {
			mail.Add(&Unreserve{Agent: r.Seat.Agent, Conversation: r.Conversation, Ticket: r.Ticket})
		}
		return nil
	case r.Granted:
		w.invited[at].granted = true
	default:
		w.invited = slices.Delete(w.invited, at, at+1)
		w.beatenAt(r.Seat.Agent, r.Instead)
	}
	l.settle(mail, now, w)
	return w
}

// settle proposes the slots that were granted when all who were asked have answered. Where none was, w waits again.
func (l *Line) settle(mail *Mail, now time.Time, w *waiter) {
	switch {
	case !w.aside():
		if w.group == nil {
			l.queueUp(now, w)
		}
	case !w.proposed && !slices.ContainsFunc(w.invited, func(i invited) bool { return !i.granted }):
		w.proposed = true
		l.propose(mail, now, w)
	}
}

func (l *Line) propose(mail *Mail, now time.Time, w *waiter) {
	offer := MakeOffer{Conversation: w.Conversation, Decision: *w.decision, Offers: w.Offers}
	for n, i := range w.invited {
		if timeout := l.patience(now, w, i.agent); n == 0 {
			offer.Agent, offer.Ticket, offer.Timeout = i.agent, i.ticket, timeout
		} else {
			offer.Others = append(offer.Others, Invitation{i.agent, i.ticket, timeout})
		}
	}
	mail.makeOffer(offer)
}
