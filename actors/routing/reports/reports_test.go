package reports_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"
	_ "time/tzdata" // the machine need not know the zones

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// at is some minutes and seconds after nine.
func at(minutes, seconds int) time.Time {
	return nine.Add(time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second)
}

// story is a conversation as it goes on: what happened, when.
type story struct {
	is  routing.Conversation
	log []routing.Envelope
	all []reports.Line
}

func (s *story) then(when time.Time, events ...routing.Event) {
	envelopes := s.is.Seal(when, routing.Principal{}, events)
	s.all = append(s.all, reports.Account(s.is.Steps(envelopes), queue)...)
	for _, e := range envelopes {
		s.is = s.is.Apply(e.At, e.Event)
	}
	s.log = append(s.log, envelopes...)
}

func queue(id routing.QueueID) routing.Queue {
	return routing.Queue{ID: id, ServiceLevelSeconds: 60, ReplyTargetSeconds: 120}
}

func (s *story) inbound(when time.Time) {
	s.then(when, routing.MessageAdded{Message: &routing.Message{Seq: s.is.Seq + 1, Direction: routing.Inbound, Kind: routing.KindSMS, At: when}})
}

func (s *story) outbound(when time.Time, kind routing.Kind, agent routing.AgentID) int {
	m := routing.Message{
		Seq: s.is.Seq + 1, Direction: routing.Outbound, Kind: kind, Agent: agent, At: when, State: routing.MessageQueued, Segments: 2,
	}
	s.then(when, routing.MessageAdded{Message: &m})
	return m.Seq
}

func (s *story) offer(when time.Time, agent routing.AgentID) routing.Offer {
	o := routing.Offer{ID: s.is.ID.Offer(s.is.Offers + 1), Agent: agent, Reason: routing.OfferNew, OfferedAt: when, ExpiresAt: when.Add(30 * time.Second)}
	s.then(when, routing.OfferMade{Offer: &o})
	return o
}

// told is the story that the tests know by heart: a text at nine, one offer that lapses, an accept after 70 s, a reply that is
// in time and one that is not, a transfer that another queue's agent takes, a wrap-up, an end past the quarter hour.
func told() *story {
	s := &story{}
	s.then(at(0, 0), routing.Started{ID: "cv_1", Tenant: "acme", Channel: "main", CustomerNumber: "+14155550123", Queue: "support"})
	s.inbound(at(0, 0))
	first := s.offer(at(0, 10), "ann")
	s.then(at(0, 40), routing.OfferEnded{Offer: first.ID, Agent: "ann", Outcome: routing.OutcomeLapsed})
	second := s.offer(at(0, 50), "bob")
	s.then(at(1, 10), routing.OfferEnded{Offer: second.ID, Agent: "bob", Outcome: routing.OutcomeAccepted})
	one := s.outbound(at(1, 40), routing.KindSMS, "bob") // 100 s after the first text
	s.then(at(1, 41), routing.MessageAdvanced{Seq: one, State: routing.MessageSending})
	s.then(at(1, 42), routing.MessageAdvanced{Seq: one, State: routing.MessageSent})
	s.inbound(at(2, 0))
	s.inbound(at(3, 0))
	two := s.outbound(at(5, 0), routing.KindSMS, "bob") // 180 s after the second turn began
	s.then(at(5, 1), routing.TransferStarted{Queue: "sales"})
	third := s.offer(at(5, 2), "cid")
	s.then(at(5, 12), routing.OfferEnded{Offer: third.ID, Agent: "cid", Outcome: routing.OutcomeAccepted})
	s.outbound(at(6, 0), routing.KindAuto, "")
	s.inbound(at(7, 0))
	s.then(at(10, 12), routing.PostProcessingStarted{Until: at(20, 0)})
	s.then(at(12, 0), routing.WrappedUp{Disposition: "solved"})
	s.then(at(16, 12), routing.ConversationEnded{Agent: "cid"})
	s.then(at(40, 0), routing.MessageAdvanced{Seq: one, State: routing.MessageDelivered})
	s.then(at(41, 0), routing.MessageAdvanced{Seq: two, State: routing.MessageFailed, Failure: &routing.Failure{Class: "unreachable"}})
	return s
}

// book adds lines up.
func book(lines []reports.Line) map[reports.Bucket]reports.Sums {
	sums := map[reports.Bucket]reports.Sums{}
	for _, l := range lines {
		if sums[l.Bucket] == nil {
			sums[l.Bucket] = reports.Sums{}
		}
		sums[l.Bucket].Add(l.Measure, l.N)
	}
	maps.DeleteFunc(sums, func(_ reports.Bucket, s reports.Sums) bool { return len(s) == 0 })
	return sums
}

