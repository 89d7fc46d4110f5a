package routing

import (
	"strings"
	"testing"
	"time"
)

// guards are switched off to see that the checks miss them.
type guards struct {
	dedupe        bool // the carrier's repetitions are taken for new texts
	oneByOne      bool // a thread's texts are not held back while one is under way
	lostAck       bool // a commit may forget to acknowledge its input
	halfCommit    bool // a commit acknowledges its input and forgets the rest
	earlyFree     bool // a slot is given free before the commit that frees it
	resume        bool // a text that was being sent is not resumed as unknown
	transmitAgain bool // it is sent again instead
	returnOnEnter bool // a reservation is given back while its proposal may be under way
	silentAgent   bool // an agent does not say how it stands
	lenient       bool // nothing becomes of misses
	alwaysOpen    bool // lines do not know their hours
	clockless     bool // lines do not look at the clock
	mute          bool // lines do not answer who asks for work
	openEarly     bool // lines open before all have said what they hold
	forgetGone    bool // nothing is taken back from an agent who is away
	hurried       bool // agents do not know the pace of a shift's beginning
	trusting      bool // what a store gives back is not compared with the log
	spare         int  // slots that an agent believes to have beyond its capacity

	skew    func(Conversation, Order) (Conversation, Order) // what Decide is asked instead
	deafTo  func(Effect) bool                               // effects of a conversation that nobody hears
	distort func(Item) Item                                 // what the line hears of who waits
}

func (g guards) perturb(c Conversation, o Order) (Conversation, Order) {
	if g.skew == nil {
		return c, o
	}
	return g.skew(c, o)
}

func (g guards) effects(all []Effect) []Effect {
	if g.deafTo == nil {
		return all
	}
	var heard []Effect
	for _, e := range all {
		if !g.deafTo(e) {
			heard = append(heard, e)
		}
	}
	return heard
}

func (g guards) item(i Item) Item {
	if g.distort == nil {
		return i
	}
	return g.distort(i)
}

func (g guards) profile(p Profile) Profile {
	p.Capacity += g.spare
	if g.hurried {
		p.RampUpSeconds = 0
	}
	return p
}

func deaf[E Effect](e Effect) bool {
	_, ok := e.(E)
	return ok
}

// acceptAnything lets whoever asks accept whatever rings.
func acceptAnything(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(AcceptOffer); ok && c.Ringing != nil {
		c.AlsoRinging = nil
		o.By.ID, o.Command = string(c.Ringing.Agent), AcceptOffer{Offer: c.Ringing.ID}
	}
	return c, o
}

// forgetOthers does not take back the other offers of one that is accepted.
func forgetOthers(c Conversation, o Order) (Conversation, Order) {
	if accept, ok := o.Command.(AcceptOffer); ok {
		if offer, rings := c.Ring(accept.Offer); rings {
			c.Ringing, c.AlsoRinging = &offer, nil
		}
	}
	return c, o
}

// extendAlways forgets that there was an extension.
func extendAlways(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(ExtendPostProcessing); ok {
		c.Extended = false
	}
	return c, o
}

// tellAlways forgets what the customer was told.
func tellAlways(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(Inform); ok {
		c.Informed = nil
	}
	return c, o
}

// divertAlways forgets how often the conversation has gone to another queue.
func divertAlways(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(Divert); ok {
		c.Diverted = 0
	}
	return c, o
}

// acceptLate lets an offer that has lapsed be accepted.
func acceptLate(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(AcceptOffer); ok && c.Ringing != nil {
		ringing := *c.Ringing
		ringing.ExpiresAt = ringing.ExpiresAt.Add(time.Hour)
		c.Ringing = &ringing
	}
	return c, o
}

// proposeLate lets a proposal for an earlier wait become an offer.
func proposeLate(c Conversation, o Order) (Conversation, Order) {
	if made, ok := o.Command.(*MakeOffer); ok {
		late := *made
		late.Offers, o.Command = c.wait(), &late
	}
	return c, o
}

// proposeAlways lets a proposal become an offer in any state.
func proposeAlways(c Conversation, o Order) (Conversation, Order) {
	if made, ok := o.Command.(*MakeOffer); ok && c.Open() {
		again := *made
		c.State, c.Transfer, again.Offers, o.Command = Queued, nil, c.wait(), &again
	}
	return c, o
}

// forgetOptOut looks at neither place where an opt-out is remembered when a text is about to be sent.
func forgetOptOut(c Conversation, o Order) (Conversation, Order) {
	if begin, ok := o.Command.(BeginSend); ok {
		c.OptedOut, begin.OptedOut = false, false
		o.Command = begin
	}
	return c, o
}

