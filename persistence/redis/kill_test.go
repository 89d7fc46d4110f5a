package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// load is what senders and an owner have been told by a store whose Redis is killed under them.
type load struct {
	*testing.T
	store persistence.Store

	mu       sync.Mutex
	accepted []string
	last     uint64
}

// TestKill kills Redis in a loop under load, as kill -9 does. Everybody repeats what got no answer, unchanged. At the end
// everything that was acknowledged is there, once, in the order of the commits.
func TestKill(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	l := &load{T: t, store: open(t, server.URL(), redis.Options{Partitions: 1, LeaseTime: time.Hour})}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() { l.send(ctx, n) })
	}
	all.Go(func() { l.own(ctx) })
	for range 5 {
		before := l.commits()
		eventually(t, "commits go on", func() bool { return l.commits() > before+20 })
		server.Kill()
		server.Restart()
	}
	before := l.commits()
	eventually(t, "commits go on after the last kill", func() bool { return l.commits() > before })
	stop()
	all.Wait()
	l.check()
}

func (l *load) commits() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// insist repeats a call until it is answered or ctx ends; false when it was not.
func (l *load) insist(ctx context.Context, call func() error) bool {
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	for {
		err := call()
		if err == nil || errors.Is(err, persistence.ErrLost) || errors.Is(err, persistence.ErrDamaged) {
			if err != nil {
				l.Error(err)
			}
			return err == nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return false
		}
	}
}

func (l *load) send(ctx context.Context, n int) {
	for i := 0; ctx.Err() == nil; i++ {
		key := fmt.Sprintf("%d.%d", n, i)
		if l.insist(ctx, func() error { _, err := l.store.Ingest(ctx, 0, input(key)); return err }) {
			l.mu.Lock()
			l.accepted = append(l.accepted, key)
			l.mu.Unlock()
		}
	}
}

// own commits each input, and the same batch again when the outcome is not known.
func (l *load) own(ctx context.Context) {
	lease, err := l.store.Acquire(ctx, 0, "node")
	if err != nil {
		l.Error(err)
		return
	}
	for e, err := range l.store.Inbox(ctx, lease, "") {
		if err != nil {
			l.Error(err)
			return
		}
		lease.Seq++
		b := persistence.Batch{
			ID: "commit of " + e.Key, Seq: lease.Seq, Ack: []persistence.ID{e.ID},
			Append: []persistence.Append{{List: "list", Value: []byte(e.Key)}},
			Reply:  []persistence.Reply{{Key: e.Key, Value: []byte("done")}},
		}
		if !l.insist(ctx, func() error { return l.store.Commit(ctx, lease, b) }) {
			return
		}
		l.mu.Lock()
		l.last = lease.Seq
		l.mu.Unlock()
	}
}

func (l *load) check() {
	l.Helper()
	ctx := l.Context()
	lease, err := l.store.Acquire(ctx, 0, "node")
	if err != nil {
		l.Fatal(err)
	}
	list, err := l.store.Range(ctx, 0, "list", "", 1<<20)
	if err != nil {
		l.Fatal(err)
	}
	if uint64(len(list)) != lease.Seq || lease.Seq < l.last || lease.Seq > l.last+1 {
		l.Errorf("commit %d was acknowledged, the store is at %d and its list has %d entries", l.last, lease.Seq, len(list))
	}
	committed := make(map[string]bool)
	for _, it := range list {
		if committed[string(it.Value)] {
			l.Errorf("%s was committed twice", it.Value)
		}
		committed[string(it.Value)] = true
	}
	for _, key := range l.accepted {
		r, err := l.store.Ingest(ctx, 0, input(key))
		if err != nil || !r.Duplicate || committed[key] != (r.Reply != nil) {
			l.Fatalf("the accepted input %s (committed %v): %+v, %v", key, committed[key], r, err)
		}
	}
	defer l.Logf("%d inputs were accepted, %d commits acknowledged", len(l.accepted), l.last)
	waiting := make(map[string]bool)
	if len(committed) >= len(l.accepted) {
		return
	}
	for e, err := range l.store.Inbox(ctx, lease, "") {
		if err != nil || committed[e.Key] {
			l.Fatalf("inbox: %s (committed %v), %v", e.Key, committed[e.Key], err)
		}
		if waiting[e.Key] = true; len(waiting)+len(committed) >= len(l.accepted) {
			return
		}
	}
}
