package redis_test

import (
	"errors"
	"strings"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// A replica is promoted that lacks the last commits. The owner's token is good there, but its past is not: whatever it
// commits is refused, and what it reads afresh is where the replica is. An input that has come meanwhile is not taken for one
// that was lost.
func TestFailoverThatLostTheTail(t *testing.T) {
	t.Parallel()
	primary := redistest.New(t, t.TempDir())
	replica := redistest.New(t, t.TempDir(), "--replicaof", strings.Replace(primary.Addr(), ":", " ", 1))
	eventually(t, "the replica follows", func() bool {
		return strings.Contains(primary.Replication(), "state=online")
	})
	s := open(t, primary.URL(), redis.Options{Partitions: 1, Wait: 1})
	lease, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	confirmed(t, "commit", func() error { return s.Commit(t.Context(), lease, persistence.Batch{ID: "1", Seq: 1}) })
	replica.Do("replicaof", "no", "one")
	s = open(t, primary.URL(), redis.Options{})
	lost, err := s.Ingest(t.Context(), 0, input("lost"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), lease, persistence.Batch{ID: "2", Seq: 2}); err != nil {
		t.Fatal(err)
	}
	primary.Kill()

	s = open(t, replica.URL(), redis.Options{})
	if err := s.Renew(t.Context(), lease); err != nil {
		t.Errorf("the token: %v", err)
	}
	if _, err := s.Ingest(t.Context(), 0, input("another")); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]persistence.Batch{
		"on a past that is gone":   {ID: "3", Seq: 3},
		"of an input that is gone": {ID: "another 2", Seq: 2, Ack: []persistence.ID{lost.ID}},
	} {
		if err := s.Commit(t.Context(), lease, b); !errors.Is(err, persistence.ErrLost) {
			t.Errorf("commit %s: %v", name, err)
		}
	}
	if lease, err = s.Acquire(t.Context(), 0, "node"); err != nil || lease.Seq != 1 {
		t.Errorf("read afresh: %+v, %v", lease, err)
	}
}

// A replica is promoted that lacks an input which the owner has read already. What comes in next is something else and stays
// so: the owner's commit does not consume it in place of the one that is lost.
func TestFailoverThatLostAnInput(t *testing.T) {
	t.Parallel()
	primary := redistest.New(t, t.TempDir())
	replica := redistest.New(t, t.TempDir(), "--replicaof", strings.Replace(primary.Addr(), ":", " ", 1))
	eventually(t, "the replica follows", func() bool {
		return strings.Contains(primary.Replication(), "state=online")
	})
	s := open(t, primary.URL(), redis.Options{Partitions: 1, Wait: 1})
	lease, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	confirmed(t, "commit", func() error { return s.Commit(t.Context(), lease, persistence.Batch{ID: "1", Seq: 1}) })
	replica.Do("replicaof", "no", "one")
	lost, err := open(t, primary.URL(), redis.Options{}).Ingest(t.Context(), 0, input("lost"))
	if err != nil {
		t.Fatal(err)
	}
	primary.Kill()

	s = open(t, replica.URL(), redis.Options{})
	kept, err := s.Ingest(t.Context(), 0, input("kept"))
	if err != nil {
		t.Fatal(err)
	}
	if kept.ID <= lost.ID {
		t.Errorf("after the loss of input %s the next one is %s", lost.ID, kept.ID)
	}
	if err := s.Commit(t.Context(), lease, persistence.Batch{ID: "2", Seq: 2, Ack: []persistence.ID{lost.ID}}); !errors.Is(err, persistence.ErrLost) {
		t.Errorf("commit of the input that is lost: %v", err)
	}
	if again, err := s.Ingest(t.Context(), 0, input("kept")); err != nil || again.ID != kept.ID {
		t.Errorf("ingested again: %+v, %v", again, err)
	}
	if n := replica.Do("zcard", "switchyard:{p0}:waiting"); n != int64(1) {
		t.Errorf("the inbox has %v inputs, want the one that came after the failover", n)
	}
}
