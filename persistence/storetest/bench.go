package storetest

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"

	"switchyard/persistence"
)

// Bench measures what a text costs: to ingest it, to ingest it a second time, and the whole way through the inbox into a
// commit. Open returns an empty store of at least one partition; Bench closes it.
func Bench(b *testing.B, open func(b *testing.B) persistence.Store) {
	b.Helper()
	for _, callers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("Ingest/callers=%d", callers), func(b *testing.B) {
			s := opened(b, open)
			share(b, callers, func(n int) { mustIngest(b, s, n%s.Partitions(), fmt.Sprint("SM", n)) })
		})
	}
	b.Run("Duplicate/callers=64", func(b *testing.B) {
		s := opened(b, open)
		for n := range 1000 {
			mustIngest(b, s, 0, fmt.Sprint("SM", n))
		}
		b.ResetTimer()
		share(b, 64, func(n int) { mustIngest(b, s, 0, fmt.Sprint("SM", n%1000)) })
	})
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("WholeWay/callers=%d", callers), func(b *testing.B) { wholeWay(b, opened(b, open), callers) })
	}
	b.Run("Range/50", func(b *testing.B) { rangeOf50(b, opened(b, open)) })
}

func opened(b *testing.B, open func(b *testing.B) persistence.Store) persistence.Store {
	b.Helper()
	s := open(b)
	b.Cleanup(func() { _ = s.Close() })
	b.ReportAllocs()
	b.ResetTimer()
	return s
}

// share has callers do b.N things together.
func share(b *testing.B, callers int, do func(n int)) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				do(int(n))
			}
		})
	}
	all.Wait()
}

func mustIngest(b *testing.B, s persistence.Store, part int, key string) {
	b.Helper()
	in := persistence.Input{Key: key, Sum: "0123456789abcdef", Body: make([]byte, 600), Window: window}
	if _, err := s.Ingest(context.Background(), part, in); err != nil {
		b.Error(err)
	}
}

// wholeWay ingests b.N texts and waits until the owner of the partition has committed all of them, as many in a batch as
// have come while the batch before was being committed.
func wholeWay(b *testing.B, s persistence.Store, callers int) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l, err := s.Acquire(ctx, 0, "node")
	if err != nil {
		b.Fatal(err)
	}
	entries := make(chan persistence.Entry, 1024)
	var all sync.WaitGroup
	all.Go(func() {
		for e, err := range s.Inbox(ctx, l, "") {
			if err != nil {
				b.Error(err)
				return
			}
			entries <- e
		}
	})
	all.Go(func() {
		defer cancel()
		for done := 0; done < b.N; {
			batch := consequences(<-entries, l.Seq+1)
			for len(entries) > 0 && len(batch.Ack) < 128 {
				more := consequences(<-entries, l.Seq+1)
				batch.Ack = append(batch.Ack, more.Ack...)
				batch.Append, batch.Event = append(batch.Append, more.Append...), append(batch.Event, more.Event...)
				maps.Copy(batch.Put, more.Put)
			}
			if err := s.Commit(ctx, l, batch); err != nil {
				b.Error(err)
				return
			}
			l.Seq++
			done += len(batch.Ack)
		}
	})
	share(b, callers, func(n int) { mustIngest(b, s, 0, fmt.Sprint("SM", n)) })
	all.Wait()
}

// consequences is what a text usually changes.
func consequences(e persistence.Entry, seq uint64) persistence.Batch {
	conversation := "conversation/" + e.Key[len(e.Key)-1:]
	return persistence.Batch{
		ID: e.Key, Seq: seq, Ack: []persistence.ID{e.ID},
		Put:    map[string][]byte{persistence.HotPrefix + conversation: make([]byte, 400)},
		Append: []persistence.Append{{List: conversation, Value: e.Body[:200]}},
		Event:  []persistence.Event{{Stream: conversation, Value: e.Body[:240]}},
	}
}

func rangeOf50(b *testing.B, s persistence.Store) {
	b.Helper()
	ctx := context.Background()
	l, err := s.Acquire(ctx, 0, "node")
	if err != nil {
		b.Fatal(err)
	}
	for n := range 200 {
		batch := persistence.Batch{ID: fmt.Sprint(n), Seq: uint64(n) + 1}
		for c := range 50 {
			batch.Append = append(batch.Append, persistence.Append{List: fmt.Sprint("conversation/", c), Value: make([]byte, 200)})
		}
		if err := s.Commit(ctx, l, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for n := range b.N {
		if items, err := s.Range(ctx, 0, fmt.Sprint("conversation/", n%50), "", 50); err != nil || len(items) != 50 {
			b.Fatalf("%d entries, %v", len(items), err)
		}
	}
}
