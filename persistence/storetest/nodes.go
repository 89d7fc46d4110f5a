package storetest

import (
	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func (f *fixture) attend(n persistence.Node) []persistence.Node {
	f.Helper()
	living, err := f.Attend(f.ctx, n)
	if err != nil {
		f.Fatalf("attend %+v: %v", n, err)
	}
	return living
}

func nodesComeAndGo(f *fixture) {
	one, two := persistence.Node{Name: "a b", Life: "1"}, persistence.Node{Name: "", Life: "2"}
	for _, step := range []struct {
		what string
		got  []persistence.Node
		want []persistence.Node
	}{
		{"the second comes", f.attend(two), []persistence.Node{two}},
		{"the first comes", f.attend(one), []persistence.Node{one, two}},
		{"the second says so again", f.attend(two), []persistence.Node{one, two}},
	} {
		if diff := cmp.Diff(step.want, step.got); diff != "" {
			f.Errorf("%s (-want +got):\n%s", step.what, diff)
		}
	}
	one.Leaving = true
	f.attend(one)
	if diff := cmp.Diff([]persistence.Node{one, two}, f.attend(two)); diff != "" {
		f.Errorf("the first is leaving (-want +got):\n%s", diff)
	}
	for range 2 {
		if err := f.Depart(f.ctx, one.Life); err != nil {
			f.Errorf("depart: %v", err)
		}
	}
	if diff := cmp.Diff([]persistence.Node{two}, f.attend(two)); diff != "" {
		f.Errorf("the first is gone (-want +got):\n%s", diff)
	}
}

// nodesRing: whoever waits for a partition hears of it, and of everybody who comes, leaves and goes.
func nodesRing(f *fixture) {
	bells := f.Watch(f.ctx, 1)
	n := persistence.Node{Name: "a", Life: "1"}
	owners := func(what string) {
		if bell := f.heard(bells); bell != (persistence.Bell{Owners: true}) {
			f.Errorf("%s rings %+v", what, bell)
		}
	}
	f.attend(n)
	owners("who comes")
	f.attend(n)
	n.Leaving = true
	f.attend(n)
	owners("who is leaving")
	if err := f.Depart(f.ctx, n.Life); err != nil {
		f.Errorf("depart: %v", err)
	}
	owners("who goes")
	l := f.acquire(1)
	if err := f.Release(f.ctx, l); err != nil {
		f.Errorf("release: %v", err)
	}
	owners("a partition that is free")
	if err := f.Release(f.ctx, l); err != nil {
		f.Errorf("release: %v", err)
	}
	f.next(f.acquire(1), 0, persistence.Batch{Event: []persistence.Event{{Stream: "s"}}})
	if bell := f.heard(bells); bell != (persistence.Bell{Stream: "s"}) {
		f.Errorf("nobody came or went, and %+v rings", bell)
	}
}
