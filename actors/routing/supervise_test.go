package routing

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// everyState is a conversation in every state, in every way to be in it.
func everyState() map[string]Conversation {
	active := stage(text(1), offered, accepted)
	direct := active.Apply(rosterDay, TransferStarted{Agent: "bob", Until: rosterDay.Add(reserveWait)})
	queue := active.Apply(rosterDay, TransferStarted{Queue: "sales"})
	return map[string]Conversation{
		"queued":                    stage(text(1)),
		"queued, assigned":          stage(text(1), TransferStarted{Agent: "bob", Until: rosterDay.Add(reserveWait)}),
		"offered":                   stage(text(1), offered),
		"active":                    active,
		"active, answered":          active.Apply(rosterDay, reply(2)),
		"active, opted out":         active.Apply(rosterDay, OptedOut{Message: "ms_1_1"}),
		"active, taken over":        active.Apply(rosterDay, ConversationTaken{By: "sue", From: "ann"}),
		"active, to an agent":       direct,
		"active, to a queue":        queue,
		"active, rings elsewhere":   queue.Apply(rosterDay, OfferMade{Offer: &Offer{ID: "of_1_2", Agent: "bob", ExpiresAt: rosterDay.Add(time.Minute)}}),
		"parked":                    active.Apply(rosterDay, ConversationParked{}),
		"returned":                  applyAll(active, rosterDay, []Event{ConversationParked{}, Returned{Since: rosterDay}}),
		"post-processing":           active.Apply(rosterDay, wrapping),
		"post-processing, overtime": applyAll(active, rosterDay, []Event{wrapping, DispositionAwaited{}}),
	}
}

// No state is without a deadline or a named reason to wait, and none can keep a supervisor from ending or releasing it: whatever
// was held is free then, and nothing rings.
func TestNoStateIsStuck(t *testing.T) {
	t.Parallel()
	for name, c := range everyState() {
		why := c.Why()
		_, waits := c.WaitsInLine()
		if c.WaitsFor() == "" || !waits && (len(why) != 1 || why[0].For != string(c.WaitsFor()) || why[0].Detail == "") {
			t.Errorf("%s waits for nothing that has a name: %v", name, why)
		}
		if o := c.Ringing; o != nil && !strings.Contains(why[0].Detail, "rings at "+string(o.Agent)) {
			t.Errorf("%s: %v does not say at whom it rings", name, why)
		}
		ended := decided(t, c, sue, EndConversation{})
		if ended.State == PostProcessing {
			ended = decided(t, ended, sue, EndConversation{})
		}
		if ended.State != Ended || len(ended.Holdings()) > 0 || ended.Transfer != nil {
			t.Errorf("%s: ended it is %s and holds %v", name, ended.State, ended.Holdings())
		}
		released := decided(t, c, sue, ReleaseConversation{})
		if queue, waits := released.line(); released.State != Ended && (!waits || queue == "") || len(released.Holdings()) > 0 {
			t.Errorf("%s: released it is %s and holds %v", name, released.State, released.Holdings())
		}
		if c.State != PostProcessing {
			assigned := decided(t, c, sue, AssignConversation{Queue: "sales"})
			if queue, waits := assigned.line(); !waits || queue != "sales" || len(assigned.Skills) > 0 {
				t.Errorf("%s: assigned it is %s in %s and needs %v", name, assigned.State, queue, assigned.Skills)
			}
			led := decided(t, c, sue, AssignConversation{Agent: "cid"})
			if asked, _ := led.asksFor(); asked != "cid" || led.Agent != "" && led.Agent != c.Agent {
				t.Errorf("%s: led to cid, it asks %q and is with %q", name, asked, led.Agent)
			}
			taken := decided(t, c, sue, TakeOver{})
			if taken.State != Active || taken.Agent != "sue" || !taken.TakenOver || len(taken.Holdings()) > 0 || taken.Transfer != nil {
				t.Errorf("%s: taken over: %+v", name, taken)
			}
		}
	}
	if end := stage(text(1), offered, accepted, over); end.WaitsFor() != "" || new(Conversation).WaitsFor() != "" {
		t.Error("what has ended waits")
	}
}

