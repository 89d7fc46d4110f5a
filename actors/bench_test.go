package actors

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
	"switchyard/persistence/pebble"
)

// BenchmarkText measures the engine alone: a text from its acceptance to its committed conversation, 64 at a time.
func BenchmarkText(b *testing.B) {
	store, err := pebble.Open(b.TempDir(), pebble.Options{Partitions: 4})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	e, err := New(Config{
		Store: store, Sender: &carrierBook{}, Logger: slog.New(slog.DiscardHandler),
		Registerer: prometheus.NewRegistry(), Node: "bench",
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer e.Drain(context.Background())
	if _, err := e.Do(b.Context(), acme, routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.ReplaceConfig{Tenant: acmeConfig()}, "", ""); err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			cmd := routing.ReceiveText{Channel: "main", From: fmt.Sprintf("+1415%07d", i%2000), Body: "Hi, I still have not received my order", CarrierID: fmt.Sprint(i)}
			if err := e.Receive(b.Context(), acme, cmd, fmt.Sprint(i), "", time.Hour); err != nil {
				b.Fatal(err)
			}
		}
	})
	for n, _ := e.backlog(); n > 0; n, _ = e.backlog() {
		<-time.After(time.Millisecond)
	}
	s := store.Stats()
	b.ReportMetric(float64(s.Operations)/float64(s.Groups), "ops/group")
}
