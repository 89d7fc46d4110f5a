package redis_test

import (
	"fmt"
	"sync"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// What its own store puts in, and what another one does in between, a reader sees once and in the order of the inbox.
func TestFeed(t *testing.T) {
	t.Parallel()
	const each = 400
	server := redistest.New(t, t.TempDir())
	stores := []*redis.Store{open(t, server.URL(), redis.Options{Partitions: 1}), open(t, server.URL(), redis.Options{})}
	l, err := stores[0].Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	defer writing.Wait()
	for n, s := range stores {
		for writer := range 4 {
			writing.Go(func() {
				for i := range each / 4 {
					in := input(fmt.Sprint(n, writer, i))
					in.Decoded = &in.Key
					if _, err := s.Ingest(t.Context(), 0, in); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	var last persistence.ID
	seen, fed := map[string]bool{}, 0
	for e, err := range stores[0].Inbox(t.Context(), l, "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.ID <= last || seen[e.Key] {
			t.Fatalf("%q at %s came after %s", e.Key, e.ID, last)
		}
		if key, known := e.Decoded.(*string); known {
			fed++
			if *key != e.Key || string(e.Body) != "body of "+e.Key {
				t.Errorf("%q came with what %q says", e.Key, *key)
			}
		}
		seen[e.Key], last = true, e.ID
		if len(seen) == 2*each {
			break
		}
	}
	if fed == 0 {
		t.Error("nothing was fed")
	}
	t.Logf("%d of %d were fed", fed, 2*each)
}

// A reader whose store alone writes is fed with everything but what a look of its own was quicker with.
func TestFeedAlone(t *testing.T) {
	t.Parallel()
	s := open(t, redistest.New(t, t.TempDir()).URL(), redis.Options{Partitions: 1})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	const all = 100
	put := func(n int) {
		in := input(fmt.Sprint(n))
		in.Decoded = n
		if _, err := s.Ingest(t.Context(), 0, in); err != nil {
			t.Fatal(err)
		}
	}
	seen, fed := 0, 0
	put(0)
	for e, err := range s.Inbox(t.Context(), l, "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.Key != fmt.Sprint(seen) {
			t.Fatalf("%q is number %d", e.Key, seen)
		}
		if e.Decoded != nil {
			fed++
		}
		if seen++; seen == all {
			break
		}
		put(seen)
	}
	if fed < all/2 {
		t.Errorf("%d of %d were fed", fed, all)
	}
}