// forgetLaterOptOut looks only at the conversation that the text belongs to.
func forgetLaterOptOut(c Conversation, o Order) (Conversation, Order) {
	if begin, ok := o.Command.(BeginSend); ok {
		begin.OptedOut = false
		o.Command = begin
	}
	return c, o
}

// forgetWish looks past a text that may be a wish for no more texts.
func forgetWish(c Conversation, o Order) (Conversation, Order) {
	_, reply := o.Command.(SendReply)
	_, begin := o.Command.(BeginSend)
	if reply || begin {
		c.OptOutAsked = ""
	}
	return c, o
}

// receiptsBack believes every receipt.
func receiptsBack(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(ReceiveReceipt); ok {
		c = withOutbox(c, func(out *Outgoing) { out.State, out.Attempt = MessageSending, 1 })
	}
	return c, o
}

// sendAnything lets any text of the outbox go before those ahead of it, and again.
func sendAnything(c Conversation, o Order) (Conversation, Order) {
	if begin, ok := o.Command.(BeginSend); ok {
		_, seq := begin.Message.Conversation()
		c = withOutbox(c, func(out *Outgoing) {
			if out.State = MessageUnknown; out.Seq == seq {
				out.State = MessageQueued
			}
		})
	}
	return c, o
}

// endTwice lets an ended conversation be ended again.
func endTwice(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(EndConversation); ok && c.State == Ended {
		c.State, o.By.ID = Active, string(c.Agent)
	}
	return c, o
}

// anyDisposition takes every conversation for one whose disposition is chosen.
func anyDisposition(c Conversation, o Order) (Conversation, Order) {
	c.Disposition = "solved"
	return c, o
}

// parkAnything takes every customer for one who has been answered when the time is up.
func parkAnything(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(Elapse); ok {
		c.UnansweredSince = time.Time{}
	}
	return c, o
}

// timeless forgets the deadlines of active conversations.
func timeless(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(Elapse); ok && c.State == Active {
		c.Deadline = time.Time{}
	}
	return c, o
}

// ageless lets a text be as old as its conversation.
func ageless(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(ReceiveText); ok && c.State == Parked {
		o.At = c.CreatedAt
	}
	return c, o
}

// answerLate takes the slot of an earlier transfer for the present one's.
func answerLate(c Conversation, o Order) (Conversation, Order) {
	if slot, ok := o.Command.(SlotAnswered); ok && c.Transfer.direct() && c.Ringing == nil {
		slot.Ticket, slot.Agent = Ticket{N: c.Transfer.N}, c.Transfer.Agent
		o.Command = slot
	}
	return c, o
}

// promote lets everybody be a supervisor.
func promote(c Conversation, o Order) (Conversation, Order) {
	if o.By.Role == RoleAgent {
		o.By.Role = RoleSupervisor
	}
	return c, o
}

// keepTaken lets a supervisor's conversation hold a slot of an agent who had it.
func keepTaken(c Conversation, o Order) (Conversation, Order) {
	if _, ok := o.Command.(TakeOver); ok && c.State == PostProcessing {
		c.State = Active
	}
	return c, o
}

func withOutbox(c Conversation, change func(*Outgoing)) Conversation {
	c.Outbox = append([]Outgoing(nil), c.Outbox...)
	for i := range c.Outbox {
		change(&c.Outbox[i])
	}
	return c
}

