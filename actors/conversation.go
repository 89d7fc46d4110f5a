package actors

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// conversation is the shell of one conversation, its only writer: decide on committed state, commit, tell. It waits for
// nothing but its own commit.
type conversation struct {
	tenure  *tenure
	house   *house
	id      routing.ConversationID
	c       routing.Conversation
	loaded  bool
	untold  bool // something is committed that the others have not heard
	handled uint64
}

// order asks a conversation for something. The partition counts the orders that it gives.
type order struct {
	routing.Order
	entry entry
	after func(error) // is told when it is worked off, with a refusal or nil; may be nil
}

// given hands an order over. Hollywood keeps an actor's last message; what came in it need not stay as long as the conversation.
type given struct{ order *order }

// entry is the input that an order came as; zero for what the engine asks by itself.
type entry struct {
	id   persistence.ID
	key  string
	body []byte
}

// attempts is how often an input is tried that makes its conversation panic.
const attempts = 3

// Receive implements actor.Receiver.
func (a *conversation) Receive(c *actor.Context) {
	msg, ok := c.Message().(*given)
	if !ok {
		return
	}
	o := *msg.order
	msg.order = nil
	a.handled++
	defer a.tenure.working.Done()
	makeRoom(a.handled)
	for n := 1; !a.try(o, n); n++ { //nolint:revive // trying is all there is to do
	}
	if o.after != nil {
		o.after(nil)
	}
	if !a.c.Open() {
		a.tenure.tellPartition(departed{a.house, a.id, a.handled, a.c.State == "" || a.c.Over()})
	}
}

// makeRoom has the stack grow at once, while little is on it. Conversations are large values in deep calls, and Hollywood runs an
// actor on a new goroutine whenever something comes for it: growing bit by bit took a tenth of all the time of a text. A
// function's room is made when it is called, whether or not it is used; it is not, since handled counts from 1.
//
//go:noinline
func makeRoom(handled uint64) {
	if handled == 0 {
		var room [20 << 10]byte
		runtime.KeepAlive(&room)
	}
}

// try works an order off; false when it panicked and is to be tried again.
func (a *conversation) try(o order, n int) (done bool) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		a.tenure.metrics.panics.Inc()
		a.tenure.log.Error("a conversation panicked", slog.String("conversation", string(a.id)), slog.Int("attempt", n),
			slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
		a.loaded = false // what is in memory is suspect; what is stored is not
		if done = n >= attempts || a.untold; !done {
			return
		}
		if a.untold { // somebody in memory counts on what it would have said
			a.tenure.fail(fmt.Errorf("conversation %s panicked: %v", a.id, reason))
			return
		}
		a.setAside(o, "the conversation panicked on it")
	}()
	if err := a.load(); err != nil {
		a.tenure.fail(err)
		return true
	}
	a.work(o)
	return true
}

// load reads the conversation from the store, unless the partition has given it to us.
func (a *conversation) load() error {
	if a.loaded {
		return nil
	}
	a.c = routing.Conversation{}
	tenant, id := string(a.house.tenant), string(a.id)
	for _, key := range []string{persistence.HotConversationKey(tenant, id), persistence.ConversationKey(tenant, id)} {
		b, err := a.tenure.get(key)
		if err != nil {
			return err
		}
		if b != nil {
			a.loaded = true
			return json.Unmarshal(b, &a.c)
		}
	}
	a.loaded = true
	return nil
}

func (a *conversation) work(o order) {
	now := clock()
	was := &a.c
	var thread routing.Thread
	policy := a.house.policy(was)
	text, isText := o.Command.(routing.ReceiveText)
	begins := isText && was.State == ""
	if begins && a.id != routing.NewConversationID(o.Input) || isText && was.State == routing.Ended {
		a.tenure.tellPartition(misdirected{house: a.house, order: o})
		return
	}
	if begins {
		begin, found, err := a.opening(o.At, text)
		if err != nil {
			a.tenure.fail(err)
			return
		}
		if !found {
			a.setAside(o, "its channel is no longer configured")
			return
		}
		o.Command, thread = begin, begin.Thread
		policy = a.house.plan.Load().policies[route{begin.Channel.ID, begin.Queue.ID}]
	}
	if err := a.remind(&o, was); err != nil {
		a.tenure.fail(err)
		return
	}
	events, err := was.Decide(now, policy, o.Order)
	if err != nil {
		a.refuse(o, err)
		return
	}
	if _, erases := o.Command.(routing.Erase); erases {
		a.erase(now, o, was, events)
		return
	}
	a.commit(now, o, was, thread, events, nil)
}

