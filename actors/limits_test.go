package actors

import (
	"strings"
	"testing"

	"switchyard/actors/routing"
)

// TestLargestTextsAreTaken brings texts as large as the edge lets in, of what grows most when it is written down.
func TestLargestTextsAreTaken(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		large := strings.Repeat("<", 64<<10)
		d.text("+14155550100", "m1", large)
		d.text("+14155550100", "m2", large)
		d.text("+14155550101", "m3", "hello")
		for _, c := range d.conversations() {
			d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
		}
		if n := len(d.held("ann")); n != 2 {
			t.Errorf("ann holds %d conversations", n)
		}
	})
}

// TestConversationGrownTooLargeRefusesReplies has an agent write far faster than the number may send: at some point there is
// no room for more, and nobody else notices.
func TestConversationGrownTooLargeRefusesReplies(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk("+14155550100")
		var no *routing.Error
		for n := 0; no == nil && n < 1000; n++ {
			no = d.ask(agentNamed("ann"), routing.SendReply{Conversation: c, Text: strings.Repeat("x", 1500)}).Refusal
		}
		if no == nil || no.Code != routing.CodeTooLong {
			t.Fatalf("refused: %v", no)
		}
		d.text("+14155550100", "m2", "enough!")
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: c})
		d.talk("+14155550101")
	})
}
