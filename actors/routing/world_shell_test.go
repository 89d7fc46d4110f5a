package routing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// The shells of the world's machines: decide, commit, tell. The engine's are the same with goroutines and a real store.

type (
	graceOver struct{}           // an agent's desktop has been away for the whole grace
	bounced   struct{ in Input } // a text found its conversation ended
	agentTask struct{ in Input } // an input for an agent
	ticked    struct{}           // a line is to look at the clock
)

// staffed tells a line its queue's settings and members.
type staffed struct {
	queue   Queue
	members []Profile
}

// ingest makes an input durable, unless its key is known.
func (w *world) ingest(key string, by Principal, cmd Command) string {
	if key != "" && w.keys[key] && !w.off.dedupe {
		return ""
	}
	w.keys[key] = true
	w.inputs++
	in := Input{ID: fmt.Sprintf("i%d", w.inputs), At: w.now, Tenant: w.tenant.ID, By: by, Command: cmd}
	w.inbox = append(w.inbox, in)
	return in.ID
}

// read dispatches the first input that may be; false when there is none. The texts of one thread go one by one: the second must
// not overtake the first when that finds its conversation ended and has to begin another.
func (w *world) read() bool {
	held := map[ThreadID]bool{}
	for _, in := range w.inbox {
		if w.dispatched[in.ID] {
			continue
		}
		if text, ok := in.Command.(ReceiveText); ok {
			thread := ThreadID{text.Channel, text.From}
			if (w.reading[thread] != "" && !w.off.oneByOne) || held[thread] {
				held[thread] = true
				continue
			}
			w.reading[thread] = in.ID
		}
		w.dispatched[in.ID] = true
		w.dispatch(in)
		return true
	}
	return false
}

func (w *world) dispatch(in Input) {
	order := Order{Input: in.ID, At: in.At, By: in.By}
	if text, ok := in.Command.(ReceiveText); ok {
		w.dispatchText(in, order, text)
		return
	}
	to := AddresseeOf(in.Command)
	if to.Agent != "" {
		w.send(door, agentAt(to.Agent), agentTask{in})
		return
	}
	order.Command = in.Command.(ConversationCommand)
	w.send(door, conversationAt(to.Conversation), order)
}

func (w *world) dispatchText(in Input, order Order, text ReceiveText) {
	thread := ThreadID{text.Channel, text.From}
	if id, ok := w.open[thread]; ok && w.stored[id].State != "" {
		order.Command = text
		w.send(door, conversationAt(id), order)
		return
	}
	channel, _ := w.tenant.Channel(text.Channel)
	guidance := w.tenant.Rules(channel.ID).Guide(in.At, text.Body, w.attributes[text.From])
	queue, _ := w.tenant.Queue(guidance.To(&channel))
	id := NewConversationID(in.ID)
	w.open[thread] = id
	order.Command = &Begin{Tenant: w.tenant.ID, Channel: &channel, Queue: &queue, Guidance: guidance, Thread: w.threads[thread], Text: text}
	w.send(door, conversationAt(id), order)
}

// settle is what the door hears from conversations.
func (w *world) settle(mail any) {
	switch mail := mail.(type) {
	case *Closed:
		if w.open[mail.Thread] == mail.Conversation {
			delete(w.open, mail.Thread)
		}
	case bounced:
		w.count("text that found its conversation ended")
		w.undispatch(mail.in.ID)
	}
}

func (w *world) undispatch(input string) {
	delete(w.dispatched, input)
	maps.DeleteFunc(w.reading, func(_ ThreadID, in string) bool { return in == input })
}

func (w *world) input(id string) Input {
	i := slices.IndexFunc(w.inbox, func(in Input) bool { return in.ID == id })
	if i < 0 {
		return Input{}
	}
	return w.inbox[i]
}

