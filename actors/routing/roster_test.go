package routing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var rosterDay = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// rosterTrial drives a roster and the scan side by side. pick draws a number below n from whatever source the test has.
type rosterTrial struct {
	roster *Roster
	scan   *rosterScan
	clock  time.Time
	agents int
	skills int
	draw   func(n int) int
}

func newRosterTrial(agents, skills int, draw func(n int) int) *rosterTrial {
	return &rosterTrial{NewRoster(), newRosterScan(), rosterDay, agents, skills, draw}
}

func (t *rosterTrial) agent() AgentID { return AgentID(fmt.Sprintf("a%d", t.draw(t.agents))) }
func (t *rosterTrial) skill() SkillID { return SkillID(fmt.Sprintf("s%d", t.draw(t.skills+1))) } // one that nobody has
func (t *rosterTrial) level() Level   { return Level(10 * t.draw(11)) }

func (t *rosterTrial) enlist(a AgentID) {
	skills := map[SkillID]Level{}
	for range t.draw(6) {
		skills[SkillID(fmt.Sprintf("s%d", t.draw(t.skills)))] = t.level()
	}
	t.roster.Enlist(a, skills)
	t.scan.enlist(a, skills)
}

// since is mostly now; else a moment ago, the same instant as another, or any time of the day.
func (t *rosterTrial) since() time.Time {
	switch t.draw(8) {
	case 0:
		return t.clock.Add(-time.Duration(t.draw(40)) * time.Second)
	case 1:
		return rosterDay.Add(time.Duration(t.draw(1000)) * time.Minute)
	case 2:
		return t.clock
	default:
		t.clock = t.clock.Add(time.Second)
		return t.clock
	}
}

func (t *rosterTrial) seat(a AgentID) {
	since := t.since()
	if i, ok := t.scan.at[a]; ok && t.draw(3) == 0 {
		since = t.scan.list[i].Since // the same turn, as after a missed offer
	}
	m := Member{Agent: a, Staffed: t.draw(8) > 0, Load: t.draw(2) * t.draw(MaxCapacity), Since: since}
	m.Ready = m.Staffed && t.draw(4) > 0
	t.tell(m)
}

func (t *rosterTrial) tell(m Member) {
	t.roster.Seat(m)
	t.scan.seat(m)
}

// step does one thing and returns what is wrong, if anything.
func (t *rosterTrial) step() string {
	switch t.draw(16) {
	case 0:
		t.enlist(t.agent())
	case 1:
		if t.draw(4) == 0 {
			a := t.agent()
			t.roster.Discharge(a)
			t.scan.discharge(a)
		}
	case 2, 3, 4, 5, 6:
		t.seat(t.agent())
	default:
		return t.pick()
	}
	return ""
}

// pick compares one answer and, half the time, lets the picked agent take the work.
func (t *rosterTrial) pick() string {
	var needs []Need
	for range t.draw(4) {
		needs = append(needs, Need{t.skill(), t.level()})
	}
	var except []AgentID
	for range t.draw(4) {
		except = append(except, t.agent())
	}
	rule := AgentRules()[t.draw(4)]
	a, level, ok := t.roster.Pick(rule, needs, except)
	wantA, wantLevel, wantOK := t.scan.pick(rule, needs, except)
	if a != wantA || level != wantLevel || ok != wantOK {
		return fmt.Sprintf("Pick(%s, %v, %v) = %q, %d, %t, the scan says %q, %d, %t",
			rule, needs, except, a, level, ok, wantA, wantLevel, wantOK)
	}
	if got, want := t.roster.Staffed(needs, except), t.scan.staffed(needs, except); got != want {
		return fmt.Sprintf("Staffed(%v, %v) = %t, the scan says %t", needs, except, got, want)
	}
	if got, lacking := t.roster.Level(a, needs); ok && (got != level || lacking != nil) {
		return fmt.Sprintf("Level(%q, %v) = %d, %v, but Pick says %d", a, needs, got, lacking, level)
	}
	if ok && t.draw(2) == 0 {
		m := t.scan.list[t.scan.at[a]].Member
		m.Ready, m.Load = m.Load < MaxCapacity-1, m.Load+1
		t.tell(m)
	}
	return ""
}

