package simulation

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"switchyard/actors/routing"
)

// The centre of the textbooks: one queue, agents who talk with one customer at a time and wrap nothing up, customers who come as a
// Poisson process, are served in the order of their coming and stay for an exponential time. What the core makes of it must be what
// A. K. Erlang proved in 1917 (who is patient for ever) and C. Palm in 1957 (who gives up after an exponential time).

// textbook is one such centre. Times are in mean handle times, so that the service rate of an agent is 1.
type textbook struct {
	agents   int
	load     float64 // arrivals / agents: in Erlang-C the occupancy
	patience float64 // mean; 0: endless
	within   float64 // service level's threshold
}

const meanHandle = 300 * time.Second

// figures are what theory and simulation are compared by.
type figures struct {
	asa       float64 // mean wait of the answered, in mean handle times
	inTime    float64 // share of all that is answered within the threshold
	abandoned float64 // share that gives up
}

// erlangC computes the blocking probability B by its recursion B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)), which cannot overflow
// (Jagerman, Bell System Technical Journal 53, 1974), and from it the probability of waiting
// C = B / (1 - ρ (1 - B)). Who waits, waits an exponential time of rate n - a (Cooper, Introduction to Queueing Theory, 1981, §3.5).
func (c textbook) erlangC() figures {
	n, a := float64(c.agents), float64(c.agents)*c.load
	b := 1.0
	for i := 1.0; i <= n; i++ {
		b = a * b / (i + a*b)
	}
	wait := b / (1 - c.load*(1-b))
	return figures{asa: wait / (n - a), inTime: 1 - wait*math.Exp(-(n-a)*c.within)}
}

// erlangA computes the probabilities of the birth-death process with deaths min(n, agents) + waiting · θ, each from the one before,
// scaled by the largest so far. Who finds k waiting passes k+1 stages of rate agents + j θ, j = k+1 … 1, the customer's own patience
// among them, and is answered with probability agents / (agents + (k+1) θ), whatever the stages have lasted (Garnett, Mandelbaum and
// Reiman, Designing a Call Center with Impatient Customers, 2002). The service level is left out: it has no closed form.
func (c textbook) erlangA() figures {
	n, a, theta := float64(c.agents), float64(c.agents)*c.load, 1/c.patience
	var all, answered, wait float64
	p, stages := 1.0, 0.0
	for state := 0.0; state < n || p > 1e-18*all; state++ { // state: customers whom the arriving one finds
		all += p
		if state < n {
			answered += p
			p *= a / (state + 1)
		} else {
			k := state - n
			stages += 1 / (n + (k+1)*theta)
			share := n / (n + (k+1)*theta)
			answered += p * share
			wait += p * share * stages
			p *= a / (n + (k+1)*theta)
		}
		if all > 1e200 {
			all, answered, wait, p = all/1e200, answered/1e200, wait/1e200, p/1e200
		}
	}
	return figures{asa: wait / answered, abandoned: 1 - answered/all}
}

func streams(seed uint64) Streams {
	return func(name string) Random {
		h := fnv.New64a()
		_, _ = h.Write([]byte(name))
		return rand.New(rand.NewPCG(seed, h.Sum64()))
	}
}

// textbookTenant has one queue and agents who are all alike.
func textbookTenant(agents int, within time.Duration) *routing.Tenant {
	none := 0
	t := &routing.Tenant{
		ID:       "textbook",
		Queues:   []routing.Queue{{ID: "queue", PostProcessingSeconds: &none, ServiceLevelSeconds: int(within.Seconds())}},
		Channels: []routing.Channel{{ID: "channel", Carrier: "simulated", Number: "+14155550100", Queue: "queue", Secret: "s"}},
	}
	for i := range agents {
		t.Agents = append(t.Agents, routing.Profile{ID: routing.AgentID(fmt.Sprintf("agent-%03d", i)), Capacity: 1, Queues: []routing.QueueID{"queue"}})
	}
	return t
}

// simulate runs the centre for a number of days of about so many customers each, after half a day that does not count. The last day
// is there so that those who come late on the one before are answered.
func (c textbook) simulate(seed uint64, days int, each float64) []figures {
	within := time.Duration(math.Round(c.within*meanHandle.Seconds())) * time.Second
	rate := float64(c.agents) * c.load / meanHandle.Seconds()
	day := time.Duration(each / rate * float64(time.Second))
	t := textbookTenant(c.agents, within)
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	needs := Needs{Patience: Always(Endless), Answer: Always(0), Handle: Exponential{meanHandle}, WrapUp: Always(0)}
	if c.patience != 0 {
		needs.Patience = Exponential{time.Duration(c.patience * float64(meanHandle))}
	}
	tally := Run(Plan{
		Tenant: t, Source: NewStrangers(start, day, []Traffic{{"channel", []float64{rate}}}, needs, streams(seed)),
		Shifts: Rota(t, []Hours{{}}, start, 1), Opens: start, Start: start.Add(day / 2), Each: day, Days: days + 1,
	})
	var observed []figures
	for _, d := range tally.Queues[0].Days[:days] {
		observed = append(observed, figures{
			asa: d.WaitSum / meanHandle.Seconds() / float64(d.Answered), inTime: float64(d.InTime) / float64(d.Entered),
			abandoned: float64(d.Abandoned) / float64(d.Entered),
		})
	}
	return observed
}

