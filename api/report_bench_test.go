package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// A month of a large centre.
const (
	monthDays          = 30
	monthQueues        = 10
	monthConversations = 1_000_000
)

// BenchmarkReports measures a day's report of queues and a month's CSV of conversations, in a directory that holds a month of
// 1,000,000 conversations in 10 queues. The heap is what a report holds beyond what was held before, at its highest.
func BenchmarkReports(b *testing.B) {
	store, err := pebble.Open(b.TempDir(), pebble.Options{})
	if err != nil {
		b.Fatal(err)
	}
	h := newHouseOn(b, store)
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	h.fillMonth(b, begin)

	b.Run("a day of queues", func(b *testing.B) {
		for b.Loop() {
			if n, _ := h.download(b, "/v1/reports/queues?from=2026-03-10&to=2026-03-11&interval=15m&format=csv"); n < monthQueues*96*50 {
				b.Fatalf("%d bytes", n)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/report")
	})
	b.Run("a month of conversations", func(b *testing.B) {
		var bytes int64
		var heap uint64
		for b.Loop() {
			n, more := h.download(b, "/v1/reports/conversations?from=2026-03-01&to=2026-03-31&format=csv")
			bytes, heap = bytes+n, max(heap, more)
		}
		b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
		b.ReportMetric(float64(heap)/1e6, "MB-heap")
	})
}

// fillMonth commits what a month leaves.
func (h *house) fillMonth(b *testing.B, begin time.Time) {
	b.Helper()
	step := monthDays * 24 * time.Hour / monthConversations
	const atOnce = 2500
	for n := 0; n < monthConversations; n += atOnce {
		h.batch(b, acme, func(batch *persistence.Batch) {
			for i := n; i < n+atOnce; i++ {
				at := begin.Add(time.Duration(i) * step)
				row := monthRow(i, at)
				batch.Put[persistence.RowKey(string(acme), at.UnixMilli(), string(row.Conversation))] = encoded(b, row)
			}
		})
	}
	sums := reports.Sums{}
	for i, m := range []reports.Measure{
		reports.Entered, reports.Answered, reports.InTime, reports.WaitAnswered, reports.LongestWait, reports.Began, reports.Finished,
		reports.TextsIn, reports.OffersAccepted, reports.OffersLapsed, reports.FirstReplies, reports.FirstReply, reports.Replies, reports.ReplyTime,
		reports.LongestReply, reports.RepliesInTarget, reports.Talks, reports.TalkTime, reports.WrapUps, reports.WrapUpTime, reports.TextsOut,
	} {
		sums[m] = int64(1000 * (i + 1))
	}
	for day := range monthDays {
		h.batch(b, acme, func(batch *persistence.Batch) {
			for quarter := range 96 {
				start := begin.Add(time.Duration(day*96+quarter) * reports.Quarter)
				for q := range monthQueues {
					batch.Put[persistence.BucketKey(string(acme), string(reports.OfQueue), start.Unix(), fmt.Sprint("queue-", q))] = encoded(b, sums)
				}
			}
		})
	}
}

func monthRow(i int, at time.Time) reports.Row {
	return reports.Row{
		Conversation: routing.ConversationID(fmt.Sprintf("cv_%026d", i)), Channel: "sim-acme", Number: customerNumber, Customer: "cu_00000000000000000000000001",
		State: routing.Ended, Queues: []routing.QueueID{"queue-1"}, Agents: []routing.AgentID{"ann"}, Outcome: routing.EntryAnswered,
		Received: at, Offered: at.Add(time.Second), Accepted: at.Add(9 * time.Second), Replied: at.Add(70 * time.Second),
		Talked: at.Add(10 * time.Minute), Ended: at.Add(11 * time.Minute), Wait: 9 * time.Second, InTime: true, TalkTime: 591 * time.Second,
		WrapUp: time.Minute, ReplyTime: 3 * time.Minute, Offers: 1, TextsIn: 4, TextsOut: 3, Segments: 4, Delivered: 3, Replies: 3, RepliesInTarget: 3,
		Disposition: "solved",
	}
}

// download reads a report as it comes, and returns its size and how much the heap grew meanwhile.
func (h *house) download(b *testing.B, path string) (size int64, heap uint64) {
	b.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+h.token("ada"))
	w := &sink{header: http.Header{}, before: heapNow()}
	h.server.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		b.Fatalf("%s is answered %d", path, w.status)
	}
	return w.size, w.most
}

// sink throws away what it is sent, and looks at the heap now and then.
type sink struct {
	header       http.Header
	status       int
	size, looked int64
	before, most uint64
}

func (s *sink) Header() http.Header    { return s.header }
func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	const lookEvery = 20 << 20
	if s.size-s.looked > lookEvery {
		s.looked = s.size
		if now := heapNow(); now > s.before {
			s.most = max(s.most, now-s.before)
		}
	}
	return len(p), nil
}

func heapNow() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
