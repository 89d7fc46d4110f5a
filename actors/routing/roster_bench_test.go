package routing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// workFloor is a queue in its steady state: 50 skills, each agent has 3 to 7 of them at any level, a fifth of the agents are
// ready. Every call of next is one text: somebody is picked and taken, and the agent who was taken the longest ago is ready
// again.
type workFloor struct {
	pick  func(rule AgentRule, needs []Need, except []AgentID) (AgentID, Level, bool)
	seat  func(Member)
	asked [][]Need
	taken []AgentID // a ring
	n     int
	clock time.Time
}

// newWorkFloor fills the floor through enlist and seat, with the same agents and texts each time. A text needs one to three of the
// skills of some agent, at that agent's level or one below.
func newWorkFloor(f workFloor, agents int, enlist func(AgentID, map[SkillID]Level)) *workFloor {
	random := rand.New(rand.NewPCG(2, uint64(agents)))
	f.clock = rosterDay
	for i := range agents {
		a, skills := AgentID(fmt.Sprintf("agent-%06d", i)), map[SkillID]Level{}
		var order []SkillID
		for n := 3 + random.IntN(5); len(order) < n; {
			s := SkillID(fmt.Sprintf("skill-%02d", random.IntN(50)))
			if skills[s] == 0 {
				skills[s] = Level(10 + 10*random.IntN(10))
				order = append(order, s)
			}
		}
		enlist(a, skills)
		if len(f.asked) < 1024 {
			var needs []Need
			for _, s := range order[:1+random.IntN(3)] {
				needs = append(needs, Need{s, max(skills[s]-Level(10*random.IntN(2)), 10)})
			}
			f.asked = append(f.asked, needs)
		}
		f.clock = f.clock.Add(time.Millisecond)
		f.seat(Member{Agent: a, Staffed: i%5 == 0, Ready: i%5 == 0, Since: f.clock})
		if i%5 != 0 {
			f.taken = append(f.taken, a)
		}
	}
	random.Shuffle(len(f.taken), func(i, j int) { f.taken[i], f.taken[j] = f.taken[j], f.taken[i] })
	return &f
}

func rosterFloor(agents int) *workFloor {
	r := NewRoster()
	return newWorkFloor(workFloor{pick: r.Pick, seat: r.Seat}, agents, r.Enlist)
}

func scanFloor(agents int) *workFloor {
	s := newRosterScan()
	return newWorkFloor(workFloor{pick: s.pick, seat: s.seat}, agents, s.enlist)
}

// next returns whether the text found an agent with the skills; otherwise whoever waits the longest takes it, so that each
// text costs the same updates.
func (f *workFloor) next() bool {
	a, _, ok := f.pick(LevelThenIdle, f.asked[f.n%len(f.asked)], nil)
	if !ok {
		a, _, _ = f.pick(LevelThenIdle, nil, nil)
	}
	f.clock = f.clock.Add(time.Millisecond)
	f.seat(Member{Agent: a, Since: f.clock})
	at := f.n % len(f.taken)
	a, f.taken[at] = f.taken[at], a
	f.seat(Member{Agent: a, Staffed: true, Ready: true, Since: f.clock})
	f.n++
	return ok
}

func (f *workFloor) run(texts int) {
	for range texts {
		f.next()
	}
}

// BenchmarkMatch measures a decision with its updates. "ratios" sets a roster of 10,000 against the scan of as many (vs_scan,
// larger is better) and against a roster of 100 (vs_100, smaller is better): windows of each in turn, the median of the
// rounds' ratios.
func BenchmarkMatch(b *testing.B) {
	for _, agents := range []int{100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			f, fits := rosterFloor(agents), 0
			f.run(agents)
			b.ReportAllocs()
			for b.Loop() {
				if f.next() {
					fits++
				}
			}
			b.ReportMetric(float64(fits)/float64(b.N), "fits/op")
		})
		b.Run(fmt.Sprintf("nobody/agents=%d", agents), func(b *testing.B) {
			r := NewRoster()
			newWorkFloor(workFloor{pick: r.Pick, seat: r.Seat}, agents, r.Enlist)
			everything := []Need{{"skill-01", 90}, {"skill-02", 90}, {"skill-03", 90}, {"skill-04", 90}}
			for b.Loop() {
				r.Pick(LevelThenIdle, everything, nil)
			}
		})
	}
	b.Run("ratios", func(b *testing.B) {
		small, large, naive := rosterFloor(100), rosterFloor(10_000), scanFloor(10_000)
		small.run(10_000)
		large.run(10_000)
		naive.run(100)
		var vs100, vsScan []float64
		for b.Loop() {
			hundred, tenThousand, scan := perText(b, small, 20_000), perText(b, large, 20_000), perText(b, naive, 100)
			vs100, vsScan = append(vs100, tenThousand/hundred), append(vsScan, scan/tenThousand)
		}
		b.ReportMetric(0, "ns/op") // of a round, which says nothing
		b.ReportMetric(median(vs100), "vs_100")
		b.ReportMetric(median(vsScan), "vs_scan")
	})
}

// perText is the time of one text, in nanoseconds.
func perText(b *testing.B, f *workFloor, texts int) float64 {
	b.Helper()
	from := b.Elapsed()
	f.run(texts)
	return float64(b.Elapsed()-from) / float64(texts)
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func TestRosterAllocatesNothing(t *testing.T) {
	f := rosterFloor(1_000)
	f.run(5_000)
	except := []AgentID{"agent-000001", "agent-000002"}
	pick := f.pick
	f.pick = func(rule AgentRule, needs []Need, _ []AgentID) (AgentID, Level, bool) {
		return pick(rule, needs, except)
	}
	// Long enough for the line to run out and be redrawn several times.
	if n := testing.AllocsPerRun(1, func() { f.run(20_000) }); n != 0 {
		t.Errorf("20,000 decisions with their updates allocate %v times, want 0", n)
	}
}