// Every sum of the story, reckoned by hand.
func TestAccount(t *testing.T) {
	t.Parallel()
	quarter := func(kind reports.Kind, name string, n int) reports.Bucket {
		return reports.At(kind, name, at(15*n, 0))
	}
	want := map[reports.Bucket]reports.Sums{
		quarter(reports.OfQueue, "support", 0): {
			"entered": 1, "answered": 1, "wait_ms": 70_000, "longest_ms": 70_000, "began": 1, "texts_in": 3, "texts_out": 2,
			"offers_lapsed": 1, "offers_accepted": 1, "first_replies": 1, "first_reply_ms": 100_000, "replies": 2, "reply_ms": 280_000,
			"longest_reply_ms": 180_000, "replies_in_target": 1, "to_queue": 1, "talks": 1, "talk_ms": 242_000,
		},
		quarter(reports.OfQueue, "sales", 0): {
			"entered": 1, "answered": 1, "in_time": 1, "wait_ms": 11_000, "longest_ms": 11_000, "offers_accepted": 1, "texts_in": 1,
			"talks": 1, "talk_ms": 300_000,
		},
		quarter(reports.OfQueue, "sales", 1): {
			"wrapups": 1, "wrapup_ms": 360_000, "finished": 1, "disposition/solved": 1, "unanswered": 1,
		},
		quarter(reports.OfAgent, "ann", 0): {"offers_lapsed": 1},
		quarter(reports.OfAgent, "bob", 0): {
			"offers_accepted": 1, "first_replies": 1, "first_reply_ms": 100_000, "replies": 2, "reply_ms": 280_000,
			"longest_reply_ms": 180_000, "replies_in_target": 1, "texts_out": 2, "to_queue": 1, "talks": 1, "talk_ms": 242_000, "held_ms": 242_000,
		},
		quarter(reports.OfAgent, "cid", 0): {"offers_accepted": 1, "talks": 1, "talk_ms": 300_000, "held_ms": 300_000 + 288_000},
		quarter(reports.OfAgent, "cid", 1): {"wrapups": 1, "wrapup_ms": 360_000, "held_ms": 72_000, "finished": 1},
		quarter(reports.OfChannel, "main", 0): {
			"texts": 3, "segments": 6, "outbound/queued/": 1, "outbound/delivered/": 1, "outbound/failed/unreachable": 1,
		},
	}
	if diff := cmp.Diff(want, book(told().all)); diff != "" {
		t.Errorf("sums, by hand (-), reckoned (+):\n%s", diff)
	}
}

func TestTell(t *testing.T) {
	t.Parallel()
	want := reports.Row{
		Conversation: "cv_1", Channel: "main", Number: "+14155550123", State: routing.Ended,
		Queues: []routing.QueueID{"support", "sales"}, Agents: []routing.AgentID{"bob", "cid"}, Outcome: routing.EntryAnswered,
		Received: at(0, 0), Offered: at(0, 10), Accepted: at(1, 10), Replied: at(1, 40), Talked: at(10, 12), Ended: at(16, 12),
		Wait: 70 * time.Second, TalkTime: 542 * time.Second, WrapUp: 6 * time.Minute, ReplyTime: 280 * time.Second,
		Offers: 3, Transfers: 1, TextsIn: 4, TextsOut: 2, Automatic: 1, Segments: 6, Delivered: 1, Failed: 1,
		Replies: 2, RepliesInTarget: 1, Unanswered: true, Disposition: "solved",
	}
	if diff := cmp.Diff(want, reports.Tell(told().log, queue)); diff != "" {
		t.Errorf("row, by hand (-), told (+):\n%s", diff)
	}
}

// What ends an interval adds its time to each quarter hour that it goes through, and its slots' time while the agent works.
func TestShift(t *testing.T) {
	t.Parallel()
	was := routing.AgentRecord{ID: "ann", Status: routing.Available, StatusSince: at(10, 0)}
	is := was
	is.Status, is.Reason, is.StatusSince = routing.OnBreak, "lunch", at(32, 0)
	interval, lines, ended := reports.Shift(was, is, 4)
	if want := (reports.Interval{Agent: "ann", Status: routing.Available, From: at(10, 0), To: at(32, 0)}); !ended || interval != want {
		t.Errorf("interval %+v, %v, want %+v", interval, ended, want)
	}
	want := map[reports.Bucket]reports.Sums{
		reports.At(reports.OfAgent, "ann", at(0, 0)):  {"status/available_ms": 300_000, "room_ms": 1_200_000},
		reports.At(reports.OfAgent, "ann", at(15, 0)): {"status/available_ms": 900_000, "room_ms": 3_600_000},
		reports.At(reports.OfAgent, "ann", at(30, 0)): {"status/available_ms": 120_000, "room_ms": 480_000},
	}
	if diff := cmp.Diff(want, book(lines)); diff != "" {
		t.Errorf("sums, by hand (-), reckoned (+):\n%s", diff)
	}
	back := is
	back.Status, back.StatusSince = routing.Available, at(40, 0)
	if interval, lines, _ = reports.Shift(is, back, 4); interval.Reason != "lunch" || len(lines) != 1 {
		t.Errorf("a break is %+v with %v", interval, lines)
	}
	for name, c := range map[string][2]routing.AgentRecord{
		"the same status": {was, {ID: "ann", Status: routing.Available, Stream: "s", StatusSince: at(32, 0)}},
		"nobody yet":      {{}, was},
		"logged out":      {{ID: "ann", Status: routing.LoggedOut, StatusSince: at(0, 0)}, was},
	} {
		if _, _, ended := reports.Shift(c[0], c[1], 4); ended {
			t.Errorf("%s: an interval ended", name)
		}
	}
}

