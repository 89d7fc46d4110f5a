package routing

import (
	"testing"
	"time"
)

// What a customer said last counts, to any number or to the one that was texted.
func TestConsent(t *testing.T) {
	t.Parallel()
	said := func(channel ChannelID, out bool) Saying { return Saying{Channel: channel, OptedOut: out} }
	stop := Consent{}.With(said("main", true))
	for _, row := range []struct {
		name       string
		consent    Consent
		scope      OptOutScope
		channel    ChannelID
		out, known bool
	}{
		{"nothing", Consent{}, ScopeTenant, "main", false, false},
		{"to this number", stop, ScopeNumber, "main", true, true},
		{"to another number", stop, ScopeNumber, "other", false, false},
		{"to another of the tenant's", stop, ScopeTenant, "other", true, true},
		{"taken back", stop.With(said("main", false)), ScopeNumber, "main", false, true},
		{"taken back elsewhere", stop.With(said("other", false)), ScopeTenant, "main", false, true},
		{"taken back elsewhere, one number", stop.With(said("other", false)), ScopeNumber, "main", true, true},
		{"said again", stop.With(said("other", false)).With(said("main", true)), ScopeTenant, "other", true, true},
	} {
		if out, known := row.consent.OptedOut(row.scope, row.channel); out != row.out || known != row.known {
			t.Errorf("%s: %v, %v, want %v, %v", row.name, out, known, row.out, row.known)
		}
	}
	if n := len(stop.With(said("main", false)).Said); n != 1 || len(stop.Said) != 1 || !stop.Said[0].OptedOut {
		t.Errorf("%d sayings to one number, and before it %+v", n, stop.Said)
	}
}

// Only what was said here is written down from here.
func TestSayings(t *testing.T) {
	t.Parallel()
	c := stage()
	said := c.Sayings(c.Seal(rosterDay, Principal{}, []Event{
		text(1), OptedOut{Message: "ms_1_1", Rule: ByKeyword}, OptedIn{Rule: ByElsewhere}, OptedIn{Message: "ms_1_2", Rule: ByCarrier}, OptedOut{Rule: ByElsewhere},
	}))
	if len(said) != 2 || !said[0].OptedOut || said[0].Message != "ms_1_1" || said[1].OptedOut || said[1].Channel != "main" || said[1].Conversation != "cv_1" {
		t.Errorf("%+v", said)
	}
}

// A notice that waits to be sent is not for a customer who has opted out; an answer to a keyword is.
func TestNoticesNeedConsent(t *testing.T) {
	t.Parallel()
	queued := MessageAdded{Message: &Message{ID: "ms_1_1", Seq: 1, Direction: Outbound, Kind: KindAuto, State: MessageQueued}}
	for notice, want := range map[string]MessageState{"": MessageSending, "welcome": MessageFailed} {
		queued.Notice = notice
		for _, c := range []Conversation{stage(queued, OptedOut{Message: "ms_1_2"}), stage(queued, OptOutAsked{Message: "ms_1_2"})} {
			events := decides(t, c, BeginSend{Message: "ms_1_1"})
			if advanced, ok := events[0].(MessageAdvanced); !ok || advanced.State != want {
				t.Errorf("notice %q: %+v, want %s", notice, events, want)
			}
		}
		stopped := decides(t, stage(queued), ReceiveText{Body: "STOP"})
		cancelled := 0
		for _, e := range stopped {
			if _, ok := e.(MessageAdvanced); ok {
				cancelled++
			}
		}
		if (cancelled == 1) != (want == MessageFailed) {
			t.Errorf("notice %q: STOP does %+v", notice, stopped)
		}
	}
}

