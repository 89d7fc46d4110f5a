package routing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// witness is what the checks remember of a world, and what the test wants to have seen.
type witness struct {
	calm     bool           // no crashes now
	seen     map[string]int // how often something worth seeing happened
	posted   map[string]int // texts by carrier id, numbered in the order in which they were accepted
	written  map[string]int // how often each is in a transcript
	last     map[ThreadID]int
	accepted []MessageID     // what the carrier has
	replies  map[string]bool // inputs that are replies
	called   map[MessageID]bool
	checked  map[ConversationID]int // the Rev at which the stored state was last compared with its log
}

func newWitness() witness {
	return witness{
		seen: map[string]int{}, posted: map[string]int{}, written: map[string]int{}, last: map[ThreadID]int{}, called: map[MessageID]bool{},
		checked: map[ConversationID]int{}, replies: map[string]bool{},
	}
}

func (s *witness) count(what string)       { s.seen[what]++ }
func (s *witness) accept(text ReceiveText) { s.posted[textKey(text)] = len(s.posted) + 1 }
func textKey(text ReceiveText) string      { return string(text.Channel) + " " + text.CarrierID }

func (s *witness) add(other witness) {
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	for what, n := range other.seen {
		s.seen[what] += n
	}
}

func (s *witness) tally() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(s.seen)) {
		fmt.Fprintf(&b, "%7d %s\n", s.seen[what], what)
	}
	return b.String()
}

// rare lists what a world that proves anything must have seen often.
func (s *witness) rare() []string {
	want := []string{
		"conversation.started", "conversation.reopened", "conversation.ended", "offer accepted", "offer rejected", "offer lapsed",
		"offer withdrawn", "reservation denied", "crash before the commit", "crash of one conversation", "crash of everything",
		"text resumed as unknown", "text posted twice", "a long text grew", "text that found its conversation ended", "desktop lost beyond the grace",
		"customer.opted_out", "disposition.awaited", "conversation.parked", "conversation.returned", "requeued: unanswered", "requeued: transfer", "requeued: released", "requeued: assigned", "conversation.prioritized", "conversation.taken_over", "transfer accepted", "transfer missed", "transfer declined", "transfer unavailable", "transfer cancelled", "requeued: agent_gone", "message unknown", "message delivered", "message retried", "asked again after all had refused",
		"quiet with somebody waiting", "quiet", "change of the configuration",
		"offer for less than was needed at first", "bid beaten by another queue's", "offer to the last agent",
		"offer to several at once", "offer taken", "put on break for misses",
		"requeued: closed", "requeued: overflow", "requeued: max_wait", "told: closed", "told: welcome", "told: position", "told: overflow", "case of a closed queue",
	}
	return slices.DeleteFunc(want, func(what string) bool { return s.seen[what] >= 20 })
}

// legal lists the changes of state that an event may make (I4). An event that is not here makes none.
var legal = map[string][]string{
	"conversation.started":    {">queued"},
	"offer.made":              {"queued>offered", "offered>offered", "active>active"},
	"offer.ended":             {"offered>active", "offered>queued", "offered>offered", "active>active"},
	"conversation.reopened":   {"post_processing>active"},
	"post_processing.started": {"active>post_processing"},
	"conversation.parked":     {"active>parked"},
	"conversation.returned":   {"parked>queued"},
	"conversation.requeued":   {"active>queued", "parked>queued", "queued>queued"},
	"conversation.taken_over": {"queued>active", "active>active", "parked>active"},
	"transfer.started":        {"active>active", "queued>queued"},
	"transfer.ended":          {"active>active", "queued>queued"},
	"conversation.ended":      {"active>ended", "post_processing>ended", "parked>ended", "queued>ended"},
}