// needsThread says whether the events change what is remembered of the thread.
func needsThread(events []routing.Event) bool {
	for _, e := range events {
		_, ended := e.(routing.ConversationEnded)
		_, out := e.(routing.OptedOut)
		_, in := e.(routing.OptedIn)
		if ended || out || in {
			return true
		}
	}
	return false
}

// commit makes the events durable and tells of them. Heeded are the orphans that they say more because of.
func (a *conversation) commit(now time.Time, o order, was *routing.Conversation, thread routing.Thread, events []routing.Event, heeded []routing.Orphan) {
	if ended := was.State != "" && needsThread(events); ended {
		var err error
		if thread, err = a.thread(was.Thread()); err != nil {
			a.tenure.fail(err)
			return
		}
	}
	envelopes := was.Seal(now, o.By, events)
	steps, is := was.Steps(envelopes), was
	if len(steps) > 0 {
		is = steps[len(steps)-1].Is
	}
	_, reply := o.Command.(routing.SendReply)
	unit := &work{ack: o.entry.id, grows: reply, amend: a.house.writtenDown(is, o.By, envelopes, a.amend(now, o, is))}
	if len(steps) > 0 {
		var err error
		if unit.writes, err = chronicle(steps, thread); err == nil {
			err = a.account(unit, steps)
		}
		if err != nil {
			a.tenure.fail(err)
			return
		}
	} else if unit.ack == "" {
		a.awaitDeadline(now, o)
		return
	}
	if cmd, ok := o.Command.(routing.Command); ok {
		if err := unit.audit(a.house.tenant, now, o.By, cmd); err != nil {
			a.tenure.fail(err)
			return
		}
	}
	if o.By != (routing.Principal{}) { // a carrier was answered when its input was durable
		unit.replyTo, unit.answer = o.entry.key, answer(o.Command, *is, envelopes)
	}
	unheeded, err := a.name(unit, was.Namings(events), heeded)
	if err != nil {
		a.tenure.fail(err)
		return
	}
	if err := a.tenure.committer.commit(unit); err != nil {
		if len(*unheeded) > 0 {
			a.commit(now, o, was, thread, was.Heed(now, a.house.policy(was), events, *unheeded), append(heeded, *unheeded...))
			return
		}
		if no, ok := refusal(err); ok && o.By != (routing.Principal{}) {
			a.refuse(o, no)
		} else if ok {
			a.setAside(o, no.Detail)
		}
		return // otherwise the partition is lost, and this actor with it
	}
	a.untold = true
	a.tenure.metrics.match(heeded)
	a.tenure.metrics.observe(steps, a.house.queue, a.house.carrier(is))
	a.tenure.moved(was, is)
	var mail routing.Mail
	mail.Misses(a.house.policy(was).MissedOffers, was, now, events) // before the agents hear that a slot is free
	mail.Delta(was, is)
	a.tenure.tell(a.house, &mail)
	a.c, a.untold = *is, false
}

// account adds what reports tell of the events: the sums, and the row of a conversation that has ended.
func (a *conversation) account(unit *work, steps []routing.Step) error {
	is, queue := steps[len(steps)-1].Is, a.house.queue
	unit.account(is.Tenant, reports.Account(steps, queue))
	if is.State != routing.Ended {
		return nil
	}
	log, err := a.tenure.history(is.Tenant, is.ID)
	if err != nil {
		return err
	}
	for _, s := range steps {
		log = append(log, s.Envelope)
	}
	key := persistence.RowKey(string(is.Tenant), is.CreatedAt.UnixMilli(), string(is.ID))
	return unit.record(key, reports.Tell(log, queue))
}

