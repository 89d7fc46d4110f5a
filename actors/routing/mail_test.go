package routing

import (
	"slices"
	"testing"
	"time"
)

// says is what a machine says by itself at a time.
func says(speak func(*Mail, time.Time), at time.Time) []Effect {
	var mail Mail
	speak(&mail, at)
	return mail.Effects()
}

// hears is what a machine says to what it hears at a time.
func hears[E any](hear func(*Mail, time.Time, E), at time.Time, e E) []Effect {
	var mail Mail
	hear(&mail, at, e)
	return mail.Effects()
}

func TestMailIsReadWhileItGrows(t *testing.T) {
	t.Parallel()
	var mail Mail
	for range 3 { // with room already, too
		mail.Clear()
		mail.wake(Wake{Conversation: "cv_0"})
		for read := 0; read < mail.Len(); read++ {
			first := mail.Effects()[read].(*Wake)
			if n := mail.Len(); n < 100 {
				mail.holdSlot(HoldSlot{Agent: "ann"})
				mail.wake(Wake{Conversation: NewConversationID(string(first.Conversation) + "x")})
				mail.effects = slices.DeleteFunc(mail.effects, deaf[*HoldSlot])
			}
			if mail.Effects()[read] != Effect(first) {
				t.Fatalf("the %d. was lost", read)
			}
		}
		if last := mail.Effects()[mail.Len()-1].(*Wake); len(last.Conversation) < 100 {
			t.Errorf("the last is %s: not all followed from the one before", last.Conversation)
		}
	}
}
