package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stage leads a conversation by events to where a test wants it.
func stage(events ...Event) Conversation {
	started := Started{
		ID: "cv_1", Tenant: "acme", Channel: "main", BusinessNumber: "+14155550100", CustomerNumber: "+14155550201", Queue: "support",
		Skills: []Need{{"billing", 50}},
	}
	return applyAll(Conversation{}, rosterDay, append([]Event{started}, events...))
}

func text(seq int) Event {
	return MessageAdded{Message: &Message{ID: ConversationID("cv_1").Message(seq), Seq: seq, Direction: Inbound, Kind: KindSMS, At: rosterDay}}
}

func reply(seq int) Event {
	return MessageAdded{Message: &Message{
		ID: ConversationID("cv_1").Message(seq), Seq: seq, Direction: Outbound, Kind: KindSMS, Agent: "ann", At: rosterDay, State: MessageQueued,
		Text: "hello", Segments: 1,
	}}
}

func advance(seq int, s MessageState, attempt int) Event {
	return MessageAdvanced{Seq: seq, State: s, Attempt: attempt}
}

var (
	offered  = OfferMade{Offer: &Offer{ID: "of_1_1", Agent: "ann", OfferedAt: rosterDay, ExpiresAt: rosterDay.Add(30 * time.Second)}}
	accepted = OfferEnded{Offer: "of_1_1", Agent: "ann", Outcome: OutcomeAccepted}
	lapsed   = OfferEnded{Offer: "of_1_1", Agent: "ann", Outcome: OutcomeLapsed}
	wrapping = PostProcessingStarted{Until: rosterDay.Add(time.Minute)}
	over     = ConversationEnded{Agent: "ann"}
)

// What a conversation says from nothing is what the others have to know of it, in every state.
func TestDeltaFromNothing(t *testing.T) {
	t.Parallel()
	item := Item{Conversation: "cv_1", Since: rosterDay, Entered: rosterDay, Skills: []Need{{"billing", 50}}}
	again := item
	again.Refused, again.Offers = []AgentID{"ann"}, 1
	retried := rosterDay.Add(time.Second)
	queued := func(seq int, at time.Time) *QueueText {
		return &QueueText{Conversation: "cv_1", Channel: "main", Message: ConversationID("cv_1").Message(seq), Segments: 1, NotBefore: at, Since: rosterDay}
	}
	for _, row := range []struct {
		name string
		is   Conversation
		want []Effect
	}{
		{"not begun", Conversation{}, nil},
		{"queued", stage(text(1)), []Effect{&EnterLine{"support", item}}},
		{"queued after a miss", stage(text(1), offered, lapsed), []Effect{&EnterLine{"support", again}}},
		{"offered", stage(text(1), offered), []Effect{&HoldSlot{"ann", "cv_1", SlotOffer}, &Wake{"cv_1", rosterDay.Add(30 * time.Second)}}},
		{"active", stage(text(1), offered, accepted), []Effect{&HoldSlot{"ann", "cv_1", SlotActive}}},
		{"with two replies", stage(offered, accepted, reply(1), reply(2)), []Effect{&HoldSlot{"ann", "cv_1", SlotActive}, queued(1, time.Time{})}},
		{
			"with a reply to be tried again", stage(offered, accepted, reply(1), advance(1, MessageSending, 1),
				MessageAdvanced{Seq: 1, State: MessageQueued, Attempt: 1, NotBefore: &retried}),
			[]Effect{&HoldSlot{"ann", "cv_1", SlotActive}, queued(1, retried)},
		},
		{"with a reply being sent", stage(offered, accepted, reply(1), reply(2), advance(1, MessageSending, 1)), []Effect{&HoldSlot{"ann", "cv_1", SlotActive}}},
		{
			"with a reply of unknown fate", stage(offered, accepted, reply(1), reply(2), advance(1, MessageUnknown, 1)),
			[]Effect{&HoldSlot{"ann", "cv_1", SlotActive}, queued(2, time.Time{})},
		},
		{"wrapping up", stage(offered, accepted, wrapping), []Effect{&HoldSlot{"ann", "cv_1", SlotWrap}, &Wake{"cv_1", rosterDay.Add(time.Minute)}}},
		{
			"ended with a reply to be sent", stage(offered, accepted, reply(1), over),
			[]Effect{queued(1, time.Time{}), &Closed{"cv_1", ThreadID{"main", "+14155550201"}}},
		},
	} {
		if diff := cmp.Diff(row.want, Delta(Conversation{}, row.is)); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
		if again := Delta(row.is, row.is); again != nil {
			t.Errorf("%s: nothing has changed, and it says %v", row.name, again)
		}
	}
}

func TestDelta(t *testing.T) {
	t.Parallel()
	queued, ringing := stage(text(1)), stage(text(1), offered)
	active, wrap := stage(text(1), offered, accepted), stage(text(1), offered, accepted, wrapping)
	sending := stage(text(1), offered, accepted, reply(2), reply(3), advance(2, MessageSending, 1))
	for _, row := range []struct {
		name    string
		was, is Conversation
		want    []Effect
	}{
		{"a text while waiting", queued, stage(text(1), text(2)), nil},
		{
			"offered", queued, ringing, []Effect{
				&HoldSlot{"ann", "cv_1", SlotOffer}, &LeaveLine{"support", "cv_1", []AgentID{"ann"}}, &Wake{"cv_1", rosterDay.Add(30 * time.Second)},
			},
		},
		{"accepted", ringing, active, []Effect{&HoldSlot{"ann", "cv_1", SlotActive}, &Wake{Conversation: "cv_1"}}},
		{
			"lapsed", ringing, stage(text(1), offered, lapsed), []Effect{
				&EnterLine{"support", new(stage(text(1), offered, lapsed)).item()},
				&FreeSlot{Agent: "ann", Conversation: "cv_1", At: rosterDay},
				&Wake{Conversation: "cv_1"},
			},
		},
		{"to post-processing", active, wrap, []Effect{&HoldSlot{"ann", "cv_1", SlotWrap}, &Wake{"cv_1", rosterDay.Add(time.Minute)}}},
		{"reopened", wrap, wrap.Apply(rosterDay, Reopened{}), []Effect{&HoldSlot{"ann", "cv_1", SlotActive}, &Wake{Conversation: "cv_1"}}},
		{
			"ended", wrap, wrap.Apply(rosterDay, over), []Effect{
				&FreeSlot{"ann", "cv_1", true, rosterDay}, &Wake{Conversation: "cv_1"}, &Closed{"cv_1", ThreadID{"main", "+14155550201"}},
			},
		},
		{"a second reply", stage(text(1), offered, accepted, reply(2)), stage(text(1), offered, accepted, reply(2), reply(3)), nil},
		{
			"sending", stage(text(1), offered, accepted, reply(2), reply(3)), sending, []Effect{&Transmit{
				Channel: "main", Conversation: "cv_1", Message: "ms_1_2", From: "+14155550100", To: "+14155550201", Text: "hello", Attempt: 1,
			}},
		},
		{
			"sent: the next", sending, sending.Apply(rosterDay, advance(2, MessageSent, 1)),
			[]Effect{&QueueText{Conversation: "cv_1", Channel: "main", Message: "ms_1_3", Segments: 1, Since: rosterDay}},
		},
	} {
		if diff := cmp.Diff(row.want, Delta(row.was, row.is)); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
	}
}
