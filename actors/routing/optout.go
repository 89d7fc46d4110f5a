package routing

import (
	"slices"
	"time"

	"switchyard/actors/sms"
)

// OptOutRule is by what an opt-out, or its end, is known. Events of the first version lack it.
type OptOutRule string

// The rules.
const (
	ByKeyword   OptOutRule = "keyword"   // the whole text was one of the keywords
	ByCarrier   OptOutRule = "carrier"   // the carrier said so of the text
	ByAgent     OptOutRule = "agent"     // a person confirmed it
	ByRefusal   OptOutRule = "refusal"   // the carrier refused a text to the customer for that
	ByElsewhere OptOutRule = "elsewhere" // said to another of the tenant's numbers
)

// alone says that no text of the customer's came with it, which would have said how long the conversation stays as it is.
func (r OptOutRule) alone() bool { return r == ByAgent || r == ByRefusal || r == ByElsewhere }

// applyConsent folds what the customer wants.
func (c *Conversation) applyConsent(out bool, rule OptOutRule, until time.Time) {
	c.OptedOut, c.OptOutAsked = out, ""
	if rule.alone() && c.State == Active && c.Transfer == nil {
		c.Deadline = until
	}
}

// heed decides what it means that the customer's words are in message m; after is the transcript's last message. The carrier's own
// verdict, where it gives one, beats our reading of the text.
func (c *Conversation) heed(p *Policy, o Order, cmd ReceiveText, m MessageID, after int) []Event {
	word, rule := keyword(p, cmd)
	switch word {
	case sms.Stop:
		if c.OptedOut {
			return nil // one confirmation per opt-out
		}
		return append(c.optOut(OptedOut{Message: m, Rule: rule}), c.autoReply(p, o, after, p.StopReply)...)
	case sms.Start:
		switch {
		case c.OptedOut:
			return append([]Event{OptedIn{Message: m, Rule: rule}}, c.autoReply(p, o, after, p.StartReply)...)
		case c.OptOutAsked != "":
			return []Event{OptOutDismissed{}}
		}
		return nil
	case sms.Help:
		return c.autoReply(p, o, after, p.HelpReply)
	case sms.None:
	}
	if c.OptedOut || c.OptOutAsked != "" || !sms.AsksToStop(cmd.Body) {
		return nil
	}
	return append([]Event{OptOutAsked{Message: m}}, c.cancelQueued(maybeOptedOut())...)
}

func keyword(p *Policy, cmd ReceiveText) (sms.Keyword, OptOutRule) {
	switch cmd.OptOut {
	case "stop":
		return sms.Stop, ByCarrier
	case "start":
		return sms.Start, ByCarrier
	case "help":
		return sms.Help, ByCarrier
	}
	return p.Keywords.Match(cmd.Body), ByKeyword
}

// optOut ends sending.
func (c *Conversation) optOut(out OptedOut) []Event {
	return append([]Event{out}, c.cancelQueued(hasOptedOut())...)
}

// optOutAlone is the same where no text of the customer's says so.
func (c *Conversation) optOutAlone(now time.Time, p *Policy, m MessageID, rule OptOutRule) []Event {
	out := OptedOut{Message: m, Rule: rule}
	out.Until = c.patienceAfter(now, p, out)
	return c.optOut(out)
}

// judgeOptOut is what a person makes of a text that may be a wish, or of one that was said in words that we do not understand. Only
// the customer's own START undoes it.
func (c *Conversation) judgeOptOut(now time.Time, p *Policy, o Order, cmd JudgeOptOut) ([]Event, error) {
	if !o.By.Supervises() {
		if err := c.heldBy(o.By); err != nil {
			return nil, err
		}
	}
	switch {
	case c.State == Ended:
		return nil, refuse(CodeWrongState, "the conversation has ended")
	case c.OptedOut && cmd.OptedOut:
		return nil, nil
	case cmd.OptedOut:
		return append(c.optOutAlone(now, p, c.OptOutAsked, ByAgent), c.autoReply(p, o, c.Seq, p.StopReply)...), nil
	case c.OptedOut:
		return nil, refuse(CodeOptedOut, "the customer has opted out; only START from the customer's phone restores texts")
	case c.OptOutAsked == "":
		return nil, nil
	}
	return []Event{OptOutDismissed{}}, nil
}

// follow brings the conversation to what the customer has said elsewhere.
func (c *Conversation) follow(now time.Time, p *Policy, cmd FollowConsent) []Event {
	switch {
	case cmd.OptedOut && !c.OptedOut:
		return c.optOutAlone(now, p, "", ByElsewhere)
	case !cmd.OptedOut && c.OptedOut:
		in := OptedIn{Rule: ByElsewhere}
		in.Until = c.patienceAfter(now, p, in)
		return []Event{in}
	}
	return nil
}

