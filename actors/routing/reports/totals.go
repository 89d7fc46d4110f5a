package reports

import (
	"slices"

	"switchyard/actors/routing"
)

// Formula says what the service level is a percentage of.
type Formula string

// The formulas. What was withdrawn is nobody's, and a short abandon is no wait.
const (
	// OfDecided counts the entries that ended but for those withdrawn and short abandons.
	OfDecided Formula = "decided"
	// OfEntered counts the entries that began but for short abandons (8x8: accepted in SLA of entered).
	OfEntered Formula = "entered"
	// OfAnswered counts the entries that were answered.
	OfAnswered Formula = "answered"
)

// Valid says whether f is one of the formulas.
func (f Formula) Valid() bool { return f == OfDecided || f == OfEntered || f == OfAnswered }

func (f Formula) whole() func(Sums) int64 {
	switch f {
	case OfEntered:
		return func(s Sums) int64 { return s[Entered] - s[Short] }
	case OfAnswered:
		return sumOf(Answered)
	case OfDecided:
		return Decided
	}
	return Decided
}

// Decided is how many entries ended that the service level is a percentage of: those withdrawn are nobody's, and a short abandon is no
// wait.
func Decided(s Sums) int64 { return s.of(Answered, Abandoned, Expired, Overflowed) - s[Short] }

// Queues is the table of queues; named says that each has rows of its own.
func Queues(named bool, f Formula) []Column[Total] {
	name := ""
	if named {
		name = "queue"
	}
	columns := append(ofSpan(name),
		count("entered", Entered),
		count("ended", Answered, Abandoned, Expired, Overflowed, Withdrawn),
		count("answered", Answered),
		count("answered_in_service_level", InTime),
		percent("service_level_percent", sumOf(InTime), f.whole()),
		count("abandoned", Abandoned),
		count("short_abandoned", Short),
		count("expired", Expired),
		count("overflowed", Overflowed),
		count("withdrawn", Withdrawn),
		percent("abandoned_percent", func(s Sums) int64 { return s.of(Abandoned, Expired) - s[Short] }, Decided),
		seconds("wait_seconds", WaitAnswered),
		average("average_wait_seconds", WaitAnswered, Answered),
		seconds("longest_wait_seconds", LongestWait),
	)
	columns = append(columns, replies()...)
	columns = append(columns, count("unanswered", Unanswered))
	columns = append(columns, handling()...)
	columns = append(columns, offers()...)
	return append(columns,
		count("transfers_to_agents", TransfersAgent),
		count("transfers_to_queues", TransfersQueue),
		count("requeued", Requeued),
		count("parked", ParkedTimes),
		count("conversations_begun", Began),
		count("conversations_ended", Finished),
		count("texts_in", TextsIn),
		count("texts_out", TextsOut),
		count("opt_outs", OptOuts),
	)
}

func replies() []Column[Total] {
	return []Column[Total]{
		count("first_replies", FirstReplies),
		seconds("first_reply_seconds", FirstReply),
		average("average_first_reply_seconds", FirstReply, FirstReplies),
		count("replies", Replies),
		seconds("reply_seconds", ReplyTime),
		average("average_reply_seconds", ReplyTime, Replies),
		seconds("longest_reply_seconds", LongestReply),
		count("replies_in_target", RepliesInTarget),
		percent("replies_in_target_percent", sumOf(RepliesInTarget), sumOf(Replies)),
	}
}

func handling() []Column[Total] {
	return []Column[Total]{
		count("talks", Talks),
		seconds("talk_seconds", TalkTime),
		average("average_talk_seconds", TalkTime, Talks),
		count("wrap_ups", WrapUps),
		seconds("wrap_up_seconds", WrapUpTime),
		average("average_wrap_up_seconds", WrapUpTime, WrapUps),
	}
}

