package routing

// Step is one event, and the conversation before it and after it. Nobody changes either.
type Step struct {
	Envelope
	Was, Is *Conversation
}

// Steps is how the conversation goes on by the envelopes, event by event.
func (c *Conversation) Steps(envelopes []Envelope) []Step {
	steps, states := make([]Step, len(envelopes)), make([]Conversation, len(envelopes))
	was := c
	for i, e := range envelopes {
		is := &states[i]
		*is = *was
		ApplyTo(is, e.At, e.Event)
		steps[i] = Step{e, was, is}
		was = is
	}
	return steps
}