// checkEvent looks at one event in the moment in which it is committed.
func (w *world) checkEvent(was, is Conversation, e Envelope, o Order) {
	w.count(e.Type)
	if change := string(was.State) + ">" + string(is.State); legal[e.Type] == nil && was.State != is.State ||
		legal[e.Type] != nil && !slices.Contains(legal[e.Type], change) {
		w.violation("I4: %s: %s by %s", is.ID, change, e.Type)
	}
	if e.Seq != was.Rev+1 || is.Rev != e.Seq {
		w.violation("I5: %s: event %d after %d", is.ID, e.Seq, was.Rev)
	}
	if _, answered := w.answers[o.Input]; answered && o.Input != "" {
		w.violation("I6: input %s took effect after it was answered", o.Input)
	}
	released, _ := e.Event.(Requeued)
	if above := e.Type == "conversation.taken_over" || e.Type == "conversation.prioritized" || released.Reason == RequeueReleased; above && !o.By.Supervises() {
		w.violation("%s: %s by %s, who is no supervisor", is.ID, e.Type, o.By.ID)
	}
	switch ev := e.Event.(type) {
	case MessageAdded:
		w.checkMessage(was, ev)
		w.checkNotice(was, ev)
	case OfferMade:
		w.checkOffer(was, ev)
	case OfferEnded:
		w.checkOfferEnded(was, ev, o)
		w.checkTransferred(was, is, ev)
	case TransferEnded:
		w.count("transfer " + string(ev.Outcome))
	case MessageGrown:
		if _, known := was.grown(ev); !known {
			w.violation("%s: message %d grew, which was whole", was.ID, ev.Seq)
		}
		w.count("a long text grew")
		w.checkText(was, ev.CarrierID)
	case MessageAdvanced:
		w.checkAdvance(was, ev)
	case ConversationParked, Requeued, Returned:
		w.checkBack(was, is, e, o)
	case PostProcessingExtended:
		if was.Extended {
			w.violation("%s is extended twice", was.ID)
		}
	case ConversationEnded:
		if was.State == Queued && was.Case != "" {
			w.count("case of a closed queue")
		}
		if w.policy(was.Channel, was.Queue).DispositionRequired && was.State == PostProcessing && is.Disposition == "" && !o.By.Supervises() {
			w.violation("%s has ended without its disposition", was.ID)
		}
	}
}

// checkTransferred wants who has a conversation to keep it until another has accepted, and it to keep its age.
func (w *world) checkTransferred(was, is Conversation, ev OfferEnded) {
	if was.State != Active {
		return
	}
	if ev.Outcome == OutcomeAccepted {
		w.count("transfer accepted")
	} else if is.Agent != was.Agent {
		w.violation("%s left %s and nobody accepted it", was.ID, was.Agent)
	}
	if !is.WaitingSince.Equal(was.WaitingSince) {
		w.violation("%s is transferred with another age", was.ID)
	}
}

// checkBack looks at a conversation that leaves its agent by itself, or comes back.
func (w *world) checkBack(was, is Conversation, e Envelope, o Order) {
	owes := !was.UnansweredSince.IsZero() && !was.OptedOut
	switch ev := e.Event.(type) {
	case ConversationParked:
		if owes || w.now.Before(was.Deadline) {
			w.violation("%s is parked: owes an answer %v, until %v", was.ID, owes, was.Deadline)
		}
	case Requeued:
		w.count("requeued: " + string(ev.Reason))
		if ev.Reason == RequeueUnanswered && (!owes || w.now.Before(was.Deadline) || !is.Front) {
			w.violation("%s is pulled back: owes an answer %v, until %v", was.ID, owes, was.Deadline)
		}
		if ev.Reason.byQueue() && was.Diverted >= maxDiversions {
			w.violation("%s went to another queue %d times and goes on", was.ID, was.Diverted)
		}
		if !is.WaitingSince.Equal(was.WaitingSince) && was.State != Parked {
			w.violation("%s goes back with another age", was.ID)
		}
	case Returned:
		if !is.WaitingSince.Equal(w.input(o.Input).At) || is.LastAgent != was.Agent {
			w.violation("%s returns with the age %v, last with %s", was.ID, is.WaitingSince, is.LastAgent)
		}
	}
}

// checkMessage holds to I1 and I2.
func (w *world) checkMessage(c Conversation, ev MessageAdded) {
	if ev.Message.Seq != c.Seq+1 {
		w.violation("I1: %s: message %d after %d", c.ID, ev.Message.Seq, c.Seq)
	}
	if ev.Message.Direction == Inbound {
		w.checkText(c, ev.CarrierID)
	}
}

func (w *world) checkText(c Conversation, carrierID string) {
	key := string(c.Channel) + " " + carrierID
	if w.written[key]++; w.written[key] > 1 || w.posted[key] == 0 {
		w.violation("I1: text %s is in a transcript %d times", key, w.written[key])
	}
	if w.posted[key] < w.last[c.Thread()] {
		w.violation("I2: text %s came after a later one of its thread", key)
	}
	w.last[c.Thread()] = w.posted[key]
}

func (w *world) checkAdvance(c Conversation, ev MessageAdvanced) {
	out, ok := c.OutgoingAt(ev.Seq)
	retried := out.State == MessageSending && ev.State == MessageQueued && ev.NotBefore != nil
	if !ok || !out.State.Advances(ev.State) && !retried {
		w.violation("I8: %s went back from %s to %s", out.ID, out.State, ev.State)
	}
	if w.count("message " + string(ev.State)); retried {
		w.count("message retried")
	}
	if ev.State != MessageSending {
		return
	}
	if w.threads[c.Thread()].OptedOut && out.Kind != KindAuto {
		w.violation("%s is sent to a customer who has opted out", out.ID)
	}
	if c.OptOutAsked != "" && out.Kind != KindAuto {
		w.violation("%s is sent to a customer who may have opted out, and nobody has judged", out.ID)
	}
	for _, other := range c.Outbox {
		if other.Seq < out.Seq && other.State.rank() <= MessageSending.rank() {
			w.violation("%s overtakes %s", out.ID, other.ID)
		}
	}
}

