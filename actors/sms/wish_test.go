package sms

import (
	"strings"
	"testing"
)

func TestAsksToStop(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"please stop texting me", "STOP PLEASE", "stop it now", "Stop, stop, stop!!", "Pls unsubscribe", "Don't text me again", "DON’T TEXT ME", "dont ever text me",
		"do not contact me any more", "I told you to stop sending these messages to my phone", "No more texts please", "opt me out", "I want to opt out of this, thank you",
		"Please remove me from your list", "take me off this list", "leave me alone", "I hereby revoke my consent to get messages", "quit messaging me", "do not send me any more texts",
		"stop these texts", "never text this number again", "arrêt svp", strings.Repeat("la ", 300) + "stop texting me",
	} {
		if !AsksToStop(text) {
			t.Errorf("%q is not taken for a wish", text)
		}
	}
	for _, text := range []string{
		"", "hi", "Cancel", "cancel my order please", "Please cancel", "where does the bus that I take to work stop on Sundays?", "the end", "can you text me the address",
		"I don't know", "please don't cancel my order", "I cannot stop the machine from beeping", "send me no more than two boxes", "do not worry about it", "don't send the red one",
		"remove the second item", "no more questions", "do", "do not", "do not stop", "It doesn't stop", "no", "stopping by tomorrow", strings.Repeat("la ", 2000) + "stop texting me",
	} {
		if AsksToStop(text) {
			t.Errorf("%q is taken for a wish", text)
		}
	}
}
