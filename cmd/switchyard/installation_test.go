package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/redis"
)

// installation is several nodes on one Redis with a replica, a front before them, and contact centres in as many partitions.
type installation struct {
	t       testing.TB
	redis   *pair
	front   *front
	nodes   []*node
	centres []*tenancy
}

// tenancy is one contact centre of an installation, with the world around it.
type tenancy struct {
	*outside
	part   int
	rec    *recorder
	agents map[string]client
	sam    client
	canary client // an agent who does nothing but show that commands are answered
}

// plan says how large an installation is, and what of.
type plan struct {
	program          string
	nodes, tenants   int
	agents, capacity int
	late             int  // nodes that are not started yet
	wait             int  // --redis-wait
	calm             bool // the carrier is not unruly
	hasty            bool // the carrier reports before it answers, by its own ids
}

// newInstallation starts one; everything is ended with the test.
func newInstallation(t testing.TB, p plan) *installation {
	t.Helper()
	i := &installation{t: t, redis: newPair(t), front: newFront(t)}
	options := []string{"--redis-wait", fmt.Sprint(p.wait)}
	dir := t.TempDir()
	for _, id := range apart(p.tenants) {
		c := newTenancy(t, i.front.base(), id, p)
		file := filepath.Join(dir, string(id)+".json")
		if err := os.WriteFile(file, []byte(documentOf(t, c.tenant)), 0o600); err != nil {
			t.Fatal(err)
		}
		c.books = func() reading { return reading{i.redis.primary, c.part} }
		i.centres, options = append(i.centres, c), append(options, "--tenant", file)
	}
	for range p.nodes {
		i.nodes = append(i.nodes, newNode(t, p.program, i.redis.link(), i.front.base(), options...))
	}
	early := i.nodes[:p.nodes-p.late]
	for _, n := range early {
		n.start()
	}
	for _, n := range early {
		eventually(t, "a node answers", n.back)
	}
	i.front.serve(t, i.nodes)
	t.Cleanup(i.explain)
	var hiring sync.WaitGroup
	for _, c := range i.centres {
		hiring.Go(func() { c.staff(p.agents) })
	}
	hiring.Wait()
	return i
}

// explain shows what nodes have logged last, if anything is wrong.
func (i *installation) explain() {
	if !i.t.Failed() {
		return
	}
	for _, n := range i.nodes {
		lines := strings.Split(n.said(), "\n")
		i.t.Logf("%s says:\n%s", n.listen, strings.Join(lines[max(0, len(lines)-40):], "\n"))
	}
}

// apart are names of tenants that live in different partitions.
func apart(count int) []routing.TenantID {
	var ids []routing.TenantID
	for n, taken := 0, map[int]bool{}; len(ids) < count; n++ {
		id := fmt.Sprint("tenant-", n)
		if part := partitionOf(routing.TenantID(id)); !taken[part] {
			taken[part] = true
			ids = append(ids, routing.TenantID(id))
		}
	}
	return ids
}

func partitionOf(id routing.TenantID) int {
	return persistence.PartitionOf(string(id), redis.DefaultPartitions)
}

// newTenancy makes a contact centre with one agent more than hired: the canary.
func newTenancy(t testing.TB, base string, id routing.TenantID, p plan) *tenancy {
	t.Helper()
	tenant := testTenant(t, "", p.agents+1, p.capacity)
	tenant.ID = id
	for n := range tenant.Channels {
		tenant.Channels[n].ID += routing.ChannelID("-" + id)
	}
	c := &tenancy{part: partitionOf(id)}
	if p.hasty {
		carrier := newHasty(t)
		carrier.wait = func(ctx context.Context) { _ = c.alive(ctx) } // it is answered in its turn; whoever waits may be gone
		c.outside = newOutsideOf(t, base, tenant, &http.Client{Transport: carrier}, carrier.gate)
	} else if p.calm {
		c.outside = newOutsideOf(t, base, tenant, nil, func(network http.Handler) http.Handler { return network })
	} else {
		c.outside = newOutsideOf(t, base, tenant, &http.Client{Transport: newPost(t)}, unruly)
	}
	c.rec = newRecorder(c.tenant)
	return c
}

// canaryPatience is how long the canary waits before it asks again: it may have come to a node that is frozen.
const canaryPatience = 2 * time.Second

// staff signs everybody in.
func (c *tenancy) staff(agents int) {
	c.sam, c.canary = c.signIn("sam"), c.signIn(string(agentID(agents)))
	c.canary.http = &http.Client{Transport: c.http.Transport, Timeout: canaryPatience}
	c.agents = c.hire(agents)
	for id, agent := range c.agents {
		agent.http = c.rec.listening(id, c.http)
		c.agents[id] = agent
	}
}

// owner is the node that has the contact centre's partition; nil when none has.
func (i *installation) owner(c *tenancy) *node {
	name := i.redis.own(c.part, "node")
	for _, n := range i.nodes {
		if strings.HasSuffix(name, n.listen) {
			return n
		}
	}
	return nil
}

// owned are the contact centres that a node has.
func (i *installation) owned(by *node) []*tenancy {
	var all []*tenancy
	for _, c := range i.centres {
		if i.owner(c) == by {
			all = append(all, c)
		}
	}
	return all
}

// served waits until commands are answered in these contact centres, and says how long that took in each.
func (i *installation) served(centres []*tenancy) []time.Duration {
	i.t.Helper()
	begun := time.Now()
	took := make([]time.Duration, len(centres))
	ctx, cancel := context.WithTimeout(i.t.Context(), testPatience)
	defer cancel()
	why := make([]error, len(centres))
	var probing sync.WaitGroup
	for n, c := range centres {
		probing.Go(func() {
			why[n] = c.alive(ctx)
			took[n] = time.Since(begun)
		})
	}
	probing.Wait()
	if ctx.Err() != nil {
		i.t.Fatalf("commands are not answered after %v: %v", testPatience, errors.Join(why...))
	}
	return took
}

// alive waits until a command of the canary's is answered, and with it all that came before; else it says why that was not so.
func (c *tenancy) alive(ctx context.Context) error {
	var why error
	for ctx.Err() == nil {
		err := c.canary.setStatus(ctx, "on_break")
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			why = err
		}
		wait(ctx, 20*time.Millisecond)
	}
	return why
}

// progress waits until so many more texts are taken in each contact centre.
func (i *installation) progress(texts int) {
	i.t.Helper()
	for _, c := range i.centres {
		enough := c.rec.taken() + texts
		eventually(i.t, "texts are taken", func() bool { return c.rec.taken() >= enough })
	}
}

// play lets agents and customers play in every contact centre, until the returned functions are called: first the customers'.
func (i *installation) play(customers int, rate float64) (quiet, stop func()) {
	ctx, cancel := context.WithCancel(i.t.Context())
	var texting sync.WaitGroup
	var stops []func()
	for _, c := range i.centres {
		stops = append(stops, c.play(c.rec, c.agents, 0))
		texting.Go(func() { c.customers(c.rec, customers, rate).work(ctx) })
	}
	quiet = func() {
		cancel()
		texting.Wait()
	}
	return quiet, func() {
		quiet()
		for _, end := range stops {
			end()
		}
	}
}
