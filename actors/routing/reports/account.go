package reports

import (
	"time"

	"switchyard/actors/routing"
)

// ShortAbandon is the wait below which one who gives up does not count against the service level.
const ShortAbandon = 5 * time.Second

// Account is what the steps of a conversation add to the sums. Queue finds a queue as it is configured, whose targets count.
func Account(steps []routing.Step, queue func(routing.QueueID) routing.Queue) []Line {
	a := account{queue: queue}
	for _, s := range steps {
		a.at = s.At
		a.entries(s)
		a.event(s.Was, s.Is, s.Event)
		a.times(s.Was, s.Is)
	}
	return a.lines
}

// account is what the events of one commit have added so far.
type account struct {
	queue func(routing.QueueID) routing.Queue
	at    time.Time
	lines []Line
}

func (a *account) add(kind Kind, name string, m Measure, n int64) {
	if name != "" {
		a.lines = append(a.lines, Line{At(kind, name, a.at), m, n})
	}
}

// both adds to a queue's sums and to an agent's.
func (a *account) both(q routing.QueueID, agent routing.AgentID, m Measure, n int64) {
	a.add(OfQueue, string(q), m, n)
	a.add(OfAgent, string(agent), m, n)
}

func (a *account) took(q routing.QueueID, agent routing.AgentID, count, sum Measure, took time.Duration) {
	a.both(q, agent, count, 1)
	a.both(q, agent, sum, took.Milliseconds())
}

// entries counts the queue entry that an event begins and the one that it ends.
func (a *account) entries(s routing.Step) {
	if queue := s.EntryBegins(); queue != "" {
		a.add(OfQueue, string(queue), Entered, 1)
	}
	entry, ended := s.EntryEnds()
	if !ended {
		return
	}
	name := string(entry.Queue)
	a.add(OfQueue, name, ofEntry(entry.Outcome), 1)
	a.add(OfQueue, name, LongestWait, entry.Waited.Milliseconds())
	switch {
	case entry.Outcome == routing.EntryAnswered:
		a.add(OfQueue, name, WaitAnswered, entry.Waited.Milliseconds())
		if queue := a.queue(entry.Queue); entry.Waited <= queue.ServiceLevel() {
			a.add(OfQueue, name, InTime, 1)
		}
	case entry.Outcome == routing.EntryAbandoned && entry.Waited < ShortAbandon:
		a.add(OfQueue, name, Short, 1)
	}
}

func (a *account) event(was, is *routing.Conversation, e routing.Event) {
	switch e := e.(type) {
	case routing.Started:
		a.add(OfQueue, string(is.Queue), Began, 1)
	case routing.MessageAdded:
		a.message(was, e.Message)
	case routing.MessageAdvanced:
		a.advance(was, e)
	case routing.OfferEnded:
		a.both(was.WaitsIn(), e.Agent, ofOffer(e.Outcome), 1)
	case routing.ConversationParked:
		a.add(OfQueue, string(is.Queue), ParkedTimes, 1)
	case routing.Requeued:
		if e.Agent != "" {
			a.add(OfQueue, string(was.Queue), Requeued, 1)
		}
		if e.Reason == routing.RequeueTransfer {
			a.both(was.Queue, e.Agent, TransfersQueue, 1)
		}
	case routing.TransferStarted:
		to := TransfersAgent
		if e.Queue != "" {
			to = TransfersQueue
		}
		a.both(was.Queue, was.Agent, to, 1)
	case routing.ConversationEnded:
		a.both(was.Queue, e.Agent, Finished, 1)
		a.add(OfQueue, string(was.Queue), Disposition(was.Disposition), 1)
		if !was.UnansweredSince.IsZero() {
			a.add(OfQueue, string(was.Queue), Unanswered, 1)
		}
	case routing.OptedOut:
		if e.Rule != routing.ByElsewhere { // it is counted there
			a.add(OfQueue, string(is.Queue), OptOuts, 1)
		}
	case routing.Returned, routing.TransferEnded, routing.ConversationTaken, routing.PostProcessingStarted, routing.OfferMade,
		routing.MessageGrown, routing.MessagesRead, routing.Reopened, routing.CustomerAttached, routing.CaseSaved,
		routing.PostProcessingExtended, routing.DispositionAwaited, routing.WrappedUp, routing.OptedIn,
		routing.OptOutAsked, routing.OptOutDismissed, routing.Erased, routing.Prioritized:
	}
}

// message counts a text; an agent's reply is timed from the oldest text that it answers.
func (a *account) message(was *routing.Conversation, m *routing.Message) {
	if m.Direction == routing.Inbound {
		a.add(OfQueue, string(was.Queue), TextsIn, 1)
		return
	}
	if m.State == "" { // a note
		return
	}
	channel := string(was.Channel)
	a.add(OfChannel, channel, Texts, 1)
	a.add(OfChannel, channel, Segments, int64(m.Segments))
	a.add(OfChannel, channel, Delivery(m.State, ""), 1)
	if m.Kind != routing.KindSMS {
		return
	}
	a.both(was.Queue, m.Agent, TextsOut, 1)
	if was.UnansweredSince.IsZero() {
		return
	}
	took := m.At.Sub(was.UnansweredSince)
	a.took(was.Queue, m.Agent, Replies, ReplyTime, took)
	a.both(was.Queue, m.Agent, LongestReply, took.Milliseconds())
	if queue := a.queue(was.Queue); took <= queue.ReplyTarget() {
		a.both(was.Queue, m.Agent, RepliesInTarget, 1)
	}
	if !was.UnansweredSince.After(was.CreatedAt) {
		a.took(was.Queue, m.Agent, FirstReplies, FirstReply, took)
	}
}

// advance moves a text from one state to the next, in the bucket in which it was added.
func (a *account) advance(was *routing.Conversation, e routing.MessageAdvanced) {
	o, known := was.OutgoingAt(e.Seq)
	before, after := Delivery(o.State, classOf(o.Failure)), Delivery(e.State, classOf(e.Failure))
	if !known || before == after {
		return
	}
	b := At(OfChannel, string(was.Channel), o.At)
	a.lines = append(a.lines, Line{b, before, -1}, Line{b, after, 1})
}

func classOf(f *routing.Failure) string {
	if f == nil {
		return ""
	}
	return f.Class
}

// times measures how long somebody talked when that somebody no longer does, and how long the wrap-up took.
func (a *account) times(was, is *routing.Conversation) {
	took := a.at.Sub(was.StateSince)
	switch {
	case was.State == routing.Active && (is.State != routing.Active || is.Agent != was.Agent):
		a.took(was.Queue, was.Agent, Talks, TalkTime, took)
	case was.State == routing.PostProcessing && is.State != routing.PostProcessing:
		a.took(was.Queue, was.Agent, WrapUps, WrapUpTime, took)
	default:
		return
	}
	if !was.TakenOver { // a supervisor who took over holds no slot
		a.lines = spread(a.lines, OfAgent, string(was.Agent), HeldTime, was.StateSince, a.at)
	}
}