// A carrier that refuses a text for the customer's opt-out is believed, also when it says so of the last text of an ended conversation.
func TestRefusalIsAnOptOut(t *testing.T) {
	t.Parallel()
	failure := Failure{Class: classOptedOut}
	sending, ended := stage(reply(1), advance(1, MessageSending, 1)), stage(reply(1), advance(1, MessageSending, 1), ConversationEnded{})
	for name, row := range map[string]struct {
		c    Conversation
		cmd  ConversationCommand
		want bool
	}{
		"refused":           {sending, SendResult{Message: "ms_1_1", Attempt: 1, Failure: &SendFailure{Failure: failure}}, true},
		"refused, ended":    {ended, SendResult{Message: "ms_1_1", Attempt: 1, Failure: &SendFailure{Failure: failure}}, true},
		"refused for else":  {sending, SendResult{Message: "ms_1_1", Attempt: 1, Failure: &SendFailure{Failure: Failure{Class: "invalid"}}}, false},
		"who knows":         {sending, SendResult{Message: "ms_1_1", Attempt: 1, Failure: &SendFailure{Failure: failure, Unknown: true}}, false},
		"reported":          {sending, ReceiveReceipt{Message: "ms_1_1", State: MessageFailed, Failure: &failure}, true},
		"reported again":    {sending.Apply(rosterDay, OptedOut{}), ReceiveReceipt{Message: "ms_1_1", State: MessageFailed, Failure: &failure}, false},
		"reported for else": {sending, ReceiveReceipt{Message: "ms_1_1", State: MessageFailed, Failure: &Failure{Class: "expired"}}, false},
	} {
		out := false
		for _, e := range decides(t, row.c, row.cmd) {
			said, ok := e.(OptedOut)
			out = out || ok && said.Rule == ByRefusal
		}
		if out != row.want {
			t.Errorf("%s: opted out %v", name, out)
		}
	}
	late := ended.Apply(rosterDay.Add(time.Hour), OptedOut{})
	if got := (Thread{Last: "cv_2", EndedAt: rosterDay.Add(time.Minute)}).After(late); got.Last != "cv_2" || !got.OptedOut {
		t.Errorf("an earlier conversation's opt-out makes the thread %+v", got)
	}
}

// decides is what an order makes happen that nothing stands against.
func decides(t *testing.T, c Conversation, cmd ConversationCommand) []Event {
	t.Helper()
	events, err := c.Decide(rosterDay, samplePolicy(), Order{Input: "9", At: rosterDay, Command: cmd})
	if err != nil || len(events) == 0 {
		t.Fatalf("%T: %+v, %v", cmd, events, err)
	}
	return events
}

// An opt-out that comes without a text of the customer's ends the wait for an answer, and one that is taken back elsewhere begins it.
func TestOptOutSetsTheAlarm(t *testing.T) {
	t.Parallel()
	p := samplePolicy()
	p.ParkAfter, p.PullBackAfter = time.Hour, 0
	owes := stage(text(1), offered, accepted)
	for name, row := range map[string]struct {
		c    Conversation
		by   Principal
		cmd  ConversationCommand
		want time.Time
	}{
		"confirmed":       {owes, ann, JudgeOptOut{OptedOut: true}, rosterDay.Add(time.Hour)},
		"said elsewhere":  {owes, Principal{}, FollowConsent{OptedOut: true}, rosterDay.Add(time.Hour)},
		"taken back":      {applyAll(owes, rosterDay, []Event{OptedOut{Rule: ByElsewhere, Until: rosterDay.Add(time.Hour)}}), Principal{}, FollowConsent{}, time.Time{}},
		"said, parked":    {stage(text(1), offered, accepted, ConversationParked{}), Principal{}, FollowConsent{OptedOut: true}, time.Time{}},
		"said, in a line": {stage(text(1)), Principal{}, FollowConsent{OptedOut: true}, time.Time{}},
	} {
		events, err := row.c.Decide(rosterDay, p, Order{Input: "9", At: rosterDay, By: row.by, Command: row.cmd})
		if is := applyAll(row.c, rosterDay, events); err != nil || len(events) == 0 || !is.Deadline.Equal(row.want) {
			t.Errorf("%s: until %v, %v, want %v", name, is.Deadline, err, row.want)
		}
	}
}
