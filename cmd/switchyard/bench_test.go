package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// How the webhook is measured: both programs are up at once and take turns in short windows, the first one being another
// every other round; what counts is the median of the rounds' ratios.
const (
	benchConnections = 64
	benchRounds      = 20
	benchWindow      = 400 * time.Millisecond
)

// BenchmarkWebhook compares signed Twilio webhooks that become committed conversations with [bare]. vs_bare is the ratio of
// the throughputs; a window of ours ends when all conversations of it are committed.
func BenchmarkWebhook(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	store, err := pebble.Open(b.TempDir(), pebble.Options{})
	if err != nil {
		b.Fatal(err)
	}
	compare(b, store, newBare(b, barePebble(b)))
}

// counted is a store that counts the inputs that are worked off, which costs what is measured nothing.
type counted struct {
	persistence.Store
	done atomic.Int64
}

func (s *counted) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	err := s.Store.Commit(ctx, l, b)
	if err == nil {
		s.done.Add(int64(len(b.Ack)))
	}
	return err
}

// await waits until so many have been worked off, and no more: what came of itself would be counted as a text.
func (s *counted) await(b *testing.B, inputs int64) {
	b.Helper()
	awaitCount(b, inputs, s.done.Load)
}

func awaitCount(b *testing.B, inputs int64, done func() int64) {
	b.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for begun := time.Now(); done() < inputs; {
		if <-look.C; time.Since(begun) > testPatience {
			b.Fatalf("%d of %d inputs are worked off after %v", done(), inputs, testPatience)
		}
	}
	if n := done(); n != inputs {
		b.Fatalf("%d inputs are worked off, of %d", n, inputs)
	}
}

// compare measures a centre on a store and a bare program in turns.
func compare(b *testing.B, store persistence.Store, plain *bare) {
	b.Helper()
	count := &counted{Store: store}
	c := newCentre(b, count, 1, 1)
	worked := int64(1) // the configuration
	count.await(b, worked)
	committed := func(texts int64) {
		worked += texts
		count.await(b, worked)
	}
	var texts atomic.Int64
	ours, theirs := rawClients(b, c.base), rawClients(b, plain.base)
	got := inTurns(b,
		func() float64 { return window(b, ours, &texts, committed) },
		func() float64 { return window(b, theirs, &texts, func(int64) {}) },
	)
	b.ReportMetric(medianRatio(got[0], got[1]), "vs_bare")
	b.ReportMetric(median(got[0]), "texts/s")
}

// inTurns measures programs that are all up, in rounds; every other round begins with the last of them.
func inTurns(b *testing.B, programs ...func() float64) [][]float64 {
	b.Helper()
	got := make([][]float64, len(programs))
	for b.Loop() {
		for round := range benchRounds {
			for i := range programs {
				if round%2 == 1 {
					i = len(programs) - 1 - i
				}
				got[i] = append(got[i], programs[i]())
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	return got
}

// medianRatio is the median of the rounds' ratios.
func medianRatio(ours, theirs []float64) float64 {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / theirs[i]
	}
	return median(ratios)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

func rawClients(b *testing.B, base string) []*rawClient {
	b.Helper()
	all := make([]*rawClient, benchConnections)
	for i := range all {
		all[i] = newRawClient(b, base, barePath)
	}
	return all
}

// window has all clients post for a while and returns the texts per second, counted until they are committed.
func window(b *testing.B, clients []*rawClient, texts *atomic.Int64, committed func(int64)) float64 {
	b.Helper()
	var posting sync.WaitGroup
	var done atomic.Int64
	begun := time.Now()
	for _, c := range clients {
		posting.Go(func() {
			for time.Since(begun) < benchWindow {
				if status := c.post(texts.Add(1)); status != http.StatusOK {
					b.Errorf("status %d", status)
					return
				}
				done.Add(1)
			}
		})
	}
	posting.Wait()
	committed(done.Load())
	return float64(done.Load()) / time.Since(begun).Seconds()
}

// committed waits until so many more texts have become part of a conversation.
func (c *centre) committed(more int64) {
	c.t.Helper()
	c.benched += more
	c.eventually("all texts are committed", func() bool { return c.gauge(`switchyard_messages_total{direction="inbound",kind="sms"}`) == c.benched })
}

// gauge reads one number of /metrics.
func (c *centre) gauge(name string) int64 {
	c.t.Helper()
	answer := httptest.NewRecorder()
	c.service.opsHTTP.Handler.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", nil))
	for line := range bytes.Lines(answer.Body.Bytes()) {
		if value, found := bytes.CutPrefix(line, []byte(name+" ")); found {
			n, err := strconv.ParseFloat(string(bytes.TrimSpace(value)), 64)
			if err != nil {
				c.t.Fatal(err)
			}
			return int64(n)
		}
	}
	return 0
}

// heapConversations is how many conversations wait while their memory is measured.
const heapConversations = 20_000

// BenchmarkConversationHeap measures what an open, waiting conversation takes of the engine's heap: what the engine gives back
// when it ends, the store staying open.
func BenchmarkConversationHeap(b *testing.B) {
	var each []float64
	for b.Loop() {
		c := newCentre(b, nil, 1, 1)
		for i := range int64(heapConversations) {
			text := routing.ReceiveText{
				Channel: twilioLine, From: fmt.Sprintf("+1%010d", 2_000_000_000+i), Body: "Hello, I still have not received my order. Can you look?",
				CarrierID: sid(i), CarrierAt: time.Now(),
			}
			if err := c.service.engine.Receive(b.Context(), c.tenant.ID, text, sid(i), "", time.Hour); err != nil {
				b.Fatal(err)
			}
		}
		c.committed(heapConversations)
		with := heap()
		ctx, cancel := context.WithTimeout(context.Background(), testPatience)
		c.service.engine.Drain(ctx)
		cancel()
		c.service.started.Store(false) // it has been drained
		each = append(each, float64(with-heap())/heapConversations)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(slices.Max(each), "B/conversation")
}

// heap is what lives now, in bytes.
func heap() int64 {
	var m runtime.MemStats
	for range 3 { // finalizers and pools take more than one
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