func TestWorldMutations(t *testing.T) {
	t.Parallel()
	shows := map[string]uint64{ // the world to look at first, where the first ones do not show it
		"proposals for an earlier wait are taken":            136,
		"opt-outs in a later conversation are not looked at": 271,
		"any slot is good for a transfer":                    120,
		"last agents are forgotten":                          36,
	}
	for _, m := range []struct {
		name  string
		off   guards
		found string // in the violation; empty: it shows in several ways
	}{
		{"texts are not deduplicated", guards{dedupe: true}, "I1"},
		{"inputs are committed and not acknowledged", guards{lostAck: true}, "I6"},
		{"inputs are acknowledged and not committed", guards{halfCommit: true}, "I1"},
		{"a thread's texts overtake each other", guards{oneByOne: true}, ""},
		{"agents believe in one slot more", guards{spare: 1}, "I3"},
		{"slots are free before the commit", guards{earlyFree: true}, ""},
		{"lines open before all have spoken", guards{openEarly: true}, "I3"},
		{"reservations are given back under a proposal", guards{returnOnEnter: true}, "I3"},
		{"proposals for an earlier wait are taken", guards{skew: proposeLate}, ""},
		{"proposals are taken in any state", guards{skew: proposeAlways}, ""},
		{"anybody may accept", guards{skew: acceptAnything}, "I6"},
		{"offers never lapse for those who accept", guards{skew: acceptLate}, "I6"},
		{"offers stay when another agent was faster", guards{skew: forgetOthers}, "I6"},
		{"conversations end twice", guards{skew: endTwice}, "I4"},
		{"dispositions are not asked for", guards{skew: anyDisposition}, "disposition"},
		{"conversations are parked that wait for an answer", guards{skew: parkAnything}, "parked"},
		{"silence is not noticed", guards{skew: timeless}, "alarm"},
		{"who returns has an old age", guards{skew: ageless}, "returns"},
		{"agents who are away keep what they have", guards{forgetGone: true}, "away"},
		{"any slot is good for a transfer", guards{skew: answerLate}, "I3"},
		{"who transfers is asked to take it", guards{distort: func(i Item) Item { i.Holder = ""; return i }}, ""},
		{"nobody asks for a transfer's slot", guards{deafTo: deaf[*Reserve]}, "nobody answers"},
		{"everybody is a supervisor", guards{skew: promote}, "supervisor"},
		{"what is wrapped up is taken over", guards{skew: keepTaken}, "I4"},
		{"texts being sent are not resumed", guards{resume: true}, "sending"},
		{"texts being sent are sent again", guards{resume: true, transmitAgain: true}, "I8"},
		{"receipts go back", guards{skew: receiptsBack}, "I8"},
		{"texts are sent in any order and state", guards{skew: sendAnything}, "I8"},
		{"opt-outs are not looked at before sending", guards{skew: forgetOptOut}, "opted out"},
		{"opt-outs in a later conversation are not looked at", guards{skew: forgetLaterOptOut}, "opted out"},
		{"texts are sent before a wish is judged", guards{skew: forgetWish}, "nobody has judged"},
		{"agents do not say how they stand", guards{silentAgent: true}, "I11"},
		{"nobody hears who enters the line", guards{deafTo: deaf[*EnterLine]}, "line"},
		{"nobody hears who leaves the line", guards{deafTo: deaf[*LeaveLine]}, "line"},
		{"nobody hears of slots held", guards{deafTo: deaf[*HoldSlot]}, ""},
		{"nobody hears of slots freed", guards{deafTo: deaf[*FreeSlot]}, "slots"},
		{"nobody sets the alarm", guards{deafTo: deaf[*Wake]}, "alarm"},
		{"the courier hears of no text", guards{deafTo: deaf[*QueueText]}, "courier"},
		{"the courier may not call", guards{deafTo: deaf[*Transmit]}, "courier"},
		{"nobody hears that a thread is free", guards{deafTo: deaf[*Closed]}, "I7"},
		{"refusals are forgotten", guards{distort: func(i Item) Item { i.Refused = nil; return i }}, "was tried"},
		{"lines do not answer who asks for work", guards{mute: true}, "I11"},
		{"nothing becomes of misses", guards{lenient: true}, "let an offer lapse"},
		{"lines do not know their hours", guards{alwaysOpen: true}, "which is closed"},
		{"lines do not look at the clock", guards{clockless: true}, "I11"},
		{"post-processing is extended again and again", guards{skew: extendAlways}, "extended twice"},
		{"customers are told the same again", guards{skew: tellAlways}, "told"},
		{"queues send conversations round in circles", guards{skew: divertAlways}, "goes on"},
		{"a shift begins with all slots", guards{hurried: true}, "beginning of the shift"},
		{"last agents are forgotten", guards{distort: func(i Item) Item { i.LastAgent = ""; return i }}, "first right"},
		{"needs are forgotten", guards{distort: func(i Item) Item { i.Skills = nil; return i }}, "needs"},
	} {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			const worlds = 300
			for n := range uint64(worlds) {
				seed := (shows[m.name] + n) % worlds
				w := newWorld(worldTenant(), seeded(seed))
				w.off, w.customers = m.off, 3+int(seed%3)
				w.off.trusting = true // what is stored is what TestWorld looks at
				w.recover()           // with the guard off
				if broken := w.run(3000); broken != "" {
					if !strings.Contains(broken, m.found) {
						t.Errorf("world %d: found something else than %q: %s", seed, m.found, broken)
					}
					t.Logf("world %d: %s", seed, broken)
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}
