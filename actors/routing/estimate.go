package routing

import (
	"math"
	"time"
)

// Estimate is how long a conversation is expected to wait. Four waits of five are within the bar of it, where waits are as they were.
type Estimate struct {
	Wait, Bar time.Duration
}

// Most is the longest wait that the estimate speaks of.
func (e Estimate) Most() time.Duration { return e.Wait + e.Bar }

// paceMemory is how many departures the pace of a queue goes by; paceLeast how many it takes to say anything.
const (
	paceMemory = 50
	paceLeast  = 5
)

// barWidth is how many standard deviations either way hold four of five.
const barWidth = 1.28

// pace is how fast a queue's conversations get an agent: the mean and the variance of the time from one to the next while somebody
// waits, the latest counting most.
type pace struct {
	n              int
	mean, variance float64   // seconds, and their square
	since          time.Time // the last departure, or when the line was empty and somebody came; zero: nobody waits
}

// came notes that somebody waits.
func (p *pace) came(now time.Time) {
	if p.since.IsZero() {
		p.since = now
	}
}

// left notes that somebody has got an agent, and whether others still wait.
func (p *pace) left(now time.Time, others bool) {
	if !p.since.IsZero() {
		x := max(0, now.Sub(p.since).Seconds())
		p.n++
		weight := 1 / float64(min(p.n, paceMemory))
		was := p.mean
		p.mean += weight * (x - was)
		p.variance += weight * ((x-was)*(x-p.mean) - p.variance)
	}
	if p.since = (time.Time{}); others {
		p.since = now
	}
}

// estimate is the wait of the one in that place, the first being 1; ok is false while too little is known.
func (p *pace) estimate(place int) (e Estimate, ok bool) {
	if p.n < paceLeast || place < 1 {
		return e, false
	}
	k, known := float64(place), float64(min(p.n, paceMemory))
	wait := k * p.mean
	bar := barWidth * math.Sqrt(k*p.variance+wait*wait/known)
	return Estimate{seconds(wait), seconds(bar)}, true
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}

// Accuracy is how good a queue's estimates were: how many were given to conversations that have got an agent since, how many of
// them held within their bar, and by how much they were off in all.
type Accuracy struct {
	Given, Held int
	Off         time.Duration
}

func (a *Accuracy) judge(e Estimate, waited time.Duration) {
	off := (waited - e.Wait).Abs()
	a.Given++
	a.Off += off
	if off <= e.Bar {
		a.Held++
	}
}
