package routing

import (
	"fmt"
	"slices"
	"time"
)

// Schedule is when a contact centre is open: hours for each weekday in a named time zone, days on which it is closed, and days
// that have hours of their own.
type Schedule struct {
	ID         ScheduleID     `json:"id"`
	Zone       string         `json:"zone"` // IANA, such as Europe/Berlin
	Open       []WeeklyHours  `json:"open"`
	Holidays   []Holiday      `json:"holidays,omitempty"`
	Exceptions []SpecialHours `json:"exceptions,omitempty"`
}

// WeeklyHours are open hours on some weekdays.
type WeeklyHours struct {
	Days []string `json:"days"` // mon, tue, wed, thu, fri, sat, sun
	From string   `json:"from"` // 09:00
	To   string   `json:"to"`   // 17:30; at most 24:00
}

// Holiday is a day on which it is closed.
type Holiday struct {
	Date string `json:"date"` // 2026-12-25
	Name string `json:"name,omitempty"`
}

// SpecialHours are a day's own hours, instead of the weekday's. A day may have several.
type SpecialHours struct {
	Date string `json:"date"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Calendar is a schedule that has been understood. The nil Calendar is always open.
type Calendar struct {
	zone *time.Location
	week [7][]hours
	days map[string][]hours // those with hours of their own; none: closed
}

// hours are minutes of a day.
type hours struct{ from, to int }

// lookAhead is how far ahead a calendar looks for its next change: a year with a day to spare.
const lookAhead = 367

// Calendar understands the schedule; the error says what is wrong with its zone. What Check complains of otherwise is left out.
func (s Schedule) Calendar() (*Calendar, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write one of the IANA database, such as Europe/Berlin or America/New_York", s.Zone)
	}
	c := &Calendar{zone: zone, days: map[string][]hours{}}
	for _, w := range s.Open {
		h, _ := parseHours(w.From, w.To)
		for _, name := range w.Days {
			if day, ok := weekday(name); ok {
				c.week[day] = append(c.week[day], h)
			}
		}
	}
	for _, h := range s.Holidays {
		c.days[h.Date] = nil
	}
	for _, e := range s.Exceptions {
		h, _ := parseHours(e.From, e.To)
		c.days[e.Date] = append(c.days[e.Date], h)
	}
	return c, nil
}

// Open says whether it is open at a moment.
func (c *Calendar) Open(at time.Time) bool {
	if c == nil {
		return true
	}
	local := at.In(c.zone)
	year, month, day := local.Date()
	for _, h := range c.on(local) {
		if from, to := c.span(year, month, day, h); !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

// Next is when it opens or closes next, after a moment; zero: not within a year.
func (c *Calendar) Next(after time.Time) time.Time {
	if c == nil {
		return time.Time{}
	}
	open := c.Open(after)
	local := after.In(c.zone)
	year, month, day := local.Date()
	for n := range lookAhead {
		noon := time.Date(year, month, day+n, 12, 0, 0, 0, c.zone)
		var edges []time.Time
		for _, h := range c.on(noon) {
			from, to := c.span(year, month, day+n, h)
			edges = append(edges, from, to)
		}
		slices.SortFunc(edges, time.Time.Compare)
		for _, at := range edges {
			if at.After(after) && c.Open(at) != open {
				return at
			}
		}
	}
	return time.Time{}
}

// on is the hours of a day.
func (c *Calendar) on(day time.Time) []hours {
	if special, ok := c.days[day.Format(time.DateOnly)]; ok {
		return special
	}
	return c.week[day.Weekday()]
}

// span is the hours of one day as moments: wall clock, whatever summer time does on that day.
func (c *Calendar) span(year int, month time.Month, day int, h hours) (from, to time.Time) {
	return time.Date(year, month, day, 0, h.from, 0, 0, c.zone), time.Date(year, month, day, 0, h.to, 0, 0, c.zone)
}

func weekday(name string) (time.Weekday, bool) {
	i := slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, name)
	return time.Weekday(i), i >= 0
}

// parseHours reads from and to, such as 09:00 and 24:00; ok is false when they are none, or the end is not after the beginning.
func parseHours(from, to string) (h hours, ok bool) {
	begin, err := time.Parse("15:04", from)
	if err != nil || len(from) != 5 {
		return h, false
	}
	h = hours{begin.Hour()*60 + begin.Minute(), 24 * 60}
	if to != "24:00" {
		end, err := time.Parse("15:04", to)
		if err != nil || len(to) != 5 {
			return h, false
		}
		h.to = end.Hour()*60 + end.Minute()
	}
	return h, h.from < h.to
}
