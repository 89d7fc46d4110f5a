package reports

import (
	"strings"

	"switchyard/actors/routing"
)

// Measure is one of the sums of a bucket. Those that end in _ms are times in milliseconds, all others are counts. The definitions
// are those of docs/metrics.md, which the live metrics share.
type Measure string

// The measures of queues. Entries count where they begin, their ends where they end.
const (
	Entered        Measure = "entered"
	Answered       Measure = "answered"    // entries that ended with an accept
	InTime         Measure = "in_time"     // those within the service level
	Abandoned      Measure = "abandoned"   // the customer gave up, by an opt-out
	Short          Measure = "short"       // those within ShortAbandon
	Expired        Measure = "expired"     // the queue's longest wait was over
	Overflowed     Measure = "overflowed"  // the queue gave it away: closed, or too much to do
	Withdrawn      Measure = "withdrawn"   // ended, assigned or no longer transferred there
	WaitAnswered   Measure = "wait_ms"     // of the answered
	LongestWait    Measure = "longest_ms"  // of all entries that ended
	TransfersAgent Measure = "to_agent"    // transfers begun, to an agent
	TransfersQueue Measure = "to_queue"    // and to a queue
	Requeued       Measure = "requeued"    // taken from an agent and put back
	ParkedTimes    Measure = "parked"      // conversations parked
	Began          Measure = "began"       // conversations that began
	Finished       Measure = "finished"    // and those that ended
	TextsIn        Measure = "texts_in"    // customers' texts
	OptOuts        Measure = "opt_outs"    // customers who want no more texts
	Unanswered     Measure = "unanswered"  // conversations that ended with a text that nobody had answered
	dispositions           = "disposition" // followed by the disposition's id
)

// The measures of queues and of agents alike.
const (
	OffersAccepted  Measure = "offers_accepted"
	OffersRejected  Measure = "offers_rejected"
	OffersLapsed    Measure = "offers_lapsed"
	OffersWithdrawn Measure = "offers_withdrawn" // withdrawn, or taken by another agent
	FirstReplies    Measure = "first_replies"    // agents' replies to the first text of a conversation
	FirstReply      Measure = "first_reply_ms"
	Replies         Measure = "replies" // customers' turns that an agent answered
	ReplyTime       Measure = "reply_ms"
	LongestReply    Measure = "longest_reply_ms"
	RepliesInTarget Measure = "replies_in_target" // within the queue's reply target
	Talks           Measure = "talks"             // times that somebody no longer talks
	TalkTime        Measure = "talk_ms"
	WrapUps         Measure = "wrapups"
	WrapUpTime      Measure = "wrapup_ms"
	TextsOut        Measure = "texts_out" // agents' texts, without what the engine sent by itself
)

// The measures of agents alone. Time is split where quarter hours end.
const (
	HeldTime Measure = "held_ms"  // of slots, from accept to the end of the wrap-up
	RoomTime Measure = "room_ms"  // of all slots, while available or busy
	statuses         = "status"   // followed by a status: its time in ms
	textsBy          = "outbound" // of channels: followed by state and class: texts by how far they came
)

// The measures of channels: texts of agents and of the engine, where they were added to the transcript.
const (
	Texts    Measure = "texts"
	Segments Measure = "segments"
)

func (m Measure) longest() bool { return strings.HasPrefix(string(m), "longest_") }

// Disposition counts conversations that ended with a disposition; empty: with none.
func Disposition(id string) Measure { return Measure(dispositions + "/" + id) }

// StatusTime is the time in a status.
func StatusTime(s routing.Status) Measure { return Measure(statuses + "/" + string(s) + "_ms") }

// Delivery counts the outbound texts that have come to a state, with the class of what went wrong. Queued stands for sending, too.
func Delivery(s routing.MessageState, class string) Measure {
	if s == routing.MessageSending {
		s = routing.MessageQueued
	}
	return Measure(textsBy + "/" + string(s) + "/" + class)
}

// of splits a measure that has parts: what it is one of, and the rest.
func (m Measure) of() (kind, rest string) {
	kind, rest, _ = strings.Cut(string(m), "/")
	return kind, rest
}

// ofOffer is the measure of an offer's outcome.
func ofOffer(o routing.Outcome) Measure {
	switch o {
	case routing.OutcomeAccepted:
		return OffersAccepted
	case routing.OutcomeRejected:
		return OffersRejected
	case routing.OutcomeLapsed:
		return OffersLapsed
	case routing.OutcomeWithdrawn, routing.OutcomeTaken:
		return OffersWithdrawn
	}
	return OffersWithdrawn
}

// ofEntry is the measure of an entry's outcome.
func ofEntry(o routing.EntryOutcome) Measure {
	switch o {
	case routing.EntryAnswered:
		return Answered
	case routing.EntryAbandoned:
		return Abandoned
	case routing.EntryWithdrawn:
		return Withdrawn
	case routing.EntryOverflowed:
		return Overflowed
	case routing.EntryExpired:
		return Expired
	}
	return Withdrawn
}
