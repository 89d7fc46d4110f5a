package actors

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// committer writes the units of one owned partition, in groups: what is submitted while a commit is on its way makes up the
// next one. Nothing leaves the partition before the commit that it is part of is acknowledged. When the partition is lost,
// every unit that is not durable is answered with the loss, and so is every one submitted later.
type committer struct {
	store   persistence.Store
	lease   persistence.Lease
	metrics *metrics
	replied func(acks []persistence.ID, replies []persistence.Reply)

	mu    sync.Mutex
	queue []*work
	lost  error
	bell  chan struct{}

	seq     uint64
	pending group
	books   books
}

// group is a batch as it grows.
type group struct {
	units []*work
	batch persistence.Batch
	gone  map[string]bool // keys that the batch removes
	bytes int
}

// Bounds of a group, and of one unit. A unit that is larger is refused, since it could never be committed and would stop the
// partition for ever. One that makes a conversation grow is so well before that, so that there is room for how it goes on.
const (
	groupAcks   = persistence.MaxBatchAcks
	groupBytes  = persistence.MaxBatchBytes / 8
	unitBytes   = persistence.MaxBatchBytes
	growthBytes = persistence.MaxBatchBytes / 8
)

func tooLarge() error {
	return &routing.Error{Code: routing.CodeTooLong, Detail: "more would have to be kept of this than can be; let what waits to be sent leave first"}
}

func newCommitter(store persistence.Store, lease persistence.Lease, m *metrics, replied func([]persistence.ID, []persistence.Reply)) *committer {
	return &committer{store: store, lease: lease, metrics: m, replied: replied, seq: lease.Seq, bell: make(chan struct{}, 1), books: books{map[string]reports.Sums{}, map[string]bool{}}}
}

// submit hands over a unit. It never blocks.
func (c *committer) submit(w *work) {
	c.mu.Lock()
	lost := c.lost
	if lost == nil {
		c.queue = append(c.queue, w)
	}
	c.mu.Unlock()
	if lost != nil {
		w.done(lost)
		return
	}
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// commit hands over a unit and waits until it is decided.
func (c *committer) commit(w *work) error {
	result := make(chan error, 1)
	w.done = func(err error) { result <- err }
	c.submit(w)
	return <-result
}

// run commits until ctx ends or the partition is lost, and returns why.
func (c *committer) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return c.fail(context.Cause(ctx))
		case <-c.bell:
		}
		for units := c.take(); len(units) > 0; units = c.take() {
			if err := c.commitAll(ctx, units); err != nil {
				return c.fail(err)
			}
		}
	}
}

func (c *committer) take() []*work {
	c.mu.Lock()
	defer c.mu.Unlock()
	units := c.queue
	c.queue = nil
	return units
}

// fail answers everything that waits, and will wait, with err.
func (c *committer) fail(err error) error {
	c.mu.Lock()
	c.lost = err
	units := append(c.pending.units, c.queue...)
	c.queue, c.pending.units = nil, nil
	c.mu.Unlock()
	for _, w := range units {
		w.done(err)
	}
	return err
}

// commitAll writes the units in as many batches as the store's limits ask for.
func (c *committer) commitAll(ctx context.Context, units []*work) error {
	for i, w := range units {
		err := c.add(ctx, w)
		if no, ok := refusal(err); ok {
			w.done(no)
		} else if err != nil {
			c.requeue(units[i:])
			return err
		}
	}
	return c.flush(ctx)
}

func (c *committer) requeue(units []*work) {
	c.mu.Lock()
	c.queue = append(units, c.queue...)
	c.mu.Unlock()
}

