package routing

import (
	"fmt"
	"time"
)

// Transfer is the way to somebody else that a conversation is on. Until somebody has accepted, whoever has it keeps it.
type Transfer struct {
	Agent AgentID `json:"agent,omitempty"` // to this one, or
	Queue QueueID `json:"queue,omitempty"` // to whoever accepts it in this queue,
	// whose conversations need and prefer these.
	Skills          []Need `json:"skills,omitempty"`
	PreferredSkills []Need `json:"preferred_skills,omitempty"`
	// N tells the slot that is asked for directly from one asked for before.
	N int `json:"n"`
}

// TransferOutcome is how a transfer ended that nobody accepted.
type TransferOutcome string

// The outcomes.
const (
	TransferDeclined    TransferOutcome = "declined"    // the agent rejected it
	TransferMissed      TransferOutcome = "missed"      // the agent let it ring
	TransferUnavailable TransferOutcome = "unavailable" // the agent has no free slot, or is not available
	TransferCancelled   TransferOutcome = "cancelled"   // it was ended, taken away or transferred to somebody else
)

// reserveWait is how long an agent may take to say whether there is a free slot. Agents answer at once; only one who has left
// the configuration does not answer at all.
const reserveWait = 10 * time.Second

// direct says whether the transfer is to one agent.
func (t *Transfer) direct() bool { return t != nil && t.Agent != "" }

// line is the queue in whose line the conversation waits: its own, or the one that it is transferred to.
func (c *Conversation) line() (q QueueID, waits bool) {
	switch {
	case c.State == Queued:
		return c.Queue, c.Transfer == nil
	case c.State == Active && c.Transfer != nil && !c.Transfer.direct() && c.Ringing == nil:
		return c.Transfer.Queue, true
	}
	return "", false
}

// WaitsInLine says in which queue's line it stands, if in one.
func (c *Conversation) WaitsInLine() (q QueueID, waits bool) { return c.line() }

// wait tells one wait in a line from the next: a proposal is good for the wait that it was made for.
func (c *Conversation) wait() int { return c.Offers + int(c.Broken) }

// asksFor is the agent whom the conversation asks for a slot directly, and with which ticket; empty when it asks nobody.
func (c *Conversation) asksFor() (AgentID, Ticket) {
	if !c.Transfer.direct() || c.Ringing != nil {
		return "", Ticket{}
	}
	return c.Transfer.Agent, Ticket{N: c.Transfer.N}
}

// reserveDelta asks for the slot of a transfer to one agent, and gives back one that did not become the offer.
func (m *Mail) reserveDelta(was, is *Conversation) {
	if was.Transfer == nil && is.Transfer == nil {
		return
	}
	asked, before := was.asksFor()
	asks, now := is.asksFor()
	if asked == asks && before == now {
		return
	}
	if asked != "" && !is.HeldBy(asked) {
		m.Add(&Unreserve{Agent: asked, Conversation: is.ID, Ticket: before})
	}
	if asks != "" {
		m.reserve(Reserve{Agent: asks, Conversation: is.ID, Ticket: now})
	}
}

func (c *Conversation) transfer(now time.Time, p *Policy, by Principal, cmd TransferConversation) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if c.State != Active {
		return nil, refuse(CodeWrongState, "only an active conversation can be transferred")
	}
	if err := c.target(p, cmd.Agent, cmd.Queue); err != nil {
		return nil, err
	}
	var events []Event
	if cmd.Note != "" && !c.noted(by, cmd.Note) {
		note, err := c.note(now, by, c.Seq+1, cmd.Note)
		if err != nil {
			return nil, err
		}
		events = append(events, note)
	}
	if t := c.Transfer; t != nil && t.Agent == cmd.Agent && t.Queue == cmd.Queue { // it is on its way there
		return events, nil
	}
	events = append(events, c.dropTransfer(now, p)...)
	return append(events, c.leadTo(now, p, cmd.Agent, cmd.Queue)), nil
}

// noted says whether the newest message is this very note: a transfer that nobody took is repeated with it.
func (c *Conversation) noted(by Principal, text string) bool {
	m := c.LastMessage
	return m != nil && m.Kind == KindNote && string(m.Agent) == by.ID && m.Text == text
}

