package routing

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// The place in the line counts those who are served before, whatever they ask for; who stands aside is not counted.
func TestPosition(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	l := NewLine(Queue{ID: "support"}, []Profile{{ID: "ann"}})
	for i := range 300 {
		at := rosterDay.Add(time.Duration(random.IntN(200)) * time.Second)
		item := Item{Conversation: ConversationID(fmt.Sprintf("cv_%03d", i)), Since: at, Entered: at, Priority: random.IntN(3)}
		if random.IntN(2) == 0 {
			item.Skills = []Need{{SkillID(fmt.Sprint("s", random.IntN(4))), 50}}
		}
		hears(l.Enter, rosterDay, &item)
	}
	for _, w := range l.waiting {
		if random.IntN(5) == 0 {
			l.groups.remove(w)
			w.invited = []invited{{agent: "ann"}}
		}
	}
	for _, w := range l.waiting {
		want := 1
		for _, other := range l.waiting {
			if !other.aside() && before(other, w) < 0 {
				want++
			}
		}
		if got := l.position(w); got != want {
			t.Fatalf("%s is said to be number %d, and is %d", w.Conversation, got, want)
		}
	}
}
