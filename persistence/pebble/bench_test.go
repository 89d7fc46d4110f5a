package pebble_test

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	pebbledb "github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
	"switchyard/persistence/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) persistence.Store {
		b.Helper()
		s, err := pebble.Open(b.TempDir(), pebble.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return s
	})
}

// BenchmarkFloor is the least that a durable text can cost here: one write of its size into Pebble, whose own commit
// pipeline groups the syncs of concurrent callers.
func BenchmarkFloor(b *testing.B) {
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			db, err := pebbledb.Open(b.TempDir(), &pebbledb.Options{MemTableSize: 32 << 20, Logger: silent{}})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			b.ReportAllocs()
			b.ResetTimer()
			var next atomic.Int64
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := db.Set(binary.BigEndian.AppendUint64(nil, uint64(n)), make([]byte, 650), pebbledb.Sync); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}

type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(string, ...any) {}
