package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"switchyard/persistence/redis/redistest"
)

// pair is a Redis and its replica, and the way from the one to the other. Nodes reach whichever is the primary over links of
// their own, which the pair leads elsewhere when the replica is promoted.
type pair struct {
	t       testing.TB
	primary *redistest.Server
	replica *redistest.Server
	between *link // from the replica to the primary
	links   []*link
}

func newPair(t testing.TB) *pair {
	t.Helper()
	p := &pair{t: t}
	// Who follows whom is told them while they run: a primary that starts again must be one.
	p.primary = redistest.New(t, t.TempDir(), "--auto-aof-rewrite-percentage", "0")
	p.replica = redistest.New(t, t.TempDir(), "--auto-aof-rewrite-percentage", "0")
	p.between = newLink(t, p.primary.Addr())
	p.follow()
	return p
}

// link is one more way to the primary.
func (p *pair) link() *link {
	l := newLink(p.t, p.primary.Addr())
	p.links = append(p.links, l)
	return l
}

// follow makes the replica the primary's, and waits until it has all that the primary has.
func (p *pair) follow() {
	p.t.Helper()
	at := hostAndPort(p.between.addr())
	eventually(p.t, "the replica follows", func() bool {
		_, err := p.replica.Try("replicaof", at[0], at[1])
		return err == nil && strings.Contains(p.primary.Replication(), "state=online")
	})
}

// promote makes the replica the primary, dead as the one before is, and leads everybody there. What the replica does not have
// is lost.
func (p *pair) promote() {
	p.t.Helper()
	p.primary.Kill()
	p.between.cut()
	p.replica.Do("replicaof", "no", "one")
	p.primary, p.replica = p.replica, p.primary
	for _, l := range p.links {
		l.lead(p.primary.Addr())
	}
}

// restore brings the former primary back as the replica of what was its replica; what only it had is dropped.
func (p *pair) restore() {
	p.t.Helper()
	p.between.lead(p.primary.Addr())
	p.between.heal()
	p.replica.Restart()
	p.follow()
}

// own is a field of a partition's ownership as the primary has it; empty when there is none, or no answer.
func (p *pair) own(part int, field string) string {
	answer, err := p.primary.Try("hget", "switchyard:{p"+strconv.Itoa(part)+"}:own", field)
	text, _ := answer.(string)
	if err != nil {
		return ""
	}
	return text
}

// deserted says that every node on the roll has been silent for too long.
func (p *pair) deserted() bool {
	now, _ := p.primary.Do("time").([]any)
	seconds, _ := strconv.ParseInt(fmt.Sprint(now[0]), 10, 64)
	roll, _ := p.primary.Do("hvals", "switchyard:nodes").([]any)
	for _, entry := range roll {
		until, _, _ := strings.Cut(fmt.Sprint(entry), " ")
		if ms, err := strconv.ParseInt(until, 10, 64); err != nil || ms/1000 >= seconds {
			return false
		}
	}
	return true
}

func hostAndPort(addr string) []string {
	return strings.SplitN(addr, ":", 2)
}
