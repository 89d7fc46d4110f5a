package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
)

// fault is one kind of mishap. It strikes, and when it returns everything is whole again.
type fault struct {
	name   string
	strike func(c *chaos)
}

// beyondLease is longer than a lease keeps other nodes away.
const beyondLease = redis.DefaultLeaseTime + time.Second

// faultKinds are all of them (the fault model is docs/adr/0005's).
func faultKinds() []fault {
	return []fault{
		{"node killed", (*chaos).killNode},
		{"node frozen beyond its lease", (*chaos).freezeNode},
		{"node restarted in order, one after the other", (*chaos).rollNodes},
		{"node's Redis in a black hole", func(c *chaos) { c.isolate((*link).hold) }},
		{"node's Redis connections reset", func(c *chaos) { c.isolate((*link).cut) }},
		{"clients in a black hole", func(c *chaos) { c.obstruct((*link).hold) }},
		{"clients' connections reset", func(c *chaos) { c.obstruct((*link).cut) }},
		{"Redis killed", (*chaos).killRedis},
		{"Redis frozen", (*chaos).freezeRedis},
		{"leases stolen", (*chaos).steal},
		{"Redis failed over to a lagging replica", (*chaos).failOver},
	}
}

// chaos is an installation on a bad day.
type chaos struct {
	*installation
	dice  *rand.Rand
	kind  string
	count map[string]int
	// took are the times from a fault at an owner until its contact centres were served elsewhere.
	took map[string][]time.Duration
}

// victim is a node that has something to lose, if any has.
func (c *chaos) victim() *node {
	if n := c.owner(c.centres[c.dice.IntN(len(c.centres))]); n != nil {
		return n
	}
	return c.nodes[c.dice.IntN(len(c.nodes))]
}

// takenOver waits until what the victim had is served by others.
func (c *chaos) takenOver(had []*tenancy) {
	c.t.Helper()
	c.took[c.kind] = append(c.took[c.kind], c.served(had)...)
}

func (c *chaos) killNode() {
	n := c.victim()
	had := c.owned(n)
	n.die()
	c.takenOver(had)
	n.start()
	eventually(c.t, "the killed node answers again", n.back)
}

func (c *chaos) freezeNode() {
	n := c.victim()
	had := c.owned(n)
	n.freeze()
	thaw := time.After(beyondLease)
	c.takenOver(had)
	<-thaw
	n.thaw()
	eventually(c.t, "the frozen node answers again", n.answers)
}

// rollNodes restarts every node in order. No webhook is answered with anything but 2xx meanwhile, unless a busy machine's
// replica has taken longer than Redis was told to wait for it.
func (c *chaos) rollNodes() {
	begun := time.Now()
	for _, n := range c.nodes {
		had := c.owned(n)
		n.leave()
		c.takenOver(had)
		n.start()
		eventually(c.t, "the restarted node answers again", n.back)
	}
	hooks := c.front.notTakenSince(begun)
	what := fmt.Sprintf("the replica was too slow for the %d webhooks that were not answered 2xx while nodes were restarted in order", len(hooks))
	eventually(c.t, what, func() bool { return c.unconfirmed(hooks) })
}

// unconfirmed says that each of these webhooks was not taken because the replica was too slow: the node has logged that between
// question and answer, once for each.
func (c *chaos) unconfirmed(hooks []notTaken) bool {
	slow := map[string][]time.Time{}
	for _, n := range c.nodes {
		for line := range strings.Lines(n.said()) {
			var logged struct{ Time time.Time }
			if strings.Contains(line, "webhook not taken") && strings.Contains(line, "replicas asked for") && json.Unmarshal([]byte(line), &logged) == nil {
				slow[n.front.addr()] = append(slow[n.front.addr()], logged.Time)
			}
		}
	}
	for _, h := range hooks {
		at := slices.IndexFunc(slow[h.addr], func(at time.Time) bool { return at.After(h.asked) && at.Before(h.answered) })
		if at < 0 {
			return false
		}
		slow[h.addr] = slices.Delete(slow[h.addr], at, at+1)
	}
	return true
}

// isolate takes the Redis from a node, longer than its leases last.
func (c *chaos) isolate(how func(*link)) {
	n := c.victim()
	had := c.owned(n)
	how(n.store)
	heal := time.After(beyondLease)
	c.takenOver(had)
	<-heal
	n.store.heal()
}

// obstruct takes its clients from a node; it may go on with what it has.
func (c *chaos) obstruct(how func(*link)) {
	n := c.victim()
	how(n.front)
	<-time.After(2 * time.Second)
	n.front.heal()
}

func (c *chaos) killRedis() {
	c.redis.primary.Kill()
	c.redis.primary.Restart()
	c.takenOver(c.centres)
}

func (c *chaos) freezeRedis() {
	c.redis.primary.Freeze()
	<-time.After(time.Duration(1+c.dice.IntN(4)) * time.Second)
	c.redis.primary.Thaw()
	c.takenOver(c.centres)
}

// steal gives leases of live owners to somebody else, as they would be given once they have run out. Nobody told the owner.
func (c *chaos) steal() {
	thief, err := redis.Open(c.t.Context(), c.redis.primary.URL(), redis.Options{LeaseTime: time.Second})
	if err != nil {
		c.t.Fatal(err)
	}
	defer thief.Close()
	for range 2 {
		for _, n := range c.dice.Perm(len(c.centres)) {
			victim := c.centres[n]
			lease := c.rob(thief, victim.part)
			if c.dice.IntN(2) == 0 { // else it runs out by itself
				if err := thief.Release(c.t.Context(), lease); err != nil {
					c.t.Fatal(err)
				}
			}
			c.takenOver([]*tenancy{victim})
		}
	}
}

// rob takes a partition's lease.
func (c *chaos) rob(thief *redis.Store, part int) persistence.Lease {
	var lease persistence.Lease
	eventually(c.t, "a lease is stolen", func() bool {
		c.redis.primary.Do("hset", "switchyard:{p"+strconv.Itoa(part)+"}:own", "until", "1")
		var err error
		lease, err = thief.Acquire(context.Background(), part, "thief")
		return err == nil
	})
	return lease
}

// failOver loses the primary while its replica lags behind. WAIT has promised that nothing is lost which was acknowledged.
func (c *chaos) failOver() {
	c.redis.between.lag(time.Duration(5+c.dice.IntN(50)) * time.Millisecond)
	<-time.After(time.Duration(c.dice.IntN(500)) * time.Millisecond) // some of what happens is on its way by then
	c.redis.promote()
	c.redis.between.lag(0)
	c.redis.restore()
	c.takenOver(c.centres)
}
