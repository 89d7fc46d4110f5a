package reports

import (
	"slices"
	"time"

	"switchyard/actors/routing"
)

// Row is what is told of one conversation: everything that happened to it, in one line. Times are zero when it did not happen.
type Row struct {
	Conversation routing.ConversationID `json:"conversation"`
	Channel      routing.ChannelID      `json:"channel"`
	Number       string                 `json:"number"` // the customer's
	Customer     routing.CustomerID     `json:"customer,omitempty"`
	LinkedTo     routing.ConversationID `json:"linked_to,omitempty"`
	State        routing.State          `json:"state"`
	Queues       []routing.QueueID      `json:"queues"`           // that it entered, in order
	Agents       []routing.AgentID      `json:"agents,omitempty"` // who had it, in order
	Outcome      routing.EntryOutcome   `json:"outcome,omitempty"`

	Received time.Time `json:"received"`
	Offered  time.Time `json:"offered,omitzero"`  // the first time
	Accepted time.Time `json:"accepted,omitzero"` // the first time
	Replied  time.Time `json:"replied,omitzero"`  // the first time, by an agent
	Talked   time.Time `json:"talked,omitzero"`   // when an agent ended it
	Ended    time.Time `json:"ended,omitzero"`    // when it was over, the wrap-up too

	Wait      time.Duration `json:"wait,omitempty"`    // of the first entry, nanoseconds, as all of these
	InTime    bool          `json:"in_time,omitempty"` // the first entry was answered within the service level
	TalkTime  time.Duration `json:"talk,omitempty"`
	WrapUp    time.Duration `json:"wrap_up,omitempty"`
	ReplyTime time.Duration `json:"reply,omitempty"` // the sum over the customer's turns

	Offers          int  `json:"offers,omitempty"`
	Transfers       int  `json:"transfers,omitempty"`
	Requeues        int  `json:"requeues,omitempty"`
	Parked          int  `json:"parked,omitempty"`
	TextsIn         int  `json:"texts_in,omitempty"`
	TextsOut        int  `json:"texts_out,omitempty"`
	Automatic       int  `json:"automatic,omitempty"` // texts that the engine sent by itself
	Segments        int  `json:"segments,omitempty"`  // of all texts to the customer
	Delivered       int  `json:"delivered,omitempty"`
	Failed          int  `json:"failed,omitempty"`
	Replies         int  `json:"replies,omitempty"` // customer's turns that an agent answered
	RepliesInTarget int  `json:"replies_in_target,omitempty"`
	Unanswered      bool `json:"unanswered,omitempty"` // its last turn has no answer
	OptedOut        bool `json:"opted_out,omitempty"`

	Disposition string         `json:"disposition,omitempty"`
	Case        routing.CaseID `json:"case,omitempty"`
}

// Tell makes the row of a conversation from its whole log. Queue finds a queue as it is configured, whose targets count.
func Tell(log []routing.Envelope, queue func(routing.QueueID) routing.Queue) Row {
	var r Row
	c, next := new(routing.Conversation), new(routing.Conversation)
	for _, e := range log {
		*next = *c
		routing.ApplyTo(next, e.At, e.Event)
		r.step(routing.Step{Envelope: e, Was: c, Is: next}, queue)
		c, next = next, c
	}
	r.Conversation, r.Channel, r.Number, r.Customer, r.LinkedTo = c.ID, c.Channel, c.CustomerNumber, c.Customer, c.LinkedTo
	r.State, r.Received, r.Case, r.Disposition, r.OptedOut = c.State, c.CreatedAt, c.Case, c.Disposition, c.OptedOut
	r.Unanswered = !c.UnansweredSince.IsZero()
	return r
}

func (r *Row) step(s routing.Step, queue func(routing.QueueID) routing.Queue) {
	was, is := s.Was, s.Is
	r.entries(s, queue)
	r.event(was, s.Envelope, queue)
	took := s.At.Sub(was.StateSince)
	if was.State == routing.Active && (is.State != routing.Active || is.Agent != was.Agent) {
		r.TalkTime += took
	}
	if was.State == routing.PostProcessing && is.State != routing.PostProcessing {
		r.WrapUp += took
	}
	if is.Agent != "" && is.Agent != was.Agent && is.State == routing.Active {
		r.Agents = append(r.Agents, is.Agent)
	}
}

func (r *Row) entries(s routing.Step, queue func(routing.QueueID) routing.Queue) {
	if entered := s.EntryBegins(); entered != "" && !slices.Contains(r.Queues, entered) {
		r.Queues = append(r.Queues, entered)
	}
	entry, ended := s.EntryEnds()
	if ended && r.Outcome == "" {
		entered := queue(entry.Queue)
		r.Outcome, r.Wait = entry.Outcome, entry.Waited
		r.InTime = entry.Outcome == routing.EntryAnswered && entry.Waited <= entered.ServiceLevel()
	}
}

func (r *Row) event(was *routing.Conversation, e routing.Envelope, queue func(routing.QueueID) routing.Queue) {
	switch ev := e.Event.(type) {
	case routing.OfferMade:
		r.Offers++
		first(&r.Offered, e.At)
	case routing.OfferEnded:
		if ev.Outcome == routing.OutcomeAccepted {
			first(&r.Accepted, e.At)
		}
	case routing.ConversationTaken:
		first(&r.Accepted, e.At)
	case routing.MessageAdded:
		r.message(was, ev.Message, queue)
	case routing.MessageAdvanced:
		switch ev.State {
		case routing.MessageDelivered:
			r.Delivered++
		case routing.MessageFailed:
			r.Failed++
		case routing.MessageQueued, routing.MessageSending, routing.MessageUnknown, routing.MessageSent:
		}
	case routing.TransferStarted:
		r.Transfers++
	case routing.Requeued:
		r.Requeues++
		if ev.Reason == routing.RequeueTransfer {
			r.Transfers++
		}
	case routing.ConversationParked:
		r.Parked++
	case routing.PostProcessingStarted:
		r.Talked = e.At
	case routing.ConversationEnded:
		r.Ended = e.At
		if was.State == routing.Active {
			r.Talked = e.At
		}
	case routing.Started, routing.Returned, routing.TransferEnded, routing.MessageGrown, routing.MessagesRead, routing.Reopened,
		routing.CustomerAttached, routing.CaseSaved, routing.PostProcessingExtended, routing.DispositionAwaited, routing.WrappedUp,
		routing.OptedOut, routing.OptedIn, routing.OptOutAsked, routing.OptOutDismissed, routing.Erased, routing.Prioritized:
	}
}

func (r *Row) message(was *routing.Conversation, m *routing.Message, queue func(routing.QueueID) routing.Queue) {
	switch {
	case m.Direction == routing.Inbound:
		r.TextsIn++
		return
	case m.State == "": // a note
		return
	case m.Kind != routing.KindSMS:
		r.Automatic++
	default:
		r.TextsOut++
		first(&r.Replied, m.At)
		if !was.UnansweredSince.IsZero() {
			took := m.At.Sub(was.UnansweredSince)
			r.Replies, r.ReplyTime = r.Replies+1, r.ReplyTime+took
			if its := queue(was.Queue); took <= its.ReplyTarget() {
				r.RepliesInTarget++
			}
		}
	}
	r.Segments += m.Segments
}

// first keeps the earliest time.
func first(at *time.Time, now time.Time) {
	if at.IsZero() {
		*at = now
	}
}
