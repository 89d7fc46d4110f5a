package routing

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// run lets the world happen for a number of steps and settle down at the end. It returns the first violation.
func (w *world) run(steps int) string {
	for range steps {
		if w.step(); w.broken != "" {
			return w.broken
		}
	}
	w.settleDown()
	for _, id := range slices.Sorted(maps.Keys(w.stored)) {
		w.checkStored(id)
	}
	return w.broken
}

func seeded(seed uint64) func(int) int { return rand.New(rand.NewPCG(seed, 1)).IntN }

func TestWorld(t *testing.T) {
	t.Parallel()
	const worlds, steps, parts = 100, 3000, 4
	var seen [parts]witness
	t.Run("worlds", func(t *testing.T) { // is over when all parts are
		for part := range uint64(parts) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < worlds; seed += parts {
					w := newWorld(worldTenant(), seeded(seed))
					w.changing, w.customers = seed%4 == 3, 3+int(seed%3)
					if broken := w.run(steps); broken != "" {
						t.Fatalf("world %d: %s", seed, broken)
					}
					seen[part].add(w.witness)
				}
			})
		}
	})
	for _, more := range seen[1:] {
		seen[0].add(more)
	}
	t.Log(seen[0].tally())
	if rare := seen[0].rare(); len(rare) > 0 {
		t.Errorf("the worlds are too tame; hardly ever seen: %v", rare)
	}
}

// FuzzWorld lets the fuzzer choose what happens. Two bytes make a number.
func FuzzWorld(f *testing.F) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 2))
		choices := make([]byte, 1200)
		for i := range choices {
			choices[i] = byte(random.UintN(256))
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		w := newWorld(worldTenant(), func(n int) int {
			if len(choices) < 2 {
				return 0
			}
			c := int(choices[0])<<8 | int(choices[1])
			choices = choices[2:]
			return c % n
		})
		for len(choices) >= 2 && w.broken == "" {
			w.step()
		}
		w.settleDown()
		if w.broken != "" {
			t.Fatal(w.broken)
		}
	})
}
