package routing

// Transcript folds a conversation's events into its messages, in order.
func Transcript(envelopes []Envelope) []Message {
	messages := []Message{}
	for _, e := range envelopes {
		switch ev := e.Event.(type) {
		case MessageAdded:
			messages = append(messages, ev.Message)
		case MessageGrown:
			if i := ev.Seq - 1; i >= 0 && i < len(messages) {
				messages[i].Text = ev.Text
			}
		case MessageAdvanced:
			if i := ev.Seq - 1; i >= 0 && i < len(messages) {
				messages[i].State, messages[i].Failure = ev.State, ev.Failure
			}
		case Started, MessagesRead, OfferMade, OfferEnded, Reopened, CustomerAttached, CaseSaved, PostProcessingStarted,
			PostProcessingExtended, WrappedUp, ConversationEnded, OptedOut, OptedIn:
		}
	}
	return messages
}

// Decisions lists why the conversation was offered to whom, in order.
func Decisions(envelopes []Envelope) []Decision {
	decisions := []Decision{}
	for _, e := range envelopes {
		if made, ok := e.Event.(OfferMade); ok {
			decisions = append(decisions, made.Decision)
		}
	}
	return decisions
}

// Fold rebuilds a conversation from its events.
func Fold(envelopes []Envelope) Conversation {
	var c Conversation
	for _, e := range envelopes {
		c = c.Apply(e.At, e.Event)
	}
	return c
}