// converse is the shell of a conversation.
func (w *world) converse(id ConversationID, o Order) {
	was := w.stored[id]
	if o.Input != "" && w.input(o.Input).ID == "" {
		return // acknowledged meanwhile
	}
	policy := w.policy(was.Channel, was.Queue)
	switch cmd := o.Command.(type) {
	case *Begin:
		policy = w.policy(cmd.Channel.ID, cmd.Queue.ID)
	case BeginSend:
		cmd.OptedOut = w.threads[was.Thread()].OptedOut
		o.Command = cmd
	}
	asked, order := w.off.perturb(was, o)
	events, err := asked.Decide(w.now, policy, order)
	if w.off.earlyFree {
		for _, e := range Delta(was, applyAll(was, w.now, events)) {
			if free, ok := e.(*FreeSlot); ok {
				w.tell(conversationAt(id), free)
			}
		}
	}
	if !w.calm && w.draw(200) == 0 {
		w.count("crash before the commit")
		w.crash(id, o.Input)
		return
	}
	if _, text := o.Command.(ReceiveText); text && was.State == Ended && errors.Is(err, &Error{Code: CodeWrongState}) {
		w.send(conversationAt(id), door, bounced{w.input(o.Input)})
		return
	}
	is := w.commit(was, o, events, err)
	var mail Mail
	if err == nil {
		mail.Misses(policy.MissedOffers, &was, w.now, events)
	}
	mail.Delta(&was, &is)
	w.tell(conversationAt(id), w.off.effects(mail.Effects())...)
	if made, ok := o.Command.(*MakeOffer); ok && err != nil {
		w.count("proposal refused")
		var back Mail
		made.Return(&back)
		w.tell(conversationAt(id), back.Effects()...)
	}
	if slot, ok := o.Command.(SlotAnswered); ok && err != nil {
		w.tell(conversationAt(id), &Unreserve{Agent: slot.Agent, Conversation: id, Ticket: slot.Ticket})
	}
}

func applyAll(c Conversation, at time.Time, events []Event) Conversation {
	for _, e := range events {
		c = c.Apply(at, e)
	}
	return c
}

// commit makes events, state and acknowledgement durable, at once.
func (w *world) commit(was Conversation, o Order, events []Event, err error) Conversation {
	envelopes := was.Seal(w.now, o.By, events)
	is := was
	for _, e := range envelopes {
		next := is.Apply(e.At, e.Event)
		w.checkEvent(is, next, e, o)
		is = next
		w.told(e, is)
	}
	if o.Input != "" {
		w.acknowledge(o.Input, err)
	}
	if len(events) == 0 || w.off.halfCommit {
		return was
	}
	w.log[is.ID] = append(w.log[is.ID], envelopes...)
	w.stored[is.ID] = is
	if is.OptedOut != was.OptedOut || was.State == "" || (is.State == Ended && was.State != Ended) {
		w.threads[is.Thread()] = w.threads[is.Thread()].After(is)
	}
	w.checkLoad(is)
	return is
}

func (w *world) acknowledge(input string, err error) {
	w.answers[input] = err
	if w.off.lostAck && w.draw(20) == 0 {
		w.undispatch(input)
		return
	}
	w.inbox = slices.DeleteFunc(w.inbox, func(in Input) bool { return in.ID == input })
	w.undispatch(input)
}

// tell sends effects where they belong.
func (w *world) tell(from addr, effects ...Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case *EnterLine:
			w.send(from, lineAt(e.Queue), e)
		case *LeaveLine:
			w.send(from, lineAt(e.Queue), e)
		case *Reserved:
			if e.Ticket.Queue == "" {
				answer := SlotAnswered{Agent: e.Seat.Agent, Ticket: e.Ticket, Granted: e.Granted}
				w.send(from, conversationAt(e.Conversation), Order{At: w.now, Command: answer})
				continue
			}
			w.checkReserved(e)
			w.send(from, lineAt(e.Ticket.Queue), e)
		case *SeatChanged:
			w.send(from, lineAt(e.Queue), e)
		case *Missed:
			w.send(from, agentAt(e.Agent), e)
		case *Pardon:
			w.send(from, agentAt(e.Agent), e)
		case *Blamed:
			w.send(from, lineAt(e.Queue), e)
		case *Stormed:
			w.count("storm")
			w.stormed(*e)
		case *Answered:
			w.send(from, agentAt(e.Agent), e)
		case *HoldSlot:
			w.send(from, agentAt(e.Agent), e)
		case *FreeSlot:
			w.send(from, agentAt(e.Agent), e)
		case *Reserve:
			if w.speaking {
				w.unasked = append(w.unasked, e)
				continue
			}
			w.send(from, agentAt(e.Agent), e)
		case *Unreserve:
			w.send(from, agentAt(e.Agent), e)
		case *Wake:
			if delete(w.wakes, e.Conversation); !e.At.IsZero() {
				w.wakes[e.Conversation] = e.At
			}
		case *QueueText, *Transmit:
			w.send(from, courier, e)
		case *ConsentChanged: // the scope is the number that was texted
		case *Closed:
			w.send(from, door, e)
		case *Recall:
			w.send(from, conversationAt(e.Conversation), Order{At: w.now, Command: Withdraw{Agent: e.Agent, At: e.At}})
		case *Ask:
			w.send(from, conversationAt(e.Conversation), Order{At: w.now, Command: e.Command})
		case *MakeOffer:
			w.send(from, conversationAt(e.Conversation), Order{At: w.now, Command: e})
		}
	}
}

