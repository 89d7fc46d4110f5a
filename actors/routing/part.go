package routing

import (
	"slices"
	"strings"
	"time"

	"switchyard/actors/sms"
)

// Part is the place of a text within a long one that its carrier did not join: the parts of one long text have one reference.
type Part struct {
	Ref    string `json:"ref"`
	Number int    `json:"number"` // from 1
	Total  int    `json:"total"`
}

// whole says that there is nothing to wait for.
func (p *Part) whole() bool { return p == nil || p.Total < 2 }

// Partial is a long text of which some parts have come. It is in the transcript from its first part on and grows there: it never waits
// in secret for a part that may not come, and needs no deadline.
type Partial struct {
	Message Message    `json:"message"` // as it reads now
	Ref     string     `json:"ref"`
	Total   int        `json:"total"`
	Parts   []PartText `json:"parts"` // by number
}

// PartText is one part's text as the carrier brought it: an emoji may be cut in two between parts.
type PartText struct {
	Number int    `json:"number"`
	Body   string `json:"body"`
}

const (
	// partsTogether is how long after the first part of a long text others are still taken for its own: carriers repeat a call for a day,
	// and phones use a reference again after 256 long texts.
	partsTogether = 24 * time.Hour
	// partialsKept bounds how many long texts are remembered whose parts have not all come.
	partialsKept = 8
	// gap stands for parts that have not come.
	gap = "[...]"
)

// partial finds the long text that a part belongs to: one that still lacks it.
func (c *Conversation) partial(now time.Time, p Part) (Partial, bool) {
	for _, long := range c.Partials {
		same := long.Ref == p.Ref && long.Total == p.Total && now.Sub(long.Message.At) < partsTogether
		if _, there := long.find(p.Number); same && !there {
			return long, true
		}
	}
	return Partial{}, false
}

func (l Partial) find(number int) (int, bool) {
	return slices.BinarySearchFunc(l.Parts, number, func(t PartText, n int) int { return t.Number - n })
}

// with is the long text with one part more.
func (l Partial) with(number int, body string) Partial {
	at, _ := l.find(number)
	l.Parts = slices.Insert(slices.Clone(l.Parts), at, PartText{number, body})
	l.Message.Text = sms.Inbound(l.body())
	return l
}

// body is what has come, with a mark where something lacks.
func (l Partial) body() string {
	var b strings.Builder
	next := 1
	for _, t := range l.Parts {
		if t.Number > next {
			b.WriteString(gap)
		}
		b.WriteString(t.Body)
		next = t.Number + 1
	}
	if next <= l.Total {
		b.WriteString(gap)
	}
	return b.String()
}

func (l Partial) complete() bool { return len(l.Parts) == l.Total }

// takePart adds one part of a long text: to the message that has begun with another of its parts, or as a new message that others will
// complete. What the whole means, as a keyword, is heeded when it is whole.
func (c *Conversation) takePart(now time.Time, p *Policy, o Order, cmd ReceiveText) []Event {
	long, known := c.partial(o.At, *cmd.Part)
	if !known {
		long = Partial{Message: *c.received(o, cmd), Ref: cmd.Part.Ref, Total: cmd.Part.Total}.with(cmd.Part.Number, cmd.Body)
		added := MessageAdded{Message: &long.Message, CarrierID: cmd.CarrierID, Raw: cmd.Body, Part: cmd.Part}
		added.Until = c.patienceAfter(now, p, added)
		return []Event{added}
	}
	long = long.with(cmd.Part.Number, cmd.Body)
	grown := MessageGrown{Seq: long.Message.Seq, Part: *cmd.Part, Text: long.Message.Text, CarrierID: cmd.CarrierID, Raw: cmd.Body}
	var heeded []Event
	if long.complete() {
		cmd.Body = long.body()
		heeded = c.heed(p, o, cmd, long.Message.ID, c.Seq)
	}
	grown.Until = c.patienceAfter(now, p, grown, heeded...)
	return append([]Event{grown}, heeded...)
}

// foldPartial remembers a long text by its first part.
func foldPartial(c *Conversation, e *MessageAdded) {
	long := Partial{Message: *e.Message, Ref: e.Part.Ref, Total: e.Part.Total, Parts: []PartText{{e.Part.Number, e.Raw}}}
	c.Partials = append(slices.Clip(c.Partials), long)
	if len(c.Partials) > partialsKept {
		c.Partials = slices.Clone(c.Partials[1:])
	}
}

// foldGrown folds a further part. A long text that is whole is remembered no more.
func foldGrown(c *Conversation, e MessageGrown) {
	if c.State == Active && c.Transfer == nil {
		c.Deadline = e.Until
	}
	c.Partials = slices.Clone(c.Partials)
	for i, long := range c.Partials {
		if long.Message.Seq == e.Seq {
			c.Partials[i] = long.with(e.Part.Number, e.Raw)
		}
	}
	c.Partials = slices.DeleteFunc(c.Partials, Partial.complete)
	if len(c.Partials) == 0 {
		c.Partials = nil
	}
	if c.LastMessage != nil && c.LastMessage.Seq == e.Seq {
		last := *c.LastMessage
		last.Text = e.Text
		c.LastMessage = &last
	}
}

// grown is the message that grew, as it reads then; false when it is none of those that are remembered.
func (c *Conversation) grown(e MessageGrown) (Message, bool) {
	for _, long := range c.Partials {
		if long.Message.Seq == e.Seq {
			m := long.Message
			m.Text = e.Text
			return m, true
		}
	}
	return Message{}, false
}
