package actors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"switchyard/persistence"
)

// The rhythm of owning.
const (
	// heldPause is how often a partition that another node holds is tried by the one that is to serve it; a bell tells sooner.
	heldPause = 250 * time.Millisecond
	// A partition that starts over does so after a pause that grows from the first to the second.
	restartPause    = 50 * time.Millisecond
	restartPauseMax = 5 * time.Second
)

// post is one partition's place in this node, whether it is served here or not.
type post struct {
	part    int
	wake    chan struct{} // who is to serve it may have changed
	once    sync.Once
	stuck   atomic.Bool  // it is to be served here, and the last attempt did not get that far
	settled chan<- error // hears once that the partition is served, here or elsewhere, or why it is not
}

func (p *post) settle(err error) { p.once.Do(func() { p.settled <- err }) }

// own keeps one partition in service for as long as this node is the one to do so, tenure after tenure, until ctx ends.
func (e *Engine) own(ctx context.Context, p *post) {
	defer p.settle(context.Canceled)
	pause := restartPause
	for e.awaitTurn(ctx, p) {
		start, served := time.Now(), false
		err := e.serve(ctx, p.part, func() {
			served = true
			p.stuck.Store(false)
			p.settle(nil)
		})
		switch {
		case ctx.Err() != nil || errors.Is(err, persistence.ErrClosed):
			return
		case errors.Is(err, errHandedOver):
			e.metrics.handOvers.Inc()
			continue
		case errors.Is(err, persistence.ErrHeld):
			p.stuck.Store(false)
			e.log.DebugContext(ctx, "another node has the partition", slog.Int("partition", p.part), slog.Any("error", err))
			if e.members.others() {
				p.settle(nil)
			}
			e.elsewhere(ctx, p, heldPause)
			continue
		}
		p.stuck.Store(!served)
		p.settle(fmt.Errorf("partition %d: %w", p.part, err)) // unless it has been in service
		e.log.WarnContext(ctx, "a partition starts over", slog.Int("partition", p.part), slog.Any("error", err))
		if time.Since(start) > 10*time.Second {
			pause = restartPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, restartPauseMax)
	}
}

// awaitTurn returns once this node is the one to serve the partition; false when ctx ends first.
func (e *Engine) awaitTurn(ctx context.Context, p *post) bool {
	for ctx.Err() == nil {
		if e.members.wants(p.part) {
			return true
		}
		p.stuck.Store(false)
		p.settle(nil)
		e.elsewhere(ctx, p, 0)
	}
	return false
}

// elsewhere waits while another node has the partition, until who is to serve it may have changed, or for so long (0: no
// limit). Meanwhile answers come from that node: whoever waits for one here hears it.
func (e *Engine) elsewhere(ctx context.Context, p *post, atMost time.Duration) {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	bells := e.store.Watch(watching, p.part)
	var late <-chan time.Time
	if atMost > 0 {
		timer := time.NewTimer(atMost)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-late:
			return
		case <-p.wake:
			return
		case bell, open := <-bells:
			switch {
			case !open:
				bells = nil
			case bell.Owners:
				e.callRollSoon()
				return
			case bell.Reply != "" && e.door.expects(p.part, bell.Reply):
				e.owners.Go(func() { e.fetch(ctx, p.part, bell.Reply) })
			}
		}
	}
}

// fetch hands the answer that another node has committed to those who wait for it.
func (e *Engine) fetch(ctx context.Context, part int, key string) {
	if reply, err := e.store.Answer(ctx, part, key); err == nil {
		e.door.replied(part, []persistence.Reply{{Key: key, Value: reply}})
	}
}

// serve owns the partition once: acquire, recover, work off the inbox until something ends it.
func (e *Engine) serve(ctx context.Context, part int, ready func()) error {
	start := time.Now()
	lease, err := e.store.Acquire(ctx, part, e.members.me().Name)
	if err != nil {
		return fmt.Errorf("acquire: %w", err)
	}
	t := newTenure(context.WithoutCancel(ctx), e, lease) // it ends by itself, after the drain
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
	cause := context.Cause(t.ctx)
	if !errors.Is(cause, persistence.ErrLost) { // before the actors end, for which the next owner need not wait
		cause = errors.Join(cause, e.store.Release(context.WithoutCancel(ctx), lease))
	}
	t.dismiss()
	t.erasures.under.Wait() // nobody begins another any more
	e.heads.withdraw(t.share)
	return cause
}

// How a tenure ends that nothing is wrong with.
var (
	errDrained    = errors.New("drained")
	errHandedOver = errors.New("handed over to another node")
)

// handOverTime bounds how long a partition that another node waits for may be kept, for the carriers' answers to come in.
const handOverTime = callPatience + time.Second

// attend works off the inbox until the tenure ends, is to be handed over, or is drained, since ctx has ended.
func (t *tenure) attend(ctx context.Context, lease persistence.Lease) {
	reading, stop := context.WithCancel(t.ctx)
	defer stop()
	var reader sync.WaitGroup
	reader.Go(func() { t.read(reading, lease) })
	select {
	case <-t.ctx.Done():
	case <-t.yielded:
		t.handOver(ctx, stop)
	case <-ctx.Done():
		t.drain(stop)
	}
	reader.Wait()
}

// handOver ends the tenure for another node's sake. When ctx ends meanwhile it takes no longer than draining may.
func (t *tenure) handOver(ctx context.Context, stopReading func()) {
	within, cancel := context.WithTimeout(t.ctx, handOverTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { context.AfterFunc(t.engine.drain, cancel) })()
	t.wind(within, stopReading, errHandedOver)
}

// drain ends the tenure because this node does.
func (t *tenure) drain(stopReading func()) {
	within, cancel := context.WithCancelCause(t.engine.drain)
	defer cancel(nil)
	defer context.AfterFunc(t.ctx, func() { cancel(context.Cause(t.ctx)) })()
	t.wind(within, stopReading, errDrained)
}

// wind brings the tenure to its end. Texts that are with a carrier come first, while the inbox is still worked off: nobody else
// could tell what became of them. Then nothing new is taken, what has begun is finished, and the partition is free.
func (t *tenure) wind(within context.Context, stopReading func(), end error) {
	t.draining.Store(true)
	err := t.calls.Wait(within)
	stopReading()
	if err = errors.Join(err, t.working.Wait(within)); err != nil {
		t.log.WarnContext(within, "not everything was finished; it goes on with the next owner", slog.Any("error", err))
	}
	t.fail(end)
}
