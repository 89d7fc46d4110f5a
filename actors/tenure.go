package actors

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// tenure is one stretch of owning a partition: the lease, the actors, and everything in their memory. When the lease is
// lost, or something fails that should not, the whole tenure is dropped and a new one begins from what is stored. It is
// never patched.
type tenure struct {
	engine    *Engine
	part      int
	log       *slog.Logger
	metrics   *metrics
	committer *committer
	ctx       context.Context
	end       context.CancelCauseFunc
	partition *actor.PID
	name      string
	guard     actor.MiddlewareFunc // of all its actors
	share     share
	waiting   queueing
	orphans   orphans
	draining  atomic.Bool
	working   tally         // what has begun and is not finished
	calls     tally         // texts that are with their carrier
	backlog   backlog       // inputs that have been read and are not worked off
	yielded   chan struct{} // closed when another node is to have the partition
	yielding  sync.Once
	erasures  erasures

	mu       sync.Mutex
	pids     []*actor.PID // those that live as long as the tenure
	queues   []*actor.PID // those of them that hold a line
	couriers []*actor.PID // and those that take texts to carriers
}

func newTenure(ctx context.Context, e *Engine, lease persistence.Lease) *tenure {
	ctx, end := context.WithCancelCause(ctx)
	t := &tenure{
		engine: e, part: lease.Part, metrics: e.metrics, ctx: ctx, end: end,
		log:  e.log.With(slog.Int("partition", lease.Part)),
		name: strconv.Itoa(lease.Part) + "@" + lease.Token, share: share{}, yielded: make(chan struct{}),
	}
	t.guard = guard(t.log, t.metrics, func(who string, reason any) { t.fail(fmt.Errorf("actor %s panicked: %v", who, reason)) })
	t.committer = newCommitter(e.store, lease, e.metrics, func(acks []persistence.ID, replies []persistence.Reply) {
		t.backlog.finish(acks)
		e.door.replied(lease.Part, replies)
	})
	return t
}

// fail ends the tenure: what is in memory is not to be trusted any more.
func (t *tenure) fail(err error) { t.end(err) }

// yield has the tenure handed over to another node.
func (t *tenure) yield() { t.yielding.Do(func() { close(t.yielded) }) }

// spawn starts an actor behind the guard.
func (t *tenure) spawn(kind, id string, receiver actor.Receiver) *actor.PID {
	pid := t.engine.hollywood.Spawn(func() actor.Receiver { return receiver }, kind,
		actor.WithID(t.name+"/"+id), actor.WithInboxSize(inboxSize),
		actor.WithMiddleware(t.guard))
	return pid
}

// keep remembers an actor that lives as long as the tenure.
func (t *tenure) keep(pid *actor.PID) *actor.PID {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pids = append(t.pids, pid)
	return pid
}

// lines remembers an actor that holds a line.
func (t *tenure) lines(pid *actor.PID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queues = append(t.queues, pid)
}

// sends remembers an actor that takes texts to a carrier.
func (t *tenure) sends(pid *actor.PID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.couriers = append(t.couriers, pid)
}

func (t *tenure) tellPartition(msg any) { t.engine.hollywood.Send(t.partition, msg) }

// order asks a conversation for something, and counts that as work until it is done.
func (t *tenure) order(a addressed) {
	t.working.Add(1)
	t.tellPartition(a)
}

