// Package actors is the engine: one actor per queue, agent and conversation, over one durable log. Inputs go into the inbox,
// actors decide, one commit writes every consequence, and only then the world hears. It is the only room that knows
// Hollywood, of which it uses mailboxes and nothing else.
package actors

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anthdm/hollywood/actor"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
	"switchyard/persistence"
)

// Sender hands a text to the channel's carrier, once, and says what the carrier said. It never retries. Message is our id of
// the text, to go with it as correlation reference.
type Sender interface {
	Send(ctx context.Context, tenant routing.TenantID, channel routing.ChannelID, message routing.MessageID, from, to, text string) (carrierID string, failure *routing.SendFailure)
}

// Config is what an engine is made of. All fields but the last are needed.
type Config struct {
	Store      persistence.Store
	Sender     Sender
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Node names this process among those that share the store. It is the same after a restart, and nobody else's.
	Node string
	// Metrics is what the operator wants of them; the zero value is the usual.
	Metrics measures.Options
}

// Engine owns partitions of the store and runs the contact centres that live in them.
type Engine struct {
	store     persistence.Store
	sender    Sender
	log       *slog.Logger
	metrics   *metrics
	hollywood *actor.Engine
	door      *door
	heads     *headcount
	dead      *actor.PID
	members   *membership
	posts     []*post
	roll      chan struct{} // it is to be called now
	calling   sync.Mutex    // the roll is being called
	started   atomic.Bool
	serving   tally // the tenures in service

	stop   context.CancelFunc
	drain  context.Context // how long draining may take; set before stop is called
	owners sync.WaitGroup

	mu    sync.Mutex
	owned map[int]*tenure
}

// New makes an engine that does nothing yet.
func New(c Config) (*Engine, error) {
	hw, err := actor.NewEngine(actor.NewEngineConfig())
	if err != nil {
		return nil, fmt.Errorf("actor engine: %w", err)
	}
	e := &Engine{
		store: c.Store, sender: c.Sender, log: c.Logger, metrics: newMetrics(measures.NewInstruments(c.Registerer, c.Metrics)), hollywood: hw,
		door: newDoor(), owned: map[int]*tenure{}, roll: make(chan struct{}, 1),
		members: newMembership(persistence.Node{Name: c.Node, Life: newID()}),
	}
	for part := range c.Store.Partitions() {
		e.posts = append(e.posts, &post{part: part, wake: make(chan struct{}, 1)})
	}
	e.heads = newHeadcount(e, c.Metrics.PerAgent)
	c.Registerer.MustRegister(e.heads)
	e.dead = hw.SpawnFunc(e.countDead, "undelivered", actor.WithInboxSize(inboxSize))
	hw.Subscribe(e.dead)
	return e, nil
}

// countDead counts messages to actors that are gone. They happen when a tenure ends; at any other time each is a bug.
func (e *Engine) countDead(c *actor.Context) {
	if _, ok := c.Message().(actor.DeadLetterEvent); ok {
		e.metrics.undelivered.Inc()
	}
}

// Start joins the nodes that share the store and returns once every partition is served, here or by another node, or with the
// first error. From then on this node serves the partitions that are its to serve, until Drain.
func (e *Engine) Start(ctx context.Context) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx)) // ctx bounds the start, not the service
	e.stop = stop
	if err := e.callRoll(ctx); err != nil {
		return fmt.Errorf("join the nodes of the store: %w", err)
	}
	e.owners.Go(func() { e.keepRoll(running) })
	settled := make(chan error, e.store.Partitions())
	for _, p := range e.posts {
		p.settled = settled
		e.owners.Go(func() { e.own(running, p) })
	}
	for range e.store.Partitions() {
		select {
		case err := <-settled:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	e.started.Store(true)
	return nil
}

// begin spawns the partition's actors as the store says they were; false when that failed, and with it the tenure.
func (t *tenure) begin(all map[routing.TenantID]*found) bool {
	p := &partition{
		tenure: t, houses: map[routing.TenantID]*house{}, threads: map[thread]routing.ConversationID{},
		late: map[thread][]order{}, replacing: map[routing.TenantID]int{}, heldBack: map[routing.TenantID][]arrival{},
		conversations: map[conversationKey]*seatedConversation{},
	}
	t.partition = t.spawn("partition", "", p)
	done := make(chan struct{})
	t.tellPartition(revival{all, done})
	select {
	case <-done:
		return true
	case <-t.ctx.Done():
		return false
	}
}

// read gives the partition what is in the inbox and what comes in, in order.
func (t *tenure) read(ctx context.Context, lease persistence.Lease) {
	for stored, err := range t.engine.store.Inbox(ctx, lease, "") {
		if err != nil {
			t.fail(fmt.Errorf("inbox: %w", err))
			return
		}
		a := arrival{entry: entry{id: stored.ID, key: stored.Key, body: stored.Body}}
		if decoded, known := stored.Decoded.(*routing.Input); known {
			a.input = *decoded
		} else {
			a.err = a.input.UnmarshalJSON(stored.Body)
		}
		t.backlog.begin(stored.ID, a.input.At)
		t.working.Add(1)
		t.tellPartition(a)
	}
}

func (e *Engine) hold(part int, t *tenure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t == nil {
		delete(e.owned, part)
		e.serving.Done()
		return
	}
	e.owned[part] = t
	e.serving.Add(1)
}

func (e *Engine) tenures() []*tenure {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]*tenure, 0, len(e.owned))
	for _, t := range e.owned {
		all = append(all, t)
	}
	return all
}