// check compares one figure of all days with what theory says, at 99 %.
func (c textbook) check(t *testing.T, name string, observed []figures, theory figures, figure func(figures) float64) {
	t.Helper()
	var values []float64
	for _, f := range observed {
		values = append(values, figure(f))
	}
	got, want := Estimate(values, confidence()), figure(theory)
	t.Logf("%s: theory %.5f, simulated %.5f ± %.5f", name, want, got.Mean, got.Half)
	if !got.Contains(want) {
		t.Errorf("%s: theory says %.5f, simulated %.5f ± %.5f", name, want, got.Mean, got.Half)
	}
	if half := Estimate(values, 0.99).Half; half > 0.6*want*math.Sqrt(effort()) {
		t.Errorf("%s: %.5f ± %.5f says nothing; simulate longer", name, got.Mean, half)
	}
}

// memory is how many customers it takes until a centre has forgotten how it began: 1/(1-√ρ)² in units of 1/ρ.
func (c textbook) memory() float64 {
	if c.patience != 0 {
		return 1 + c.patience*float64(c.agents)
	}
	return c.load / math.Pow(1-math.Sqrt(c.load), 2)
}

// The seeds are fixed: of 60 comparisons at 99 % chance alone lets one fail with about every second choice of them. A core that waits
// where it need not, or a day too short, fails most of them.
//
// Days are long enough to be independent of each other, and there are enough of them for Student's t.
const observedDays = 10

func (c textbook) observe(seed uint64) []figures {
	return c.simulate(seed, observedDays, max(6000, 12*c.memory())/effort())
}

// effort is how much dearer a conversation is than usual: with the race detector fewer are simulated. There is one goroutine in
// here, so that nothing is lost.
func effort() float64 {
	info, _ := debug.ReadBuildInfo()
	if slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 10
	}
	return 1
}

// comparisons is how many figures are compared in all.
const comparisons = 60

// confidence is 99 % for each comparison; for all of them together (Bonferroni) where few conversations are simulated, since of
// sixty of them every other run would have one that errs.
func confidence() float64 {
	if effort() > 1 {
		return 1 - (1-0.99)/comparisons
	}
	return 0.99
}

func TestErlangC(t *testing.T) {
	t.Parallel()
	for i, c := range []textbook{
		{1, 0.60, 0, 0.2},
		{2, 0.65, 0, 0.2},
		{3, 0.70, 0, 0.1},
		{5, 0.60, 0, 0.1},
		{5, 0.75, 0, 0.1},
		{5, 0.85, 0, 0.2},
		{8, 0.70, 0, 0.1},
		{8, 0.80, 0, 0.1},
		{10, 0.75, 0, 0.1},
		{10, 0.85, 0, 0.1},
		{10, 0.90, 0, 0.1},
		{15, 0.80, 0, 0.1},
		{20, 0.85, 0, 0.05},
		{20, 0.90, 0, 0.1},
		{30, 0.88, 0, 0.05},
		{30, 0.93, 0, 0.1},
		{50, 0.90, 0, 0.05},
		{50, 0.94, 0, 0.05},
		{80, 0.95, 0, 0.05},
		{12, 0.97, 0, 0.5},
	} {
		t.Run(fmt.Sprintf("%d agents at %.0f %%", c.agents, 100*c.load), func(t *testing.T) {
			t.Parallel()
			observed := c.observe(1957 + uint64(i))
			c.check(t, "asa", observed, c.erlangC(), func(f figures) float64 { return f.asa })
			c.check(t, "in time", observed, c.erlangC(), func(f figures) float64 { return f.inTime })
		})
	}
}

func TestErlangA(t *testing.T) {
	t.Parallel()
	for i, c := range []textbook{
		{5, 0.80, 1, 0.1},
		{5, 1.00, 0.5, 0.1},
		{10, 0.90, 1, 0.1},
		{10, 1.10, 0.5, 0.1},
		{10, 1.30, 1, 0.1},
		{20, 0.95, 2, 0.1},
		{20, 1.05, 0.5, 0.1},
		{30, 1.00, 1, 0.1},
		{50, 1.02, 1, 0.1},
		{50, 1.20, 0.3, 0.1},
	} {
		t.Run(fmt.Sprintf("%d agents at %.0f %%, patience %v", c.agents, 100*c.load, c.patience), func(t *testing.T) {
			t.Parallel()
			observed := c.observe(1957 + uint64(i))
			c.check(t, "abandoned", observed, c.erlangA(), func(f figures) float64 { return f.abandoned })
			c.check(t, "asa", observed, c.erlangA(), func(f figures) float64 { return f.asa })
		})
	}
}

// TestErlangTables compares the formulas themselves with published figures.
func TestErlangTables(t *testing.T) {
	t.Parallel()
	// Erlang C of 10 agents at 8 erlangs is 0.4092 in every table; with one agent it is the load.
	c := textbook{agents: 10, load: 0.8}
	if got := c.erlangC().asa * 2; math.Abs(got-0.4092) > 0.0001 {
		t.Errorf("10 agents, 8 erlangs: %.4f wait, want 0.4092", got)
	}
	if got := (textbook{agents: 1, load: 0.7}).erlangC().asa * 0.3; math.Abs(got-0.7) > 1e-9 {
		t.Errorf("one agent: %.4f wait, want 0.7", got)
	}
	// With patience as long as the handle time the process is that of as many agents as it takes (M/M/∞): the share that gives up
	// is the mean of (X - n)⁺ over the mean of X, X being Poisson.
	a := textbook{agents: 5, load: 1.2, patience: 1}
	mean, p, over := 6.0, math.Exp(-6.0), 0.0
	for x := 0.0; x < 100; x++ {
		over += max(0, x-5) * p
		p *= mean / (x + 1)
	}
	if got := a.erlangA().abandoned; math.Abs(got-over/mean) > 1e-9 {
		t.Errorf("%.6f give up, want %.6f", got, over/mean)
	}
}
