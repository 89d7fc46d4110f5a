package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// BenchmarkNodesOnRedis compares two nodes, each of which owns the partition of one tenant, with one node that owns both, under the
// same load, each variant on a Redis of its own, so that all hold as much. vs_one_node is the ratio of the throughputs when each text
// comes to the node that owns its tenant, vs_one_node_any when half of them come to the other one, as they do behind a load balancer.
//
// The nodes are whole services in this process. They share nothing but Redis, and talk to nobody else: a border between
// processes would change which collector cleans up, and nothing that one node has to do because there is another. It would not
// give them more cores either: on one machine a second node adds nothing, and what is measured is what it costs.
func BenchmarkNodesOnRedis(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	one, two, spread := newCluster(b, 1), newCluster(b, 2), newCluster(b, 2)
	var texts atomic.Int64
	programs := make([]func() float64, 0, 3)
	for _, side := range []struct {
		*cluster
		clients []*rawClient
	}{{one, one.clients(b, false)}, {two, two.clients(b, false)}, {spread, spread.clients(b, true)}} {
		programs = append(programs, func() float64 { return window(b, side.clients, &texts, side.committed) })
	}
	got := inTurns(b, programs...)
	two.unmoved()
	spread.unmoved()
	b.ReportMetric(medianRatio(got[1], got[0]), "vs_one_node")
	b.ReportMetric(medianRatio(got[2], got[0]), "vs_one_node_any")
	b.ReportMetric(median(got[1]), "texts/s")
}

// cluster is some nodes on one Redis and two tenants, the last of which lives with the last node.
type cluster struct {
	b      *testing.B
	redis  *redistest.Server
	nodes  []*service
	stores []*counted
	homes  [2]home
	worked int64
}

// home is where a tenant lives: the place in nodes of its partition's owner.
type home struct {
	tenant routing.TenantID
	node   int
}

func newCluster(b *testing.B, nodes int) *cluster {
	b.Helper()
	c := &cluster{b: b, redis: redistest.New(b, b.TempDir())}
	for range nodes {
		c.join()
	}
	c.settle()
	for i := range c.homes {
		h := home{node: i % nodes}
		h.tenant = c.tenantOf(h.node, i)
		tenant := testTenant(b, "http://127.0.0.1:1", 1, 1)
		tenant.ID = h.tenant
		for n := range tenant.Channels {
			tenant.Channels[n].ID += routing.ChannelID("-" + h.tenant)
		}
		if err := c.nodes[h.node].install(b.Context(), tenant, documentOf(b, tenant), ""); err != nil {
			b.Fatal(err)
		}
		c.homes[i] = h
	}
	c.committed(int64(len(c.homes)))
	return c
}

// join starts a node.
func (c *cluster) join() {
	c.b.Helper()
	store, err := redis.Open(c.b.Context(), c.redis.URL(), redis.Options{})
	if err != nil {
		c.b.Fatal(err)
	}
	counts := &counted{Store: store}
	parts := serviceConfig{store: counts, listener: loopback(c.b), ops: loopback(c.b), log: slog.New(slog.DiscardHandler)}
	parts.publicURL = addressOf(parts.listener)
	s, err := newService(parts)
	if err != nil {
		c.b.Fatal(err)
	}
	if err := s.start(c.b.Context(), func() error { return nil }); err != nil {
		c.b.Fatal(err)
	}
	c.nodes, c.stores = append(c.nodes, s), append(c.stores, counts)
	c.b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), testPatience)
		defer cancel()
		if err := s.stop(ctx); err != nil {
			c.b.Error(err)
		}
	})
}

// owner is the place in nodes of a partition's owner; -1: it has none.
func (c *cluster) owner(part int) int {
	name, _ := c.redis.Do("hget", fmt.Sprintf("switchyard:{p%d}:own", part), "node").(string)
	for i, n := range c.nodes {
		if address := n.listener.Addr().String(); len(name) > len(address) && name[len(name)-len(address):] == address {
			return i
		}
	}
	return -1
}

// settle waits until partitions have stopped to move to nodes that have just come, which they do in steps of 250 ms.
func (c *cluster) settle() {
	c.b.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	begun, since, last := time.Now(), time.Now(), ""
	for time.Since(since) < 2*time.Second {
		owners := make([]int, c.stores[0].Partitions())
		for part := range owners {
			owners[part] = c.owner(part)
		}
		if now := fmt.Sprint(owners); now != last || slices.Contains(owners, -1) {
			since, last = time.Now(), now
		}
		if <-look.C; time.Since(begun) > testPatience {
			c.b.Fatalf("partitions are still moving after %v: %s", testPatience, last)
		}
	}
}

// tenantOf finds a name for a tenant so that it lives with a node, in a partition of its own.
func (c *cluster) tenantOf(node, which int) routing.TenantID {
	c.b.Helper()
	for n := range 1000 {
		id := routing.TenantID(fmt.Sprintf("tenant-%d-%d", which, n))
		if part := c.partOf(id); c.owner(part) == node && (which == 0 || part != c.partOf(c.homes[0].tenant)) {
			return id
		}
	}
	c.b.Fatalf("node %d owns no partition", node)
	return ""
}

func (c *cluster) partOf(t routing.TenantID) int {
	return persistence.PartitionOf(string(t), c.stores[0].Partitions())
}

// unmoved fails when a tenant does not live where it did in the beginning.
func (c *cluster) unmoved() {
	c.b.Helper()
	for _, h := range c.homes {
		if is := c.owner(c.partOf(h.tenant)); is != h.node {
			c.b.Errorf("tenant %s has moved from node %d to %d", h.tenant, h.node, is)
		}
	}
}

// committed waits until so many more texts are worked off by whichever node.
func (c *cluster) committed(more int64) {
	c.b.Helper()
	c.worked += more
	awaitCount(c.b, c.worked, func() int64 {
		sum := int64(0)
		for _, s := range c.stores {
			sum += s.done.Load()
		}
		return sum
	})
}

// clients connects half of the clients for each tenant: with the node where it lives, or with each node in turn.
func (c *cluster) clients(b *testing.B, anywhere bool) []*rawClient {
	b.Helper()
	all := make([]*rawClient, benchConnections)
	for i := range all {
		h := c.homes[i%2]
		at := h.node
		if anywhere {
			at = i / 2 % len(c.nodes)
		}
		all[i] = newRawClient(b, c.nodes[at].publicURL, "/webhooks/twilio/"+twilioLine+"-"+string(h.tenant))
	}
	return all
}