// checkCall holds to I8: what the carrier has, or may have, it is not given again.
func (w *world) checkCall(call Transmit, outcome callOutcome) {
	if w.called[call.Message] {
		w.violation("I8: %s is sent again", call.Message)
	}
	if outcome.accepted {
		w.accepted = append(w.accepted, call.Message)
	}
	w.called[call.Message] = outcome.accepted || (outcome.failure != nil && outcome.failure.Unknown)
}

// checkLoad holds to I3, by what is stored alone.
func (w *world) checkLoad(c Conversation) {
	for _, p := range w.tenant.Agents {
		if c.HeldBy(p.ID) {
			if load := len(w.held(p.ID)); load > p.Slots() {
				w.violation("I3: %s has %d of %d", p.ID, load, p.Slots())
			}
		}
	}
}

func (w *world) held(a AgentID) map[ConversationID]Slot {
	slots := map[ConversationID]Slot{}
	for id, c := range w.stored {
		if slot := c.slotOf(a); slot != "" {
			slots[id] = slot
		}
	}
	return slots
}

// checkStored holds to I5: what a store gives back, after a crash and at the end, is what the log folds to. What has been compared
// is not again.
func (w *world) checkStored(id ConversationID) {
	known := w.checked[id]
	if known == w.stored[id].Rev || w.off.trusting {
		return
	}
	is, grown, err := reload(w.stored[id], w.log[id][known:])
	log := append(w.log[id][:known], grown...)
	folded := Fold(log)
	state, _ := json.Marshal(is)
	if again, _ := json.Marshal(folded); err != nil || !bytes.Equal(again, state) {
		w.violation("I5: %s: %v; log (-) and state (+): %s", id, err, cmp.Diff(folded, is))
	}
	w.stored[id], w.log[id], w.checked[id] = is, log, is.Rev
}

// checkQuiet looks at a world in which nothing is left to do but to wait.
func (w *world) checkQuiet() {
	w.count("quiet")
	if len(w.inbox) > 0 || len(w.busy) > 0 || len(w.calls) > 0 {
		w.violation("I7: %d inputs, %d pipes, %d calls are pending", len(w.inbox), len(w.busy), len(w.calls))
	}
	for _, p := range w.tenant.Agents {
		if at, lapsed := w.lapsed[p.ID]; lapsed && w.now.Sub(at) < CoolDown && w.agents[p.ID].Ready(w.now) {
			w.violation("%s let an offer lapse at %v and is ready", p.ID, at)
		}
		if held, kept := w.held(p.ID), w.agents[p.ID].Slots(); !maps.Equal(held, kept) {
			diff := cmp.Diff(held, kept)
			w.violation("slots of %s: stored (-), kept (+): %s", p.ID, diff)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.stored)) {
		w.checkWaiting(w.stored[id])
		w.checkPatience(w.stored[id])
	}
	w.checkTranscripts()
}

// checkTranscripts holds to I1 and I6 by what is stored alone: a text is in one transcript once; so is a reply that was
// accepted, and a refused one is in none.
func (w *world) checkTranscripts() {
	texts, replies := map[string]int{}, map[string]int{}
	for id, log := range w.log {
		for _, e := range log {
			if grown, ok := e.Event.(MessageGrown); ok {
				texts[string(w.stored[id].Channel)+" "+grown.CarrierID]++
			}
			switch ev, ok := e.Event.(MessageAdded); {
			case !ok:
			case ev.Message.Direction == Inbound:
				texts[string(w.stored[id].Channel)+" "+ev.CarrierID]++
			case ev.Message.ClientRef != "":
				replies[ev.Message.ClientRef]++
			}
		}
	}
	for key := range w.posted {
		if texts[key] != 1 {
			w.violation("I1: text %s is in %d transcripts", key, texts[key])
		}
	}
	for ref, n := range replies {
		if err, answered := w.answers[ref]; n != 1 || !answered || err != nil {
			w.violation("I6: reply %s, answered %v with %v, is there %d times", ref, answered, err, n)
		}
	}
	for ref, err := range w.answers {
		if w.replies[ref] && err == nil && replies[ref] != 1 {
			w.violation("I6: reply %s was accepted and is there %d times", ref, replies[ref])
		}
	}
}
