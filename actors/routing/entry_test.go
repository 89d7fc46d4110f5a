package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Which waits count as entries, and how they end.
func TestEntries(t *testing.T) {
	t.Parallel()
	active := stage(text(1), offered, accepted)
	queued, rings := stage(text(1)), stage(text(1), offered)
	toQueue := active.Apply(rosterDay, TransferStarted{Queue: "sales"})
	atBob := Offer{ID: "of_1_2", Agent: "bob"}
	direct := applyAll(active, rosterDay, []Event{TransferStarted{Agent: "bob"}, OfferMade{Offer: &atBob}})
	bobs := OfferEnded{Offer: "of_1_2", Agent: "bob", Outcome: OutcomeAccepted}
	for _, row := range []struct {
		name  string
		was   Conversation
		event Event
		ends  EntryOutcome
		in    QueueID // whose entry ends
		enter QueueID
	}{
		{"accepted", rings, accepted, EntryAnswered, "support", ""},
		{"missed", rings, lapsed, "", "", ""},
		{"taken over", queued, ConversationTaken{By: "sue"}, EntryAnswered, "support", ""},
		{"taken over from ann", active, ConversationTaken{By: "sue", From: "ann"}, "", "", ""},
		{"ended by a supervisor", queued, ConversationEnded{}, EntryWithdrawn, "support", ""},
		{"ended by ann", active, over, "", "", ""},
		{"moved", queued, Requeued{Reason: RequeueAssigned, Queue: "sales"}, EntryWithdrawn, "support", "sales"},
		{"pulled back", active, Requeued{Agent: "ann", Reason: RequeueUnanswered}, "", "", "support"},
		{"parked", active, ConversationParked{}, "", "", ""},
		{"returned", active.Apply(rosterDay, ConversationParked{}), Returned{}, "", "", "support"},
		{"to a queue", active, TransferStarted{Queue: "sales"}, "", "", "sales"},
		{"to an agent", active, TransferStarted{Agent: "bob"}, "", "", ""},
		{"accepted from the queue", toQueue.Apply(rosterDay, OfferMade{Offer: &atBob}), bobs, EntryAnswered, "sales", ""},
		{"accepted by the agent", direct, bobs, "", "", ""},
		{"given up", toQueue, TransferEnded{Outcome: TransferCancelled}, EntryWithdrawn, "sales", ""},
		{"gone on its way", toQueue, Requeued{Agent: "ann", Reason: RequeueGone, Queue: "sales"}, "", "", ""},
		{"taken over on its way", toQueue, TransferEnded{Outcome: TransferCancelled}, EntryWithdrawn, "sales", ""},
	} {
		at := rosterDay.Add(time.Minute)
		var want []Entry
		if row.ends != "" {
			want = []Entry{{row.in, row.ends, at, time.Minute}}
		}
		var got []Entry
		var entered QueueID
		for _, s := range row.was.Steps(row.was.Seal(at, Principal{}, []Event{row.event})) {
			if entry, ended := s.EntryEnds(); ended {
				got = append(got, entry)
			}
			entered = s.EntryBegins()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
		if entered != row.enter {
			t.Errorf("%s: enters %q, want %q", row.name, entered, row.enter)
		}
	}
}