// attend is the shell of an agent.
func (w *world) attend(id AgentID, mail any) {
	a := w.agents[id]
	switch mail := mail.(type) {
	case *Reserve:
		w.tell(agentAt(id), hears(a.Reserve, w.now, mail)...)
	case *Answered:
		w.tell(agentAt(id), hears(a.Answered, w.now, mail)...)
	case *HoldSlot:
		a.Hold(mail.Conversation, mail.Slot)
	case *FreeSlot:
		a.Free(mail.Conversation, mail.Worked, mail.At)
	case *Unreserve:
		w.tell(agentAt(id), hears(a.Unreserve, w.now, mail)...)
	case *Missed:
		if a.Record.Miss(mail).MissedAt.Equal(mail.At) {
			w.lapsed[id] = mail.At
		}
		if !w.off.lenient {
			w.keep(a, a.Record.Miss(mail))
		}
		var report Mail
		mail.Report(&report)
		w.tell(agentAt(id), report.Effects()...)
	case *Pardon:
		delete(w.lapsed, id)
		w.keep(a, a.Record.Pardon(w.now, mail))
	case agentTask:
		a.Record = w.commitAgent(a.Record, mail.in)
	case Profile:
		a.Configure(mail)
	case graceOver:
		w.count("desktop lost beyond the grace")
	}
	if !w.off.silentAgent {
		w.tell(agentAt(id), says(a.Announce, w.now)...)
	}
	w.watch(a)
	if w.off.forgetGone && !w.now.Before(a.Record.Away()) {
		return
	}
	w.tell(agentAt(id), hears(a.Recalls, w.now, w.tenant.AgentGoneRequeue())...) // also after a hold: the offer may have been under way when she left
}

// watch sets the clock to when the agent's absence means something else.
func (w *world) watch(a *Agent) {
	delete(w.graces, a.Profile.ID)
	if due := a.Due(w.now, w.tenant.AgentGoneRequeue()); !due.IsZero() {
		w.graces[a.Profile.ID] = due
	}
}

func (w *world) commitAgent(was AgentRecord, in Input) AgentRecord {
	if w.input(in.ID).ID == "" {
		return was
	}
	is, err := was.Decide(w.now, in.Command)
	w.acknowledge(in.ID, err)
	w.records[is.ID] = is
	return is
}

// match is the shell of a line.
func (w *world) match(id QueueID, mail any) {
	line := w.lines[id]
	var effects []Effect
	switch mail := mail.(type) {
	case *EnterLine:
		effects = hears(line.Enter, w.now, new(w.off.item(mail.Item)))
	case *LeaveLine:
		effects = hears(line.Leave, w.now, mail)
	case *Reserved:
		effects = hears(line.Reserved, w.now, mail)
	case *SeatChanged:
		effects = hears(line.Sit, w.now, mail)
	case staffed:
		line.Configure(mail.queue, mail.members)
		line.Keep(w.hours(id))
		effects = says(line.Open, w.now)
	case *Blamed:
		effects = hears(line.Blame, w.now, mail)
	case ticked:
		effects = says(line.Tick, w.now)
	}
	if w.off.mute {
		effects = slices.DeleteFunc(effects, deaf[*Answered])
	}
	w.tell(lineAt(id), effects...)
	w.await(id)
}

// await lets a line look at the clock when it wants to.
func (w *world) await(id QueueID) {
	if delete(w.ticks, id); !w.lines[id].Due().IsZero() && !w.off.clockless {
		w.ticks[id] = w.lines[id].Due()
	}
}

// keep makes an agent's record durable that no input has changed.
func (w *world) keep(a *Agent, is AgentRecord) {
	if is.Status == OnBreak && a.Record.Status == Available {
		w.count("put on break for misses")
	}
	if is.Status == Available && a.Record.Status != Available {
		w.count("pardoned")
	}
	a.Record, w.records[is.ID] = is, is
}

func (w *world) hours(q QueueID) *Calendar {
	if w.off.alwaysOpen {
		return nil
	}
	return w.tenant.Hours(q)
}
