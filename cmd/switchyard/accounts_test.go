package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// accounts are what a store holds for reports of one contact centre.
type accounts struct {
	sums      map[reports.Bucket]reports.Sums
	intervals []reports.Interval
	rows      map[routing.ConversationID]reports.Row
}

// readAccounts reads them.
func readAccounts(t testing.TB, store persistence.Store, part int, tenant string) accounts {
	t.Helper()
	a := accounts{sums: map[reports.Bucket]reports.Sums{}, rows: map[routing.ConversationID]reports.Row{}}
	for _, kind := range []reports.Kind{reports.OfQueue, reports.OfAgent, reports.OfChannel} {
		each(t, store, part, persistence.BucketsPrefix(tenant, string(kind)), func(key string, sums reports.Sums) {
			var start int64
			at, name, _ := strings.Cut(key, "/")
			if _, err := fmt.Sscan(strings.TrimLeft(at, "0"), &start); err != nil {
				t.Error(err)
			}
			if len(sums) > 0 {
				a.sums[reports.At(kind, name, time.Unix(start, 0))] = sums
			}
		})
	}
	each(t, store, part, persistence.IntervalsPrefix(tenant), func(_ string, i reports.Interval) { a.intervals = append(a.intervals, i) })
	each(t, store, part, persistence.RowsPrefix(tenant), func(_ string, r reports.Row) { a.rows[r.Conversation] = r })
	return a
}

// each reads all records under a prefix.
func each[T any](t testing.TB, store persistence.Store, part int, prefix string, f func(key string, v T)) {
	t.Helper()
	const page = 500
	for after := ""; ; {
		some, err := store.Scan(t.Context(), part, prefix, after, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range some {
			var v T
			if err := json.Unmarshal(record.Value, &v); err != nil {
				t.Fatalf("%s: %v", record.Key, err)
			}
			f(strings.TrimPrefix(record.Key, prefix), v)
			after = record.Key
		}
		if len(some) < page {
			return
		}
	}
}

// recount makes the accounts anew, from all that happened: the logs of conversations, and the intervals of agents.
func recount(tenant routing.Tenant, log []routing.Envelope, intervals []reports.Interval) accounts {
	queue := func(id routing.QueueID) routing.Queue {
		q, _ := tenant.Queue(id)
		return q
	}
	logs := map[routing.ConversationID][]routing.Envelope{}
	for _, e := range log {
		logs[e.Conversation] = append(logs[e.Conversation], e)
	}
	a := accounts{map[reports.Bucket]reports.Sums{}, intervals, map[routing.ConversationID]reports.Row{}}
	var lines []reports.Line
	for id, log := range logs {
		lines = append(lines, reports.Account(new(routing.Conversation).Steps(log), queue)...)
		if row := reports.Tell(log, queue); row.State == routing.Ended {
			a.rows[id] = row
		}
	}
	for _, i := range intervals {
		profile, _ := tenant.Agent(i.Agent)
		lines = append(lines, i.Lines(profile.Slots())...)
	}
	for _, l := range lines {
		if a.sums[l.Bucket] == nil {
			a.sums[l.Bucket] = reports.Sums{}
		}
		a.sums[l.Bucket].Add(l.Measure, l.N)
	}
	maps.DeleteFunc(a.sums, func(_ reports.Bucket, s reports.Sums) bool { return len(s) == 0 })
	return a
}

// wrong says where accounts are not what they should be.
func (a accounts) wrong(should accounts) []string {
	var wrong []string
	if diff := gocmp.Diff(should.sums, a.sums); diff != "" {
		wrong = append(wrong, "sums, as the logs make them (-), as stored (+):\n"+diff)
	}
	if diff := gocmp.Diff(should.rows, a.rows); diff != "" {
		wrong = append(wrong, "rows, as the logs make them (-), as stored (+):\n"+diff)
	}
	last := map[routing.AgentID]reports.Interval{}
	slices.SortFunc(a.intervals, func(x, y reports.Interval) int { return cmp.Or(x.To.Compare(y.To), x.From.Compare(y.From)) })
	for _, i := range a.intervals {
		if before, ok := last[i.Agent]; ok && i.From.Before(before.To) {
			wrong = append(wrong, fmt.Sprintf("%s is %s from %v, and %s until %v", i.Agent, i.Status, i.From, before.Status, before.To))
		}
		last[i.Agent] = i
	}
	return wrong
}

// checkReports: what the store holds for reports is what all that happened makes of it.
func (h history) checkReports() []string {
	if h.books == nil {
		return nil
	}
	return h.books.accounts.wrong(recount(h.tenant, h.books.events(), h.books.accounts.intervals))
}

// checkReported: reports count what the transcripts show.
func (h history) checkReported() []string {
	shown := map[string]float64{"conversations_begun": float64(len(h.transcripts)), "texts_in": 0, "texts_out": 0}
	for _, t := range h.transcripts {
		for _, m := range t.messages {
			switch {
			case m.asks():
				shown["texts_in"]++
			case m.Kind == "sms":
				shown["texts_out"]++
			}
		}
	}
	var wrong []string
	for column, n := range shown {
		if h.reported[column] != n {
			wrong = append(wrong, fmt.Sprintf("reports have %v %s, and the transcripts %v", h.reported[column], column, n))
		}
	}
	return wrong
}

// events are those of the log, without their places.
func (b *books) events() []routing.Envelope {
	events := make([]routing.Envelope, 0, len(b.log))
	for _, l := range b.log {
		events = append(events, l.Envelope)
	}
	return events
}

// TestReportsAreWhatHappened: after days that chance decides, every sum and row in the store is what all that happened makes of it.
func TestReportsAreWhatHappened(t *testing.T) {
	t.Parallel()
	counted := map[reports.Measure]int64{}
	for seed := range uint64(4) {
		synctest.Test(t, func(t *testing.T) {
			day := liveDay(t, 100+seed, 300)
			var log []routing.Envelope
			for _, prefix := range []string{persistence.HotConversationPrefix("acme"), persistence.ConversationPrefix("acme")} {
				each(t, day.store, 0, prefix, func(_ string, c routing.Conversation) {
					for _, item := range readList(t, day.store, 0, persistence.LogList("acme", string(c.ID))) {
						var e routing.Envelope
						if err := json.Unmarshal(item.Value, &e); err != nil {
							t.Fatal(err)
						}
						log = append(log, e)
					}
				})
			}
			stored := readAccounts(t, day.store, 0, "acme")
			for _, w := range stored.wrong(recount(day.tenant, log, stored.intervals)) {
				t.Error(w)
			}
			for _, sums := range stored.sums {
				for m, n := range sums {
					counted[m] += n
				}
			}
		})
	}
	for _, m := range []reports.Measure{
		reports.Entered, reports.Answered, reports.InTime, reports.Withdrawn, reports.TransfersAgent, reports.TransfersQueue,
		reports.Requeued, reports.Began, reports.Finished, reports.TextsIn, reports.OptOuts, reports.Unanswered, reports.OffersAccepted,
		reports.OffersRejected, reports.OffersLapsed, reports.FirstReplies, reports.Replies, reports.RepliesInTarget,
		reports.Talks, reports.WrapUps, reports.TextsOut, reports.HeldTime, reports.RoomTime, reports.Texts, reports.Segments,
		reports.Disposition("solved"), reports.StatusTime(routing.Available), reports.StatusTime(routing.OnBreak), reports.Delivery(routing.MessageSent, ""),
	} {
		if counted[m] == 0 {
			t.Errorf("no day had any %s", m)
		}
	}
}
