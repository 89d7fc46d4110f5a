package actors

import (
	"context"
	"log/slog"
	"time"
)

// The rhythm of the roll.
const (
	// rollEvery is how often a node says that it lives and asks who else does.
	rollEvery = 500 * time.Millisecond
	// rollPatience is how long the store may take to answer.
	rollPatience = time.Second
	// deskCheckEvery is how often desktops are looked for whose node is gone, also when no node has come or gone.
	deskCheckEvery = 10 * time.Second
	// moveEvery and moveParts: when a node has come, at most one of so many parts of all partitions moves in each such time.
	moveEvery = 250 * time.Millisecond
	moveParts = 8
)

// keepRoll calls the roll until ctx ends, and hands over what other nodes are to serve.
func (e *Engine) keepRoll(ctx context.Context) {
	tick := time.NewTicker(moveEvery)
	defer tick.Stop()
	failing, twinned := false, false
	var checked time.Time
	for n := 1; ; n++ {
		var now time.Time
		select {
		case <-ctx.Done():
			return
		case <-e.roll:
			now = time.Now()
		case now = <-tick.C:
			if n%int(rollEvery/moveEvery) != 0 {
				e.handOver(now)
				continue
			}
		}
		err := e.callRoll(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			e.log.WarnContext(ctx, "the store does not say who serves; trying again", slog.Any("error", err))
		}
		failing = err != nil
		was := twinned
		if twinned = e.members.twinned(now); twinned && !was {
			e.log.ErrorContext(ctx, "another process that shares the store has this node's name; give one of them another listen address",
				slog.String("node", e.members.me().Name))
		}
		if now.Sub(checked) >= deskCheckEvery {
			checked = now
			e.missDesktops()
		}
		e.handOver(now)
	}
}

// callRollSoon has the roll called at once: somebody has come or gone. It never waits.
func (e *Engine) callRollSoon() {
	select {
	case e.roll <- struct{}{}:
	default:
	}
}

// callRoll says that this node lives, and takes note of who else does. One call at a time: what is said first must not be heard
// last, or a node that leaves would want partitions again.
func (e *Engine) callRoll(ctx context.Context) error {
	e.calling.Lock()
	defer e.calling.Unlock()
	ctx, cancel := context.WithTimeout(ctx, rollPatience)
	defer cancel()
	living, err := e.store.Attend(ctx, e.members.me())
	if err != nil {
		return err
	}
	if !e.members.take(time.Now(), living) {
		return nil
	}
	names := make([]string, 0, len(living))
	for _, n := range living {
		names = append(names, n.Name)
	}
	e.log.InfoContext(ctx, "who serves has changed", slog.Any("nodes", names))
	for _, p := range e.posts {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
	e.missDesktops()
	return nil
}

// handOver begins to give up what other nodes are to serve: all of it when this node leaves, else the partitions whose turn it
// is. The turn goes by the clock, the same on all nodes, so that together they move no more than a part at a time; clocks that
// differ move a little more at once, which is harmless.
func (e *Engine) handOver(now time.Time) {
	turn := now.UnixMilli() / moveEvery.Milliseconds() % moveParts
	leaving := e.members.me().Leaving
	for _, t := range e.tenures() {
		if (leaving || int64(t.part%moveParts) == turn) && e.members.others() && !e.members.wants(t.part) {
			t.yield()
		}
	}
}

// missDesktops looks for desktops whose node is gone.
func (e *Engine) missDesktops() {
	lives := e.members.lives()
	for _, t := range e.tenures() {
		t.tellPartition(rolled{lives})
	}
}