// add makes the unit part of the pending batch, or of a new one when it has no room there. A refusal concerns this unit alone;
// any other error is the loss of the partition.
func (c *committer) add(ctx context.Context, w *work) error {
	if w.amend != nil {
		more, answer, err := w.amend(func(key string) ([]byte, error) { return c.read(ctx, key) })
		if err != nil {
			return err
		}
		w.join(more)
		if answer != nil {
			w.answer = answer
		}
	}
	var reply []byte
	if w.replyTo != "" && w.answer != nil {
		var err error
		if reply, err = json.Marshal(w.answer); err != nil {
			return err
		}
	}
	size := w.size() + len(w.replyTo) + len(reply)
	if size > unitBytes || w.grows && size > growthBytes {
		return tooLarge()
	}
	if err := c.books.open(w.sums, func(key string) ([]byte, error) { return c.read(ctx, key) }); err != nil {
		return err
	}
	if len(c.pending.batch.Ack) >= groupAcks || c.pending.bytes+size > groupBytes {
		if err := c.flush(ctx); err != nil {
			return err
		}
	}
	g := &c.pending
	g.bytes += size
	if g.batch.Put == nil {
		g.batch.Put, g.gone = make(map[string][]byte), make(map[string]bool)
	}
	if reply != nil {
		g.batch.Reply = append(g.batch.Reply, persistence.Reply{Key: w.replyTo, Value: reply})
	}
	if w.ack != "" {
		g.batch.Ack = append(g.batch.Ack, w.ack)
	}
	for _, r := range w.put {
		delete(g.gone, r.Key)
		g.batch.Put[r.Key] = r.Value
	}
	for _, key := range w.del {
		delete(g.batch.Put, key)
		g.gone[key] = true
	}
	c.books.add(w.sums)
	g.batch.Drop = append(g.batch.Drop, w.wipe...)
	g.batch.Reply = append(g.batch.Reply, w.again...)
	g.batch.Append = append(g.batch.Append, w.append...)
	g.batch.Event = append(g.batch.Event, w.events...)
	g.units = append(g.units, w)
	return nil
}

// read sees what the pending batch is about to write.
func (c *committer) read(ctx context.Context, key string) ([]byte, error) {
	if v, ok := c.pending.batch.Put[key]; ok {
		return v, nil
	}
	if c.pending.gone[key] {
		return nil, nil
	}
	v, err := c.store.Get(ctx, c.lease.Part, key)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// flush commits the pending batch. An outcome that is not known is settled by sending the very same batch again.
func (c *committer) flush(ctx context.Context) error {
	g := &c.pending
	if len(g.units) == 0 {
		return nil
	}
	for key := range g.gone {
		g.batch.Del = append(g.batch.Del, key)
	}
	if err := c.books.write(g.batch.Put); err != nil {
		return err
	}
	g.batch.Seq = c.seq + 1
	g.batch.ID = c.lease.Token + "/" + strconv.FormatUint(g.batch.Seq, 10)
	start := time.Now()
	if err := c.settle(ctx, g.batch); err != nil {
		return err
	}
	c.seq++
	done := *g
	c.pending = group{}
	c.metrics.commits.Inc()
	c.metrics.commitTime.Observe(time.Since(start).Seconds())
	c.metrics.batchSize.Observe(float64(len(done.units)))
	for _, w := range done.units { // before anybody outside hears: what comes next must find a configuration in force
		w.done(nil)
	}
	c.replied(done.batch.Ack, done.batch.Reply)
	return nil
}

// settleMax bounds the pause between two tries of the same batch.
const settleMax = time.Second

func (c *committer) settle(ctx context.Context, b persistence.Batch) error {
	pause := 5 * time.Millisecond
	for {
		err := c.store.Commit(ctx, c.lease, b)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, persistence.ErrLost):
			c.metrics.fenced.Inc()
			return err
		case errors.Is(err, persistence.ErrInvalid), errors.Is(err, persistence.ErrClosed):
			return err
		}
		c.metrics.retried.Inc()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause = min(2*pause, settleMax)
	}
}

// refusal says whether err is the core's no to one unit rather than the loss of the partition.
func refusal(err error) (*routing.Error, bool) {
	var no *routing.Error
	ok := errors.As(err, &no)
	return no, ok
}
