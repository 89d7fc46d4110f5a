package routing

import (
	"cmp"
	"slices"
	"time"
)

// SharedPriority is the queue priority of 8x8's special rule: all queues that have it are served as one line, the oldest
// conversation first. Queues of any other priority take turns with their equals.
const SharedPriority = 8

// Bid is how a conversation that a queue offers to an agent ranks among those of the agent's other queues.
type Bid struct {
	Queue  int       // the queue's priority
	Points int       // the conversation's, in its queue
	Turn   time.Time // whose comes first among equals
}

// round is an agent's asking of its queues: what they bid is held until all have answered, so that the best of all is taken
// whatever the order in which they hear of the free slot.
type round struct {
	n      int       // rounds so far
	silent []QueueID // those that have not answered the present one
	bids   []Reserve
	served map[QueueID]int // when each queue was served last
	turns  int
}

// ask begins a round.
func (r *round) ask(queues []QueueID) (n int) {
	r.n++
	r.silent = append(r.silent[:0], queues...)
	return r.n
}

// answered notes that a queue has said all that it has; false when that was for an earlier round.
func (r *round) answered(a *Answered) bool {
	if a.Ask != r.n {
		return false
	}
	r.silent = slices.DeleteFunc(r.silent, func(q QueueID) bool { return q == a.Queue })
	return true
}

// cease lets the round be over, whoever has not answered.
func (r *round) cease() { r.silent = r.silent[:0] }

// took notes that a queue has had its turn.
func (r *round) took(q QueueID) {
	if r.served == nil {
		r.served = map[QueueID]int{}
	}
	r.turns++
	r.served[q] = r.turns
}

// next takes the best bid out.
func (r *round) next() Reserve {
	best := 0
	for i := range r.bids {
		if r.before(&r.bids[i], &r.bids[best]) {
			best = i
		}
	}
	bid := r.bids[best]
	r.bids = slices.Delete(r.bids, best, best+1)
	return bid
}

// before says whether bid a is to be taken before b: the higher queue priority first; queues of one priority in turn, unless
// they share one line; within a queue as it ranks them.
func (r *round) before(a, b *Reserve) bool {
	if a.Bid.Queue != b.Bid.Queue {
		return a.Bid.Queue > b.Bid.Queue
	}
	if p, q := a.Ticket.Queue, b.Ticket.Queue; p != q && a.Bid.Queue != SharedPriority {
		return cmp.Or(cmp.Compare(r.served[p], r.served[q]), cmp.Compare(p, q)) < 0
	}
	return cmp.Or(cmp.Compare(b.Bid.Points, a.Bid.Points), a.Bid.Turn.Compare(b.Bid.Turn),
		cmp.Compare(a.Conversation, b.Conversation)) < 0
}

// withdraw takes a bid out that its queue wants back; false when it is not held.
func (r *round) withdraw(u *Unreserve) bool {
	n := len(r.bids)
	r.bids = slices.DeleteFunc(r.bids, func(b Reserve) bool { return b.Conversation == u.Conversation && b.Ticket == u.Ticket })
	return len(r.bids) < n
}

// Reserve answers a queue that wants a slot for a conversation: at once, or, while a round is under way, when all queues have
// answered.
func (a *Agent) Reserve(mail *Mail, now time.Time, r *Reserve) {
	if len(a.round.silent) > 0 && r.Ticket.Queue != "" {
		a.round.bids = append(a.round.bids, *r)
		return
	}
	mail.reserved(a.reserve(now, r))
}

// Answered says that a queue has nothing more for the agent. When it was the last to say so, the bids are settled, best first.
func (a *Agent) Answered(mail *Mail, now time.Time, answer *Answered) {
	if !a.round.answered(answer) {
		return
	}
	a.settle(mail, now)
}

// settle answers the bids that are held, unless somebody is still to be heard.
func (a *Agent) settle(mail *Mail, now time.Time) {
	if len(a.round.silent) > 0 {
		return
	}
	var last QueueID
	for len(a.round.bids) > 0 {
		bid := a.round.next()
		answer := a.reserve(now, &bid)
		if answer.Granted {
			last = answer.Ticket.Queue
		} else if last != answer.Ticket.Queue {
			answer.Instead = last
		}
		mail.reserved(answer)
	}
}

// reserve promises one slot to a conversation, or says no.
func (a *Agent) reserve(now time.Time, r *Reserve) Reserved {
	reserved, held := place{r.Conversation, SlotReserved, r.Ticket}, a.place(r.Conversation)
	again := held >= 0 && a.slots[held] == reserved && r.Ticket.Queue == "" // a transfer may not have heard the answer
	granted := again || held < 0 && a.Ready(now)
	if granted {
		a.take(reserved)
		a.Turn = now
		if r.Ticket.Queue != "" {
			a.round.took(r.Ticket.Queue)
		}
	}
	a.said = said{r.Ticket.Queue, a.Seat(now)}
	return Reserved{Conversation: r.Conversation, Ticket: r.Ticket, Granted: granted, Seat: a.said.seat}
}

// Unreserve takes back a promise that did not become an offer, or a bid that is not answered yet.
func (a *Agent) Unreserve(mail *Mail, now time.Time, u *Unreserve) {
	if a.round.withdraw(u) {
		mail.reserved(Reserved{Conversation: u.Conversation, Ticket: u.Ticket, Seat: a.Seat(now)})
	}
	if at := slices.Index(a.slots, place{u.Conversation, SlotReserved, u.Ticket}); at >= 0 {
		a.slots = slices.Delete(a.slots, at, at+1)
	}
}

// Announce tells all the agent's queues how it stands, when that has changed since they were told; one that has been answered has
// heard it with the answer. Where a slot has become free, it asks them for work.
func (a *Agent) Announce(mail *Mail, now time.Time) {
	seat, last := a.Seat(now), a.said
	a.said.to = ""
	if seat == a.told {
		return
	}
	ask := 0
	switch {
	case seat.Free() > a.told.Free():
		ask = a.round.ask(a.Profile.Queues)
	case seat.Free() == 0:
		a.round.cease() // nothing is to be had from those who bid, whoever else might
	}
	a.told = seat
	for _, q := range a.Profile.Queues {
		if ask == 0 && q == last.to && seat == last.seat {
			continue
		}
		mail.seatChanged(SeatChanged{Queue: q, Seat: seat, Ask: ask})
	}
	a.settle(mail, now)
}
