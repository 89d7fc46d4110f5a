package reports

import (
	"math"
	"time"
)

// Cell is what stands in one place of a table: nil for nothing, an int64, a float64 (seconds or percent), a string, a bool, a
// time.Time, or a list of strings.
type Cell any

// Column is one column of a table: its name, which is that of the JSON field and of the CSV's header, and what stands in it.
type Column[R any] struct {
	Name string
	Of   func(R) Cell
}

// Cells are what stands in a table's row.
func Cells[R any](columns []Column[R], row R) []Cell {
	cells := make([]Cell, len(columns))
	for i, c := range columns {
		cells[i] = c.Of(row)
	}
	return cells
}

// Names are the names of columns.
func Names[R any](columns []Column[R]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// Total is what one span comes to for one queue, agent or channel, or for all of them together.
type Total struct {
	Span

	Partial bool // the span is not over
	Name    string
	Sums    Sums
}

func count(name string, measures ...Measure) Column[Total] {
	return Column[Total]{name, func(t Total) Cell { return t.Sums.of(measures...) }}
}

func seconds(name string, m Measure) Column[Total] {
	return Column[Total]{name, func(t Total) Cell { return inSeconds(t.Sums[m]) }}
}

// average is a time shared by how many had it; nothing when nobody had.
func average(name string, total, n Measure) Column[Total] {
	return Column[Total]{name, func(t Total) Cell {
		if t.Sums[n] == 0 {
			return nil
		}
		return inSeconds(t.Sums[total] / t.Sums[n])
	}}
}

// percent is a part of a whole; nothing of nothing.
func percent(name string, part, whole func(Sums) int64) Column[Total] {
	return Column[Total]{name, func(t Total) Cell {
		all := whole(t.Sums)
		if all <= 0 {
			return nil
		}
		return math.Round(float64(part(t.Sums))/float64(all)*1e5) / 1e3
	}}
}

// of adds measures up.
func (s Sums) of(measures ...Measure) int64 {
	var n int64
	for _, m := range measures {
		n += s[m]
	}
	return n
}

func sumOf(measures ...Measure) func(Sums) int64 {
	return func(s Sums) int64 { return s.of(measures...) }
}

func inSeconds(ms int64) Cell { return float64(ms) / 1000 }

func durationCell(d time.Duration) Cell { return float64(d.Milliseconds()) / 1000 }

// timeCell is a time, or nothing.
func timeCell(at time.Time) Cell {
	if at.IsZero() {
		return nil
	}
	return at
}

// ofSpan are the columns that every table of totals begins with; name is what its rows are about, if they are.
func ofSpan(name string) []Column[Total] {
	columns := []Column[Total]{
		{"interval_start", func(t Total) Cell { return t.From }},
		{"interval_end", func(t Total) Cell { return t.To }},
		{"partial", func(t Total) Cell { return t.Partial }},
	}
	if name != "" {
		columns = append(columns, Column[Total]{name, func(t Total) Cell { return t.Name }})
	}
	return columns
}
