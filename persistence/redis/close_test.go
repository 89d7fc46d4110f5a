package redis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// Closing ends in time, though Redis takes connections and answers nothing while leases are held, an inbox is read and inputs wait.
func TestCloseDoesNotWaitForAFrozenRedis(t *testing.T) {
	server := redistest.New(t, t.TempDir())
	s := open(t, server.URL(), redis.Options{Partitions: 16})
	var lease persistence.Lease
	for part := range s.Partitions() {
		var err error
		if lease, err = s.Acquire(t.Context(), part, "node"); err != nil {
			t.Fatal(err)
		}
	}
	server.Freeze()
	defer server.Thaw()
	ended := make(chan error, 3)
	go func() {
		for _, err := range s.Inbox(context.Background(), lease, "") {
			ended <- err
		}
	}()
	go func() {
		_, err := s.Ingest(context.Background(), 0, persistence.Input{Key: "k", Body: []byte("b"), Window: time.Hour})
		ended <- err
	}()
	go func() {
		_, err := s.Get(context.Background(), 0, "hot/x")
		ended <- err
	}()
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	late := time.After(patience)
	for _, what := range []string{"Close", "a call", "a call", "a call"} {
		select {
		case err := <-closed:
			if closed = nil; err != nil {
				t.Error(err)
			}
		case err := <-ended:
			if err == nil {
				t.Error("a call succeeded on a store that is closed")
			}
		case <-late:
			t.Fatal(fmt.Sprint(what, " has not ended after ", patience))
		}
	}
}
