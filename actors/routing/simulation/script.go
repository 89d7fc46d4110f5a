package simulation

import (
	"cmp"
	"strings"
	"time"

	"switchyard/actors/routing"
)

// Script is what a recorded customer and the agents who had the conversation did. All of it is counted from what led to it, an
// offer or an accept, so that it fits also when another configuration lets that come at another time.
type Script struct {
	offers []reply // to the first offer, the second …
	deeds  []deed  // in order
	held   bool
	stints []int         // where in deeds begins what was done before the first accept, after it, after the second …
	ranks  map[int64]int // of what the engine did by itself, by its time in Unix nanoseconds
}

// reply is what became of an offer.
type reply struct {
	agent    routing.AgentID
	decision routing.Decision
	after    time.Duration
	rank     int
	outcome  routing.Outcome // empty: it still rang when the recording ended
	reason   string
}

// deed is something that somebody did with the conversation.
type deed struct {
	stint   int // how often it had been accepted
	after   time.Duration
	rank    int
	by      routing.Principal // the agent who had it, whoever that will be; or a supervisor; zero: the customer
	command routing.ConversationCommand
}

// ranked is an event with its place in the recording.
type ranked struct {
	routing.Envelope
	rank int
}

// scribe writes a script while it reads a log.
type scribe struct {
	*Script
	who         *Customer
	c           routing.Conversation // as it was before the event
	since       time.Time            // when the present stint began
	accepted    time.Time
	disposition string
}

// newScripted reads a conversation's whole log.
func newScripted(log []ranked) *Customer {
	s := scribe{Script: &Script{stints: []int{0}, ranks: map[int64]int{}}}
	s.who = &Customer{Patience: Endless, WrapUp: Endless, Script: s.Script}
	for i, e := range log {
		s.read(e, log[i+1:])
		s.c = s.c.Apply(e.At, e.Event)
	}
	return s.who
}

// read takes one event into the script. What is only the core's own consequence of something else is left out: it will come of
// itself.
func (s *scribe) read(e ranked, rest []ranked) {
	if e.By == nil {
		s.ranks[e.At.UnixNano()] = e.rank
	}
	switch ev := e.Event.(type) {
	case routing.Started:
		s.who.ID, s.who.At, s.who.Rank, s.since = strings.TrimPrefix(string(ev.ID), "cv_"), e.At, e.rank, e.At
		s.who.Text = routing.ReceiveText{Channel: ev.Channel, From: cmp.Or(ev.CustomerNumber, string(ev.ID))} // of an erased one there is no number
		s.who.record = ev.Customer
	case routing.MessageAdded:
		s.said(e, ev, rest)
	case routing.MessageGrown:
		part := ev.Part
		s.wrote(e, routing.ReceiveText{
			Channel: s.c.Channel, From: s.who.Text.From, Body: ev.Raw, CarrierID: ev.CarrierID, Part: &part,
		})
	case routing.OfferMade:
		s.offers = append(s.offers, reply{agent: ev.Offer.Agent, decision: ev.Decision, after: Endless})
	case routing.OfferEnded:
		s.replied(e, ev)
	case routing.Requeued:
		s.requeued(e, ev)
	case routing.TransferStarted:
		if e.By != nil && e.By.Supervises() && ev.Agent != "" {
			s.did(e, routing.AssignConversation{Conversation: e.Conversation, Agent: ev.Agent})
			return
		}
		s.did(e, routing.TransferConversation{Conversation: e.Conversation, Agent: ev.Agent, Queue: ev.Queue})
	case routing.TransferEnded:
		s.interfered(e, routing.ReleaseConversation{Conversation: e.Conversation})
	case routing.Prioritized:
		s.did(e, routing.PrioritizeConversation{Conversation: e.Conversation, Priority: ev.Priority})
	case routing.ConversationTaken:
		s.did(e, routing.TakeOver{Conversation: e.Conversation})
	case routing.PostProcessingStarted:
		s.did(e, routing.EndConversation{Conversation: e.Conversation})
		s.handled(e.At)
	case routing.PostProcessingExtended:
		s.did(e, routing.ExtendPostProcessing{Conversation: e.Conversation})
	case routing.DispositionAwaited:
		s.held = true
	case routing.WrappedUp:
		s.disposition = ev.Disposition
	case routing.ConversationEnded:
		if s.c.State == routing.PostProcessing && (e.By == nil || s.c.TakenOver || !e.By.Supervises()) {
			s.did(e, routing.WrapUp{Conversation: e.Conversation, Disposition: s.disposition})
			return
		}
		s.did(e, routing.EndConversation{Conversation: e.Conversation, Disposition: s.disposition})
		s.handled(e.At)
	case routing.OptedOut:
		if ev.Rule == routing.ByAgent {
			s.did(e, routing.JudgeOptOut{Conversation: e.Conversation, OptedOut: true})
		}
	case routing.OptOutDismissed:
		s.did(e, routing.JudgeOptOut{Conversation: e.Conversation})
	case routing.MessageAdvanced, routing.MessagesRead, routing.Reopened, routing.ConversationParked, routing.Returned,
		routing.CustomerAttached, routing.CaseSaved, routing.OptedIn, routing.OptOutAsked, routing.Erased:
	}
}