func TestRosterAgreesWithScan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ agents, skills, steps int }{{1, 1, 5_000}, {12, 3, 150_000}, {150, 8, 60_000}, {3_000, 12, 6_000}} {
		t.Run(fmt.Sprint(c.agents), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				random := rand.New(rand.NewPCG(seed, 1))
				trial := newRosterTrial(c.agents, c.skills, random.IntN)
				for range c.agents * 2 {
					a := trial.agent()
					trial.enlist(a)
					trial.seat(a)
				}
				for n := range c.steps / 4 {
					if wrong := trial.step(); wrong != "" {
						t.Fatalf("seed %d, step %d: %s", seed, n, wrong)
					}
				}
			}
		})
	}
}

// One place after another is given away; the places of many thousand members need more than one word of summary.
func TestRosterAgreesWithScanWhenLarge(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	trial := newRosterTrial(9_000, 20, random.IntN)
	for i := range trial.agents {
		a := AgentID(fmt.Sprintf("a%d", i))
		trial.enlist(a)
		trial.seat(a)
	}
	for n := range 20 {
		for range 2_000 {
			trial.seat(trial.agent())
		}
		for range 5 {
			if wrong := trial.pick(); wrong != "" {
				t.Fatalf("round %d: %s", n, wrong)
			}
		}
	}
}

func TestRosterProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "draw") }
		trial := newRosterTrial(1+draw(8), 1+draw(3), draw)
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			if wrong := trial.step(); wrong != "" {
				t.Fatal(wrong)
			}
		}
		if diff := cmp.Diff(trial.scan.members(), slices.Collect(trial.roster.All())); diff != "" {
			t.Fatalf("All differs (-scan +roster):\n%s", diff)
		}
	})
}

func (s *rosterScan) members() []Member {
	var all []Member
	for _, m := range s.list {
		all = append(all, m.Member)
	}
	slices.SortFunc(all, func(a, b Member) int {
		if a.Agent < b.Agent {
			return -1
		}
		return 1
	})
	return all
}

func FuzzRoster(f *testing.F) {
	f.Fuzz(func(t *testing.T, script []byte) {
		end := false
		trial := newRosterTrial(6, 2, func(n int) int {
			if len(script) == 0 {
				end = true
				return 0
			}
			b := script[0]
			script = script[1:]
			return int(b) % n
		})
		for !end {
			if wrong := trial.step(); wrong != "" {
				t.Fatal(wrong)
			}
		}
	})
}

