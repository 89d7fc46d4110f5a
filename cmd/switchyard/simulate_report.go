package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
)

// simulationReport is what simulate prints: of each queue its figures under the configuration, and what the other makes of it.
type simulationReport struct {
	Config string `json:"config"`
	Versus string `json:"vs,omitempty"`
	Days   int    `json:"days"`
	Seed   uint64 `json:"seed"`
	// Recorded compares the offers of a replayed day with those that were made.
	Recorded *simulatedReplay `json:"recorded,omitempty"`
	Queues   []simulatedQueue `json:"queues"`
}

// simulatedReplay counts the offers that the recording has too, and those of them that were made to the same agents for the same
// reasons.
type simulatedReplay struct {
	Offers int `json:"offers"`
	Same   int `json:"same"`
}

type simulatedQueue struct {
	Queue               routing.QueueID           `json:"queue"`
	ServiceLevelSeconds float64                   `json:"service_level_seconds"`
	Was                 *simulatedFigures         `json:"was,omitempty"`
	Versus              *simulatedFigures         `json:"vs,omitempty"`
	Difference          map[string]simulatedRange `json:"difference,omitempty"`
}

// simulatedFigures are counts over all days, and the measures that follow from them; null where nobody gives rise to one.
type simulatedFigures struct {
	Entered   int                 `json:"entered"`
	Answered  int                 `json:"answered"`
	InTime    int                 `json:"in_time"`
	Abandoned int                 `json:"abandoned_count"`
	Short     int                 `json:"short_abandoned_count"`
	Moved     int                 `json:"moved_count"`
	Ended     int                 `json:"ended_count"`
	Waiting   int                 `json:"waiting_count"`
	Measures  map[string]*float64 `json:"measures"`
	figures   simulation.Figures
}

// simulatedRange is a mean daily difference with the bounds of its confidence interval.
type simulatedRange struct {
	Mean *float64 `json:"mean"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	half float64
}

// simulationConfidence is how surely a difference lies in the interval that is printed with it.
const simulationConfidence = 0.95

func newSimulationReport(c *cli.Command, scenarios []scenario) simulationReport {
	first := scenarios[0]
	r := simulationReport{Config: first.Name, Days: len(first.tally.Queues[0].Days), Seed: c.Uint64(flagSeed)}
	for i := range first.tally.Queues {
		r.Queues = append(r.Queues, simulatedQueue{Was: figuresOf(&first.tally.Queues[i])}.named(&first.tally.Queues[i]))
	}
	if c.String(flagEvents) != "" {
		r.Recorded = &simulatedReplay{first.tally.Offers, first.tally.Same}
	}
	if len(scenarios) == 1 {
		return r
	}
	second := scenarios[1]
	r.Versus = second.Name
	for i := range second.tally.Queues {
		is := &second.tally.Queues[i]
		at := slices.IndexFunc(r.Queues, func(q simulatedQueue) bool { return q.Queue == is.Queue.ID })
		if at < 0 {
			r.Queues = append(r.Queues, simulatedQueue{Versus: figuresOf(is)}.named(is))
			continue
		}
		q := &r.Queues[at]
		q.Versus, q.Difference = figuresOf(is), map[string]simulatedRange{}
		differences := simulation.Compare(first.tally.Queue(is.Queue.ID), is, simulationConfidence)
		for _, m := range simulation.Measures() {
			d := differences[m]
			q.Difference[m.String()] = simulatedRange{number(d.Mean), number(d.Mean - d.Half), number(d.Mean + d.Half), d.Half}
		}
	}
	return r
}

func (q simulatedQueue) named(t *simulation.QueueTally) simulatedQueue {
	q.Queue, q.ServiceLevelSeconds = t.Queue.ID, t.Queue.ServiceLevel().Seconds()
	return q
}

func figuresOf(q *simulation.QueueTally) *simulatedFigures {
	total := q.Total()
	f := &simulatedFigures{
		Entered: total.Entered, Answered: total.Answered, InTime: total.InTime, Abandoned: total.Abandoned, Short: total.Short,
		Moved: total.Moved, Ended: total.Ended, Waiting: total.Waiting, Measures: map[string]*float64{}, figures: total.Figures(),
	}
	for _, m := range simulation.Measures() {
		f.Measures[m.String()] = number(f.figures[m])
	}
	return f
}

// number is what JSON can say of x: nothing when it is none.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (r simulationReport) json(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

// text prints a table for each queue.
func (r simulationReport) text(w io.Writer, took time.Duration) error {
	var b strings.Builder
	conversations := 0
	for _, q := range r.Queues {
		fmt.Fprintf(&b, "queue %s, service level within %.0f s\n", q.Queue, q.ServiceLevelSeconds)
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(table, "\tentered\tin time\tASA\tp50\tp90\tp99\tabandoned\toccupancy\twaiting\t")
		for _, row := range []struct {
			name string
			of   *simulatedFigures
		}{{r.Config, q.Was}, {r.Versus, q.Versus}} {
			if row.of != nil {
				fmt.Fprintln(table, row.of.row(row.name))
				conversations += row.of.Entered
			}
		}
		if q.Difference != nil {
			fmt.Fprintln(table, q.difference())
		}
		_ = table.Flush() // into memory
		b.WriteByte('\n')
	}
	if r.Versus != "" && r.Days > 1 {
		fmt.Fprintf(&b, "± is the %.0f %% confidence interval of the mean difference of a day.\n", 100*simulationConfidence)
	}
	if r.Recorded != nil {
		fmt.Fprintf(&b, "%s: %d of %d offers as recorded\n", r.Config, r.Recorded.Same, r.Recorded.Offers)
	}
	if r.Recorded == nil {
		fmt.Fprintf(&b, "%d days, seed %d\n", r.Days, r.Seed)
	}
	fmt.Fprintf(&b, "%d conversations in %.1f s (%.0f a second)\n", conversations, took.Seconds(),
		float64(conversations)/took.Seconds())
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *simulatedFigures) row(name string) string {
	cells := []string{name, fmt.Sprint(f.Entered)}
	for _, m := range simulation.Measures() {
		cells = append(cells, measured(m, f.figures[m]))
	}
	return strings.Join(append(cells, fmt.Sprint(f.Waiting), ""), "\t")
}

func (q simulatedQueue) difference() string {
	cells := []string{"difference", fmt.Sprintf("%+d", q.Versus.Entered-q.Was.Entered)}
	for _, m := range simulation.Measures() {
		d := q.Difference[m.String()]
		cell := "–"
		if d.Mean != nil {
			cell = signed(m, *d.Mean)
			if !math.IsInf(d.half, 0) {
				cell += " ± " + strings.TrimSuffix(strings.TrimSuffix(measured(m, d.half), " %"), " s")
			}
		}
		cells = append(cells, cell)
	}
	return strings.Join(append(cells, fmt.Sprintf("%+d", q.Versus.Waiting-q.Was.Waiting), ""), "\t")
}

// measured is a figure as people read it: shares in percent, times in seconds.
func measured(m simulation.Measure, x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case m.Share():
		return fmt.Sprintf("%.1f %%", 100*x)
	case math.Abs(x) >= 100:
		return fmt.Sprintf("%.0f s", x)
	}
	return fmt.Sprintf("%.1f s", x)
}

func signed(m simulation.Measure, x float64) string {
	if x < 0 {
		return "−" + strings.TrimSuffix(strings.TrimSuffix(measured(m, -x), " %"), " s")
	}
	return "+" + strings.TrimSuffix(strings.TrimSuffix(measured(m, x), " %"), " s")
}
