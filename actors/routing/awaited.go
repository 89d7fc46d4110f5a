package routing

import "strings"

// Awaited names whom or what an open conversation waits for. Every state has one, whether or not a deadline ends it too.
type Awaited string

// What may be awaited.
const (
	AwaitsAgent       Awaited = "agent"       // somebody who can take it
	AwaitsAccept      Awaited = "accept"      // the agent at whom it rings
	AwaitsReply       Awaited = "reply"       // the agent who has it owes an answer
	AwaitsTransfer    Awaited = "transfer"    // somebody who accepts the transfer
	AwaitsCustomer    Awaited = "customer"    // it is the customer's turn
	AwaitsEnd         Awaited = "end"         // the customer has opted out; the agent is to end it
	AwaitsWrapUp      Awaited = "wrap_up"     // the agent still writes it up
	AwaitsDisposition Awaited = "disposition" // the time to wrap up is over, and a mandatory disposition is not chosen
)

// owesReply says whether the agent who has it owes the customer an answer; one who has opted out cannot be answered.
func (c *Conversation) owesReply() bool { return !c.UnansweredSince.IsZero() && !c.OptedOut }

// Why says what an open conversation waits for that is in no line.
func (c *Conversation) Why() []Wait {
	until := ""
	if !c.Deadline.IsZero() {
		until = " until " + c.Deadline.UTC().Format("15:04:05") + " UTC"
	}
	var detail string
	switch c.WaitsFor() {
	case AwaitsAccept:
		detail = "rings at " + c.ringsAt() + until
	case AwaitsReply:
		detail = "the customer waits for an answer of " + string(c.Agent) + until
	case AwaitsTransfer:
		detail = "about to be offered to " + string(c.Transfer.Agent) + until
		if c.Ringing != nil {
			detail = "rings at " + c.ringsAt() + " for the transfer" + until
		}
	case AwaitsCustomer:
		detail = "it is the customer's turn" + until
	case AwaitsEnd:
		detail = "the customer has opted out; " + string(c.Agent) + " is to end it" + until
	case AwaitsWrapUp:
		detail = string(c.Agent) + " wraps up" + until
	case AwaitsDisposition:
		detail = string(c.Agent) + " is to choose a disposition"
	case AwaitsAgent:
		detail = "about to be offered to " + string(c.asked()) + until
	default:
		return nil
	}
	return []Wait{{string(c.WaitsFor()), detail}}
}

// ringsAt lists the agents at whom it rings.
func (c *Conversation) ringsAt() string {
	all := []string{string(c.Ringing.Agent)}
	for _, o := range c.AlsoRinging {
		all = append(all, string(o.Agent))
	}
	return strings.Join(all, ", ")
}

func (c *Conversation) asked() AgentID {
	a, _ := c.asksFor()
	return a
}

// WaitsFor is what the conversation waits for; empty when it has not begun or has ended.
func (c *Conversation) WaitsFor() Awaited {
	switch c.State {
	case Queued:
		return AwaitsAgent
	case Offered:
		return AwaitsAccept
	case Active:
		switch {
		case c.Transfer != nil:
			return AwaitsTransfer
		case c.owesReply():
			return AwaitsReply
		case c.OptedOut:
			return AwaitsEnd
		}
		return AwaitsCustomer
	case Parked:
		return AwaitsCustomer
	case PostProcessing:
		if c.DispositionDue {
			return AwaitsDisposition
		}
		return AwaitsWrapUp
	case Ended:
	}
	return ""
}
