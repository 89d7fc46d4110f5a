package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// A refusal before the first write is told as such; what breaks off in the middle leaves the outcome open.
func TestFaults(t *testing.T) {
	t.Parallel()
	for word, nothing := range map[string]bool{
		"OOM": true, "MISCONF": true, "NOREPLICAS": true, "READONLY": true, "LOADING": true, "CLUSTERDOWN": true, "NOPERM": true,
		"ERR": false, "UNKNOWN": false,
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			m := newMini(t)
			s := open(t, m.url(), redis.Options{Partitions: 1})
			l, err := s.Acquire(t.Context(), 0, "node")
			if err != nil {
				t.Fatal(err)
			}
			m.refuse("EVALSHA", word+" no")
			_, err = s.Ingest(t.Context(), 0, input("a"))
			if err == nil || errors.Is(err, persistence.ErrUnavailable) != nothing {
				t.Errorf("ingest: %v", err)
			}
			if err = s.Commit(t.Context(), l, batch(1)); err == nil || errors.Is(err, persistence.ErrUnavailable) != nothing {
				t.Errorf("commit: %v", err)
			}
			m.refuse("HSETNX", word+" no")
			if err := s.Ping(t.Context()); err == nil || errors.Is(err, persistence.ErrUnavailable) != nothing {
				t.Errorf("ping: %v", err)
			}
			m.refuse("EVALSHA", "")
			if r, err := s.Ingest(t.Context(), 0, input("a")); err != nil || r.Duplicate {
				t.Errorf("the same ingest when Redis is well again: %+v, %v", r, err)
			}
			if err := s.Commit(t.Context(), l, batch(1)); err != nil {
				t.Errorf("the same batch when Redis is well again: %v", err)
			}
		})
	}
}

// The owner goes on reading when Redis comes back: no lease is lost by a connection alone.
func TestInboxWaitsForRedis(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 1, LeaseTime: time.Hour})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		defer close(read)
		for e, err := range s.Inbox(t.Context(), l, "") {
			if err != nil {
				t.Error(err)
				return
			}
			read <- e.Key
			if e.Key == "b" {
				return
			}
		}
	}()
	for _, key := range []string{"a", "b"} {
		eventually(t, "ingest "+key, func() bool {
			_, err := s.Ingest(t.Context(), 0, input(key))
			return err == nil
		})
		if got := <-read; got != key {
			t.Errorf("read %q, want %q", got, key)
		}
		server.Kill()
		if err := s.Ping(t.Context()); err == nil {
			t.Error("a Redis that is gone answers")
		}
		server.Restart()
	}
}

// Another program's key in the place of ours stops a commit in the middle. Nobody works on half a batch.
func TestBroken(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 2})
	l, err := s.Acquire(t.Context(), 1, "node")
	if err != nil {
		t.Fatal(err)
	}
	server.Do("set", "switchyard:{p1}:list:list", "not a stream")
	for name, err := range map[string]error{
		"commit":       s.Commit(t.Context(), l, batch(1)),
		"commit again": s.Commit(t.Context(), l, batch(1)),
		"acquire":      func() error { _, err := s.Acquire(t.Context(), 1, "node"); return err }(),
	} {
		if !errors.Is(err, persistence.ErrDamaged) || !strings.Contains(err.Error(), "WRONGTYPE") {
			t.Errorf("%s: %v", name, err)
		}
	}
	wholeWay(t, s, 0)
}

// The lease runs out by Redis' clock, and only an acquisition ends it.
func TestLeaseRunsOut(t *testing.T) {
	t.Parallel()
	const tries = 8
	server := redistest.New(t, t.TempDir())
	for part := range tries { // where a stall outlasts a lease, the next one lasts twice as long
		lasts := 300 * time.Millisecond << part
		s := open(t, server.URL(), redis.Options{Partitions: tries, LeaseTime: lasts})
		first, err := s.Acquire(t.Context(), part, "first")
		if err != nil || first.Lasts != lasts {
			t.Fatalf("%+v, %v", first, err)
		}
		held := false
		eventually(t, "the lease runs out", func() bool {
			_, err := s.Acquire(t.Context(), part, "second")
			held = held || errors.Is(err, persistence.ErrHeld)
			return err == nil
		})
		if err := s.Commit(t.Context(), first, batch(1)); !errors.Is(err, persistence.ErrLost) {
			t.Errorf("commit of the first: %v", err)
		}
		if held {
			return
		}
	}
	t.Error("no lease kept anybody away")
}

