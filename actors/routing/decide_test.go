package routing

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	ann = Principal{RoleAgent, "ann"}
	bob = Principal{RoleAgent, "bob"}
	sue = Principal{RoleSupervisor, "sue"}
)

func samplePolicy() Policy {
	tenant := worldTenant()
	return tenant.PolicyFor("help", "support")
}

// Every refusal: who asks for what of which conversation, and the code of the answer.
func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	queued, ringing := stage(text(1)), stage(text(1), offered)
	active, wrap := stage(text(1), offered, accepted), stage(text(1), offered, accepted, wrapping)
	extended, ended := wrap.Apply(rosterDay, PostProcessingExtended{rosterDay}), stage(text(1), offered, accepted, over)
	saved, out := active.Apply(rosterDay, CaseSaved{"ca_7"}), active.Apply(rosterDay, OptedOut{Message: "ms_1_1"})
	parked := active.Apply(rosterDay, ConversationParked{})
	last := rosterDay.Add(30*time.Second - 1)
	for _, row := range []struct {
		name string
		c    Conversation
		now  time.Time
		by   Principal
		cmd  ConversationCommand
		want Code
	}{
		{"nothing there", Conversation{}, rosterDay, ann, SendReply{}, CodeNotFound},
		{"an offer of nothing", Conversation{}, rosterDay, ann, AcceptOffer{"of_9_1"}, CodeOfferGone},
		{"a text after the end", ended, rosterDay, Principal{}, ReceiveText{}, CodeWrongState},
		{"accept: by another", ringing, last, bob, AcceptOffer{"of_1_1"}, CodeOfferGone},
		{"accept: by a supervisor of that name", ringing, last, Principal{RoleSupervisor, "ann"}, AcceptOffer{"of_1_1"}, CodeOfferGone},
		{"accept: another offer", ringing, last, ann, AcceptOffer{"of_1_2"}, CodeOfferGone},
		{"accept: too late", ringing, last.Add(1), ann, AcceptOffer{"of_1_1"}, CodeOfferGone},
		{"accept: twice", active, last, ann, AcceptOffer{"of_1_1"}, CodeOfferGone},
		{"reject: by another", ringing, last, bob, RejectOffer{Offer: "of_1_1"}, CodeOfferGone},
		{"offer: not waiting", ringing, last, Principal{}, &MakeOffer{Agent: "bob", Offers: 1, Ticket: Ticket{Queue: "support"}}, CodeWrongState},
		{"offer: for an earlier wait", stage(offered, lapsed), last, Principal{}, &MakeOffer{Agent: "bob", Ticket: Ticket{Queue: "support"}}, CodeWrongState},
		{"offer: of another queue", queued, last, Principal{}, &MakeOffer{Agent: "bob", Ticket: Ticket{Queue: "sales"}}, CodeWrongState},
		{"reply: nobody has it", queued, last, ann, SendReply{Text: "x"}, CodeNotYourConversation},
		{"reply: only rings", ringing, last, ann, SendReply{Text: "x"}, CodeNotYourConversation},
		{"reply: another's", active, last, bob, SendReply{Text: "x"}, CodeNotYourConversation},
		{"reply: by a supervisor of that name", active, last, Principal{RoleSupervisor, "ann"}, SendReply{Text: "x"}, CodeNotYourConversation},
		{"reply: in post-processing", wrap, last, ann, SendReply{Text: "x"}, CodeWrongState},
		{"reply: after the end", ended, last, ann, SendReply{Text: "x"}, CodeWrongState},
		{"reply: opted out", out, last, ann, SendReply{Text: "x"}, CodeOptedOut},
		{"reply: to a short code", numbered(active, "72975"), last, ann, SendReply{Text: "x"}, CodeInvalid},
		{"reply: before a wish is judged", active.Apply(rosterDay, OptOutAsked{Message: "ms_1_1"}), last, ann, SendReply{Text: "x"}, CodeOptedOut},
		{"opt-out: another's", active, last, bob, JudgeOptOut{OptedOut: true}, CodeNotYourConversation},
		{"opt-out: after the end", ended, last, sue, JudgeOptOut{OptedOut: true}, CodeWrongState},
		{"opt-out: undone by an agent", out, last, ann, JudgeOptOut{}, CodeOptedOut},
		{"reply: empty", active, last, ann, SendReply{Text: " \n"}, CodeInvalid},
		{"reply: emoji", active, last, ann, SendReply{Text: "👍"}, CodeNotPlainText},
		{"reply: eleven parts", active, last, ann, SendReply{Text: strings.Repeat("x", 1531)}, CodeTooLong},
		{"reply: a book", active, last, ann, SendReply{Text: strings.Repeat("👍", MaxReply)}, CodeTooLong},
		{"note: nobody has it", queued, last, ann, AddNote{Text: "x"}, CodeNotYourConversation},
		{"note: empty", active, last, ann, AddNote{Text: " "}, CodeInvalid},
		{"note: too long", active, last, ann, AddNote{Text: strings.Repeat("x", MaxNotes+1)}, CodeInvalid},
		{"note: after the end", ended, last, sue, AddNote{Text: "x"}, CodeWrongState},
		{"read: another's", active, last, bob, MarkRead{Seq: 1}, CodeNotYourConversation},
		{"read: beyond the last", active, last, ann, MarkRead{Seq: 2}, CodeInvalid},
		{"read: before the first", active, last, ann, MarkRead{Seq: -1}, CodeInvalid},
		{"attach: another's", active, last, bob, AttachCustomer{Customer: "cu_1"}, CodeNotYourConversation},
		{"attach: after the end", ended, last, sue, AttachCustomer{Customer: "cu_1"}, CodeWrongState},
		{"save: another's", active, last, bob, SaveCase{}, CodeNotYourConversation},
		{"save: after the end", ended, last, ann, SaveCase{}, CodeWrongState},
		{"save: in another case", saved, last, ann, SaveCase{Case: "ca_8"}, CodeWrongState},
		{"end: another's", active, last, bob, EndConversation{}, CodeNotYourConversation},
		{"end: after the end", ended, last, sue, EndConversation{}, CodeWrongState},
		{"end: parked, no disposition", parked, last, ann, EndConversation{}, CodeDispositionRequired},
		{"end: parked, by another", parked, last, bob, EndConversation{Disposition: "solved"}, CodeNotYourConversation},
		{"end: parked, unknown disposition", parked, last, sue, EndConversation{Disposition: "x"}, CodeInvalid},
		{"reply: parked", parked, last, ann, SendReply{Text: "x"}, CodeWrongState},
		{"accept: parked", parked, last, ann, AcceptOffer{"of_1_1"}, CodeOfferGone},
		{"end: twice", wrap, last, ann, EndConversation{}, CodeWrongState},
		{"extend: still active", active, last, ann, ExtendPostProcessing{}, CodeWrongState},
		{"extend: another's", wrap, last, bob, ExtendPostProcessing{}, CodeNotYourConversation},
		{"extend: twice", extended, last, ann, ExtendPostProcessing{}, CodeWrongState},
		{"extend: a disposition is due", wrap.Apply(rosterDay, DispositionAwaited{}), last, ann, ExtendPostProcessing{}, CodeWrongState},
		{"wrap up: still active", active, last, ann, WrapUp{}, CodeWrongState},
		{"wrap up: another's", wrap, last, bob, WrapUp{}, CodeNotYourConversation},
		{"wrap up: no disposition", wrap, last, ann, WrapUp{}, CodeDispositionRequired},
		{"wrap up: unknown disposition", wrap, last, ann, WrapUp{Disposition: "x"}, CodeInvalid},
		{"wrap up: empty notes", wrap, last, ann, WrapUp{Disposition: "solved", Notes: " "}, CodeInvalid},
	} {
		events, err := row.c.Decide(row.now, samplePolicy(), Order{Input: "1", At: row.now, By: row.by, Command: row.cmd})
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Code != row.want || refusal.Detail == "" || events != nil {
			t.Errorf("%s: %v and %v, want %s", row.name, events, err, row.want)
		}
	}
}

