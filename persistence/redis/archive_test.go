package redis_test

import (
	"errors"
	"fmt"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// Texts that another node takes in while a partition is read would be missing from what was read.
func TestDumpNeedsStillness(t *testing.T) {
	t.Parallel()
	s := open(t, newMini(t).url(), redis.Options{Partitions: 1})
	for n := range 300 {
		if _, err := s.Ingest(t.Context(), 0, input(fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, err = range s.Dump(t.Context(), l, func(string) bool { return true }) {
		if read++; read == 5 {
			if _, err := s.Ingest(t.Context(), 0, input("late")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.Is(err, persistence.ErrHeld) {
		t.Errorf("the last of %d pieces: %v, want that the partition is in use", read, err)
	}
}

// A dump that has begun ends when the lease is lost.
func TestDumpLosesTheLease(t *testing.T) {
	t.Parallel()
	s := open(t, newMini(t).url(), redis.Options{Partitions: 1})
	for n := range 2000 {
		if _, err := s.Ingest(t.Context(), 0, input(fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range s.Dump(t.Context(), l, func(string) bool { return true }) {
		if err == nil {
			if err := s.Release(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.Is(err, persistence.ErrLost) {
		t.Errorf("the end of the dump: %v", err)
	}
}

// The user that docs/operations.md names can move data with what it adds for that, in a cluster as well.
func TestDocumentedUserMoves(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	moving := documented(t, "To export or import it also needs `([^`]+)`")
	server.Do(append(documentedUser(t), moving...)...)
	s := open(t, "redis://switchyard:SECRET@"+server.Addr(), redis.Options{Partitions: 2})
	wholeWay(t, s, 0)
	trimStream(t, s)
	carry(t, s, 0, 1)
	if denied := server.Do("acl", "log").([]any); len(denied) != 0 {
		t.Errorf("denied: %v", denied)
	}
	used := server.Calls()
	for _, word := range moving {
		if name := word.(string)[1:]; used[name] == 0 {
			t.Errorf("%s is allowed and not used", name)
		}
	}
}

// carry dumps a partition, restores it into another one and takes it away again.
func carry(t *testing.T, s persistence.Archive, from, to int) {
	t.Helper()
	source, err := s.Acquire(t.Context(), from, "node")
	if err != nil {
		t.Fatal(err)
	}
	target, err := s.Acquire(t.Context(), to, "node")
	if err != nil {
		t.Fatal(err)
	}
	pieces := 0
	for p, err := range s.Dump(t.Context(), source, func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		pieces++
		for _, do := range []func() error{
			func() error { return s.Restore(t.Context(), target, []persistence.Piece{p}) },
			func() error { return s.Remove(t.Context(), target, []persistence.Piece{p}) },
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if pieces == 0 {
		t.Error("there was nothing to carry")
	}
}

// Something else under one of our keys is found before anything of it is carried over as ours.
func TestDumpDamaged(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string][]any{
		"record without a value": {"hdel", "switchyard:{p0}:records", "hot/x"},
		"key without an end":     {"persist", "switchyard:{p0}:seen:a"},
		"list of another type":   {"set", "switchyard:{p0}:list:list", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.New(t, t.TempDir())
			s := open(t, server.URL(), redis.Options{Partitions: 1})
			wholeWay(t, s, 0)
			server.Do(spoil...)
			l, err := s.Acquire(t.Context(), 0, "node")
			if err != nil {
				t.Fatal(err)
			}
			for _, err = range s.Dump(t.Context(), l, func(string) bool { return true }) {
				continue
			}
			if err == nil {
				t.Error("nothing was noticed")
			}
		})
	}
}

// Places that a script cannot count to are refused before anything is written.
func TestRestoreHighPlaces(t *testing.T) {
	t.Parallel()
	s := open(t, newMini(t).url(), redis.Options{Partitions: 1})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	for place, wanted := range map[persistence.ID]error{"0010000000000000": nil, "0010000000000001": persistence.ErrInvalid, "ffffffffffffffff": persistence.ErrInvalid} {
		e := persistence.Entries{Name: "log/t/" + string(place), Items: []persistence.Item{{ID: place}}}
		if err := s.Restore(t.Context(), l, []persistence.Piece{e}); !errors.Is(err, wanted) {
			t.Errorf("place %s: %v, want %v", place, err, wanted)
		}
	}
	last := persistence.ID("0010000000000000")
	for _, key := range []string{"a", "b"} { // places go on from there
		r, err := s.Ingest(t.Context(), 0, input(key))
		if err != nil || r.ID <= last {
			t.Errorf("%q is at %s after %s, %v", key, r.ID, last, err)
		}
		last = r.ID
	}
}
