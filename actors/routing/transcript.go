package routing

// Transcript folds a conversation's events into its messages, in order.
func Transcript(envelopes []Envelope) []Message {
	messages := []Message{}
	for _, e := range envelopes {
		switch ev := e.Event.(type) {
		case MessageAdded:
			messages = append(messages, *ev.Message)
		case MessageGrown:
			if i := ev.Seq - 1; i >= 0 && i < len(messages) {
				messages[i].Text = ev.Text
			}
		case MessageAdvanced:
			if i := ev.Seq - 1; i >= 0 && i < len(messages) {
				messages[i].State, messages[i].Failure = ev.State, ev.Failure
			}
		case Started, MessagesRead, OfferMade, OfferEnded, Reopened, ConversationParked, Returned, Requeued, TransferStarted, TransferEnded, Prioritized, ConversationTaken,
			CustomerAttached, CaseSaved, PostProcessingStarted,
			PostProcessingExtended, DispositionAwaited, WrappedUp, ConversationEnded, OptedOut, OptedIn, OptOutAsked, OptOutDismissed, Erased:
		}
	}
	return messages
}

// PreviewKept bounds the texts that an offer shows.
const PreviewKept = 10

// Preview is what an offer shows of a transcript: the customer's texts that no agent has answered, the latest of them, oldest
// first. It grows while the offer rings.
func Preview(transcript []Message) []Message {
	preview := []Message{}
	for _, m := range transcript {
		switch {
		case m.Direction == Inbound:
			preview = append(preview, m)
		case m.Kind == KindSMS:
			preview = preview[:0]
		}
	}
	return preview[max(0, len(preview)-PreviewKept):]
}

// Fold rebuilds a conversation from its events.
func Fold(envelopes []Envelope) Conversation {
	var c Conversation
	for _, e := range envelopes {
		c = c.Apply(e.At, e.Event)
	}
	return c
}