// tell carries mail to those it is for: it is theirs from now on.
func (t *tenure) tell(h *house, mail *routing.Mail) {
	if mail.Len() == 0 {
		return
	}
	p := h.plan.Load()
	for _, e := range mail.Effects() {
		switch e := e.(type) {
		case *routing.EnterLine:
			t.send(p.queues[e.Queue], e)
		case *routing.LeaveLine:
			t.send(p.queues[e.Queue], e)
		case *routing.Reserved:
			if e.Ticket.Queue == "" { // a transfer has asked
				t.order(addressed{h, e.Conversation, routing.SlotAnswered{Agent: e.Seat.Agent, Ticket: e.Ticket, Granted: e.Granted}, nil})
			} else {
				t.send(p.queues[e.Ticket.Queue], e)
			}
		case *routing.SeatChanged:
			t.send(p.queues[e.Queue], e)
		case *routing.Missed:
			t.send(p.agents[e.Agent], e)
		case *routing.Pardon:
			t.send(p.agents[e.Agent], e)
		case *routing.Blamed:
			t.send(p.queues[e.Queue], e)
		case *routing.Stormed:
			t.storm(h, e)
		case *routing.Answered:
			t.send(p.agents[e.Agent], e)
		case *routing.HoldSlot:
			t.send(p.agents[e.Agent], e)
		case *routing.FreeSlot:
			t.send(p.agents[e.Agent], e)
		case *routing.Reserve:
			t.send(p.agents[e.Agent], e)
		case *routing.Unreserve:
			t.send(p.agents[e.Agent], e)
		case *routing.QueueText:
			t.send(p.couriers[e.Channel], e)
		case *routing.Transmit:
			t.working.Add(1) // until the carrier has answered
			t.calls.Add(1)
			t.send(p.couriers[e.Channel], e)
		case *routing.Ask:
			t.order(addressed{h, e.Conversation, e.Command, nil})
		case *routing.MakeOffer:
			t.order(addressed{h, e.Conversation, e, nil})
		case *routing.Recall:
			t.order(addressed{h, e.Conversation, routing.Withdraw{Agent: e.Agent, At: e.At}, nil})
		case *routing.Wake:
			t.tellPartition(waking{h, *e})
		case *routing.ConsentChanged:
			t.tellPartition(consentChanged{h, *e})
		case *routing.Closed:
			// The conversation reports its end itself, with the count of its orders: see departed.
		}
	}
}

// storm says that a queue's agents miss offers as a crowd, which is nobody's fault.
func (t *tenure) storm(h *house, e *routing.Stormed) {
	hold := routing.Hold{At: clock(), Queue: e.Queue, Agents: e.Agents, Until: e.Until}
	var w writes
	err := w.record(persistence.HoldKey(string(h.tenant), string(e.Queue)), hold)
	if err == nil {
		err = w.notice(persistence.DecisionStream(string(h.tenant)), hold)
	}
	if err != nil {
		t.fail(err)
		return
	}
	t.settle(&work{writes: w})
	t.metrics.storms.WithLabelValues(string(e.Queue)).Inc()
	t.log.Warn("many agents of a queue missed offers at once; nobody is blamed and the queue holds its offers back",
		slog.String("queue", string(e.Queue)), slog.Int("agents", e.Agents), slog.Time("until", e.Until))
}

// send passes over those whom the configuration no longer knows: nobody waits for them.
func (t *tenure) send(pid *actor.PID, msg any) {
	if pid != nil {
		t.engine.hollywood.Send(pid, msg)
	}
}

// answerRefusal commits the answer to a command that changes nothing.
func (t *tenure) answerRefusal(e entry, err error) {
	no, ok := refusal(err)
	if !ok {
		t.fail(err)
		return
	}
	t.metrics.refusals.WithLabelValues(string(no.Code)).Inc()
	unit := &work{ack: e.id, replyTo: e.key, writes: writes{answer: &routing.Answer{Refusal: no}}}
	if len(e.body) > 0 {
		if err := unit.auditRefusal(clock(), e.body, no); err != nil {
			t.fail(err)
			return
		}
	}
	t.settle(unit)
}

// settle commits a unit that nobody waits for.
func (t *tenure) settle(w *work) {
	t.working.Add(1)
	w.done = func(error) { t.working.Done() }
	t.committer.submit(w)
}

// bury moves an input that cannot be worked off to the dead-letter list, and answers whoever waits for it.
func (t *tenure) bury(tenant routing.TenantID, e entry, why string) {
	t.metrics.dead.Inc()
	t.log.Error("an input cannot be worked off and was moved to the dead-letter list; nothing of it is lost",
		slog.String("input", string(e.id)), slog.String("reason", why))
	letter, err := json.Marshal(deadLetter{At: time.Now(), Why: why, Key: e.key, Body: e.body})
	if err != nil {
		t.fail(err)
		return
	}
	t.settle(&work{
		ack: e.id, replyTo: e.key,
		writes: writes{
			append: []persistence.Append{{List: persistence.DeadList(string(tenant)), Value: letter}},
			answer: &routing.Answer{Refusal: &routing.Error{Code: routing.CodeInternal, Detail: "this could not be worked off and was set aside; tell your administrator"}},
		},
	})
}

// deadLetter is an input that was set aside, as the dead-letter list keeps it.
type deadLetter struct {
	At   time.Time `json:"at"`
	Why  string    `json:"why"`
	Key  string    `json:"key"`
	Body []byte    `json:"body"`
}
