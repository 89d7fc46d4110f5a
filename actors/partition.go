package actors

import (
	"strconv"
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
)

// partition is the shell of one owned partition: it gives every input to whom it concerns, and is the only sender to its
// conversations, which it spawns on demand and lets go when they are quiet. It never waits.
type partition struct {
	tenure        *tenure
	houses        map[routing.TenantID]*house
	threads       map[thread]routing.ConversationID
	late          map[thread][]order             // texts that came after the end of their conversation, in order
	replacing     map[routing.TenantID]int       // configurations that are being decided on
	heldBack      map[routing.TenantID][]arrival // inputs that wait for that, in order
	conversations map[conversationKey]*seatedConversation
	seatings      int // so far; each has a name of its own, since the one before may not be quite gone
	orphanTimer   *time.Timer
	dismissed     bool
}

type thread struct {
	tenant routing.TenantID
	routing.ThreadID
}

type conversationKey struct {
	tenant routing.TenantID
	id     routing.ConversationID
}

// seatedConversation is a live conversation actor. Orders counts what it has been given; thread is the one whose texts it
// has been given, zero when none.
type seatedConversation struct {
	pid    *actor.PID
	thread thread
	orders uint64
	timer  *time.Timer
}

// What the partition is told, besides inputs.
type (
	// arrival is an input from the inbox, decoded.
	arrival struct {
		entry entry
		input routing.Input
		err   error
	}
	// addressed is something for a conversation.
	addressed struct {
		house        *house
		conversation routing.ConversationID
		command      routing.ConversationCommand
		after        func(error)
	}
	// waking is a deadline to be watched.
	waking struct {
		house *house
		wake  routing.Wake
	}
	// consentChanged says that a customer said something that all of the tenant's numbers may have to heed.
	consentChanged struct {
		house  *house
		change routing.ConsentChanged
	}
	// misdirected is a text that came to a conversation after its end, or to one that its first text could not begin.
	misdirected struct {
		house *house
		order order
	}
	// revival is the first message: what the store holds.
	revival struct {
		found map[routing.TenantID]*found
		done  chan<- struct{}
	}
	// rolled says which runs of nodes go on; desktops of others are gone.
	rolled struct{ lives map[string]bool }
	// dismissal is the last one: it asks for the conversations' actors.
	dismissal struct{ done chan<- []*actor.PID }
	// departed says that a conversation is over after so many orders, and whether it is quiet as well.
	departed struct {
		house   *house
		id      routing.ConversationID
		handled uint64
		quiet   bool
	}
)

// Receive implements actor.Receiver.
func (p *partition) Receive(c *actor.Context) {
	if p.dismissed {
		return // the tenure is over; whoever still speaks is about to hear it
	}
	switch msg := c.Message().(type) {
	case arrival:
		p.arrive(msg)
	case addressed:
		defer p.tenure.working.Done()
		p.give(msg.house, msg.conversation, order{Order: routing.Order{At: clock(), Command: msg.command}, after: msg.after})
	case waking:
		p.wake(msg)
	case consentChanged:
		p.spread(msg)
	case identified:
		defer p.tenure.working.Done()
		p.give(msg.house, msg.conversation, msg.order)
	case orphansDue:
		p.watchOrphans(msg.at)
	case misdirected:
		key := thread{msg.house.tenant, threadOf(msg.order)}
		p.late[key] = append(p.late[key], msg.order)
	case departed:
		p.depart(msg)
	case rolled:
		for _, h := range p.houses {
			p.missDesktops(h, msg)
		}
	case reconfigured:
		p.reconfigure(msg)
	case revival:
		p.watchOrphans(p.tenure.orphans.next()) // while nobody amends them yet
		for id, f := range msg.found {
			if f.config.ETag != "" {
				p.revive(id, f)
			}
		}
		close(msg.done)
	case dismissal:
		msg.done <- p.dismiss()
	}
}

// missDesktops has each agent look whether the node is gone that its desktop was connected to.
func (p *partition) missDesktops(h *house, msg rolled) {
	for _, pid := range h.plan.Load().agents {
		p.tenure.engine.hollywood.Send(pid, msg)
	}
}

// dismiss forgets all conversations and returns their actors.
func (p *partition) dismiss() []*actor.PID {
	pids := make([]*actor.PID, 0, len(p.conversations))
	for _, s := range p.conversations {
		if s.timer != nil {
			s.timer.Stop()
		}
		pids = append(pids, s.pid)
	}
	p.watchOrphans(time.Time{})
	clear(p.conversations)
	p.dismissed = true
	return pids
}

// arrive gives an input to whom it concerns.
func (p *partition) arrive(a arrival) {
	defer p.tenure.working.Done()
	if a.err != nil {
		p.tenure.bury("", a.entry, "it cannot be decoded: "+a.err.Error())
		return
	}
	in := a.input
	cmd, replaces := in.Command.(routing.ReplaceConfig)
	if !replaces && p.replacing[in.Tenant] > 0 {
		p.tenure.working.Add(1)
		p.heldBack[in.Tenant] = append(p.heldBack[in.Tenant], a)
		return
	}
	p.tenure.metrics.inputs.WithLabelValues(routing.CommandType(in.Command)).Inc()
	if replaces {
		p.replaceConfig(a.entry, in, cmd)
		return
	}
	h := p.houses[in.Tenant]
	if h == nil {
		p.tenure.bury(in.Tenant, a.entry, "its tenant has no configuration here")
		return
	}
	p.assign(h, a.entry, in)
}

