package simulation

import (
	"math"
	"time"

	"switchyard/actors/routing"
)

// Customer is somebody who writes, and what it takes to serve them. All of it is theirs, whoever serves them and whenever: two
// configurations that are compared meet the very same customers.
type Customer struct {
	At   time.Time // of the first text
	Rank int       // its place among what happens at that time
	Text routing.ReceiveText
	// ID is the stem of the ids of the conversation that the text begins; empty: the floor numbers it.
	ID string
	// Stranger says that nothing is to be remembered of the customer once the conversation is over.
	Stranger bool
	// Patience is how long they wait for an agent before they give up. SMS knows no hanging up: the conversation stays in the line,
	// and the agent who gets it finds nobody there, ends it at once and has nothing to wrap up.
	Patience time.Duration
	Answer   time.Duration // until the agent accepts the first offer
	// Again is how long it takes until a later one is accepted, drawn anew: who missed one need not miss the next. Nil: as the first.
	Again  func() time.Duration
	Handle time.Duration // from the accept to the end
	WrapUp time.Duration // from there to the end of the wrap-up; Endless: as long as the queue gives
	// Script is what happened, for one who has been recorded. It says how long things take, as far as it goes.
	Script *Script
	// Attributes are those of the customer's record, which channels' rules may ask for.
	Attributes map[string]string
	record     routing.CustomerID
}

// Endless is a time that is never over.
const Endless time.Duration = math.MaxInt64

// GaveUp says whether the customer, not answered yet, waits no more.
func (c *Customer) GaveUp(now time.Time) bool { return now.Sub(c.At) > c.Patience }