func offers() []Column[Total] {
	all := []Measure{OffersAccepted, OffersRejected, OffersLapsed, OffersWithdrawn}
	return []Column[Total]{
		count("offers", all...),
		count("offers_accepted", OffersAccepted),
		count("offers_rejected", OffersRejected),
		count("offers_lapsed", OffersLapsed),
		count("offers_withdrawn", OffersWithdrawn),
		percent("acceptance_percent", sumOf(OffersAccepted), sumOf(all...)),
	}
}

// Agents is the table of agents.
func Agents() []Column[Total] {
	columns := append(ofSpan("agent"),
		seconds("available_seconds", StatusTime(routing.Available)),
		seconds("busy_stop_new_seconds", StatusTime(routing.BusyStopNew)),
		seconds("on_break_seconds", StatusTime(routing.OnBreak)),
		seconds("working_offline_seconds", StatusTime(routing.WorkingOffline)),
		seconds("held_slot_seconds", HeldTime),
		seconds("offered_slot_seconds", RoomTime),
		percent("occupancy_percent", sumOf(HeldTime), sumOf(RoomTime)),
		count("conversations_ended", Finished),
	)
	columns = append(columns, handling()...)
	columns = append(columns, replies()...)
	columns = append(columns, offers()...)
	return append(columns,
		count("transfers_to_agents", TransfersAgent),
		count("transfers_to_queues", TransfersQueue),
		count("texts_out", TextsOut),
	)
}

// Deliveries is the table of channels: how far the texts came that were added in a span, whenever that was known. Classes are
// those of failures that get columns of their own.
func Deliveries(classes []string) []Column[Total] {
	state := func(s routing.MessageState) func(Sums) int64 {
		return func(all Sums) int64 {
			var n int64
			for m, of := range all {
				if kind, rest := m.of(); kind == textsBy && stateOf(rest) == s {
					n += of
				}
			}
			return n
		}
	}
	in := func(name string, s routing.MessageState) Column[Total] {
		return Column[Total]{name, func(t Total) Cell { return state(s)(t.Sums) }}
	}
	columns := append(ofSpan("channel"),
		count("texts", Texts),
		count("segments", Segments),
		in("queued", routing.MessageQueued),
		in("sent", routing.MessageSent),
		in("delivered", routing.MessageDelivered),
		in("failed", routing.MessageFailed),
		in("unknown", routing.MessageUnknown),
		percent("failed_percent", state(routing.MessageFailed), func(s Sums) int64 {
			return state(routing.MessageFailed)(s) + state(routing.MessageDelivered)(s)
		}),
	)
	for _, class := range classes {
		columns = append(columns, count("failed_"+class, Delivery(routing.MessageFailed, class)))
	}
	return columns
}

// stateOf is the state in what follows a measure's kind.
func stateOf(rest string) routing.MessageState {
	kind, _ := Measure(rest).of()
	return routing.MessageState(kind)
}

// Chosen is how many conversations of a queue ended with a disposition; empty: with none.
type Chosen struct {
	Total

	Disposition string
	Count       int64
}

// Dispositions is the table of dispositions.
func Dispositions() []Column[Chosen] {
	return []Column[Chosen]{
		{"interval_start", func(c Chosen) Cell { return c.From }},
		{"interval_end", func(c Chosen) Cell { return c.To }},
		{"partial", func(c Chosen) Cell { return c.Partial }},
		{"queue", func(c Chosen) Cell { return c.Name }},
		{"disposition", func(c Chosen) Cell { return c.Disposition }},
		{"conversations", func(c Chosen) Cell { return c.Count }},
	}
}

// Chosen lists what a queue's total says of dispositions: the configured ones, those that were, and none.
func (t Total) Chosen(configured []routing.Disposition) []Chosen {
	ids := []string{""}
	for _, d := range configured {
		ids = append(ids, d.ID)
	}
	for m := range t.Sums {
		if kind, id := m.of(); kind == dispositions && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	all := make([]Chosen, 0, len(ids))
	for _, id := range ids {
		all = append(all, Chosen{t, id, t.Sums[Disposition(id)]})
	}
	return all
}
