package routing

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestInboundText(t *testing.T) {
	t.Parallel()
	sent := rosterDay.Add(-time.Minute)
	message := Message{
		ID: "ms_1_2", Seq: 2, Conversation: "cv_1", Direction: Inbound, Kind: KindSMS, Text: "hi [emoji: waving hand sign]\n[image not shown: image/png]",
		At: rosterDay, CarrierAt: &sent, Media: []Media{{"image/png"}},
	}
	received := ReceiveText{Body: "hi 👋", Media: message.Media, CarrierID: "SM1", CarrierAt: sent}
	want := []Event{MessageAdded{Message: &message, CarrierID: "SM1", Raw: "hi 👋"}}
	for _, cmd := range []ConversationCommand{received, &Begin{Text: received}} { // an open conversation is not begun twice
		got, err := new(stage(text(1))).Decide(rosterDay.Add(time.Hour), samplePolicy(), Order{Input: "9", At: rosterDay, Command: cmd})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%T: %v\n%s", cmd, err, diff)
		}
	}
}

// The carrier's verdict beats our reading; without one the whole text must be the word.
func TestInboundKeywords(t *testing.T) {
	t.Parallel()
	out := stage(OptedOut{Message: "ms_1_1"})
	engine, silent := samplePolicy(), samplePolicy()
	silent.EngineReplies = false
	for _, row := range []struct {
		name   string
		c      Conversation
		policy Policy
		text   ReceiveText
		want   []string
	}{
		{"stop", stage(), engine, ReceiveText{Body: " Stop. "}, []string{"customer.opted_out", "message.added"}},
		{"stop, answered by the carrier", stage(), silent, ReceiveText{Body: "STOP"}, []string{"customer.opted_out"}},
		{"stop again", out, engine, ReceiveText{Body: "STOP"}, nil},
		{"stop in a sentence", stage(), engine, ReceiveText{Body: "do not stop"}, nil},
		{"the carrier says stop", stage(), silent, ReceiveText{Body: "enough", OptOut: "stop"}, []string{"customer.opted_out"}},
		{"the carrier says help", stage(), engine, ReceiveText{Body: "STOP", OptOut: "help"}, []string{"message.added"}},
		{"start", out, engine, ReceiveText{Body: "unstop"}, []string{"customer.opted_in", "message.added"}},
		{"start without a stop", stage(), engine, ReceiveText{Body: "START"}, nil},
		{"the carrier says start", out, silent, ReceiveText{Body: "YES", OptOut: "start"}, []string{"customer.opted_in"}},
		{"help", out, engine, ReceiveText{Body: "Info"}, []string{"message.added"}},
		{"help, answered by the carrier", out, silent, ReceiveText{Body: "Info"}, nil},
	} {
		events, err := row.c.Decide(rosterDay, row.policy, Order{Input: "9", At: rosterDay, Command: row.text})
		var got []string
		for _, e := range events[1:] { // the text itself is always there
			got = append(got, EventType(e))
		}
		if err != nil || EventType(events[0]) != "message.added" || !slices.Equal(row.want, got) {
			t.Errorf("%s: %v, %v, want %v", row.name, got, err, row.want)
		}
	}
}

// A conversation is linked to the one before within the queue's window only, and its agent has the first right to it.
func TestReopenWindow(t *testing.T) {
	t.Parallel()
	day, none := samplePolicy(), samplePolicy()
	none.ReopenWindow = 0
	for _, row := range []struct {
		name   string
		policy Policy
		after  time.Duration
		linked bool
	}{
		{"at once", day, 0, true},
		{"the last moment", day, 24*time.Hour - 1, true},
		{"too late", day, 24 * time.Hour, false},
		{"no window", none, 0, false},
	} {
		begin := &Begin{Channel: &Channel{}, Queue: &Queue{}, Thread: Thread{Last: "cv_0", EndedAt: rosterDay.Add(-row.after), Agent: "ann"}}
		events, err := new(Conversation).Decide(rosterDay, row.policy, Order{Input: "1", At: rosterDay, Command: begin})
		c := applyAll(Conversation{}, rosterDay, events)
		if err != nil || (c.LinkedTo == "cv_0") != row.linked || (c.LastAgent == "ann") != row.linked ||
			row.linked && !c.lastUntil().Equal(rosterDay.Add(LastAgentRight)) {
			t.Errorf("%s: %v: linked to %q, last with %q until %v", row.name, err, c.LinkedTo, c.LastAgent, c.lastUntil())
		}
		if item := c.item(); item.LastAgent != c.LastAgent || !item.lastUntil().Equal(c.lastUntil()) {
			t.Errorf("%s: its line hears of %q until %v", row.name, item.LastAgent, item.lastUntil())
		}
		for _, e := range []Event{accepted, lapsed} {
			if is := applyAll(c, rosterDay, []Event{offered, e}); is.LastAgent != "" || !is.lastUntil().IsZero() {
				t.Errorf("%s: the right outlives %+v", row.name, e)
			}
		}
	}
}

