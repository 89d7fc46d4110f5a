package routing

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Only who holds a conversation hears of it, and who held it hears that it is gone.
func TestNotices(t *testing.T) {
	t.Parallel()
	queued, ringing := stage(text(1)), stage(text(1), offered)
	active := stage(text(1), offered, accepted)
	sending := applyAll(active, rosterDay, []Event{reply(2), advance(2, MessageSending, 1)})
	elsewhere := OfferMade{Offer: &Offer{ID: "of_1_2", Agent: "bob"}}
	for _, row := range []struct {
		name   string
		was    Conversation
		events []Event
		want   []string
	}{
		{"nothing", active, nil, nil},
		{"a text while it waits", queued, []Event{text(2)}, nil},
		{"an offer", queued, []Event{offered}, []string{"ann offer.made offered 1", "ann conversation.updated", "ann agent.updated"}},
		{"a text while it rings", ringing, []Event{text(2)}, []string{"ann message.added", "ann conversation.updated"}},
		{"an accept", ringing, []Event{accepted}, []string{"ann offer.ended accepted", "ann conversation.updated"}},
		{"a miss", ringing, []Event{lapsed}, []string{"ann offer.ended lapsed", "ann conversation.updated", "ann agent.updated"}},
		{
			"a miss and the next", ringing,
			[]Event{lapsed, elsewhere},
			[]string{"ann offer.ended lapsed", "bob offer.made offered 1", "bob conversation.updated", "ann conversation.updated", "ann agent.updated", "bob agent.updated"},
		},
		{"a text", active, []Event{text(2)}, []string{"ann message.added", "ann conversation.updated"}},
		{"a receipt", sending, []Event{advance(2, MessageSent, 1)}, []string{"ann message.updated sent", "ann conversation.updated"}},
		{"the end", active, []Event{over}, []string{"ann conversation.updated", "ann agent.updated"}},
		{"a receipt after the end", sending.Apply(rosterDay, over), []Event{advance(2, MessageDelivered, 1)}, []string{"ann message.updated delivered"}},
	} {
		var got []string
		is := applyAll(row.was, rosterDay, row.events)
		for _, n := range Notices(row.was.Steps(row.was.Seal(rosterDay, Principal{}, row.events))) {
			text := fmt.Sprintf("%s %s", n.Audience, n.Type)
			if n.Type == NoticeOfferMade {
				text += fmt.Sprintf(" %s %d", n.Conversation.State, n.Conversation.Unread())
			}
			if n.Type == NoticeMessageUpdated {
				text += " " + string(n.Message.State)
			}
			if n.Type == NoticeOfferEnded {
				text += " " + string(n.Outcome)
			}
			if n.Type == NoticeConversationUpdated && !cmp.Equal(*n.Conversation, is) {
				t.Errorf("%s: the desktop hears of another conversation than is stored", row.name)
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s:\n%s", row.name, diff)
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	tenant := soundTenant()
	tenant.Agents[1].MayReject = true
	p := tenant.PolicyFor("uk", "support")
	if p.PostProcessing != time.Minute || !p.DispositionRequired || p.ReopenWindow != 24*time.Hour || !p.EngineReplies ||
		p.StopReply != "Bye." || p.StartReply != defaultStartReply || p.HelpReply != defaultHelpReply ||
		!cmp.Equal(p.Dispositions, []string{"solved"}) || !cmp.Equal(p.MayReject, []AgentID{"bob"}) || p.Keywords.Match("arret").String() != "stop" {
		t.Errorf("%+v", p)
	}
	if p := tenant.PolicyFor("main", "sales"); p.EngineReplies || p.DispositionRequired || p.PostProcessing != DefaultPostProcessing {
		t.Errorf("%+v", p)
	}
}

func TestTenantDefaults(t *testing.T) {
	t.Parallel()
	tenant := soundTenant()
	if got := tenant.Members("support"); len(got) != 1 || got[0].ID != "ann" {
		t.Errorf("members %v", got)
	}
	for capacity, want := range map[int]int{0: DefaultCapacity, 1: 1, 6: 6, 7: MaxCapacity} {
		if got := (&Profile{Capacity: capacity}).Slots(); got != want {
			t.Errorf("capacity %d is %d slots", capacity, got)
		}
	}
	for _, row := range []struct {
		queue, agent int
		want         time.Duration
	}{{0, 0, DefaultOfferTimeout}, {0, 45, 45 * time.Second}, {15, 45, 15 * time.Second}} {
		if got := OfferTimeout(Queue{OfferTimeoutSeconds: row.queue}, Profile{OfferTimeoutSeconds: row.agent}); got != row.want {
			t.Errorf("queue %d, agent %d: rings for %v", row.queue, row.agent, got)
		}
	}
	if _, ok := tenant.Queue("x"); ok {
		t.Error("a queue that is not there")
	}
	if _, ok := tenant.Channel("x"); ok {
		t.Error("a channel that is not there")
	}
	if _, ok := tenant.Agent("x"); ok {
		t.Error("an agent who is not there")
	}
}
