package simulation

import (
	"strconv"

	"switchyard/actors/routing"
)

// Write lets the talk's customer write the first text: it joins the open conversation of the thread, or begins this one. A channel
// that is not configured brings nothing.
func (f *Floor) Write(t *Talk) {
	who := &t.Customer
	door := f.doors[who.Text.Channel]
	if door == nil {
		return
	}
	f.inputs++
	order := routing.Order{Input: who.ID, At: f.now}
	if order.Input == "" {
		var room [21]byte
		order.Input = string(strconv.AppendInt(append(room[:0], 's'), int64(f.inputs), 10))
	}
	begin := &f.begin
	*begin = routing.Begin{Tenant: f.tenant.ID, Customer: who.record, Text: who.Text}
	if !who.Stranger {
		thread := routing.ThreadID{Channel: who.Text.Channel, Number: who.Text.From}
		if open := f.open[thread]; open != nil {
			order.Command = who.Text
			_ = f.order(open, order)
			return
		}
		begin.Thread = f.thread(thread)
		f.open[thread] = t
	}
	begin.Channel = door.channel
	begin.Guidance = door.rules.Guide(f.now, who.Text.Body, who.Attributes)
	begin.Queue = f.line(begin.Guidance.To(begin.Channel)).queue
	order.Command = begin
	t.policy = door.policies[begin.Queue.ID]
	events, _ := t.Decide(f.now, *t.policy, order)
	f.commit(t, events)
	f.talks[t.ID] = t
}

// seat takes a conversation in that is under way already, and lets it say everything; false when its channel or queue is not
// configured.
func (f *Floor) seat(t *Talk) bool {
	if door := f.doors[t.Channel]; door != nil {
		t.policy = door.policies[t.Queue]
	}
	if t.policy == nil {
		return false
	}
	f.talks[t.ID], f.open[t.Thread()] = t, t
	f.mail.Delta(&routing.Conversation{}, &t.Conversation)
	return true
}

// find is the open conversation with this id; nil when there is none.
func (f *Floor) find(c routing.ConversationID) *Talk {
	if f.spoken == nil || f.spoken.ID != c {
		f.spoken = f.talks[c]
	}
	return f.spoken
}

// Order lets somebody command something of a talk. It says whether that was refused.
func (f *Floor) Order(t *Talk, by routing.Principal, cmd routing.ConversationCommand) error {
	return f.order(t, routing.Order{By: by, Command: cmd})
}

// ask is how the engine asks a conversation for something by itself; nothing when that is over.
func (f *Floor) ask(c routing.ConversationID, cmd routing.ConversationCommand) {
	if t := f.find(c); t != nil {
		_ = f.order(t, routing.Order{Command: cmd})
	}
}

// order is the shell of a conversation: decide, commit, tell.
func (f *Floor) order(t *Talk, o routing.Order) error {
	o.At = f.now
	events, err := t.Decide(f.now, *t.policy, o)
	if err == nil {
		f.commit(t, events)
		return nil
	}
	if made, ok := o.Command.(*routing.MakeOffer); ok {
		made.Return(&f.mail)
	}
	if slot, ok := o.Command.(routing.SlotAnswered); ok {
		f.mail.Add(&routing.Unreserve{Agent: slot.Agent, Conversation: t.ID, Ticket: slot.Ticket})
	}
	return err
}

func (f *Floor) commit(t *Talk, events []routing.Event) {
	if len(events) == 0 {
		return
	}
	was := t.Conversation
	for _, e := range events {
		routing.ApplyTo(&t.Conversation, f.now, e)
		f.people.Happened(f, t, e)
	}
	if t.OptedOut != was.OptedOut {
		for _, said := range t.Sayings(was.Seal(f.now, routing.Principal{}, events)) {
			f.consents[t.CustomerNumber] = f.consents[t.CustomerNumber].With(said)
		}
	}
	f.mail.Misses(t.policy.MissedOffers, &was, f.now, events)
	if t.Queue != was.Queue {
		t.policy = f.doors[t.Channel].policies[t.Queue]
	}
	f.mail.Delta(&was, &t.Conversation)
}

// wake lets the conversation's deadline come. One that is changed or gone by then means nothing.
func (f *Floor) wake(e *routing.Wake) {
	if t := f.find(e.Conversation); t != nil && !e.At.IsZero() {
		f.set(e.At, timer{rank: t.Customer.Script.rank(e.At), kind: elapses, talk: t, life: t.life})
	}
}

// thread is what is remembered of a thread, with what its customer has said to the tenant's numbers since.
func (f *Floor) thread(id routing.ThreadID) routing.Thread {
	thread := f.threads[id]
	if out, known := f.consents[id.Number].OptedOut(f.tenant.Scope(), id.Channel); known {
		thread.OptedOut = out
	}
	return thread
}

// spread has all open conversations with a customer's number look whether the customer may still be texted.
func (f *Floor) spread(e *routing.ConsentChanged) {
	for _, c := range f.tenant.Channels {
		id := routing.ThreadID{Channel: c.ID, Number: e.Number}
		if t := f.open[id]; t != nil && t.State != "" {
			f.ask(t.ID, routing.FollowConsent{OptedOut: f.thread(id).OptedOut})
		}
	}
}

// close forgets a conversation that is over, but for what its thread remembers.
func (f *Floor) close(e *routing.Closed) {
	t := f.talks[e.Conversation]
	f.spoken = nil
	delete(f.talks, e.Conversation)
	if t.Customer.Stranger {
		t.life++
		f.spare = append(f.spare, t)
		return
	}
	delete(f.open, e.Thread)
	f.threads[e.Thread] = f.threads[e.Thread].After(t.Conversation)
}

// talk is one that has not begun.
func (f *Floor) talk() *Talk {
	last := len(f.spare) - 1
	if last < 0 {
		return &Talk{}
	}
	t := f.spare[last]
	f.spare = f.spare[:last]
	*t = Talk{life: t.life}
	return t
}
