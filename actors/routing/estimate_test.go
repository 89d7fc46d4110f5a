package routing

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestEstimateLearns(t *testing.T) {
	t.Parallel()
	var p pace
	now := rosterDay
	if _, ok := p.estimate(1); ok {
		t.Error("nothing is known yet")
	}
	p.left(now, true) // nobody had waited: it says nothing about the pace
	for range paceLeast {
		p.came(now)
		now = now.Add(30 * time.Second)
		p.left(now, true)
	}
	if e, ok := p.estimate(4); !ok || e.Wait != 2*time.Minute {
		t.Errorf("30 s each: %+v, %t", e, ok)
	}
	if near, _ := p.estimate(1); near.Bar >= 30*time.Second {
		t.Errorf("a steady pace has a narrow bar: %+v", near)
	}
	p.left(now.Add(30*time.Second), false)
	p.came(now.Add(time.Hour)) // what passes while nobody waits does not count
	p.left(now.Add(time.Hour+30*time.Second), false)
	if e, _ := p.estimate(2); e.Wait != time.Minute {
		t.Errorf("%+v", e)
	}
	for range 200 {
		p.came(now)
		now = now.Add(time.Minute)
		p.left(now, true)
	}
	if e, _ := p.estimate(1); e.Wait < 55*time.Second {
		t.Errorf("it has become slower: %+v", e)
	}
	if _, ok := p.estimate(0); ok {
		t.Error("nobody is in place 0")
	}
}

// Agents who take a random time each: about four waits of five are within the bar.
func TestEstimatesHold(t *testing.T) {
	t.Parallel()
	const agents, customers = 5, 20_000
	random := rand.New(rand.NewPCG(3, 3))
	draw := func(mean float64) time.Duration {
		return time.Duration(random.ExpFloat64() * mean * float64(time.Second))
	}
	var p pace
	var a Accuracy
	free := make([]time.Time, agents) // when each agent is free
	var begun []time.Time             // of those who have come, in order
	now := rosterDay
	for range customers {
		now = now.Add(draw(21)) // 95 % load: 100 s each, five at a time
		at := slices.IndexFunc(begun, func(t time.Time) bool { return t.After(now) })
		for _, t := range begun[:max(at, 0)] {
			p.left(t, true)
		}
		if at < 0 {
			for i, t := range begun {
				p.left(t, i < len(begun)-1)
			}
			begun = begun[:0]
		} else {
			begun = begun[at:]
		}
		first := slices.MinFunc(free, time.Time.Compare)
		i := slices.Index(free, first)
		if !first.After(now) {
			free[i] = now.Add(draw(100))
			continue
		}
		p.came(now)
		if e, ok := p.estimate(len(begun) + 1); ok {
			a.judge(e, first.Sub(now))
		}
		begun = append(begun, first)
		free[i] = first.Add(draw(100))
	}
	if held := float64(a.Held) / float64(a.Given); a.Given < customers/2 || held < 0.72 || held > 0.9 {
		t.Errorf("%d of %d estimates held", a.Held, a.Given)
	}
}