// awaitDeadline sets the timer again that rang too early: the clock was set back meanwhile.
func (a *conversation) awaitDeadline(now time.Time, o order) {
	if _, early := o.Command.(routing.Elapse); early && now.Before(a.c.Deadline) {
		var mail routing.Mail
		mail.Add(&routing.Wake{Conversation: a.id, At: a.c.Deadline})
		a.tenure.tell(a.house, &mail)
	}
}

// setAside gives an order up that cannot be worked off, at the cost of this conversation alone. An input is kept on the
// dead-letter list; of what the engine asked by itself only the log tells.
func (a *conversation) setAside(o order, why string) {
	if o.entry.id != "" {
		a.tenure.bury(a.house.tenant, o.entry, why)
		return
	}
	a.tenure.log.Error("a conversation could not be taken further", slog.String("conversation", string(a.id)),
		slog.String("command", fmt.Sprintf("%T", o.Command)), slog.String("reason", why))
	a.refuse(o, nil)
}

// refuse answers a command that changes nothing.
func (a *conversation) refuse(o order, err error) {
	if o.after != nil {
		o.after(err)
		return
	}
	if offer, ok := o.Command.(*routing.MakeOffer); ok {
		var mail routing.Mail
		offer.Return(&mail)
		a.tenure.tell(a.house, &mail)
		return
	}
	if slot, ok := o.Command.(routing.SlotAnswered); ok {
		var mail routing.Mail
		mail.Add(&routing.Unreserve{Agent: slot.Agent, Conversation: a.id, Ticket: slot.Ticket})
		a.tenure.tell(a.house, &mail)
		return
	}
	if o.entry.id == "" {
		return
	}
	a.tenure.answerRefusal(o.entry, err)
}

// opening gathers what a new conversation begins with; false when its channel is gone from the configuration.
func (a *conversation) opening(at time.Time, text routing.ReceiveText) (*routing.Begin, bool, error) {
	plan := a.house.plan.Load()
	channel := plan.channel(text.Channel)
	if channel == nil {
		return nil, false, nil
	}
	id, prefix := routing.ThreadID{Channel: channel.ID, Number: text.From}, persistence.NumberPrefix(string(a.house.tenant), text.From)
	found, matches, err := a.tenure.engine.store.Look(a.tenure.ctx, a.tenure.part, a.remembered(id), prefix, 2)
	if err != nil {
		return nil, false, err
	}
	thread, err := a.recall(id, found)
	if err != nil {
		return nil, false, err
	}
	begin := &routing.Begin{Tenant: a.house.tenant, Channel: channel, Thread: thread, Text: text}
	if len(matches) == 1 {
		begin.Customer = routing.CustomerID(matches[0].Key[len(prefix):])
	}
	rules := plan.rules[channel.ID]
	var customer routing.Customer
	if begin.Customer != "" && rules.NeedCustomer() {
		b, err := a.tenure.get(persistence.CustomerKey(string(a.house.tenant), string(begin.Customer)))
		if err == nil && b != nil {
			err = json.Unmarshal(b, &customer)
		}
		if err != nil {
			return nil, false, err
		}
	}
	begin.Guidance = rules.Guide(at, text.Body, customer.Attributes)
	begin.Queue = plan.queue(begin.Guidance.To(channel))
	return begin, true, nil
}

// get reads a committed record; nil when there is none.
func (t *tenure) get(key string) ([]byte, error) {
	b, err := t.engine.store.Get(t.ctx, t.part, key)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// history reads a conversation's committed events, oldest first.
func (t *tenure) history(tenant routing.TenantID, id routing.ConversationID) ([]routing.Envelope, error) {
	const atOnce = 500
	name := persistence.LogList(string(tenant), string(id))
	var log []routing.Envelope
	for after := persistence.ID(""); ; {
		page, err := t.engine.store.Range(t.ctx, t.part, name, after, atOnce)
		if err != nil {
			return nil, err
		}
		for _, item := range page {
			var e routing.Envelope
			if err := json.Unmarshal(item.Value, &e); err != nil {
				return nil, fmt.Errorf("%s at %s: %w", name, item.ID, err)
			}
			log, after = append(log, e), item.ID
		}
		if len(page) < atOnce {
			return log, nil
		}
	}
}
