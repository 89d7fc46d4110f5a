// Package reports is what supervisors are told of the past, as pure values: what each event adds to the sums of its quarter
// hour, the row that is left of a conversation, the time that agents spent in each status, and the tables that are made of all
// that.
//
// Sums are kept, not ratios, so that those of any interval are those of its quarter hours added up. Each event adds to the
// quarter hour that it happened in, whenever it is counted; only what becomes of a text counts where the text was added.
package reports

import (
	"cmp"
	"time"
)

// Quarter is what a bucket covers. Buckets begin at whole quarter hours of UTC, which is where those of every time zone in use
// begin, too.
const Quarter = 15 * time.Minute

// Kind says what a bucket is about.
type Kind string

// The kinds.
const (
	OfQueue   Kind = "queue"
	OfAgent   Kind = "agent"
	OfChannel Kind = "channel"
)

// Bucket is one quarter hour of one queue, agent or channel.
type Bucket struct {
	Kind  Kind
	Name  string    // the id of the queue, agent or channel
	Start time.Time // UTC
}

// At is the bucket that a time falls into.
func At(kind Kind, name string, at time.Time) Bucket {
	return Bucket{kind, name, at.UTC().Truncate(Quarter)}
}

// Compare orders buckets by time, then by name.
func (b Bucket) Compare(c Bucket) int {
	return cmp.Or(b.Start.Compare(c.Start), cmp.Compare(b.Kind, c.Kind), cmp.Compare(b.Name, c.Name))
}

// Sums are what a bucket holds. A measure that is not in it is 0.
type Sums map[Measure]int64

// Add counts n more of a measure: a sum grows by it, a longest time becomes it if that is longer.
func (s Sums) Add(m Measure, n int64) {
	if m.longest() {
		n = max(n, s[m])
		s[m] = n
	} else {
		s[m] += n
	}
	if s[m] == 0 {
		delete(s, m)
	}
}

// Join adds all of others.
func (s Sums) Join(others Sums) {
	for m, n := range others {
		s.Add(m, n)
	}
}

// Line is what one event adds to one measure of one bucket.
type Line struct {
	Bucket

	Measure Measure
	N       int64
}

// spread adds the time from a moment to another to the buckets that it goes through.
func spread(lines []Line, kind Kind, name string, m Measure, from, to time.Time) []Line {
	for from.Before(to) {
		b := At(kind, name, from)
		until := b.Start.Add(Quarter)
		if until.After(to) {
			until = to
		}
		lines = append(lines, Line{b, m, until.Sub(from).Milliseconds()})
		from = until
	}
	return lines
}
