package routing

import (
	"slices"
	"time"
)

// alarms are the waiters of a line whose waiting alone changes something: a heap, whoever is to be looked at next at its root. Each
// knows its place.
type alarms struct{ heap []*waiter }

// set wakes w at its until, and at no other time; zero: not at all.
func (a *alarms) set(w *waiter) {
	a.cancel(w)
	if w.until.IsZero() {
		return
	}
	a.heap = append(a.heap, nil)
	a.rise(w, len(a.heap)-1)
}

// cancel lets w sleep.
func (a *alarms) cancel(w *waiter) {
	at := w.alarm - 1
	if at < 0 {
		return
	}
	last := len(a.heap) - 1
	moved := a.heap[last]
	a.heap[last] = nil
	a.heap = a.heap[:last]
	if w.alarm = 0; at < last {
		a.rise(moved, a.sink(at, moved.until))
	}
}

// first is when somebody is to be looked at next; zero: never.
func (a *alarms) first() time.Time {
	if len(a.heap) == 0 {
		return time.Time{}
	}
	return a.heap[0].until
}

// sink moves the hole at a place down to where one of that time may stand.
func (a *alarms) sink(at int, until time.Time) int {
	for {
		child := 2*at + 1
		if child+1 < len(a.heap) && a.heap[child+1].until.Before(a.heap[child].until) {
			child++
		}
		if child >= len(a.heap) || !a.heap[child].until.Before(until) {
			return at
		}
		a.put(a.heap[child], at)
		at = child
	}
}

// rise puts w into the hole at a place, or above it.
func (a *alarms) rise(w *waiter, at int) {
	for up := (at - 1) / 2; at > 0 && w.until.Before(a.heap[up].until); up = (at - 1) / 2 {
		a.put(a.heap[up], at)
		at = up
	}
	a.put(w, at)
}

func (a *alarms) put(w *waiter, at int) { a.heap[at], w.alarm = w, at+1 }

// ring takes those out whose time has come, in the order of the line.
func (a *alarms) ring(now time.Time) []*waiter {
	var due []*waiter
	for at := a.first(); !at.IsZero() && !at.After(now); at = a.first() {
		due = append(due, a.heap[0])
		a.cancel(a.heap[0])
	}
	slices.SortFunc(due, before)
	return due
}

// Tick lets the time that has passed take its effect. It does nothing before [Line.Due].
func (l *Line) Tick(mail *Mail, now time.Time) {
	if !l.opened || l.due.IsZero() || now.Before(l.due) {
		return
	}
	l.due = time.Time{}
	released := !l.held(now) && !l.holdUntil.IsZero()
	if released {
		l.holdUntil = time.Time{}
	}
	l.expect(l.holdUntil)
	l.closed(now)
	released, l.turned = released || l.turned, false
	l.expect(l.turns)
	due := l.alarms.ring(now)
	if released {
		due = l.groups.inOrder()
	}
	for _, w := range due {
		if w.aside() { // looked at again if it comes to nothing
			continue
		}
		ripe := released || !w.until.IsZero() && !w.until.After(now)
		if ripe {
			l.groups.remove(w)
			l.queueUp(now, w)
		}
		if l.shutUp || l.roster.free() { // otherwise nothing becomes of it
			l.place(mail, now, w)
		}
		if ripe && l.ripen(mail, now, w) {
			l.groups.remove(w)
			l.queueUp(now, w)
		}
		l.look(now, w)
	}
	l.expect(l.alarms.first())
}

// Due is when time alone changes something next; zero: never, as things stand.
func (l *Line) Due() time.Time { return l.due }

// expect makes the line look at the clock at that time; zero: not for this.
func (l *Line) expect(at time.Time) {
	l.due = earlier(l.due, at)
}
