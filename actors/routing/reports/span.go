package reports

import (
	"fmt"
	"iter"
	"time"
)

// Step is how a report divides its time.
type Step string

// The steps. Hours and their parts begin by the clock of the zone, days at its midnight: a day may have 23 or 25 hours.
const (
	StepAll     Step = "" // not at all
	StepQuarter Step = "15m"
	StepHalf    Step = "30m"
	StepHour    Step = "1h"
	StepDay     Step = "1d"
)

// Valid says whether s is one of the steps.
func (s Step) Valid() bool {
	switch s {
	case StepAll, StepQuarter, StepHalf, StepHour, StepDay:
		return true
	}
	return false
}

// Span is one interval of a report.
type Span struct {
	From, To time.Time
}

// String is its beginning and end, for error messages.
func (s Span) String() string {
	return fmt.Sprintf("%s to %s", s.From.Format(time.RFC3339), s.To.Format(time.RFC3339))
}

// Divide yields the spans of a time, in order and without gaps. The first and the last may be shorter than a step.
func Divide(all Span, step Step, zone *time.Location) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for from := all.From.In(zone); from.Before(all.To); {
			to := step.end(from)
			if step == StepAll || to.After(all.To) {
				to = all.To.In(zone)
			}
			if !yield(Span{from, to}) {
				return
			}
			from = to
		}
	}
}

// end is when the step ends that a time lies in.
func (s Step) end(at time.Time) time.Time {
	minutes := 0
	switch s {
	case StepQuarter:
		minutes = 15
	case StepHalf:
		minutes = 30
	case StepHour:
		minutes = 60
	case StepDay, StepAll:
		next := midnight(at, 1)
		if !next.After(at) { // a day that has no midnight, or two
			next = at.Add(Quarter)
		}
		return next
	}
	// By the time that has passed, not by the clock: an hour that comes twice is two hours.
	into := time.Duration(at.Minute()%minutes)*time.Minute + time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
	return at.Add(time.Duration(minutes)*time.Minute - into)
}

// midnight is the beginning of a later day in the time's zone.
func midnight(at time.Time, days int) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, at.Location())
}
