package pebble

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"switchyard/persistence"
)

// nodeTime is how long a node counts as living. The directory is one process's, and so are all its nodes.
const nodeTime = 10 * time.Second

// Attend implements [persistence.Store].
func (s *Store) Attend(ctx context.Context, n persistence.Node) ([]persistence.Node, error) {
	if _, err := s.ready(ctx, 0); err != nil {
		return nil, err
	}
	living, news := s.nodes.Attend(n, time.Now(), nodeTime)
	if news {
		s.ringOwners()
	}
	return living, nil
}

// Depart implements [persistence.Store].
func (s *Store) Depart(ctx context.Context, life string) error {
	if _, err := s.ready(ctx, 0); err != nil {
		return err
	}
	if s.nodes.Depart(life) {
		s.ringOwners()
	}
	return nil
}

// ringOwners says in every partition that nodes have come or gone.
func (s *Store) ringOwners() {
	for _, p := range s.parts {
		p.bells.Ring(persistence.Bell{Owners: true})
	}
}

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
		p.bells.Ring(persistence.Bell{Owners: true})
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
