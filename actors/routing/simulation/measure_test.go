package simulation

import (
	"math"
	"testing"
	"time"
)

// A year of a large centre adds up: the sums of many days are far beyond what a time.Duration holds, which is 292 years.
func TestLongSums(t *testing.T) {
	t.Parallel()
	const century = 100 * 365 * 24 * time.Hour
	q := QueueTally{Days: make([]Day, 100)}
	for i := range q.Days {
		q.Days[i] = Day{Answered: 1, WaitSum: century.Seconds(), Worked: Worked{Offered: 2 * century.Seconds(), Taken: century.Seconds()}}
	}
	total := q.Total()
	figures := total.Figures()
	if math.Abs(figures[ASA]-century.Seconds()) > 1 || math.Abs(figures[Occupancy]-0.5) > 1e-9 {
		t.Errorf("an average of %v s, and %v occupied", figures[ASA], figures[Occupancy])
	}
}