// WAIT not met is an error that leaves the outcome open; the same call again settles it, once.
func TestWait(t *testing.T) {
	t.Parallel()
	primary := redistest.New(t, t.TempDir())
	replica := redistest.New(t, t.TempDir(), "--replicaof", strings.Replace(primary.Addr(), ":", " ", 1))
	linked := func() bool {
		return strings.Contains(primary.Replication(), "state=online")
	}
	eventually(t, "the replica follows", linked)
	s := open(t, primary.URL(), redis.Options{Partitions: 1, Wait: 1})
	wholeWay(t, s, 0)
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	replica.Kill()
	_, err = s.Ingest(t.Context(), 0, input("b"))
	unconfirmed(t, "ingest", err)
	b := batch(2)
	b.ID, b.Reply = "second", []persistence.Reply{{Key: "b", Value: []byte("yes")}}
	unconfirmed(t, "commit", s.Commit(t.Context(), l, b))
	_, err = s.Answer(t.Context(), 0, "b")
	unconfirmed(t, "answer", err)
	primary.Do("script", "flush")
	replica.Restart()
	eventually(t, "the replica follows again", linked)
	confirmed(t, "the same ingest", func() error {
		r, err := s.Ingest(t.Context(), 0, input("b"))
		if err == nil && !r.Duplicate {
			t.Errorf("the same ingest is no duplicate: %+v", r)
		}
		return err
	})
	confirmed(t, "the same batch", func() error { return s.Commit(t.Context(), l, b) })
	confirmed(t, "its answer", func() error {
		reply, err := s.Answer(t.Context(), 0, "b")
		if err == nil && string(reply) != "yes" {
			t.Errorf("its answer: %q", reply)
		}
		return err
	})
	if list, err := s.Range(t.Context(), 0, "list", "", 10); err != nil || len(list) != 2 {
		t.Errorf("after two commits the list is %v, %v", list, err)
	}
}

func unconfirmed(t *testing.T, what string, err error) {
	t.Helper()
	if !late(err) {
		t.Errorf("%s without the replica: %v", what, err)
	}
}

// late says whether an error is that a replica has not confirmed in time.
func late(err error) bool {
	return err != nil && !errors.Is(err, persistence.ErrUnavailable) && strings.Contains(err.Error(), "0 of the 1 replicas")
}

// confirmed repeats a call until the replica has confirmed it, which a busy one does late.
func confirmed(t *testing.T, what string, call func() error) {
	t.Helper()
	eventually(t, what, func() bool {
		err := call()
		if err != nil && !late(err) {
			t.Fatalf("%s: %v", what, err)
		}
		return err == nil
	})
}

// Many callers at once share calls of the script, and each gets its own answer.
func TestGroups(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 1})
	const n = 2000
	ids := make([]chan persistence.ID, n)
	for i := range ids {
		ids[i] = make(chan persistence.ID, 1)
		go func() {
			in := input(fmt.Sprint(i))
			r, err := s.Ingest(t.Context(), 0, in)
			if err != nil || r.Duplicate {
				t.Errorf("%+v, %v", r, err)
			}
			ids[i] <- r.ID
		}()
	}
	at := make(map[string]persistence.ID, n)
	for i := range ids {
		at[fmt.Sprint(i)] = <-ids[i]
	}
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Inbox(t.Context(), l, "") {
		if err != nil {
			t.Fatal(err)
		}
		if at[e.Key] != e.ID || string(e.Body) != "body of "+e.Key {
			t.Errorf("%s is at %s, its receipt says %s", e.Key, e.ID, at[e.Key])
		}
		if delete(at, e.Key); len(at) == 0 {
			break
		}
	}
	calls := server.Calls()["evalsha"] + server.Calls()["eval"]
	if calls == 0 || calls > n/4 {
		t.Errorf("%d inputs took %d calls", n, calls)
	}
}
