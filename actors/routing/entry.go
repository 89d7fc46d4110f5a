package routing

import "time"

// EntryOutcome is how a queue entry ended.
type EntryOutcome string

// The outcomes of queue entries.
const (
	EntryAnswered  EntryOutcome = "answered"
	EntryAbandoned EntryOutcome = "abandoned" // ended while it waited, by a customer's opt-out
	EntryWithdrawn EntryOutcome = "withdrawn" // ended, moved or no longer transferred there
	// EntryOverflowed went to another queue, or became a case, by the queue's own policy: it was closed, or had too much to do.
	EntryOverflowed EntryOutcome = "overflowed"
	EntryExpired    EntryOutcome = "expired" // likewise, by the longest wait that the queue allows
)

// Entry is one wait in one queue, measured from the entry to its end: an accept, ringing and missed offers included. A transfer
// to a queue and a return to one are entries of their own.
type Entry struct {
	Queue   QueueID
	Outcome EntryOutcome
	At      time.Time // when it ended
	Waited  time.Duration
}

// EntryEnds is the entry that the event ends; false when it ends none.
func (s Step) EntryEnds() (Entry, bool) {
	outcome := s.Was.entryEnd(s.Is, s.Event)
	if outcome == "" {
		return Entry{}, false
	}
	return Entry{s.Was.WaitsIn(), outcome, s.At, s.At.Sub(s.Was.Entered())}, true
}

// WaitsIn is the queue whose entry the conversation is or was: its own, or the one that it is transferred to.
func (c *Conversation) WaitsIn() QueueID {
	if c.Transfer != nil && !c.Transfer.direct() {
		return c.Transfer.Queue
	}
	return c.Queue
}

// entryEnd is how an event that makes the conversation is ends its present entry; empty when it ends none.
func (c *Conversation) entryEnd(is *Conversation, e Event) EntryOutcome {
	inLine := c.State == Queued || c.State == Offered
	transferred := c.State == Active && c.Transfer != nil && !c.Transfer.direct()
	switch e := e.(type) {
	case OfferEnded:
		if e.Outcome == OutcomeAccepted && (inLine || transferred) {
			return EntryAnswered
		}
	case ConversationTaken:
		if inLine {
			return EntryAnswered
		}
	case TransferEnded:
		if transferred {
			return EntryWithdrawn
		}
	case Requeued:
		if inLine && e.Reason == RequeueMaxWait {
			return EntryExpired
		}
		if inLine && e.Reason.byQueue() {
			return EntryOverflowed
		}
		if (inLine || transferred) && !is.Entered().Equal(c.Entered()) {
			return EntryWithdrawn
		}
	case ConversationEnded:
		if inLine && c.Case != "" { // it has become a case
			return EntryOverflowed
		}
		if inLine && c.OptedOut {
			return EntryAbandoned
		}
		if inLine {
			return EntryWithdrawn
		}
	case Started, MessageAdded, MessageGrown, MessageAdvanced, MessagesRead, OfferMade, Reopened, ConversationParked, Returned, TransferStarted,
		Prioritized, CustomerAttached, CaseSaved, PostProcessingStarted, PostProcessingExtended, DispositionAwaited, WrappedUp,
		OptedOut, OptedIn, OptOutAsked, OptOutDismissed, Erased:
	}
	return ""
}

// EntryBegins is the queue that the event lets the conversation enter; empty when it enters none.
func (s Step) EntryBegins() QueueID {
	switch e := s.Event.(type) {
	case Started, Returned:
		return s.Is.Queue
	case TransferStarted:
		return e.Queue
	case Requeued:
		if !s.Is.Entered().Equal(s.Was.Entered()) {
			return s.Is.Queue
		}
	case MessageAdded, MessageGrown, MessageAdvanced, MessagesRead, OfferMade, OfferEnded, Reopened, ConversationParked, TransferEnded, Prioritized,
		ConversationTaken, CustomerAttached, CaseSaved, PostProcessingStarted, PostProcessingExtended, DispositionAwaited, WrappedUp,
		ConversationEnded, OptedOut, OptedIn, OptOutAsked, OptOutDismissed, Erased:
	}
	return ""
}
