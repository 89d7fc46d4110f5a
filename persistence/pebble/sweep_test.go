package pebble_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	pebbledb "github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// Keys are forgotten on disk too, some minutes after their window has ended, by an idle store and by a busy one.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		const keys = 300
		s := open(t, dir)
		defer s.Close()
		ingest := func(n int, window time.Duration) persistence.Receipt {
			t.Helper()
			r, err := s.Ingest(t.Context(), n%2, persistence.Input{Key: fmt.Sprint(n), Window: window})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for n := range keys {
			ingest(n, time.Hour)
		}
		<-time.After(30 * time.Minute)
		for n := range 10 {
			ingest(n, time.Hour)
		}
		if swept := s.Stats().Swept; swept != 0 {
			t.Errorf("%d keys were swept within their windows", swept)
		}
		<-time.After(33 * time.Minute)
		if swept := s.Stats().Swept; swept != keys-10 {
			t.Errorf("%d keys were swept, want %d", swept, keys-10)
		}
		for n := range 20 {
			if r := ingest(n, time.Hour); r.Duplicate != (n < 10) {
				t.Errorf("key %d: duplicate %v", n, r.Duplicate)
			}
		}
		<-time.After(2 * time.Hour)
		if swept := s.Stats().Swept; swept != keys+10 {
			t.Errorf("%d keys were swept, want %d", swept, keys+10)
		}
	})
	if left := keysLeft(t, dir); left["d"] != 0 || left["r"] != 0 || left["x"] != 0 {
		t.Errorf("on disk are left, by family: %v", left)
	}
}

// keysLeft counts the keys of a closed store by their family.
func keysLeft(t *testing.T, dir string) map[string]int {
	t.Helper()
	db, err := pebbledb.Open(filepath.Join(dir, "store", "db"), &pebbledb.Options{ReadOnly: true, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	it, err := db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	left := make(map[string]int)
	for ok := it.First(); ok; ok = it.Next() {
		left[string(it.Key()[2:3])]++
	}
	if left["s"] == 0 {
		t.Errorf("the state of the partitions is missing: %v", left)
	}
	return left
}
