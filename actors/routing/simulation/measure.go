package simulation

import "math"

// Measures are a queue's figures over some days. A figure that nobody gives rise to is NaN.
type Measures struct {
	ServiceLevel  float64 // share answered in time: InTime / Decided
	ASA           float64 // average speed of answer: seconds that the answered have waited
	P50, P90, P99 float64 // seconds that so many percent of the answered have waited at the most
	Abandoned     float64 // share that gave up, those within ShortAbandon left out
	Occupancy     float64 // slot-time taken / slot-time offered
}

// Measure takes the figures of a day, or of several in one, whose waits are in order.
func (d *Day) Measure() Measures {
	quitters, all := float64(d.Abandoned-d.Short), float64(d.Decided()-d.Late)
	return Measures{
		ServiceLevel: float64(d.InTime) / float64(d.Decided()),
		ASA:          d.WaitSum.Seconds() / float64(d.Answered),
		P50:          d.percentile(50), P90: d.percentile(90), P99: d.percentile(99),
		Abandoned: quitters / all,
		Occupancy: d.Worked.Taken.Seconds() / d.Worked.Offered.Seconds(),
	}
}

// percentile is the smallest wait that at least p percent of the answered have not exceeded.
func (d *Day) percentile(p int) float64 {
	if len(d.Waits) == 0 {
		return math.NaN()
	}
	return float64(d.Waits[(len(d.Waits)*p+99)/100-1]) / 1000
}
