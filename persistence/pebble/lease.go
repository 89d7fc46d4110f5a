package pebble

import (
	"context"
	"crypto/rand"
	"fmt"

	"switchyard/persistence"
)

// Acquire implements [persistence.Store]. No other process can hold a lease here, so one lasts until it is released or
// acquired again under the same node's name; another name is refused with [persistence.ErrHeld] meanwhile.
func (s *Store) Acquire(ctx context.Context, part int, node string) (persistence.Lease, error) {
	p, err := s.partition(part)
	if err != nil {
		return persistence.Lease{}, err
	}
	w := &acquire{job: newJob(p, 0), node: node}
	if err := s.submit(ctx, w); err != nil {
		return persistence.Lease{}, err
	}
	return w.lease, nil
}

// Renew implements [persistence.Store].
func (s *Store) Renew(ctx context.Context, l persistence.Lease) error {
	p, err := s.ready(ctx, l.Part)
	if err == nil && !p.owns(l.Token) {
		err = persistence.ErrLost
	}
	return err
}

// Release implements [persistence.Store].
func (s *Store) Release(ctx context.Context, l persistence.Lease) error {
	p, err := s.ready(ctx, l.Part)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.Token != "" && l.Token == p.token {
		p.token, p.node = "", ""
		p.wakeLocked()
	}
	return nil
}

// ready finds a partition of a store that is open and sound.
func (s *Store) ready(ctx context.Context, part int) (*partition, error) {
	p, err := s.partition(part)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.queue.isClosed() {
		return nil, persistence.ErrClosed
	}
	return p, s.health.err()
}

// acquire is the work of [Store.Acquire].
type acquire struct {
	job
	node  string
	lease persistence.Lease
}

func (a *acquire) check(g *group) error {
	p := a.part
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.token != "" && p.node != a.node {
		return fmt.Errorf("%w (partition %d, node %s)", persistence.ErrHeld, p.number, p.node)
	}
	p.epoch++
	p.token, p.node = fmt.Sprintf("%d:%s", p.epoch, rand.Text()), a.node
	p.wakeLocked()
	a.lease = persistence.Lease{Part: int(p.number), Token: p.token, Seq: p.seq}
	g.touch(p)
	return nil
}

func (*acquire) publish() {}
