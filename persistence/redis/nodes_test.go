package redis_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// A node that has not said for a lease's time that it lives is forgotten, and that is told.
func TestNodeIsForgotten(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 1})
	bells := s.Watch(t.Context(), 0)
	server.Do("hset", "switchyard:nodes", "gone", "1000 0 machine/127.0.0.1:8080", "there", "99999999999999 1 m")
	living, err := s.Attend(t.Context(), persistence.Node{Name: "m", Life: "here"})
	if err != nil {
		t.Fatal(err)
	}
	want := []persistence.Node{{Name: "m", Life: "here"}, {Name: "m", Life: "there", Leaving: true}}
	if diff := cmp.Diff(want, living); diff != "" {
		t.Errorf("living (-want +got):\n%s", diff)
	}
	if bell := <-bells; !bell.Owners {
		t.Errorf("%+v rings", bell)
	}
}

// A Redis that has lost its newest history, as a failover can make it, never gives the places of what is lost to something
// else that a reader would then miss.
func TestLostPlacesAreNotGivenAgain(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 1})
	tell := func(seq uint64, node string) persistence.ID {
		t.Helper()
		l, err := s.Acquire(t.Context(), 0, node)
		if err != nil {
			t.Fatal(err)
		}
		b := persistence.Batch{ID: l.Token, Seq: seq, Event: []persistence.Event{{Stream: "s"}}}
		if err := s.Commit(t.Context(), l, b); err != nil {
			t.Fatal(err)
		}
		last, err := s.Last(t.Context(), 0, "s")
		if err != nil {
			t.Fatal(err)
		}
		return last
	}
	first := tell(1, "node")
	before := server.Do("get", "switchyard:{p0}:place")
	lost := tell(2, "node")
	// The second commit and its lease never came to be.
	server.Do("del", "switchyard:{p0}:list:s")
	server.Do("set", "switchyard:{p0}:place", before)
	server.Do("hset", "switchyard:{p0}:own", "seq", 1, "last", "", "token", "0:lost")
	again := tell(2, "node")
	if again <= lost {
		t.Errorf("after the loss of %s the next place is %s", lost, again)
	}
	for _, place := range []persistence.ID{first, lost} {
		if _, err := s.Range(t.Context(), 0, "s", place, 10); !errors.Is(err, persistence.ErrTrimmed) {
			t.Errorf("who has read as far as %s hears %v", place, err)
		}
	}
}