// assign finds out whom an input concerns.
func (p *partition) assign(h *house, e entry, in routing.Input) {
	o := order{Order: routing.Order{Input: in.ID, At: in.At, By: in.By}, entry: e}
	if text, ok := in.Command.(routing.ReceiveText); ok {
		o.Command = text
		p.text(h, o)
		return
	}
	if report, ok := in.Command.(routing.ReceiveReceipt); ok && report.Message == "" {
		p.identify(h, o, report)
		return
	}
	if cmd, ok := in.Command.(routing.EraseCustomer); ok {
		p.tenure.eraseCustomer(h, e, in, cmd)
		return
	}
	to := routing.AddresseeOf(in.Command)
	command, ok := in.Command.(routing.ConversationCommand)
	switch {
	case ok && to.Conversation != "":
		o.Command = command
		p.give(h, to.Conversation, o)
	case to.Agent != "":
		p.giveAgent(h, to.Agent, agentOrder{in.By, in.Command, e})
	case to.Stray:
		p.tenure.answerRefusal(e, &routing.Error{Code: routing.CodeNotFound, Detail: "the id is none of ours"})
	default:
		p.change(e, audited(in, record(in)))
	}
}

// change works off a command that concerns records alone: the committer does it all.
func (p *partition) change(e entry, amend func(reader) (writes, *routing.Answer, error)) {
	t := p.tenure
	t.working.Add(1)
	w := &work{ack: e.id, replyTo: e.key, amend: amend}
	w.done = func(err error) {
		defer t.working.Done()
		if no, ok := refusal(err); ok {
			t.answerRefusal(e, no)
		} else if err != nil {
			t.fail(err)
		}
	}
	t.committer.submit(w)
}

func (p *partition) giveAgent(h *house, id routing.AgentID, o agentOrder) {
	pid := h.plan.Load().agents[id]
	if pid == nil {
		p.tenure.answerRefusal(o.entry, &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such agent in the configuration"})
		return
	}
	p.tenure.working.Add(1)
	p.tenure.engine.hollywood.Send(pid, o)
}

// text gives a customer's text to the thread's open conversation, or lets it begin one.
func (p *partition) text(h *house, o order) {
	key := thread{h.tenant, threadOf(o)}
	id, open := p.threads[key]
	if !open {
		id = routing.NewConversationID(o.Input)
		p.threads[key] = id
	}
	p.give(h, id, o).thread = key
}

func threadOf(o order) routing.ThreadID {
	text, _ := o.Command.(routing.ReceiveText)
	return routing.ThreadID{Channel: text.Channel, Number: text.From}
}

// give hands an order to a conversation, which is spawned if need be.
func (p *partition) give(h *house, id routing.ConversationID, o order) *seatedConversation {
	key := conversationKey{h.tenant, id}
	s := p.conversations[key]
	if s == nil {
		begins := o.Input != "" && id == routing.NewConversationID(o.Input) // there is nothing stored of it
		s = p.seat(h, &conversation{tenure: p.tenure, house: h, id: id, loaded: begins})
	}
	s.orders++
	p.tenure.working.Add(1)
	p.tenure.engine.hollywood.Send(s.pid, &given{&o})
	return s
}

func (p *partition) seat(h *house, c *conversation) *seatedConversation {
	p.seatings++
	name := string(h.tenant) + "/" + string(c.id) + "/" + strconv.Itoa(p.seatings)
	s := &seatedConversation{pid: p.tenure.spawn("conversation", name, c)}
	p.conversations[conversationKey{h.tenant, c.id}] = s
	return s
}

// wake arms the conversation's deadline anew.
func (p *partition) wake(w waking) {
	key := conversationKey{w.house.tenant, w.wake.Conversation}
	s := p.conversations[key]
	if s == nil {
		return
	}
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if w.wake.At.IsZero() {
		return
	}
	t, due := p.tenure, addressed{w.house, w.wake.Conversation, routing.Elapse{}, nil}
	s.timer = time.AfterFunc(time.Until(w.wake.At), func() { t.order(due) })
}

// depart frees the thread of a conversation that is over, once it has seen all that it was given: so that texts which came
// too late for it begin the next conversation in their order. A quiet one is let go.
func (p *partition) depart(d departed) {
	id := conversationKey{d.house.tenant, d.id}
	s := p.conversations[id]
	if s == nil || s.orders != d.handled {
		return
	}
	if d.quiet {
		if s.timer != nil {
			s.timer.Stop()
		}
		delete(p.conversations, id)
		p.tenure.engine.hollywood.Poison(s.pid)
	}
	if p.threads[s.thread] != d.id {
		return // the next conversation has the thread already, and its late texts are its own
	}
	late := p.late[s.thread]
	delete(p.threads, s.thread)
	delete(p.late, s.thread)
	for _, o := range late {
		p.text(d.house, o)
	}
}