// said takes a text into the script. What was written by hand is done again; the words of agents do not matter.
func (s *scribe) said(e ranked, ev routing.MessageAdded, rest []ranked) {
	m := ev.Message
	switch {
	case m.Direction == routing.Inbound && m.Seq == 1:
		s.who.Text = written(s.who.Text, ev, rest)
	case m.Direction == routing.Inbound:
		s.wrote(e, written(routing.ReceiveText{Channel: s.c.Channel, From: s.who.Text.From}, ev, rest))
	case m.Kind == routing.KindSMS:
		s.did(e, routing.SendReply{Conversation: e.Conversation, Text: "…"})
	}
}

// wrote takes a text into the script that came when the conversation had begun.
func (s *scribe) wrote(e ranked, text routing.ReceiveText) {
	s.deeds = append(s.deeds, deed{stint: len(s.stints) - 1, after: e.At.Sub(s.since), rank: e.rank, command: text})
}

// written is a text as it came. What the carrier made of it shows in what follows it.
func written(text routing.ReceiveText, ev routing.MessageAdded, rest []ranked) routing.ReceiveText {
	text.Body, text.Media, text.CarrierID, text.Part = ev.Message.Text, ev.Message.Media, ev.CarrierID, ev.Part
	if ev.Raw != "" {
		text.Body = ev.Raw
	}
	if len(rest) > 0 {
		if out, ok := rest[0].Event.(routing.OptedOut); ok && out.Message == ev.Message.ID {
			text.OptOut = "stop"
		}
		if in, ok := rest[0].Event.(routing.OptedIn); ok && in.Message == ev.Message.ID {
			text.OptOut = "start"
		}
	}
	return text
}

// replied takes the end of an offer into the script; an accept begins the next stint.
func (s *scribe) replied(e ranked, ev routing.OfferEnded) {
	for n := range s.offers {
		offer, rings := s.c.Ring(s.c.ID.Offer(n + 1))
		if !rings || offer.ID != ev.Offer {
			continue
		}
		r := &s.offers[n]
		r.after, r.rank, r.outcome, r.reason = e.At.Sub(offer.OfferedAt), e.rank, ev.Outcome, ev.Reason
	}
	if ev.Outcome == routing.OutcomeWithdrawn {
		s.interfered(e, routing.ReleaseConversation{Conversation: e.Conversation})
	}
	if ev.Outcome == routing.OutcomeAccepted {
		s.stints = append(s.stints, len(s.deeds))
		s.since, s.accepted = e.At, e.At
	}
}

// requeued takes into the script who sent the conversation back to a line, if somebody did.
func (s *scribe) requeued(e ranked, ev routing.Requeued) {
	switch ev.Reason {
	case routing.RequeueReleased:
		s.did(e, routing.ReleaseConversation{Conversation: e.Conversation})
	case routing.RequeueAssigned:
		s.did(e, routing.AssignConversation{Conversation: e.Conversation, Queue: ev.Queue}) // to an agent: what follows says to whom
	case routing.RequeueTransfer:
		s.did(e, routing.TransferConversation{Conversation: e.Conversation, Queue: ev.Queue})
	case routing.RequeueUnanswered, routing.RequeueGone, routing.RequeueClosed, routing.RequeueOverflow,
		routing.RequeueMaxWait:
	}
}

// interfered takes a supervisor's deed into the script. Agents' deeds never show in this way.
func (s *scribe) interfered(e ranked, cmd routing.ConversationCommand) {
	if e.By != nil && e.By.Supervises() {
		s.did(e, cmd)
	}
}

// did takes a deed into the script, if it was one: what the engine did by itself it will do again. Of the several events of one
// intervention of a supervisor the last says what it was.
func (s *scribe) did(e ranked, cmd routing.ConversationCommand) {
	if e.By == nil {
		return
	}
	d := deed{len(s.stints) - 1, e.At.Sub(s.since), e.rank, *e.By, cmd}
	if last := len(s.deeds) - 1; last >= s.stints[d.stint] && d.by.Supervises() && s.deeds[last].by == d.by && s.deeds[last].after == d.after {
		s.deeds = s.deeds[:last]
	}
	s.deeds = append(s.deeds, d)
}

// handled notes how long the last talk took, for stints that the recording does not have.
func (s *scribe) handled(at time.Time) {
	if !s.accepted.IsZero() {
		s.who.Handle = at.Sub(s.accepted)
	}
}

// stint is what was done after the n-th accept; n = 0: before the first. False: the recording has no such accept.
func (s *Script) stint(n int) (from, to int, ok bool) {
	if n >= len(s.stints) {
		return 0, 0, false
	}
	to = len(s.deeds)
	if n+1 < len(s.stints) {
		to = s.stints[n+1]
	}
	return s.stints[n], to, true
}

// rank is the place of what the engine did at a time by itself, Unranked when it did nothing then.
func (s *Script) rank(at time.Time) int {
	if s != nil {
		if rank, ok := s.ranks[at.UnixNano()]; ok {
			return rank
		}
	}
	return Unranked
}