func TestSuperviseRefuses(t *testing.T) {
	t.Parallel()
	states := everyState()
	ended := stage(text(1), offered, accepted, over)
	for _, row := range []struct {
		name string
		c    Conversation
		by   Principal
		cmd  ConversationCommand
		want Code
	}{
		{"an agent assigns", states["active"], ann, AssignConversation{Agent: "bob"}, CodeForbidden},
		{"an agent reads", states["active"], ann, ReadConversation{}, CodeForbidden},
		{"an agent takes over", states["queued"], ann, TakeOver{}, CodeForbidden},
		{"to nobody", states["active"], sue, AssignConversation{}, CodeInvalid},
		{"to who has it", states["active"], sue, AssignConversation{Agent: "ann"}, CodeInvalid},
		{"to an unknown queue", states["queued"], sue, AssignConversation{Queue: "x"}, CodeInvalid},
		{"assign: wrapped up", states["post-processing"], sue, AssignConversation{Agent: "bob"}, CodeWrongState},
		{"take over: wrapped up", states["post-processing"], sue, TakeOver{}, CodeWrongState},
		{"whisper to nobody", states["parked"], sue, Whisper{Text: "x"}, CodeWrongState},
		{"whisper nothing", states["active"], sue, Whisper{Text: " "}, CodeInvalid},
		{"priority too low", states["queued"], sue, PrioritizeConversation{Priority: -1}, CodeInvalid},
		{"priority too high", states["queued"], sue, PrioritizeConversation{Priority: 11}, CodeInvalid},
		{"after the end", ended, sue, ReleaseConversation{}, CodeWrongState},
		{"reply: taken over", states["active, taken over"], ann, SendReply{Text: "x"}, CodeNotYourConversation},
		{"reply: taken over by another", states["active, taken over"], Principal{RoleSupervisor, "tim"}, SendReply{Text: "x"}, CodeNotYourConversation},
	} {
		_, err := row.c.Decide(rosterDay, samplePolicy(), Order{Input: "9", By: row.by, Command: row.cmd})
		if !errors.Is(err, &Error{Code: row.want}) {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

// What a supervisor does to an agent's conversation the agent hears.
func TestAgentsHearOfSupervisors(t *testing.T) {
	t.Parallel()
	active := everyState()["active"]
	for _, row := range []struct {
		cmd  ConversationCommand
		want string
	}{
		{ReleaseConversation{}, "requeued-released"},
		{AssignConversation{Queue: "sales"}, "requeued-assigned"},
		{TakeOver{}, "taken-over"},
		{Whisper{Text: "refund it"}, "whisper"},
	} {
		events, err := active.Decide(rosterDay, samplePolicy(), Order{By: sue, Command: row.cmd})
		var heard []string
		for _, n := range Notices(active.Steps(active.Seal(rosterDay, sue, events))) {
			switch {
			case n.Audience != "ann":
				t.Errorf("%T is heard by %q", row.cmd, n.Audience)
			case n.Type == NoticeNotice && n.Detail != "":
				heard = append(heard, n.Code)
			case n.Message != nil && n.Message.Whisper && n.Message.Agent == "sue":
				heard = append(heard, "whisper")
			}
		}
		if err != nil || !slices.Equal(heard, []string{row.want}) {
			t.Errorf("%T: %v: ann hears %v", row.cmd, err, heard)
		}
	}
}

// Everything that a supervisor does is written down, and nothing that anybody wrote.
func TestAudit(t *testing.T) {
	t.Parallel()
	for _, cmd := range sampleCommands() {
		if _, ok := AuditOf(sampleTime, ann, cmd); ok {
			t.Errorf("%T of an agent is written down", cmd)
		}
		a, ok := AuditOf(sampleTime, sue, cmd)
		if !ok || a.Action != CommandType(cmd) || a.By != sue || !a.At.Equal(sampleTime) {
			t.Errorf("%T: %+v", cmd, a)
		}
		if to := AddresseeOf(cmd).Conversation; a.Conversation != to {
			t.Errorf("%T: of %q, want %q", cmd, a.Conversation, to)
		}
		written, err := json.Marshal(a)
		for _, secret := range []string{"Hello", "angry", "refund", "lunch", "done", "again", "Ada", "Bill", "+1415", "00\""} {
			if err != nil || strings.Contains(string(written), secret) {
				t.Errorf("%T: %v: %q is written down: %s", cmd, err, secret, written)
			}
		}
	}
	if a, _ := AuditOf(sampleTime, sue, PrioritizeConversation{Priority: 0}); a.Priority == nil || fmt.Sprint(*a.Priority) != "0" {
		t.Errorf("%+v", a)
	}
}