// refusedFor believes a carrier that refuses a text since the customer has opted out.
func (c *Conversation) refusedFor(now time.Time, p *Policy, m MessageID, f *Failure) []Event {
	if f == nil || f.Class != classOptedOut || c.OptedOut {
		return nil
	}
	return c.optOutAlone(now, p, m, ByRefusal)
}

// classOptedOut is the carriers' word for a customer who has opted out with them.
const classOptedOut = "opted_out"

func hasOptedOut() *Failure {
	return &Failure{Class: classOptedOut, Detail: "the customer has opted out; only START from the customer's phone restores texts"}
}

func maybeOptedOut() *Failure {
	return &Failure{Class: classOptedOut, Detail: "the customer may have asked for no more texts; say whether that is so, and write it again if not"}
}

// cancelQueued fails the texts that had not been handed to the carrier when the customer opted out, save answers to keywords.
func (c *Conversation) cancelQueued(why *Failure) []Event {
	var events []Event
	for _, out := range c.Outbox {
		if out.State == MessageQueued && out.needsConsent() {
			events = append(events, out.cancelled(why))
		}
	}
	return events
}

// needsConsent says that the text may not go to a customer who has opted out: every one but answers to keywords.
func (o Outgoing) needsConsent() bool { return o.Kind != KindAuto || o.Notice }

func (o Outgoing) cancelled(why *Failure) Event {
	return MessageAdvanced{Seq: o.Seq, State: MessageFailed, Attempt: o.Attempt, Failure: why}
}

func (c *Conversation) autoReply(p *Policy, o Order, after int, text string) []Event {
	if !p.EngineReplies || p.textable(c) != nil {
		return nil
	}
	count := sms.Count(text)
	return []Event{MessageAdded{Message: &Message{
		ID: c.ID.Message(after + 1), Seq: after + 1, Conversation: c.ID, Direction: Outbound, Kind: KindAuto, Text: text, At: o.At,
		State: MessageQueued, Segments: count.Count, Encoding: count.Encoding,
	}}}
}

// OptOutScope is how far a customer's STOP reaches.
type OptOutScope string

// The scopes.
const (
	ScopeTenant OptOutScope = "tenant" // to all of the tenant's numbers
	ScopeNumber OptOutScope = "number" // to the number that was texted
)

// Consent is what a customer has said about texts to each of a tenant's numbers. It is kept whole whatever the scope is, so
// that another scope changes what follows from it and loses nothing.
type Consent struct {
	Said []Saying `json:"said"` // the newest last; one for each channel
}

// Saying is the last that a customer has said to one channel.
type Saying struct {
	Channel      ChannelID      `json:"channel"`
	OptedOut     bool           `json:"opted_out"`
	At           time.Time      `json:"at"`
	Conversation ConversationID `json:"conversation"`
	Message      MessageID      `json:"message,omitempty"` // where
	Rule         OptOutRule     `json:"rule"`
}

// OptedOut is whether the customer may not be texted from the channel, and whether anything was ever said about that.
func (c Consent) OptedOut(scope OptOutScope, ch ChannelID) (out, known bool) {
	for _, s := range slices.Backward(c.Said) {
		if scope == ScopeTenant || s.Channel == ch {
			return s.OptedOut, true
		}
	}
	return false, false
}

// With is the consent after one saying more.
func (c Consent) With(s Saying) Consent {
	said := slices.DeleteFunc(slices.Clone(c.Said), func(old Saying) bool { return old.Channel == s.Channel })
	c.Said = append(said, s)
	return c
}

// Sayings is what the customer said about texts in this conversation by these events, in order. What was said elsewhere is written
// down there.
func (c *Conversation) Sayings(envelopes []Envelope) []Saying {
	var said []Saying
	for _, e := range envelopes {
		s := Saying{Channel: c.Channel, At: e.At, Conversation: c.ID}
		if out, ok := e.Event.(OptedOut); ok {
			s.OptedOut, s.Message, s.Rule = true, out.Message, out.Rule
		}
		if in, ok := e.Event.(OptedIn); ok {
			s.Message, s.Rule = in.Message, in.Rule
		}
		if s.Rule != "" && s.Rule != ByElsewhere {
			said = append(said, s)
		}
	}
	return said
}

// Scope is how far a customer's STOP reaches.
func (t *Tenant) Scope() OptOutScope {
	if t.OptOutScope == "" {
		return ScopeTenant
	}
	return t.OptOutScope
}
