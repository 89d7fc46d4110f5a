package reports

import "switchyard/actors/routing"

// Conversations is the table of conversations. Number says how much of a customer's number is shown.
func Conversations(number func(string) string) []Column[Row] {
	return []Column[Row]{
		{"conversation", func(r Row) Cell { return string(r.Conversation) }},
		{"state", func(r Row) Cell { return string(r.State) }},
		{"partial", func(r Row) Cell { return r.State != routing.Ended }},
		{"channel", func(r Row) Cell { return string(r.Channel) }},
		{"customer_number", func(r Row) Cell { return number(r.Number) }},
		{"customer", func(r Row) Cell { return orNothing(r.Customer) }},
		{"linked_to", func(r Row) Cell { return orNothing(r.LinkedTo) }},
		{"queues", func(r Row) Cell { return texts(r.Queues) }},
		{"agents", func(r Row) Cell { return texts(r.Agents) }},
		{"received_at", func(r Row) Cell { return timeCell(r.Received) }},
		{"first_offered_at", func(r Row) Cell { return timeCell(r.Offered) }},
		{"first_accepted_at", func(r Row) Cell { return timeCell(r.Accepted) }},
		{"first_replied_at", func(r Row) Cell { return timeCell(r.Replied) }},
		{"talk_ended_at", func(r Row) Cell { return timeCell(r.Talked) }},
		{"ended_at", func(r Row) Cell { return timeCell(r.Ended) }},
		{"outcome", func(r Row) Cell { return orNothing(r.Outcome) }},
		{"wait_seconds", func(r Row) Cell { return durationCell(r.Wait) }},
		{"in_service_level", func(r Row) Cell { return r.InTime }},
		{"talk_seconds", func(r Row) Cell { return durationCell(r.TalkTime) }},
		{"wrap_up_seconds", func(r Row) Cell { return durationCell(r.WrapUp) }},
		{"replies", func(r Row) Cell { return int64(r.Replies) }},
		{"reply_seconds", func(r Row) Cell { return durationCell(r.ReplyTime) }},
		{"replies_in_target", func(r Row) Cell { return int64(r.RepliesInTarget) }},
		{"unanswered", func(r Row) Cell { return r.Unanswered }},
		{"offers", func(r Row) Cell { return int64(r.Offers) }},
		{"transfers", func(r Row) Cell { return int64(r.Transfers) }},
		{"requeues", func(r Row) Cell { return int64(r.Requeues) }},
		{"parked", func(r Row) Cell { return int64(r.Parked) }},
		{"texts_in", func(r Row) Cell { return int64(r.TextsIn) }},
		{"texts_out", func(r Row) Cell { return int64(r.TextsOut) }},
		{"automatic", func(r Row) Cell { return int64(r.Automatic) }},
		{"segments", func(r Row) Cell { return int64(r.Segments) }},
		{"delivered", func(r Row) Cell { return int64(r.Delivered) }},
		{"failed", func(r Row) Cell { return int64(r.Failed) }},
		{"opted_out", func(r Row) Cell { return r.OptedOut }},
		{"disposition", func(r Row) Cell { return orNothing(r.Disposition) }},
		{"case", func(r Row) Cell { return orNothing(r.Case) }},
	}
}

// States is the table of what agents declared: an interval that is not over is partial.
func States() []Column[Stay] {
	return []Column[Stay]{
		{"agent", func(s Stay) Cell { return string(s.Agent) }},
		{"status", func(s Stay) Cell { return string(s.Status) }},
		{"reason", func(s Stay) Cell { return orNothing(s.Reason) }},
		{"from", func(s Stay) Cell { return s.From }},
		{"to", func(s Stay) Cell { return s.To }},
		{"seconds", func(s Stay) Cell { return durationCell(s.To.Sub(s.From)) }},
		{"partial", func(s Stay) Cell { return s.Partial }},
	}
}

// Stay is the part of an interval that lies within a report; partial when it goes on.
type Stay struct {
	Interval

	Partial bool
}

func orNothing[S ~string](s S) Cell {
	if s == "" {
		return nil
	}
	return string(s)
}

func texts[S ~string](all []S) Cell {
	list := make([]string, len(all))
	for i, s := range all {
		list[i] = string(s)
	}
	return list
}