// What is asked for twice, too early or of something that is over changes nothing and is no error.
func TestDecideNothing(t *testing.T) {
	t.Parallel()
	ringing, active := stage(text(1), offered), stage(text(1), offered, accepted, reply(2))
	wrap, sending := stage(offered, accepted, wrapping), active.Apply(rosterDay, advance(2, MessageSending, 1))
	read := active.Apply(rosterDay, MessagesRead{1})
	sent := sending.Apply(rosterDay, MessageAdvanced{Seq: 2, State: MessageSent, CarrierID: "SM1", Attempt: 1})
	two := active.Apply(rosterDay, reply(3))
	end := rosterDay.Add(time.Minute)
	for _, row := range []struct {
		name string
		c    Conversation
		now  time.Time
		cmd  ConversationCommand
	}{
		{"elapse: no deadline", active, end, Elapse{}},
		{"elapse: too early", ringing, rosterDay.Add(30*time.Second - 1), Elapse{}},
		{"elapse: a disposition has been due", wrap.Apply(end, DispositionAwaited{}), end.Add(time.Hour), Elapse{}},
		{"withdraw: accepted meanwhile", active, end, Withdraw{"ann", rosterDay.Add(-1)}},
		{"withdraw: another's", ringing, rosterDay, Withdraw{"bob", rosterDay}},
		{"withdraw: another has it", active, end, Withdraw{"bob", end}},
		{"withdraw: wrapped up when she is back", wrap, end, Withdraw{"ann", end}},
		{"read: seen already", read, end, MarkRead{Seq: 1}},
		{"save: saved already", active.Apply(end, CaseSaved{"ca_1"}), end, SaveCase{}},
		{"attach: attached already", active.Apply(end, CustomerAttached{"cu_1"}), end, AttachCustomer{Customer: "cu_1"}},
		{"send: unknown text", active, end, BeginSend{Message: "ms_1_9"}},
		{"send: being sent", sending, end, BeginSend{Message: "ms_1_2"}},
		{"send: not its turn", two, end, BeginSend{Message: "ms_1_3"}},
		{"result: of an earlier attempt", sending, end, SendResult{Message: "ms_1_2", Attempt: 0}},
		{"result: a receipt was faster", sent, end, SendResult{Message: "ms_1_2", Attempt: 1}},
		{"receipt: never sent", active, end, ReceiveReceipt{Message: "ms_1_2", State: MessageDelivered}},
		{"receipt: backward", sent, end, ReceiveReceipt{Message: "ms_1_2", State: MessageSent}},
		{"receipt: of another text of the carrier's", sent, end, ReceiveReceipt{Message: "ms_1_2", State: MessageDelivered, CarrierID: "SM2"}},
		{"receipt: nonsense", sending, end, ReceiveReceipt{Message: "ms_1_2", State: "eaten"}},
		{"resume: nothing under way", active, end, Resume{}},
	} {
		events, err := row.c.Decide(row.now, samplePolicy(), Order{By: ann, Command: row.cmd})
		if len(events) > 0 || err != nil {
			t.Errorf("%s: %v, %v", row.name, events, err)
		}
	}
}

