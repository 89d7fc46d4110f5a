package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"switchyard/persistence"
)

// custody is a store while nobody serves it: no node lives, and every partition's lease is held, so that what is read or
// written is all there is.
type custody struct {
	store   persistence.Archive
	node    string
	lose    context.CancelCauseFunc
	keeping sync.WaitGroup

	mu     sync.Mutex
	leases []persistence.Lease
}

// takeCustody takes the lease of every partition and keeps them. The context that it returns ends when one is lost. Whoever
// takes it gives it back.
func takeCustody(ctx context.Context, store persistence.Archive, what string) (*custody, context.Context, error) {
	c := &custody{store: store, node: fmt.Sprintf("%s/%d/%s", what, os.Getpid(), rand.Text())}
	ctx, c.lose = context.WithCancelCause(ctx)
	if err := c.alone(ctx); err != nil {
		c.giveBack(ctx)
		return nil, nil, err
	}
	for part := range store.Partitions() {
		l, err := store.Acquire(ctx, part, c.node)
		if errors.Is(err, persistence.ErrHeld) {
			err = beingServed(err)
		}
		if err != nil {
			c.giveBack(ctx)
			return nil, nil, err
		}
		c.leases = append(c.leases, l)
	}
	if lasts := c.leases[0].Lasts; lasts > 0 {
		c.keeping.Go(func() { c.keep(ctx, lasts/3) })
	}
	return c, ctx, nil
}

// alone is an error while a node lives. It takes in texts, also where it holds no lease.
func (c *custody) alone(ctx context.Context) error {
	living, err := c.store.Attend(ctx, persistence.Node{Name: c.node, Life: c.node, Leaving: true})
	if err != nil {
		return err
	}
	for _, n := range living {
		if n.Life != c.node {
			return beingServed(fmt.Errorf("node %s lives", n.Name))
		}
	}
	return nil
}

// beingServed says what to do about it.
func beingServed(why error) error {
	return fmt.Errorf("the store is being served; stop every node that serves it and try again; a node that was killed "+
		"counts for some seconds: %w", why)
}

// keep renews the leases until ctx ends or one is lost. A store that does not answer is given up by whoever needs it now.
func (c *custody) keep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for part := range c.store.Partitions() {
			if err := c.store.Renew(ctx, c.lease(part)); errors.Is(err, persistence.ErrLost) {
				c.lose(fmt.Errorf("somebody else took partition %d; stop every node that serves this store and try again: %w", part, err))
				return
			}
		}
	}
}

// giveBack releases all leases. It is no error that one is lost, or runs out by itself.
func (c *custody) giveBack(ctx context.Context) {
	c.lose(context.Canceled)
	c.keeping.Wait()
	ctx = context.WithoutCancel(ctx)
	for _, l := range c.leases {
		if err := c.store.Release(ctx, l); err != nil {
			return
		}
	}
	_ = c.store.Depart(ctx, c.node) // or it is forgotten soon
}

// of is the partition that a tenant lives in.
func (c *custody) of(tenant string) int {
	return persistence.PartitionOf(tenant, c.store.Partitions())
}

// How often a commit whose outcome is not known is tried, and after which pause again.
const (
	commitTries = 4
	commitPause = 250 * time.Millisecond
)

// commit writes one batch. An outcome that is not known is settled by the same batch again, as long as there is hope.
func (c *custody) commit(ctx context.Context, part int, b persistence.Batch) error {
	l := c.lease(part)
	b.ID, b.Seq = rand.Text(), l.Seq+1
	for try := 1; ; try++ {
		err := c.store.Commit(ctx, l, b)
		if err == nil {
			l.Seq++
			c.set(l)
			return nil
		}
		if try == commitTries || errors.Is(err, persistence.ErrLost) || errors.Is(err, persistence.ErrInvalid) || ctx.Err() != nil {
			return err
		}
		wait(ctx, commitPause)
	}
}

func (c *custody) lease(part int) persistence.Lease {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leases[part]
}

func (c *custody) set(l persistence.Lease) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leases[l.Part] = l
}

// again acquires a partition afresh, after an error that leaves open what became of a commit.
func (c *custody) again(ctx context.Context, part int) error {
	l, err := c.store.Acquire(ctx, part, c.node)
	if err == nil {
		c.set(l)
	}
	return err
}

// interrupted says why something ended before its time: the context's cause, if it has ended, rather than what came of it.
func interrupted(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case err == nil || cause == nil:
		return err
	case errors.Is(cause, context.Canceled):
		return errors.New("it was interrupted")
	default:
		return cause
	}
}
