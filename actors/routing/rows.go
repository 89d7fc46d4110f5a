package routing

import (
	"iter"
	"slices"
)

// rowLength is how many waiters stand in a row at most.
const rowLength = 512

// rows are waiters in order, a row after the other, none of them empty: to come, to leave and to count those ahead moves one row at
// most, however many wait.
type rows struct {
	order func(a, b *waiter) int
	list  [][]*waiter
	room  []*waiter // an empty row, for the next that begins
}

// place is the row in which w stands or is to stand, and where in it. Most come to the end and leave from the front.
func (r *rows) place(w *waiter) (row, at int, found bool) {
	rows := len(r.list)
	if rows == 0 {
		return 0, 0, false
	}
	if r.list[0][0] == w {
		return 0, 0, true
	}
	if end := r.list[rows-1]; r.order(end[len(end)-1], w) < 0 {
		return rows - 1, len(end), false
	}
	row, _ = slices.BinarySearchFunc(r.list, w, func(row []*waiter, w *waiter) int {
		if r.order(row[0], w) <= 0 {
			return -1
		}
		return 1
	})
	row = max(0, row-1)
	at, found = slices.BinarySearchFunc(r.list[row], w, r.order)
	return row, at, found
}

// add lets w take its place.
func (r *rows) add(w *waiter) {
	row, at, _ := r.place(w)
	switch {
	case row == len(r.list) || at == rowLength:
		r.list = slices.Insert(r.list, min(row+1, len(r.list)), append(r.room, w))
		r.room = nil
		return
	case len(r.list[row]) == rowLength:
		const half = rowLength / 2
		rear := slices.Clone(r.list[row][half:])
		clear(r.list[row][half:])
		r.list[row] = r.list[row][:half]
		r.list = slices.Insert(r.list, row+1, rear)
		if at > half {
			row, at = row+1, at-half
		}
	}
	r.list[row] = slices.Insert(r.list[row], at, w)
}

// remove lets w leave its place.
func (r *rows) remove(w *waiter) {
	row, at, found := r.place(w)
	if !found {
		return
	}
	r.list[row] = slices.Delete(r.list[row], at, at+1)
	if left := r.list[row]; len(left) == 0 {
		r.list, r.room = slices.Delete(r.list, row, row+1), left
	}
}

// ahead is how many stand before w, who need not be among them.
func (r *rows) ahead(w *waiter) int {
	row, n, _ := r.place(w)
	for _, full := range r.list[:row] {
		n += len(full)
	}
	return n
}

// first is who stands first; there is somebody.
func (r *rows) first() *waiter { return r.list[0][0] }

func (r *rows) empty() bool { return len(r.list) == 0 }

// all yields everybody in order.
func (r *rows) all() iter.Seq[*waiter] {
	return func(yield func(*waiter) bool) {
		for _, row := range r.list {
			for _, w := range row {
				if !yield(w) {
					return
				}
			}
		}
	}
}