// Life tells this run of the process from all others, also of the same node. The ids of its desktops' streams begin with it and
// a slash, so that every node can tell when they are gone.
func (e *Engine) Life() string { return e.members.me().Life }

// Ready says why this node cannot serve, nil when it can. What another node is to work off is accepted all the same.
func (e *Engine) Ready() error {
	served, all := len(e.tenures()), e.store.Partitions()
	switch {
	case !e.started.Load(), !e.members.others() && served < all:
		return fmt.Errorf("%d of %d partitions are served", served, all)
	case e.stuck() != nil:
		return fmt.Errorf("partition %d is this node's to serve and cannot be taken into service; the log says why", e.stuck().part)
	case e.members.cutOff(time.Now()):
		return fmt.Errorf("the store has not answered for more than %v", silence)
	case e.members.twinned(time.Now()):
		return fmt.Errorf("another process that shares the store is called %q too; give one of them another listen address", e.members.me().Name)
	}
	return nil
}

// stuck is a place of a partition that does not come into service; nil when there is none.
func (e *Engine) stuck() *post {
	for _, p := range e.posts {
		if p.stuck.Load() {
			return p
		}
	}
	return nil
}

// Retire hands what this node serves over to the others, and returns when that is done, when there are no others any more, or
// when ctx ends. Requests are still taken: the others answer them. It is called before the listeners are closed, at most once,
// and before Drain.
func (e *Engine) Retire(ctx context.Context) {
	if !e.started.Load() || !e.members.others() {
		return
	}
	e.members.leave()
	if err := e.callRoll(ctx); err != nil {
		e.log.WarnContext(ctx, "the other nodes have not heard that this one is leaving", slog.Any("error", err))
	}
	e.handOver(time.Now())
	for e.members.others() { // they may be leaving, too
		within, cancel := context.WithTimeout(ctx, moveEvery)
		err := e.serving.Wait(within)
		cancel()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			e.log.WarnContext(ctx, "not everything was handed over in time", slog.Any("error", err))
			return
		}
	}
}

// Drain takes nothing new, finishes what has been begun as long as ctx allows, gives the partitions up and ends all actors.
// What is not finished goes on with the next owner. It is called once, after Start.
func (e *Engine) Drain(ctx context.Context) {
	e.door.close()
	e.drain = ctx
	e.stop()
	e.owners.Wait()
	gone, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := e.store.Depart(gone, e.Life()); err != nil {
		e.log.WarnContext(ctx, "the other nodes have not heard that this one is gone; they will miss it", slog.Any("error", err))
	}
	e.hollywood.Unsubscribe(e.dead)
	e.end(e.dead)
}

// farewell is how long an actor may take to end.
const farewell = 2 * time.Second

// end poisons an actor, which nobody sends to any more, and waits for its end.
func (e *Engine) end(pid *actor.PID) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	<-e.hollywood.PoisonCtx(ctx, pid).Done()
}

// dismiss ends all actors of the tenure.
func (t *tenure) dismiss() {
	done := make(chan []*actor.PID, 1)
	t.tellPartition(dismissal{done})
	select {
	case live := <-done:
		for _, pid := range live {
			t.engine.end(pid)
		}
	case <-time.After(farewell):
		t.log.Error("the partition's actor does not answer; its conversations are left behind")
	}
	t.mu.Lock()
	pids := t.pids
	t.mu.Unlock()
	for _, pid := range pids {
		t.engine.end(pid)
	}
	t.engine.end(t.partition)
}

// clock is the time of decisions: UTC, in whole milliseconds, as the contract shows it.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
