package actors

import (
	"slices"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

const optingOut = "+14155550100"

// twoNumbers gives acme a second number, and has ann talk to one customer over both.
func twoNumbers(t *testing.T, d *desk, scope routing.OptOutScope) (first, second routing.ConversationID) {
	t.Helper()
	is := acmeConfig()
	is.OptOutScope = scope
	is.Channels[0].KeywordReplies = routing.RepliesEngine
	other := is.Channels[0]
	other.ID, other.Number = "other", "+18005550198"
	is.Channels = append(is.Channels, other)
	d.reconfigure(is)
	first = d.talk(optingOut)
	d.textTo("other", "o1", "hello there")
	for _, c := range d.conversations() {
		if c.Channel == "other" {
			second = c.ID
			d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c.Ringing.ID})
		}
	}
	return first, second
}

func (d *desk) textTo(channel routing.ChannelID, id, body string) {
	d.t.Helper()
	cmd := routing.ReceiveText{Channel: channel, From: optingOut, Body: body, CarrierID: id}
	if err := d.engine.Receive(d.t.Context(), acme, cmd, string(channel)+"/"+id, "", time.Hour); err != nil {
		d.t.Fatal(err)
	}
	pass(0)
}

// optedOut lists the open conversations whose customer has opted out.
func (d *desk) optedOut() []routing.ConversationID {
	d.t.Helper()
	var out []routing.ConversationID
	for _, c := range d.conversations() {
		if c.OptedOut {
			out = append(out, c.ID)
		}
	}
	return out
}

func (d *desk) busy() {
	d.sent.mu.Lock()
	defer d.sent.mu.Unlock()
	d.sent.say = func(string) *routing.SendFailure {
		return &routing.SendFailure{Failure: routing.Failure{Class: "rate"}, Retryable: true, After: time.Minute}
	}
}

func (d *desk) idle() {
	d.sent.mu.Lock()
	defer d.sent.mu.Unlock()
	d.sent.say = nil
}

// TestStopReachesAllNumbers: what a customer says to one number holds for the others, in conversations that are open and in those to come,
// also after a crash; START to another number takes it back; there is one confirmation of each.
func TestStopReachesAllNumbers(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		first, second := twoNumbers(t, d, "")
		d.busy()
		d.reply(second, "wait for me")
		d.textTo("main", "stop", "STOP")
		if got := d.optedOut(); !slices.Equal(got, []routing.ConversationID{first, second}) {
			t.Fatalf("opted out: %v", got)
		}
		if s := d.states(second)["wait for me"]; s != routing.MessageFailed {
			t.Errorf("the reply that was queued is %s", s)
		}
		d.idle()
		pass(2 * time.Minute)
		if got := d.sent.said(); len(got) != 1 {
			t.Errorf("sent %q, want the confirmation", got)
		}
		refused := d.ask(agentNamed("ann"), routing.SendReply{Conversation: second, Text: "hi"})
		if refused.Refusal == nil || refused.Refusal.Code != routing.CodeOptedOut {
			t.Errorf("a reply to the other number is answered %+v", refused)
		}
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: second})
		d.must(agentNamed("ann"), routing.WrapUp{Conversation: second})
		for _, tenure := range d.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
		pass(time.Second)
		d.textTo("other", "o2", "are you there?")
		if got := d.optedOut(); len(got) != 2 {
			t.Fatalf("opted out after all was read again: %v", got)
		}
		d.textTo("other", "start", "START")
		if got := d.optedOut(); len(got) != 0 {
			t.Errorf("opted out after a START: %v", got)
		}
		if got := d.sent.said(); len(got) != 2 {
			t.Errorf("sent %q, want two confirmations", got)
		}
	})
}

// TestQueuedReplyHeedsAStopToAnotherNumber: a text of a conversation that has ended hears of nothing; it is looked at right before
// it would go.
func TestQueuedReplyHeedsAStopToAnotherNumber(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		_, second := twoNumbers(t, d, routing.ScopeTenant)
		d.busy()
		d.reply(second, "wait for me")
		d.must(agentNamed("ann"), routing.EndConversation{Conversation: second})
		d.must(agentNamed("ann"), routing.WrapUp{Conversation: second})
		d.textTo("main", "stop", "STOP")
		d.idle()
		pass(2 * time.Minute)
		if slices.Contains(d.sent.said(), "wait for me") || d.states(second)["wait for me"] != routing.MessageFailed {
			t.Errorf("sent %q, the reply is %s", d.sent.said(), d.states(second)["wait for me"])
		}
	})
}

// TestStopReachesOneNumber: with that policy the customer goes on with the other.
func TestStopReachesOneNumber(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		first, second := twoNumbers(t, d, routing.ScopeNumber)
		d.textTo("main", "stop", "STOP")
		if got := d.optedOut(); !slices.Equal(got, []routing.ConversationID{first}) {
			t.Errorf("opted out: %v", got)
		}
		d.reply(second, "hi")
		pass(time.Second)
		if s := d.states(second)["hi"]; s != routing.MessageSent {
			t.Errorf("the reply to the other number is %s", s)
		}
	})
}

// TestOptOutsAreAudited: who said so, where, and by which rule; never the words.
func TestOptOutsAreAudited(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		c := d.talk(optingOut)
		d.text(optingOut, "m2", "STOP")
		d.text(optingOut, "m3", "START")
		d.must(agentNamed("ann"), routing.JudgeOptOut{Conversation: c, OptedOut: true})
		items, err := d.store.Range(t.Context(), d.part(), persistence.AuditList(string(acme)), "", 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []routing.Audit
		for _, item := range items {
			var a routing.Audit
			decode(t, item.Value, &a)
			if a.Rule != "" {
				a.At = time.Time{}
				got = append(got, a)
			}
		}
		customer := routing.Principal{Role: routing.RoleCustomer}
		want := []routing.Audit{
			{By: customer, Action: "opted_out", Conversation: c, Channel: "main", Message: c.Message(2), Rule: routing.ByKeyword},
			{By: customer, Action: "opted_in", Conversation: c, Channel: "main", Message: c.Message(3), Rule: routing.ByKeyword},
			{By: agentNamed("ann"), Action: "opted_out", Conversation: c, Channel: "main", Rule: routing.ByAgent},
		}
		if !slices.Equal(got, want) {
			t.Errorf("audit %+v", got)
		}
	})
}
