package simulation

import (
	"math"
	"time"
)

// Random is a stream of random numbers, as a [math/rand/v2.Rand] is one.
type Random interface {
	ExpFloat64() float64  // of mean 1
	NormFloat64() float64 // of mean 0 and standard deviation 1
}

// Law is how long something takes.
type Law interface {
	Draw(r Random) time.Duration
}

// Always takes the same time each time.
type Always time.Duration

// Draw implements [Law].
func (a Always) Draw(Random) time.Duration { return time.Duration(a) }

// Exponential is without memory: whoever has waited for a while waits on as if for the first moment.
type Exponential struct{ Mean time.Duration }

// Draw implements [Law].
func (e Exponential) Draw(r Random) time.Duration { return seconds(r.ExpFloat64() * e.Mean.Seconds()) }

// Lognormal is what measured handle times look like: many of about the mean, some much longer.
type Lognormal struct{ Mean, Deviation time.Duration }

// Draw implements [Law].
func (l Lognormal) Draw(r Random) time.Duration {
	spread := l.Deviation.Seconds() / l.Mean.Seconds()
	variance := math.Log1p(spread * spread)
	return seconds(l.Mean.Seconds() * math.Exp(r.NormFloat64()*math.Sqrt(variance)-variance/2))
}

// seconds is a time in seconds, rounded to the nanosecond and cut where it is absurd.
func seconds(s float64) time.Duration {
	const century = 100 * 365 * 24 * 3600
	return time.Duration(min(s, century) * float64(time.Second))
}
