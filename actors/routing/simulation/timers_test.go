package simulation

import (
	"testing"
	"time"

	"switchyard/actors/routing"
)

// A line that looks at the clock for many reasons, and at the end of its hours for one more, is woken once for each moment: what was
// set for a later one while an earlier one was awaited is not set again.
func TestEachMomentIsAwaitedOnce(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	tenant := textbookTenant(5, time.Minute)
	tenant.Schedules = []routing.Schedule{{ID: "office", Zone: "UTC", Open: []routing.WeeklyHours{{Days: []string{"mon"}, From: "08:00", To: "20:00"}}}}
	tenant.Queues[0].Schedule = "office"
	tenant.Queues[0].Waiting = &routing.WaitingTexts{Position: &routing.PositionText{AfterSeconds: 60, Text: "{position}"}}
	rate := 1.5 * 5 / meanHandle.Seconds()
	needs := Needs{Patience: Always(Endless), Answer: Exponential{20 * time.Second}, Handle: Exponential{meanHandle}, WrapUp: Always(0)}
	people := &crowd{
		source: NewStrangers(start, 24*time.Hour, []Traffic{{"channel", []float64{rate}}}, needs, streams(1)),
		shifts: Rota(tenant, []Hours{{}}, start, 1), tally: newTally(tenant, start, 24*time.Hour, 1),
	}
	f := NewFloor(tenant, start, people)
	f.Open()
	people.begin(f)
	for hour := range 24 {
		f.Run(start.Add(time.Duration(hour+1) * time.Hour))
		woken := map[time.Duration]bool{}
		for _, timer := range f.timers.heap {
			if timer.kind != ticks {
				continue
			}
			if woken[timer.at] {
				t.Fatalf("after %d hours: two timers for one moment, %v", hour+1, timer.at)
			}
			woken[timer.at] = true
		}
		if n := len(f.rows[0].awaits); n != len(woken) || n > 10 {
			t.Fatalf("after %d hours: %d timers for %d moments that are awaited", hour+1, len(woken), n)
		}
	}
	if len(f.talks) < 300 {
		t.Errorf("only %d wait; the line has not much to look at", len(f.talks))
	}
}
