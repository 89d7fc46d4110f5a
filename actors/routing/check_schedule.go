package routing

import (
	"slices"
	"time"
)

func (c *checker) schedule(path string, s Schedule) {
	c.id(path+".id", "schedule", string(s.ID))
	if _, err := s.Calendar(); err != nil {
		c.add(path+".zone", "%v", err)
	}
	if len(s.Open) == 0 && len(s.Exceptions) == 0 {
		c.add(path+".open", "it is never open; write hours, such as {days: [mon, fri], from: \"09:00\", to: \"17:00\"}")
	}
	known := map[string][]hours{}
	for i, w := range s.Open {
		at := index(path+".open", i)
		if len(w.Days) == 0 {
			c.add(at+".days", "is missing; write some of mon, tue, wed, thu, fri, sat, sun")
		}
		for j, day := range w.Days {
			if _, ok := weekday(day); !ok {
				c.add(index(at+".days", j), "%q is no day; write mon, tue, wed, thu, fri, sat or sun", day)
			}
		}
		c.hours(at, w.From, w.To, known, w.Days...)
	}
	for i, h := range s.Holidays {
		at := index(path+".holidays", i) + ".date"
		c.date(at, h.Date)
		if slices.ContainsFunc(s.Holidays[:i], func(other Holiday) bool { return other.Date == h.Date }) {
			c.add(at, "%s is there twice; leave one out", h.Date)
		}
	}
	for i, e := range s.Exceptions {
		at := index(path+".exceptions", i)
		c.date(at+".date", e.Date)
		if slices.ContainsFunc(s.Holidays, func(h Holiday) bool { return h.Date == e.Date }) {
			c.add(at+".date", "%s is a holiday; take it out of holidays, where it is to have hours", e.Date)
		}
		c.hours(at, e.From, e.To, known, e.Date)
	}
}

// hours checks a span of time, and that it overlaps no other of its days.
func (c *checker) hours(path, from, to string, known map[string][]hours, days ...string) {
	h, ok := parseHours(from, to)
	if !ok {
		c.add(path, "%s to %s are no hours; write a from before a to on the same day, such as \"09:00\" and \"17:30\", at most \"24:00\"; a night ends at \"24:00\" and goes on at \"00:00\" of the next day", from, to)
		return
	}
	clash := ""
	for _, day := range days {
		if slices.ContainsFunc(known[day], func(k hours) bool { return h.from < k.to && k.from < h.to }) {
			clash = or(clash, day)
		}
		known[day] = append(known[day], h)
	}
	if clash != "" {
		c.add(path, "%s to %s overlaps other hours of %s; write each time once", from, to, clash)
	}
}

func (c *checker) date(path, date string) {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		c.add(path, "%q is no date; write it as 2026-12-25", date)
	}
}

func (c *checker) scheduleRef(path string, s ScheduleID) {
	if _, known := c.tenant.Schedule(s); !known {
		c.add(path, "there is no schedule %q; write the id of one under schedules", s)
	}
}

func (c *checker) closed(path string, q Queue) {
	if q.Schedule != "" {
		c.scheduleRef(path+".schedule", q.Schedule)
	}
	if q.Closed == nil {
		return
	}
	at := path + ".closed"
	if q.Schedule == "" {
		c.add(at, "the queue is never closed; name its schedule, or leave this out")
	}
	c.then(at, q.ID, q.Closed.Then, q.Closed.Queue, ThenWait, ThenCase, "")
	c.plain(at+".reply", q.Closed.Reply)
	for _, v := range variable.FindAllString(q.Closed.Reply, -1) {
		if v != "{opens}" {
			c.add(at+".reply", "%s stands for nothing here; write {opens}", v)
		}
	}
}

// then checks where conversations go: a queue is named exactly when they go to one, and it is another. Besides that, what may
// become of them is one of others.
func (c *checker) then(path string, own QueueID, then Then, to QueueID, others ...Then) {
	if then == ThenQueue {
		c.queueRef(path+".queue", to)
		if to == own {
			c.add(path+".queue", "it is the queue itself; name another one")
		}
		return
	}
	if !slices.Contains(others, then) {
		c.add(path+".then", "%q is not known; write queue, %s or %s", then, others[0], others[1])
	}
	if to != "" {
		c.add(path+".queue", "write then: queue as well, or leave this out")
	}
}