// A row that was kept reads as it was.
func TestRowIsKept(t *testing.T) {
	t.Parallel()
	want := reports.Tell(told().log, queue)
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got reports.Row
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Days are as long as the zone's clock makes them, and their quarter hours are 92, 96 or 100.
func TestDaysOfAZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day      string
		quarters       int
		hours, halves  int
		beginsInUTC    string
		endOfFirstHour string
	}{
		{"Europe/Berlin", "2026-03-29", 92, 23, 46, "2026-03-28T23:00:00Z", "2026-03-29T00:00:00Z"},
		{"Europe/Berlin", "2026-10-25", 100, 25, 50, "2026-10-24T22:00:00Z", "2026-10-24T23:00:00Z"},
		{"America/New_York", "2026-07-01", 96, 24, 48, "2026-07-01T04:00:00Z", "2026-07-01T05:00:00Z"},
		{"Asia/Kathmandu", "2026-01-15", 96, 24, 48, "2026-01-14T18:15:00Z", "2026-01-14T19:15:00Z"},
		{"Australia/Lord_Howe", "2026-04-05", 98, 25, 49, "2026-04-04T13:00:00Z", "2026-04-04T14:00:00Z"},
		{"UTC", "2026-01-15", 96, 24, 48, "2026-01-15T00:00:00Z", "2026-01-15T01:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.ParseInLocation(time.DateOnly, c.day, zone)
		if err != nil {
			t.Fatal(err)
		}
		day := reports.Span{From: from, To: from.AddDate(0, 0, 1)}
		spans := func(step reports.Step) []reports.Span {
			var all []reports.Span
			for s := range reports.Divide(day, step, zone) {
				all = append(all, s)
			}
			return all
		}
		if q, h, n := len(spans(reports.StepQuarter)), len(spans(reports.StepHalf)), len(spans(reports.StepHour)); q != c.quarters || h != c.halves || n != c.hours {
			t.Errorf("%s in %s has %d quarter hours, %d half hours, %d hours", c.day, c.zone, q, h, n)
		}
		if d := spans(reports.StepDay); len(d) != 1 || d[0] != day {
			t.Errorf("%s in %s is the days %v", c.day, c.zone, d)
		}
		first := spans(reports.StepHour)[0]
		if got := first.From.UTC().Format(time.RFC3339); got != c.beginsInUTC {
			t.Errorf("%s in %s begins at %s", c.day, c.zone, got)
		}
		if got := first.To.UTC().Format(time.RFC3339); got != c.endOfFirstHour {
			t.Errorf("the first hour of %s in %s ends at %s", c.day, c.zone, got)
		}
	}
}

// However a time is divided, nothing is left out and nothing is told twice; so the sums of the spans are the sum of the whole.
func TestSpansAreTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"}).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		step := rapid.SampledFrom([]reports.Step{reports.StepAll, reports.StepQuarter, reports.StepHalf, reports.StepHour, reports.StepDay}).Draw(t, "step")
		from := nine.Add(time.Duration(rapid.IntRange(-30_000, 30_000).Draw(t, "from")) * reports.Quarter)
		all := reports.Span{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 1500).Draw(t, "quarters")) * reports.Quarter)}
		end := all.From
		for s := range reports.Divide(all, step, zone) {
			if !s.From.Equal(end) || !s.From.Before(s.To) {
				t.Fatalf("%v follows what ends at %v", s, end)
			}
			if !s.From.Equal(s.From.Truncate(reports.Quarter)) {
				t.Fatalf("%v begins within a quarter hour", s)
			}
			end = s.To
		}
		if !end.Equal(all.To) {
			t.Fatalf("the last span ends at %v, not %v", end, all.To)
		}
	})
}