// A burst is one preview, which an answer empties.
func TestPreview(t *testing.T) {
	t.Parallel()
	note := MessageAdded{Message: &Message{Seq: 3, Direction: Outbound, Kind: KindNote}}
	burst := []Event{text(1), text(2), note}
	var many []Event
	for seq := range PreviewKept + 2 {
		many = append(many, text(seq+1))
	}
	for _, row := range []struct {
		name   string
		events []Event
		want   []int
	}{
		{"nothing", nil, nil},
		{"a burst and a note", burst, []int{1, 2}},
		{"answered", append(burst, reply(4)), nil},
		{"answered, and one more", append(burst, reply(4), text(5)), []int{5}},
		{"too many", many, []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
	} {
		var got []int
		for _, m := range Preview(Transcript(new(stage()).Seal(rosterDay, Principal{}, row.events))) {
			got = append(got, m.Seq)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

// A decision lists the chosen one first and not more than it may.
func TestDecisionIsBounded(t *testing.T) {
	t.Parallel()
	var members []Profile
	for i := range 2 * CandidatesKept {
		members = append(members, Profile{ID: AgentID([]byte{'a' + byte(i/10), '0' + byte(i%10)})})
	}
	line := NewLine(Queue{ID: "support"}, members)
	says(line.Open, rosterDay)
	hears(line.Enter, rosterDay, &Item{Conversation: "cv_1"})
	hears(line.Sit, rosterDay, &SeatChanged{Seat: sits("d9", 1, 0)})
	proposed := hears(line.Reserved, rosterDay, answer("cv_1", 1, true, sits("d9", 1, 1)))
	d := proposed[0].(*MakeOffer).Decision
	if len(d.Candidates) != CandidatesKept || d.Considered != len(members) || d.Candidates[0].Agent != "d9" || !d.Candidates[0].Chosen {
		t.Errorf("%+v", d)
	}
	for _, c := range d.Candidates[1:] {
		if c.Chosen || c.ExcludedBy != ExcludedByStatus {
			t.Errorf("%+v", c)
		}
	}
}

// TestDecisionsAreFollowed: an explanation tells what became of each decision's offers, of those at the same time as well.
func TestDecisionsAreFollowed(t *testing.T) {
	t.Parallel()
	first, second := Decision{At: rosterDay, Queue: "support"}, Decision{At: rosterDay.Add(time.Minute), Queue: "sales"}
	offer := func(n int, a AgentID) *Offer { return &Offer{ID: ConversationID("cv_1").Offer(n), Agent: a} }
	ended := func(n int, a AgentID, o Outcome, reason string) Event {
		return OfferEnded{Offer: ConversationID("cv_1").Offer(n), Agent: a, Outcome: o, Reason: reason}
	}
	got := Decisions(new(stage()).Seal(rosterDay, ann, []Event{
		text(1),
		OfferMade{Offer: offer(1, "ann"), Decision: first},
		OfferMade{Offer: offer(2, "bob")},
		ended(2, "bob", OutcomeLapsed, ""),
		OfferMade{Offer: offer(3, "cid"), Decision: second},
		ended(1, "ann", OutcomeRejected, "lunch"),
	}))
	want := []Decided{
		{first, []Ending{{rosterDay, "bob", OutcomeLapsed, ""}, {rosterDay, "ann", OutcomeRejected, "lunch"}}},
		{second, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAddresseeOf(t *testing.T) {
	t.Parallel()
	for _, c := range sampleCommands() {
		to := AddresseeOf(c)
		_, conversation := c.(ConversationCommand)
		_, text := c.(ReceiveText)
		switch c.(type) {
		case SetStatus, Connect, Disconnect:
			if to != (Addressee{Agent: "ann"}) {
				t.Errorf("%T is for %+v", c, to)
			}
		default:
			if want := conversation && !text; (to.Conversation == "cv_1") != want || to.Agent != "" || to.Stray {
				t.Errorf("%T is for %+v", c, to)
			}
		}
	}
	for _, c := range []Command{AcceptOffer{}, RejectOffer{Offer: "x"}, ReceiveReceipt{Message: "ms_1"}, SendReply{}, WrapUp{}} {
		if to := AddresseeOf(c); !to.Stray {
			t.Errorf("%T of nothing is for %+v", c, to)
		}
	}
}