// What those may who do not have the conversation.
func TestDecideForOthers(t *testing.T) {
	t.Parallel()
	ringing, active := stage(text(1), offered), stage(text(1), offered, accepted)
	for _, row := range []struct {
		name string
		c    Conversation
		by   Principal
		cmd  ConversationCommand
		want string
	}{
		{"a note while it rings", ringing, ann, AddNote{Text: "x"}, "message.added"},
		{"a customer while it rings", ringing, ann, AttachCustomer{Customer: "cu_1"}, "customer.attached"},
		{"a supervisor's note", active, sue, AddNote{Text: "x"}, "message.added"},
		{"a supervisor's customer", active, Principal{RoleAdmin, "adam"}, AttachCustomer{Customer: "cu_1"}, "customer.attached"},
		{"a supervisor's end", active, sue, EndConversation{}, "post_processing.started"},
	} {
		events, err := row.c.Decide(rosterDay, samplePolicy(), Order{By: row.by, Command: row.cmd})
		if err != nil || len(events) != 1 || EventType(events[0]) != row.want {
			t.Errorf("%s: %v, %v", row.name, events, err)
		}
	}
}

// A mandatory disposition holds the conversation, and its agent is told: when the time is over, or at once where there is none.
func TestDispositionHolds(t *testing.T) {
	t.Parallel()
	none := samplePolicy()
	none.PostProcessing = 0
	for _, row := range []struct {
		name string
		c    Conversation
		p    Policy
		cmd  ConversationCommand
	}{
		{"the time is over", stage(text(1), offered, accepted, wrapping), samplePolicy(), Elapse{}},
		{"there is no time", stage(text(1), offered, accepted), none, EndConversation{}},
	} {
		now := rosterDay.Add(time.Minute)
		events, err := row.c.Decide(now, row.p, Order{By: ann, Command: row.cmd})
		is := applyAll(row.c, now, events)
		if err != nil || is.State != PostProcessing || !is.Deadline.IsZero() || is.WaitsFor() != AwaitsDisposition {
			t.Errorf("%s: %v, %v: %s until %v, waiting for %s", row.name, events, err, is.State, is.Deadline, is.WaitsFor())
		}
		told := Notices(row.c.Steps(row.c.Seal(now, ann, events)))
		if told[0].Audience != "ann" || told[0].Code != ToldDispositionDue || told[0].Detail == "" {
			t.Errorf("%s: %+v", row.name, told[0])
		}
		if is = is.Apply(now, Reopened{}); is.DispositionDue || is.WaitsFor() != AwaitsReply {
			t.Errorf("%s: reopened, it waits for %s", row.name, is.WaitsFor())
		}
	}
}

func TestOutboxForgetsTheOldest(t *testing.T) {
	t.Parallel()
	c := stage(offered, accepted)
	for seq := 1; seq <= outboxKept+1; seq++ {
		c = applyAll(c, rosterDay, []Event{reply(seq), advance(seq, MessageSending, 1), advance(seq, MessageSent, 1)})
	}
	if len(c.Outbox) != outboxKept || c.Outbox[0].Seq != 2 {
		t.Errorf("%d kept, from %d on", len(c.Outbox), c.Outbox[0].Seq)
	}
	for seq := outboxKept + 2; seq <= outboxKept+10; seq++ {
		c = c.Apply(rosterDay, reply(seq))
	}
	if c = c.Apply(rosterDay, advance(c.head(), MessageSending, 1)); len(c.Outbox) < 9 || c.head() != outboxKept+2 {
		t.Error("a text that has not been sent is never forgotten")
	}
}