// target checks whom a conversation is to go to.
func (c *Conversation) target(p *Policy, a AgentID, q QueueID) error {
	invalid := func(path, message string) error {
		return &Error{Code: CodeInvalid, Detail: message, Problems: []Problem{{path, message}}}
	}
	if (a == "") == (q == "") {
		return invalid("agent", "name either an agent or a queue")
	}
	if q != "" {
		if _, ok := p.queue(q); !ok {
			return invalid("queue", fmt.Sprintf("there is no queue %q", q))
		}
		return nil
	}
	if _, ok := p.agent(a); !ok {
		return invalid("agent", fmt.Sprintf("there is no agent %q", a))
	}
	if c.State == Active && a == c.Agent {
		return invalid("agent", string(a)+" has the conversation already")
	}
	return nil
}

// leadTo sets the conversation on its way. A queue that takes transfers at once has it from now on.
func (c *Conversation) leadTo(now time.Time, p *Policy, a AgentID, q QueueID) Event {
	if a != "" {
		return TransferStarted{Agent: a, Until: now.Add(reserveWait)}
	}
	queue, _ := p.queue(q)
	if queue.TakesTransfers {
		return Requeued{
			Agent: c.Agent, Reason: RequeueTransfer, Queue: q, Skills: queue.Skills, PreferredSkills: queue.PreferredSkills,
		}
	}
	return TransferStarted{Queue: q, Skills: queue.Skills, PreferredSkills: queue.PreferredSkills}
}

// dropTransfer ends a transfer that is on its way; nothing when there is none.
func (c *Conversation) dropTransfer(now time.Time, p *Policy) []Event {
	if c.Transfer == nil {
		return nil
	}
	events := c.withdrawn()
	return append(events, c.transferEnded(now, p, TransferCancelled))
}

func (c *Conversation) transferEnded(now time.Time, p *Policy, outcome TransferOutcome) TransferEnded {
	ended := TransferEnded{Outcome: outcome}
	is := *c
	for _, e := range c.withdrawn() {
		ApplyTo(&is, now, e)
	}
	ended.Until = is.patienceAfter(now, p, ended)
	return ended
}

// missed adds to the ends of offers that nobody accepted what they mean for a transfer: one to an agent is over.
func (c *Conversation) missed(now time.Time, p *Policy, ends []Event) []Event {
	if !c.Transfer.direct() || len(ends) == 0 {
		return ends
	}
	ended, _ := ends[0].(OfferEnded)
	why := TransferMissed
	switch ended.Outcome {
	case OutcomeRejected:
		why = TransferDeclined
	case OutcomeWithdrawn:
		why = TransferUnavailable
	case OutcomeLapsed, OutcomeAccepted, OutcomeTaken:
	}
	return append(ends, c.transferEnded(now, p, why))
}

// slotAnswered turns the slot that an agent has kept for a transfer into an offer, or ends the transfer.
func (c *Conversation) slotAnswered(now time.Time, p *Policy, cmd SlotAnswered) ([]Event, error) {
	if asked, ticket := c.asksFor(); asked != cmd.Agent || ticket != cmd.Ticket {
		return nil, refuse(CodeWrongState, "the slot was asked for by an earlier transfer")
	}
	if !cmd.Granted {
		return []Event{c.transferEnded(now, p, TransferUnavailable)}, nil
	}
	queue, _ := p.queue(c.Queue)
	profile, _ := p.agent(cmd.Agent)
	return []Event{OfferMade{
		Offer: c.offerTo(now, 0, cmd.Agent, OfferTransfer, OfferTimeout(queue, profile)),
		Decision: Decision{
			At: now, Queue: c.Queue, Rule: ruleTransfer, Considered: 1, Candidates: []Candidate{{Agent: cmd.Agent, Chosen: true}},
		},
	}}, nil
}

// ruleTransfer is the rule of a decision that people made.
const ruleTransfer = "transfer"

func foldTransferStarted(c *Conversation, at time.Time, e TransferStarted) {
	c.Transfer = &Transfer{Agent: e.Agent, Queue: e.Queue, Skills: e.Skills, PreferredSkills: e.PreferredSkills, N: c.Rev}
	c.Deadline, c.Refused = e.Until, nil
	if e.Queue != "" {
		c.EnteredAt = at
	}
}
