package routing

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Whoever comes and leaves in whatever order, the rows are those who are there, in order.
func TestRows(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	r := rows{order: before}
	var sorted []*waiter
	come := func(at int) {
		w := &waiter{Item: Item{Conversation: ConversationID("cv_" + strconv.Itoa(len(sorted)))}, turn: rosterDay.Add(time.Duration(at) * time.Second)}
		to, _ := slices.BinarySearchFunc(sorted, w, before)
		sorted = slices.Insert(sorted, to, w)
		r.add(w)
	}
	leave := func(at int) {
		r.remove(sorted[at])
		sorted = slices.Delete(sorted, at, at+1)
	}
	check := func() {
		t.Helper()
		if got := slices.Collect(r.all()); !slices.Equal(got, sorted) {
			t.Fatalf("%d stand in the rows, not in order or not the %d who came", len(got), len(sorted))
		}
		for at, w := range sorted {
			if got := r.ahead(w); got != at {
				t.Fatalf("%d are ahead of number %d", got, at+1)
			}
		}
		if r.empty() != (len(sorted) == 0) || !r.empty() && r.first() != sorted[0] {
			t.Fatal("another one is first")
		}
		for _, row := range r.list {
			if len(row) == 0 || len(row) > rowLength {
				t.Fatalf("a row of %d", len(row))
			}
		}
	}
	for at := range 3 * rowLength { // one after the other, as they mostly come
		come(at)
	}
	check()
	if len(r.list) != 3 {
		t.Errorf("%d rows for three that are full", len(r.list))
	}
	for range 4 * rowLength {
		come(random.IntN(3 * rowLength))
	}
	check()
	for len(sorted) > 0 {
		if len(sorted)%(2*rowLength) == 0 {
			check()
		}
		if leave(random.IntN(min(len(sorted), rowLength))); random.IntN(3) == 0 {
			come(random.IntN(4 * rowLength))
		}
		r.remove(&waiter{Item: Item{Conversation: "cv_x"}}) // nobody
	}
	check()
}