func TestUnreadIsBounded(t *testing.T) {
	t.Parallel()
	c := stage()
	for seq := 1; seq <= unreadKept+5; seq++ {
		c = c.Apply(rosterDay, text(seq))
	}
	if c.Unread() != unreadKept {
		t.Errorf("%d unread", c.Unread())
	}
	if c = c.Apply(rosterDay, MessagesRead{3}); c.Unread() != unreadKept-3 || !c.UnansweredSince.Equal(rosterDay) {
		t.Errorf("%d unread, unanswered since %v", c.Unread(), c.UnansweredSince)
	}
	if c = c.Apply(rosterDay, reply(unreadKept+6)); c.Unread() != 0 || !c.UnansweredSince.IsZero() {
		t.Errorf("%d unread after an answer, unanswered since %v", c.Unread(), c.UnansweredSince)
	}
}

// Apply must not change what it was called on: others hold the same value.
func TestApplyLeavesTheOldValue(t *testing.T) {
	t.Parallel()
	was := stage(text(1), offered, accepted, reply(2), text(3))
	before := fmt.Sprintf("%+v %+v", was, *was.LastMessage)
	for _, e := range append(sampleEvents(), text(4), reply(4), advance(2, MessageSending, 1), advance(2, MessageDelivered, 1), MessagesRead{3}) {
		was.Apply(rosterDay, e)
		was.Apply(rosterDay, e)
	}
	if diff := cmp.Diff(before, fmt.Sprintf("%+v %+v", was, *was.LastMessage)); diff != "" {
		t.Error(diff)
	}
}

// Two futures of one value share nothing: an engine may decide again after a commit that failed.
func TestApplyKeepsFuturesApart(t *testing.T) {
	t.Parallel()
	miss := func(a AgentID) Event { return OfferEnded{Agent: a, Outcome: OutcomeLapsed} }
	was := stage(text(1), text(2), text(3), reply(4), reply(5), reply(6), text(7), text(8), text(9), miss("a"), miss("b"), miss("c"))
	for _, future := range []Event{text(10), reply(11), miss("d")} {
		one := was.Apply(rosterDay, future)
		before := fmt.Sprintf("%+v", one)
		for _, other := range []Event{text(20), reply(21), miss("e")} {
			was.Apply(rosterDay, other)
		}
		if diff := cmp.Diff(before, fmt.Sprintf("%+v", one)); diff != "" {
			t.Errorf("after %T:\n%s", future, diff)
		}
	}
}

func TestAcceptForgetsWhoRefused(t *testing.T) {
	t.Parallel()
	c := stage(offered, lapsed, OfferMade{Offer: &Offer{ID: "of_1_2", Agent: "bob"}})
	if len(c.Refused) != 1 {
		t.Errorf("refused by %v", c.Refused)
	}
	if c = c.Apply(rosterDay, OfferEnded{Offer: "of_1_2", Agent: "bob", Outcome: OutcomeAccepted}); c.Refused != nil || c.Agent != "bob" {
		t.Errorf("with %s, refused by %v", c.Agent, c.Refused)
	}
}

// An opt-out is looked for in the conversation and in what the thread remembers, right before a text goes.
func TestBeginSendAfterOptOut(t *testing.T) {
	t.Parallel()
	active, out := stage(offered, accepted, reply(1)), stage(offered, accepted, reply(1), OptedOut{Message: "ms_1_1"})
	confirmation := stage(OptedOut{Message: "ms_1_1"}, MessageAdded{Message: &Message{ID: "ms_1_1", Seq: 1, Kind: KindAuto, State: MessageQueued}})
	for _, row := range []struct {
		name   string
		c      Conversation
		thread bool
		want   MessageState
	}{
		{"no opt-out", active, false, MessageSending},
		{"here", out, false, MessageFailed},
		{"in a later conversation", active, true, MessageFailed},
		{"the confirmation itself", confirmation, true, MessageSending},
	} {
		events, err := row.c.Decide(rosterDay, samplePolicy(), Order{Command: BeginSend{Message: "ms_1_1", OptedOut: row.thread}})
		if advanced, ok := events[0].(MessageAdvanced); !ok || err != nil || advanced.State != row.want {
			t.Errorf("%s: %+v, %v, want %s", row.name, events, err, row.want)
		}
	}
}

// numbered is the conversation with another customer's number.
func numbered(c Conversation, number string) Conversation {
	c.CustomerNumber = number
	return c
}
