package routing

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine need not know the zones

	"github.com/google/go-cmp/cmp"
)

func officeHours() Schedule {
	return Schedule{
		ID: "office", Zone: "Europe/Berlin",
		Open: []WeeklyHours{
			{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "12:00"},
			{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "13:00", To: "17:30"},
			{Days: []string{"sat"}, From: "22:00", To: "24:00"},
			{Days: []string{"sun"}, From: "00:00", To: "04:00"},
		},
		Holidays:   []Holiday{{"2026-12-25", "Christmas"}},
		Exceptions: []SpecialHours{{"2026-12-24", "09:00", "12:00"}, {"2026-12-26", "10:00", "11:00"}, {"2026-12-26", "15:00", "16:00"}},
	}
}

func calendar(t *testing.T, s Schedule) *Calendar {
	t.Helper()
	c, err := s.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at reads a moment in Berlin.
func berlin(t *testing.T, c *Calendar, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, c.zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	c := calendar(t, officeHours())
	for _, row := range []struct {
		at   string
		open bool
		next string
	}{
		{"2026-03-02 08:59", false, "2026-03-02 09:00"},
		{"2026-03-02 09:00", true, "2026-03-02 12:00"},
		{"2026-03-02 12:00", false, "2026-03-02 13:00"},
		{"2026-03-02 17:29", true, "2026-03-02 17:30"},
		{"2026-03-02 17:30", false, "2026-03-03 09:00"},
		{"2026-03-06 18:00", false, "2026-03-07 22:00"},
		{"2026-03-07 23:00", true, "2026-03-08 04:00"}, // over midnight without a pause
		{"2026-12-23 18:00", false, "2026-12-24 09:00"},
		{"2026-12-24 11:00", true, "2026-12-24 12:00"},
		{"2026-12-24 14:00", false, "2026-12-26 10:00"}, // over the holiday; a Saturday with hours of its own
		{"2026-12-26 11:30", false, "2026-12-26 15:00"},
		{"2026-12-26 16:00", false, "2026-12-27 00:00"},
	} {
		at := berlin(t, c, row.at)
		if c.Open(at) != row.open || !c.Next(at).Equal(berlin(t, c, row.next)) {
			t.Errorf("%s: open %t until %v, want %t until %s", row.at, c.Open(at), c.Next(at), row.open, row.next)
		}
	}
}

// On 29 March 2026 Berlin's clocks go from 2 to 3, on 25 October from 3 back to 2.
func TestCalendarOverSummerTime(t *testing.T) {
	t.Parallel()
	night := calendar(t, Schedule{Zone: "Europe/Berlin", Open: []WeeklyHours{{Days: []string{"sun"}, From: "01:00", To: "05:00"}}})
	for day, hours := range map[string]float64{"2026-03-22": 4, "2026-03-29": 3, "2026-10-25": 5} {
		opens := berlin(t, night, day+" 01:00")
		if got := night.Next(opens).Sub(opens).Hours(); got != hours {
			t.Errorf("%s: open for %v hours, want %v", day, got, hours)
		}
	}
	office := calendar(t, Schedule{Zone: "Europe/Berlin", Open: []WeeklyHours{{Days: []string{"fri", "mon"}, From: "09:00", To: "17:00"}}})
	for friday, utc := range map[string]int{"2026-03-27": 7, "2026-10-23": 8} { // Monday's opening in UTC: the wall clock counts
		if got := office.Next(berlin(t, office, friday+" 17:00")).UTC(); got.Hour() != utc || got.Weekday() != time.Monday {
			t.Errorf("after %s it opens at %v", friday, got)
		}
	}
}

// The next change is the first moment at which it is different, minute by minute over the days on which the clocks change.
func TestCalendarAgreesWithEveryMinute(t *testing.T) {
	t.Parallel()
	c := calendar(t, officeHours())
	for _, from := range []string{"2026-03-27 00:00", "2026-10-23 00:00", "2026-12-23 00:00"} {
		start := berlin(t, c, from)
		end, next := start.Add(6*24*time.Hour), c.Next(start)
		for at := start; at.Before(end); at = at.Add(time.Minute) {
			if at.Before(next) != (c.Open(at) == c.Open(start)) {
				t.Fatalf("at %v open %t; since %v it is %t, until %v", at, c.Open(at), start, c.Open(start), next)
			}
			if at.Equal(next) {
				start, next = at, c.Next(at)
			}
		}
	}
}

func TestCalendarWithoutEnd(t *testing.T) {
	t.Parallel()
	var always *Calendar
	if !always.Open(rosterDay) || !always.Next(rosterDay).IsZero() {
		t.Error("without a schedule it is always open")
	}
	never := calendar(t, Schedule{Zone: "UTC"})
	if never.Open(rosterDay) || !never.Next(rosterDay).IsZero() {
		t.Error("without hours it never is")
	}
	for _, zone := range []string{"", "Local", "Middle/Earth"} {
		if _, err := (Schedule{Zone: zone}).Calendar(); err == nil {
			t.Errorf("%q is taken for a zone", zone)
		}
	}
}

func TestDivert(t *testing.T) {
	t.Parallel()
	tenant := worldTenant()
	p := tenant.PolicyFor("help", "support")
	c := stage(text(1))
	c.Skills = append(c.Skills, Need{"french", 50}) // its own
	got := c.divert(&p, Divert{From: "support", To: "sales", Reason: RequeueOverflow})
	want := []Event{Requeued{
		Reason: RequeueOverflow, Queue: "sales", Skills: []Need{{"french", 50}}, PreferredSkills: []Need{{"french", 50}, {"billing", 60}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	is := applyAll(c, rosterDay.Add(time.Minute), got)
	if is.Queue != "sales" || is.Diverted != 1 || !is.WaitingSince.Equal(rosterDay) || !is.Entered().Equal(rosterDay.Add(time.Minute)) {
		t.Errorf("%+v", is)
	}
	far := c
	far.Diverted = maxDiversions
	for name, events := range map[string][]Event{
		"not in that queue": c.divert(&p, Divert{From: "sales", To: "support"}),
		"no such queue":     c.divert(&p, Divert{From: "support", To: "x"}),
		"too often":         far.divert(&p, Divert{From: "support", To: "sales"}),
		"it rings":          new(c.Apply(rosterDay, offered)).divert(&p, Divert{From: "support", To: "sales"}),
	} {
		if events != nil {
			t.Errorf("%s: %v", name, events)
		}
	}
	saved := c.Apply(rosterDay, CaseSaved{Case: "ca_9"})
	for _, row := range []struct {
		c    Conversation
		want int
	}{{c, 2}, {saved, 1}} {
		if events := row.c.divert(&p, Divert{From: "support", Case: true}); len(events) != row.want || applyAll(row.c, rosterDay, events).State != Ended {
			t.Errorf("a case of it: %v", events)
		}
	}
}

func TestInform(t *testing.T) {
	t.Parallel()
	c := stage(text(1))
	for i, notice := range []string{"welcome", "welcome", "closed", "position"} {
		c = applyAll(c, rosterDay, c.inform(rosterDay, &Policy{}, Inform{notice, "Hello"}))
		if want := []int{1, 1, 2, 2}[i]; len(c.Informed) != want || c.Seq != want+1 {
			t.Errorf("%d: informed of %v, %d messages", i, c.Informed, c.Seq)
		}
	}
	for name, c := range map[string]Conversation{
		"opted out": stage(text(1), OptedOut{}), "with an agent": stage(text(1), offered, accepted),
	} {
		if events := c.inform(rosterDay, &Policy{}, Inform{"welcome", "Hello"}); events != nil {
			t.Errorf("%s: %v", name, events)
		}
	}
}
