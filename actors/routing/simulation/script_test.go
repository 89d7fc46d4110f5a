package simulation

import (
	"testing"
	"time"

	"switchyard/actors/routing"
)

// TestErasedCustomersAreApart: without their numbers, two customers must not become one who writes into one conversation.
func TestErasedCustomersAreApart(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	script := func(id routing.ConversationID) *Customer {
		events := []routing.Event{
			routing.Started{ID: id, Channel: "main", CustomerNumber: "+12025550177"},
			routing.MessageAdded{Message: &routing.Message{Seq: 1, Direction: routing.Inbound, Kind: routing.KindSMS, Text: "hi"}},
			routing.MessageAdded{Message: &routing.Message{Seq: 2, Direction: routing.Inbound, Kind: routing.KindSMS, Text: "there"}},
			routing.Erased{},
		}
		log := make([]ranked, len(events))
		for i, e := range events {
			log[i] = ranked{routing.Envelope{At: at, Event: e}.Erase(), i}
		}
		return newScripted(log)
	}
	one, other := script("cv_1"), script("cv_2")
	if one.Text.From == "" || one.Text.From == other.Text.From {
		t.Errorf("they write from %q and %q", one.Text.From, other.Text.From)
	}
	second, ok := one.Script.deeds[0].command.(routing.ReceiveText)
	if !ok || second.From != one.Text.From {
		t.Errorf("the second text is %+v, the first from %q", one.Script.deeds[0].command, one.Text.From)
	}
}