func TestRosterOrder(t *testing.T) {
	t.Parallel()
	type agent struct {
		id    AgentID
		skill Level
		load  int
		wait  int // minutes
	}
	billing60 := []Need{{"billing", 60}}
	for _, c := range []struct {
		name   string
		rule   AgentRule
		agents []agent
		needs  []Need
		except []AgentID
		want   AgentID
		level  Level
	}{
		{"nobody", LevelThenIdle, nil, nil, nil, "", 0},
		{"level beats waiting", LevelThenIdle, []agent{{"ann", 70, 0, 9}, {"bob", 80, 0, 1}}, billing60, nil, "bob", 80},
		{"level beats idleness", LevelThenIdle, []agent{{"ann", 70, 0, 9}, {"bob", 80, 1, 1}}, billing60, nil, "bob", 80},
		{"idle beats waiting", LevelThenIdle, []agent{{"ann", 80, 1, 9}, {"bob", 80, 0, 1}}, billing60, nil, "bob", 80},
		{"longest waiting", LevelThenIdle, []agent{{"ann", 80, 0, 1}, {"bob", 80, 0, 9}}, billing60, nil, "bob", 80},
		{"equal waiting", LevelThenIdle, []agent{{"bob", 80, 0, 1}, {"ann", 80, 0, 1}}, billing60, nil, "ann", 80},
		{"level counts only where needed", LevelThenIdle, []agent{{"ann", 70, 0, 9}, {"bob", 80, 0, 1}}, nil, nil, "ann", 100},
		{"too low", LevelThenIdle, []agent{{"ann", 50, 0, 9}}, billing60, nil, "", 0},
		{"beyond the highest", LevelThenIdle, []agent{{"ann", 110, 0, 9}}, []Need{{"billing", 110}}, nil, "", 0},
		{"passed over", LevelThenIdle, []agent{{"ann", 90, 0, 9}, {"bob", 80, 0, 1}}, billing60, []AgentID{"ann", "zoe", "ann"}, "bob", 80},
		{"unknown skill", LevelThenIdle, []agent{{"ann", 90, 0, 9}}, []Need{{"dutch", 10}}, nil, "", 0},
		{"any level will do", LevelThenIdle, []agent{{"ann", 10, 0, 9}}, []Need{{"billing", 0}}, nil, "ann", 10},
		{"level 0 is not to have it", LevelThenIdle, []agent{{"ann", 0, 0, 9}}, []Need{{"billing", 0}}, nil, "", 0},
		{"idle, whatever the level", LongestIdle, []agent{{"ann", 60, 0, 9}, {"bob", 80, 0, 1}}, billing60, nil, "ann", 60},
		{"idle before busy", LongestIdle, []agent{{"ann", 80, 1, 9}, {"bob", 60, 0, 1}}, billing60, nil, "bob", 60},
		{"nobody is idle", LongestIdle, []agent{{"ann", 80, 2, 1}, {"bob", 60, 3, 9}}, billing60, nil, "bob", 60},
		{"fewest conversations", LeastBusy, []agent{{"ann", 80, 2, 9}, {"bob", 60, 1, 1}}, billing60, nil, "bob", 60},
		{"as few, longer waiting", LeastBusy, []agent{{"ann", 80, 2, 1}, {"bob", 60, 2, 9}}, billing60, nil, "bob", 60},
		{"in turn", RoundRobin, []agent{{"ann", 60, 5, 9}, {"bob", 80, 0, 1}}, billing60, nil, "ann", 60},
		{"in turn, among those who can", RoundRobin, []agent{{"ann", 50, 0, 9}, {"bob", 80, 0, 1}}, billing60, nil, "bob", 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := NewRoster()
			for _, a := range c.agents {
				r.Enlist(a.id, map[SkillID]Level{"billing": a.skill})
				r.Seat(Member{a.id, true, true, a.load, rosterDay.Add(-time.Duration(a.wait) * time.Minute)})
			}
			for range 2 { // Pick changes nothing
				a, level, ok := r.Pick(c.rule, c.needs, c.except)
				if a != c.want || level != c.level || ok != (c.want != "") {
					t.Errorf("Pick = %q, %d, %t, want %q, %d", a, level, ok, c.want, c.level)
				}
			}
		})
	}
}

func TestRosterLevel(t *testing.T) {
	t.Parallel()
	r := NewRoster()
	r.Enlist("ann", map[SkillID]Level{"billing": 60, "dutch": 90})
	for _, c := range []struct {
		agent   AgentID
		needs   []Need
		level   Level
		lacking SkillID
	}{
		{"ann", nil, 100, ""},
		{"ann", []Need{{"dutch", 80}, {"billing", 50}}, 60, ""},
		{"ann", []Need{{"dutch", 80}, {"billing", 80}}, 60, "billing"},
		{"ann", []Need{{"sales", 10}}, 0, "sales"},
		{"ann", []Need{{"sales", 0}}, 0, "sales"},
		{"bob", []Need{{"dutch", 80}}, 0, ""},
	} {
		level, lacking := r.Level(c.agent, c.needs)
		var skill SkillID
		if lacking != nil {
			skill = lacking.Skill
		}
		if level != c.level || skill != c.lacking {
			t.Errorf("Level(%s, %v) = %d, %q, want %d, %q", c.agent, c.needs, level, skill, c.level, c.lacking)
		}
	}
	if n := r.Members(); n != 1 {
		t.Errorf("Members = %d, want 1", n)
	}
}

func TestRosterCountsByTheWallClock(t *testing.T) {
	t.Parallel()
	r := NewRoster()
	r.Enlist("ann", nil)
	now := time.Now()
	r.Seat(Member{Agent: "ann", Staffed: true, Ready: true, Since: now})
	want := []Member{{Agent: "ann", Staffed: true, Ready: true, Since: now.Round(0)}}
	if got := slices.Collect(r.All()); !slices.Equal(got, want) {
		t.Errorf("All = %v, want %v", got, want)
	}
}
