package simulation

import (
	"container/heap"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
)

// benchDay is a plain centre for so many conversations: one queue at 85 %, exponential times.
func benchDay(agents, conversations int) Plan {
	rate := 0.85 * float64(agents) / meanHandle.Seconds()
	day := time.Duration(float64(conversations) / rate * float64(time.Second))
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	t := textbookTenant(agents, 20*time.Second)
	needs := Needs{Patience: Always(Endless), Answer: Always(0), Handle: Exponential{meanHandle}, WrapUp: Always(0)}
	return Plan{
		Tenant: t, Source: NewStrangers(start, day, []Traffic{{"channel", []float64{rate}}}, needs, streams(1)),
		Shifts: Rota(t, []Hours{{}}, start, 1), Opens: start, Start: start, Each: day, Days: 1,
	}
}

// naive is the least that any simulation of the same centre does: a heap of instants, as the standard library has it, and counters.
type naive []instant

type instant struct {
	at      time.Duration
	arrival bool
	came    time.Duration
}

func (n *naive) Len() int           { return len(*n) }
func (n *naive) Less(i, j int) bool { return (*n)[i].at < (*n)[j].at }
func (n *naive) Swap(i, j int)      { (*n)[i], (*n)[j] = (*n)[j], (*n)[i] }
func (n *naive) Push(m any)         { *n = append(*n, m.(instant)) }
func (n *naive) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

// naiveDay simulates the same customers as benchDay, and returns how many were served and how long all have waited.
func naiveDay(p Plan, agents int) (served int, wait time.Duration) {
	instants, free, line := naive{}, agents, []instant{}
	handles := map[time.Duration]time.Duration{}
	next := func() {
		var c Customer
		if p.Source.Next(&c) && c.At.Before(p.Start.Add(p.Each)) {
			at := c.At.Sub(p.Start)
			handles[at] = c.Handle
			heap.Push(&instants, instant{at: at, arrival: true, came: at})
		}
	}
	serve := func(now time.Duration, m instant) {
		free--
		served++
		wait += now - m.came
		heap.Push(&instants, instant{at: now + handles[m.came]})
		delete(handles, m.came)
	}
	for next(); len(instants) > 0; {
		m := heap.Pop(&instants).(instant)
		switch {
		case !m.arrival && len(line) > 0:
			free++
			serve(m.at, line[0])
			line = line[1:]
		case !m.arrival:
			free++
		case free > 0:
			serve(m.at, m)
			next()
		default:
			line = append(line, m)
			next()
		}
	}
	return served, wait
}

// crowdBefore is customers who have all come before others do.
type crowdBefore struct {
	Source
	first []Customer
}

func (c *crowdBefore) Next(next *Customer) bool {
	if len(c.first) == 0 {
		return c.Source.Next(next)
	}
	*next, c.first = c.first[0], c.first[1:]
	return true
}

// overrun is a day as benchDay's, which begins with so many customers in the line, and on which as many come as are served: they wait on.
func overrun(agents, waiting, conversations int) Plan {
	p := benchDay(agents, conversations)
	rate := float64(agents) / meanHandle.Seconds()
	needs := Needs{Patience: Always(Endless), Answer: Always(0), Handle: Exponential{meanHandle}, WrapUp: Always(0)}
	all := &crowdBefore{first: make([]Customer, waiting)}
	before := NewStrangers(p.Start, time.Second, []Traffic{{"channel", []float64{float64(waiting)}}}, needs, streams(2))
	for i := range all.first {
		before.Next(&all.first[i])
	}
	last := all.first[waiting-1].At
	p.Each = time.Duration(float64(conversations) / rate * float64(time.Second))
	all.Source = NewStrangers(last, p.Each, []Traffic{{"channel", []float64{rate}}}, needs, streams(1))
	p.Source = all
	return p
}

// BenchmarkSimulation measures conversations: all that the core does about one, from the text to the end, on one processor and with
// the garbage collector as "switchyard simulate" sets it, and what each allocates. "vs_naive" sets it against the naive simulation of the same customers, in
// turn: how much dearer the whole core is than a heap and counters. It says the same on every machine, which conv/s does not.
// With a line of 50,000 those count who are served.
func BenchmarkSimulation(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(GCPercent))
	const conversations = 20_000
	for _, agents := range []int{10, 100} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			var ratios, rates []float64
			var before, after runtime.MemStats
			for b.Loop() {
				plan := benchDay(agents, conversations)
				runtime.ReadMemStats(&before)
				began := b.Elapsed()
				tally := Run(plan)
				core := b.Elapsed() - began
				runtime.ReadMemStats(&after)
				if tally.Queues[0].Days[0].Answered < conversations*9/10 {
					b.Fatal("the core answers too few")
				}
				began = b.Elapsed()
				if served, _ := naiveDay(benchDay(agents, conversations), agents); served < conversations*9/10 {
					b.Fatal("the naive simulation answers too few")
				}
				ratios = append(ratios, core.Seconds()/(b.Elapsed()-began).Seconds())
				rates = append(rates, conversations/core.Seconds())
			}
			b.ReportMetric(0, "ns/op") // of a round, which says nothing
			b.ReportMetric(median(rates), "conv/s")
			b.ReportMetric(median(ratios), "vs_naive")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/conversations, "allocs/conv")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/conversations, "B/conv")
		})
	}
	b.Run("waiting=50000", func(b *testing.B) {
		const waiting = 50_000
		var rates []float64
		for b.Loop() {
			began := b.Elapsed()
			day := Run(overrun(100, waiting, 2*waiting)).Queues[0].Total()
			if day.Waiting < waiting*9/10 || day.Answered < waiting {
				b.Fatalf("%d wait, %d were answered", day.Waiting, day.Answered)
			}
			rates = append(rates, float64(day.Answered)/(b.Elapsed()-began).Seconds())
		}
		b.ReportMetric(0, "ns/op") // of a round, which says nothing
		b.ReportMetric(median(rates), "conv/s")
	})
}

// TestHeardOrNot: whether somebody hears of what is decided, and why, makes no difference to it.
func TestHeardOrNot(t *testing.T) {
	t.Parallel()
	unheard, reasons := Run(benchDay(10, 2000)), 0
	plan := benchDay(10, 2000)
	plan.Told = func(_ time.Time, _ routing.ConversationID, e routing.Event) {
		if made, ok := e.(routing.OfferMade); ok {
			reasons += len(made.Decision.Candidates)
		}
	}
	heard := Run(plan)
	if diff := cmp.Diff(unheard.Queues, heard.Queues); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(unheard.Agents, heard.Agents); diff != "" {
		t.Error(diff)
	}
	if offers := heard.Queues[0].Total().Answered; reasons != 10*offers {
		t.Errorf("%d reasons for %d offers to one of 10 agents", reasons, offers)
	}
}

func TestNaiveAgrees(t *testing.T) {
	t.Parallel()
	tally := Run(benchDay(10, 5000))
	served, wait := naiveDay(benchDay(10, 5000), 10)
	day := tally.Queues[0].Total()
	if n := day.Answered + day.Waiting; n != served || day.Waiting > 20 {
		t.Errorf("the core meets %d customers of whom %d wait, the naive simulation %d", n, day.Waiting, served)
	}
	if day.Waiting == 0 && math.Abs(day.WaitSum-wait.Seconds()) > 1e-3 {
		t.Errorf("they wait %v s in the core, %v in the naive simulation", day.WaitSum, wait)
	}
}
