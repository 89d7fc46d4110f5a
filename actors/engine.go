// Package actors is the engine: one actor per queue, agent and conversation, over one durable log. Inputs go into the inbox,
// actors decide, one commit writes every consequence, and only then the world hears. It is the only room that knows
// Hollywood, of which it uses mailboxes and nothing else.
package actors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/anthdm/hollywood/actor"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// Sender hands a text to the channel's carrier, once, and says what the carrier said. It never retries. Message is our id of
// the text, to go with it as correlation reference.
type Sender interface {
	Send(ctx context.Context, tenant routing.TenantID, channel routing.ChannelID, message routing.MessageID, from, to, text string) (carrierID string, failure *routing.SendFailure)
}

// Config is what an engine is made of. All fields are needed.
type Config struct {
	Store      persistence.Store
	Sender     Sender
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Node names this process among those that share the store.
	Node string
}

// Engine owns partitions of the store and runs the contact centres that live in them.
type Engine struct {
	store     persistence.Store
	sender    Sender
	log       *slog.Logger
	node      string
	metrics   *metrics
	hollywood *actor.Engine
	door      *door
	heads     *headcount
	dead      *actor.PID

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
		store: c.Store, sender: c.Sender, log: c.Logger, node: c.Node, metrics: newMetrics(c.Registerer), hollywood: hw,
		door: newDoor(c.Store.Partitions()), owned: map[int]*tenure{},
	}
	e.heads = newHeadcount(e)
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

// Start owns every partition of the store and returns once all are served, or with the first error. From then on a
// partition that is lost is acquired again, until Drain.
func (e *Engine) Start(ctx context.Context) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx)) // ctx bounds the start, not the service
	e.stop = stop
	served := make(chan error, e.store.Partitions())
	for part := range e.store.Partitions() {
		e.owners.Go(func() { e.own(running, part, served) })
	}
	for range e.store.Partitions() {
		select {
		case err := <-served:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// heldPause is how often a partition that another node has is tried: it is free soon after that node's lease has run out.
const heldPause = 500 * time.Millisecond

// own keeps one partition in service, tenure after tenure.
func (e *Engine) own(ctx context.Context, part int, served chan<- error) {
	first := true
	pause := 50 * time.Millisecond
	for ctx.Err() == nil {
		start := time.Now()
		err := e.serve(ctx, part, !first, func() {
			if first {
				served <- nil
			}
			first = false
		})
		if ctx.Err() != nil || errors.Is(err, persistence.ErrClosed) {
			break
		}
		if first && !errors.Is(err, persistence.ErrHeld) {
			served <- fmt.Errorf("partition %d: %w", part, err)
			return
		}
		if errors.Is(err, persistence.ErrHeld) {
			e.log.DebugContext(ctx, "another node has the partition", slog.Int("partition", part), slog.Any("error", err))
			pause = heldPause
		} else {
			e.log.WarnContext(ctx, "a partition starts over", slog.Int("partition", part), slog.Any("error", err))
			if time.Since(start) > 10*time.Second {
				pause = 50 * time.Millisecond
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
	if first {
		served <- context.Canceled
	}
}

// serve owns the partition once: acquire, recover, work off the inbox until something ends it. Again says that this process
// has served it before.
func (e *Engine) serve(ctx context.Context, part int, again bool, ready func()) error {
	start := time.Now()
	lease, err := e.store.Acquire(ctx, part, e.node)
	if err != nil {
		return fmt.Errorf("acquire: %w", err)
	}
	t := newTenure(context.WithoutCancel(ctx), e, lease, again) // it ends by itself, after the drain
	var hands sync.WaitGroup
	hands.Go(func() { t.keepLease(lease) })
	all, err := t.find(lease)
	if err != nil {
		t.fail(err)
		hands.Wait()
		return errors.Join(fmt.Errorf("load: %w", err), e.store.Release(ctx, lease))
	}
	hands.Go(func() {
		if err := t.committer.run(t.ctx); err != nil {
			t.fail(err)
		}
	})
	if t.begin(all) {
		e.hold(part, t)
		e.metrics.recovery.Observe(time.Since(start).Seconds())
		ready()
		t.attend(ctx, lease)
		e.hold(part, nil)
	}
	hands.Wait()
	t.dismiss()
	e.heads.withdraw(t.share)
	cause := context.Cause(t.ctx)
	if errors.Is(cause, persistence.ErrLost) {
		return cause
	}
	return errors.Join(cause, e.store.Release(context.WithoutCancel(ctx), lease))
}

// errDrained is how a tenure ends that nothing is wrong with.
var errDrained = errors.New("drained")

// attend works off the inbox until the tenure ends, or drains it when ctx does.
func (t *tenure) attend(ctx context.Context, lease persistence.Lease) {
	reading, stop := context.WithCancel(t.ctx)
	defer stop()
	var reader sync.WaitGroup
	reader.Go(func() { t.read(reading, lease) })
	select {
	case <-t.ctx.Done():
	case <-ctx.Done(): // take nothing new, finish what has begun
		stop()
		t.draining.Store(true)
		if err := t.finish(); err != nil {
			t.log.WarnContext(ctx, "not everything was finished; it goes on at the next start", slog.Any("error", err))
		}
		t.fail(errDrained)
	}
	reader.Wait()
}

// finish waits until everything is done that has begun, as long as draining may take, or until the tenure ends by itself.
func (t *tenure) finish() error {
	ctx, stop := context.WithCancelCause(t.engine.drain)
	defer stop(nil)
	defer context.AfterFunc(t.ctx, func() { stop(context.Cause(t.ctx)) })()
	return t.working.Wait(ctx)
}

// begin spawns the partition's actors as the store says they were; false when that failed, and with it the tenure.
func (t *tenure) begin(all map[routing.TenantID]*found) bool {
	p := &partition{
		tenure: t, houses: map[routing.TenantID]*house{}, threads: map[thread]routing.ConversationID{},
		late: map[thread][]order{}, conversations: map[conversationKey]*seatedConversation{},
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
		a.err = a.input.UnmarshalJSON(stored.Body)
		t.working.Add(1)
		t.tellPartition(a)
	}
}

func (e *Engine) hold(part int, t *tenure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t == nil {
		delete(e.owned, part)
		return
	}
	e.owned[part] = t
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

// Ready says whether every partition is served, nil when so.
func (e *Engine) Ready() error {
	if served, all := len(e.tenures()), e.store.Partitions(); served < all {
		return fmt.Errorf("%d of %d partitions are served", served, all)
	}
	return nil
}

// Drain takes nothing new, finishes what has been begun as long as ctx allows, gives the partitions up and ends all actors.
// What is not finished goes on at the next start. It is called once, after Start.
func (e *Engine) Drain(ctx context.Context) {
	e.door.close()
	e.drain = ctx
	e.stop()
	e.owners.Wait()
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
