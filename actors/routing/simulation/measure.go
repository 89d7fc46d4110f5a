package simulation

import (
	"math"
	"slices"
	"time"
)

// Measure is one of the figures by which a queue is judged.
type Measure int

// The measures. Shares are 0 to 1, times are seconds.
const (
	ServiceLevel Measure = iota // share answered in time
	ASA                         // average speed of answer: how long the answered have waited
	P50                         // how long half of the answered have waited at the most
	P90                         // nine of ten of them
	P99                         // ninety-nine of a hundred
	Abandoned                   // share that gave up, those within ShortAbandon left out
	Occupancy                   // slot-time taken / slot-time offered, of those who serve the queue
	measures
)

// Measures lists all measures.
func Measures() []Measure { return []Measure{ServiceLevel, ASA, P50, P90, P99, Abandoned, Occupancy} }

// Share says whether the measure is a share, and not a time.
func (m Measure) Share() bool { return m == ServiceLevel || m == Abandoned || m == Occupancy }

// String names the measure as reports do.
func (m Measure) String() string {
	names := [measures]string{
		"service_level", "asa_seconds", "p50_seconds", "p90_seconds", "p99_seconds", "abandoned", "occupancy",
	}
	if m < 0 || m >= measures {
		return ""
	}
	return names[m]
}

// Figures are one value for each measure; NaN where nobody gives rise to one.
type Figures [measures]float64

// Figures measures a day, or several in one.
func (d *Day) Figures() Figures {
	waits := slices.Sorted(slices.Values(d.Waits))
	quitters, over := float64(d.Abandoned-d.Short), float64(d.Decided()-d.Late)
	return Figures{
		ServiceLevel: float64(d.InTime) / float64(d.Decided()),
		ASA:          d.WaitSum / float64(d.Answered),
		P50:          percentile(waits, 50), P90: percentile(waits, 90), P99: percentile(waits, 99),
		Abandoned: quitters / over,
		Occupancy: d.Worked.Taken / d.Worked.Offered,
	}
}

// percentile is the least of the waits, in milliseconds and in order, that p percent do not exceed; in seconds.
func percentile(waits []uint32, p int) float64 {
	if len(waits) == 0 {
		return math.NaN()
	}
	return (time.Duration(waits[(len(waits)*p+99)/100-1]) * time.Millisecond).Seconds()
}

// Compare is by how much each measure differs between two simulations of the same days, with the confidence interval of the mean
// over the days: each day is compared with itself, under the other configuration.
func Compare(was, is *QueueTally, confidence float64) [measures]Interval {
	var differences [measures]Interval
	var daily [measures][]float64
	for day := range was.Days {
		before, after := was.Days[day].Figures(), is.Days[day].Figures()
		for m := range daily {
			daily[m] = append(daily[m], after[m]-before[m])
		}
	}
	for m := range differences {
		differences[m] = Estimate(daily[m], confidence)
	}
	return differences
}
