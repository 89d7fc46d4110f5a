package actors

import (
	"fmt"
	"testing"
	"time"

	"switchyard/persistence"
)

// The same partitions fall to the same nodes whoever asks, in about equal numbers, and only those move that must.
func TestFirstOf(t *testing.T) {
	t.Parallel()
	const partitions = 4096
	three, four := []string{"a", "b", "c"}, []string{"d", "c", "a", "b"}
	served := map[string]int{}
	for part := range partitions {
		was, is := firstOf(part, three), firstOf(part, four)
		served[is]++
		if was != is && is != "d" {
			t.Fatalf("d came, and partition %d moved from %s to %s", part, was, is)
		}
	}
	for _, name := range four {
		if n := served[name]; n < partitions/4*9/10 || n > partitions/4*11/10 {
			t.Errorf("%s is first for %d of %d partitions", name, n, partitions)
		}
	}
	if name := firstOf(0, nil); name != "" {
		t.Errorf("of nobody %q is first", name)
	}
}

// Who is heard of decides who is to serve; a node that was cut off itself does not take the others' silence for their end.
func TestMembership(t *testing.T) {
	t.Parallel()
	at := func(seconds int) time.Time { return time.Date(2026, 3, 2, 9, 0, seconds, 0, time.UTC) }
	me, other := persistence.Node{Name: "me", Life: "2"}, persistence.Node{Name: "other", Life: "1"}
	leaving := other
	leaving.Leaving = true
	m := newMembership(me)
	for _, step := range []struct {
		what    string
		at      int
		living  []persistence.Node
		changed bool
		others  bool
	}{
		{"I come", 0, []persistence.Node{me}, true, false},
		{"nothing new", 1, []persistence.Node{me}, false, false},
		{"the other comes", 2, []persistence.Node{other, me}, true, true},
		{"the other is leaving", 3, []persistence.Node{leaving, me}, true, false},
		{"the other is gone", 4, []persistence.Node{me}, true, false},
		{"the other is back", 5, []persistence.Node{other, me}, true, true},
		{"after a silence of the store I am the first", 15, []persistence.Node{me}, false, true},
		{"the other has not been heard yet", 16, []persistence.Node{me}, false, true},
		{"it has had its time", 17, []persistence.Node{me}, true, false},
	} {
		if changed := m.take(at(step.at), step.living); changed != step.changed || m.others() != step.others {
			t.Errorf("%s: changed %t, others %t", step.what, changed, m.others())
		}
		wanted := 0
		for part := range 64 {
			if m.wants(part) {
				wanted++
			}
		}
		if alone := wanted == 64; alone == step.others || wanted == 0 {
			t.Errorf("%s: %d of 64 partitions are mine to serve", step.what, wanted)
		}
	}
	if m.cutOff(at(19)) || !m.cutOff(at(20)) {
		t.Error("cut off is who has heard nothing for more than two seconds")
	}
	m.leave()
	for part := range 64 {
		if m.wants(part) {
			t.Fatal("who leaves wants nothing")
		}
	}
	if lives := fmt.Sprint(m.lives()); lives != "map[2:true]" {
		t.Errorf("lives %s", lives)
	}
}

// A node that is started again finds its earlier life on the roll for a while; a second process of its name does not go away.
func TestTwin(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	me, before, other := persistence.Node{Name: "me", Life: "2"}, persistence.Node{Name: "me", Life: "1"}, persistence.Node{Name: "other", Life: "3"}
	m := newMembership(me)
	heard, living := time.Duration(0), []persistence.Node{me}
	for _, step := range []struct {
		after   time.Duration
		living  []persistence.Node
		twinned bool
	}{
		{0, []persistence.Node{before, me, other}, false},
		{afterlife, []persistence.Node{before, me, other}, false},
		{afterlife + 1, []persistence.Node{before, me, other}, true},
		{afterlife + 2, []persistence.Node{me, other}, false},
		{2 * afterlife, []persistence.Node{before, me}, false},
	} {
		for ; heard < step.after; heard += time.Second { // without a silence
			m.take(start.Add(heard), living)
		}
		living = step.living
		now := start.Add(step.after)
		if m.take(now, living); m.twinned(now) != step.twinned {
			t.Errorf("after %v: twinned is %t", step.after, !step.twinned)
		}
	}
}
