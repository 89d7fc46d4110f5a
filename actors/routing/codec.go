package routing

import (
	"encoding/json"
	"fmt"
	"time"
)

// EventVersion is the version of the event formats that are written. Files of all versions up to it are read, for ever:
// what has changed since is upcast here.
const EventVersion = 1

// envelopeJSON is an envelope as it is written: its data an event when it is encoded, and raw until its type is known.
type envelopeJSON[D any] struct {
	V            int            `json:"v"`
	Type         string         `json:"type"`
	Conversation ConversationID `json:"conversation"`
	Seq          int            `json:"seq"`
	At           time.Time      `json:"at"`
	By           *Principal     `json:"by,omitempty"`
	Data         D              `json:"data"`
}

// MarshalJSON implements json.Marshaler.
func (e Envelope) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(envelopeJSON[Event]{e.V, e.Type, e.Conversation, e.Seq, e.At, e.By, e.Event})
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.Type, err)
	}
	return b, nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Envelope) UnmarshalJSON(b []byte) error {
	var raw envelopeJSON[json.RawMessage]
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	if raw.V < 1 || raw.V > EventVersion {
		return fmt.Errorf("decode event: version %d is not known to this program; run the one that wrote it, or a newer one", raw.V)
	}
	decode, ok := eventDecoders[raw.Type]
	if !ok {
		return fmt.Errorf("decode event: type %q is not known to this program", raw.Type)
	}
	event, err := decode(raw.Data)
	if err != nil {
		return fmt.Errorf("decode event %s: %w", raw.Type, err)
	}
	*e = Envelope{raw.V, raw.Type, raw.Conversation, raw.Seq, raw.At, raw.By, event}
	return nil
}

// Seal puts events that have just been decided into their envelopes, in order after those that made c.
func (c *Conversation) Seal(at time.Time, by Principal, events []Event) []Envelope {
	envelopes := make([]Envelope, 0, len(events))
	for i, e := range events {
		id := c.ID
		if s, ok := events[0].(Started); ok {
			id = s.ID
		}
		env := Envelope{V: EventVersion, Type: EventType(e), Conversation: id, Seq: c.Rev + i + 1, At: at, Event: e}
		if by != (Principal{}) {
			env.By = &by
		}
		envelopes = append(envelopes, env)
	}
	return envelopes
}

// EventType is the name that an event is stored under.
func EventType(e Event) string {
	switch e.(type) {
	case Started:
		return "conversation.started"
	case MessageAdded:
		return "message.added"
	case MessageGrown:
		return "message.grown"
	case MessageAdvanced:
		return "message.advanced"
	case MessagesRead:
		return "messages.read"
	case OfferMade:
		return "offer.made"
	case OfferEnded:
		return "offer.ended"
	case Reopened:
		return "conversation.reopened"
	case ConversationParked:
		return "conversation.parked"
	case Returned:
		return "conversation.returned"
	case Requeued:
		return "conversation.requeued"
	case TransferStarted:
		return "transfer.started"
	case TransferEnded:
		return "transfer.ended"
	case Prioritized:
		return "conversation.prioritized"
	case ConversationTaken:
		return "conversation.taken_over"
	case CustomerAttached:
		return "customer.attached"
	case CaseSaved:
		return "case.saved"
	case PostProcessingStarted:
		return "post_processing.started"
	case PostProcessingExtended:
		return "post_processing.extended"
	case DispositionAwaited:
		return "disposition.awaited"
	case WrappedUp:
		return "conversation.wrapped_up"
	case ConversationEnded:
		return "conversation.ended"
	case OptedOut:
		return "customer.opted_out"
	case OptedIn:
		return "customer.opted_in"
	case OptOutAsked:
		return "opt_out.asked"
	case OptOutDismissed:
		return "opt_out.dismissed"
	case Erased:
		return "conversation.erased"
	}
	return ""
}

// decodeAs decodes one member of a sum.
func decodeAs[T any, Sum any](b []byte) (Sum, error) {
	var v T
	err := json.Unmarshal(b, &v)
	sum, _ := any(v).(Sum)
	return sum, err
}

//nolint:gochecknoglobals // a constant table
var eventDecoders = map[string]func([]byte) (Event, error){
	"conversation.started":     decodeAs[Started, Event],
	"message.added":            decodeAs[MessageAdded, Event],
	"message.grown":            decodeAs[MessageGrown, Event],
	"message.advanced":         decodeAs[MessageAdvanced, Event],
	"messages.read":            decodeAs[MessagesRead, Event],
	"offer.made":               decodeAs[OfferMade, Event],
	"offer.ended":              decodeAs[OfferEnded, Event],
	"conversation.reopened":    decodeAs[Reopened, Event],
	"conversation.parked":      decodeAs[ConversationParked, Event],
	"conversation.returned":    decodeAs[Returned, Event],
	"conversation.requeued":    decodeAs[Requeued, Event],
	"transfer.started":         decodeAs[TransferStarted, Event],
	"transfer.ended":           decodeAs[TransferEnded, Event],
	"conversation.prioritized": decodeAs[Prioritized, Event],
	"conversation.taken_over":  decodeAs[ConversationTaken, Event],
	"customer.attached":        decodeAs[CustomerAttached, Event],
	"case.saved":               decodeAs[CaseSaved, Event],
	"post_processing.started":  decodeAs[PostProcessingStarted, Event],
	"post_processing.extended": decodeAs[PostProcessingExtended, Event],
	"disposition.awaited":      decodeAs[DispositionAwaited, Event],
	"conversation.wrapped_up":  decodeAs[WrappedUp, Event],
	"conversation.ended":       decodeAs[ConversationEnded, Event],
	"customer.opted_out":       decodeAs[OptedOut, Event],
	"customer.opted_in":        decodeAs[OptedIn, Event],
	"opt_out.asked":            decodeAs[OptOutAsked, Event],
	"opt_out.dismissed":        decodeAs[OptOutDismissed, Event],
	"conversation.erased":      decodeAs[Erased, Event],
}
