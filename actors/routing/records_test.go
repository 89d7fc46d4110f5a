package routing

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// problemPaths is where a refusal says that something is wrong.
func problemPaths(err error) []string {
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Code != CodeInvalid {
		return nil
	}
	var paths []string
	for _, p := range refusal.Problems {
		paths = append(paths, p.Path)
	}
	return paths
}

func TestCustomer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxNotes+1)
	var numbers []string
	attributes := map[string]string{}
	for i := range MaxAttributes + 1 {
		numbers = append(numbers, "+141555501"+strconv.Itoa(10+i%80))
		attributes[strconv.Itoa(i)] = ""
	}
	for _, row := range []struct {
		name  string
		draft CustomerDraft
		want  []string
	}{
		{"without a name", CustomerDraft{}, []string{"name"}},
		{"with too long a name", CustomerDraft{Name: long[:MaxCustomerName+1]}, []string{"name"}},
		{"with too many numbers", CustomerDraft{Name: "Ada", Numbers: numbers[:11]}, []string{"numbers"}},
		{"with a short code", CustomerDraft{Name: "Ada", Numbers: []string{"+14155550201", "12345"}}, []string{"numbers"}},
		{"with too many attributes", CustomerDraft{Name: "Ada", Attributes: attributes}, []string{"attributes"}},
		{"with too long notes", CustomerDraft{Name: "Ada", Notes: long}, []string{"notes"}},
		{"with nothing right", CustomerDraft{Numbers: []string{"x"}, Notes: long}, []string{"name", "notes", "numbers"}},
	} {
		if _, err := NewCustomer("cu_1", rosterDay, row.draft); !cmp.Equal(row.want, problemPaths(err)) {
			t.Errorf("%s: %v, want problems at %v", row.name, err, row.want)
		}
	}
	got, err := NewCustomer("cu_1", rosterDay, CustomerDraft{Name: "Ada", Numbers: []string{"+1 (415) 555-0201", "+14155550201"}})
	want := Customer{ID: "cu_1", Name: "Ada", Numbers: []string{"+14155550201"}, Attributes: map[string]string{}, CreatedAt: rosterDay}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestCustomerChange(t *testing.T) {
	t.Parallel()
	ada := Customer{ID: "cu_1", Name: "Ada", Numbers: []string{"+14155550201"}, Attributes: map[string]string{"vip": "yes"}, Notes: "kind"}
	eve, none := "Eve", ""
	want := Customer{ID: "cu_1", Name: "Eve", Numbers: []string{}, Attributes: map[string]string{}, Notes: "kind"}
	got, err := ada.Change(CustomerChange{Name: &eve, Numbers: []string{}, Attributes: map[string]string{}})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if got, err := ada.Change(CustomerChange{}); err != nil || !cmp.Equal(ada, got) {
		t.Error("a change of nothing changes something", err)
	}
	if got, err := ada.Change(CustomerChange{Notes: &none}); err != nil || got.Notes != "" {
		t.Error("notes cannot be taken away", err)
	}
	if _, err := ada.Change(CustomerChange{Name: &none}); !cmp.Equal([]string{"name"}, problemPaths(err)) {
		t.Error("a name can be taken away", err)
	}
}

func TestNewCase(t *testing.T) {
	t.Parallel()
	c := stage(offered, accepted, CustomerAttached{"cu_1"})
	got, err := NewCase(7, rosterDay, c, SaveCase{})
	want := Case{
		ID: "ca_1", Number: 7, Subject: "SMS conversation of 2026-03-02 09:00 UTC", Status: CaseOpen, Severity: "medium", Visibility: "public",
		Customer: "cu_1", Conversations: []ConversationID{"cv_1"}, CreatedAt: rosterDay,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, err := NewCase(1, rosterDay, c, SaveCase{Severity: "huge", Subject: strings.Repeat("x", MaxSubject+1), Notes: strings.Repeat("x", MaxNotes+1)}); !cmp.Equal(
		[]string{"subject", "severity", "notes"}, problemPaths(err)) {
		t.Error(err)
	}
}

func TestCaseJoin(t *testing.T) {
	t.Parallel()
	c := stage(offered, accepted, CustomerAttached{"cu_1"})
	open := Case{ID: "ca_0", Subject: "s", Status: CaseOpen, Severity: "low", Visibility: "public", Conversations: []ConversationID{"cv_0"}, Notes: "first"}
	closed, others, long := open, open, open
	closed.Status, others.Customer, long.Notes = CaseClosed, "cu_2", strings.Repeat("x", MaxNotes)

	got, err := open.Join(c, "second")
	want := open
	want.Conversations, want.Notes, want.Customer = []ConversationID{"cv_0", "cv_1"}, "first\nsecond", "cu_1"
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if again, err := got.Join(c, "third"); err != nil || !cmp.Equal(got, again) {
		t.Error("joining twice is no joining", err)
	}
	if len(open.Conversations) != 1 {
		t.Error("the case that was joined has changed")
	}
	for name, k := range map[string]Case{"closed": closed, "another customer's": others} {
		if _, err := k.Join(c, ""); !errors.Is(err, &Error{Code: CodeWrongState}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := long.Join(c, "more"); !cmp.Equal([]string{"notes"}, problemPaths(err)) {
		t.Error(err)
	}
}

func TestCaseChange(t *testing.T) {
	t.Parallel()
	k := Case{ID: "ca_1", Subject: "s", Status: CaseOpen, Severity: "low", Visibility: "public"}
	subject, severity, visibility, status, at := "t", "critical", "private", CaseClosed, rosterDay
	got, err := k.Change(CaseChange{Subject: &subject, Severity: &severity, Visibility: &visibility, Status: &status, FollowUpAt: &at})
	want := Case{ID: "ca_1", Subject: "t", Status: CaseClosed, Severity: "critical", Visibility: "private", FollowUpAt: &at}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	none, wrong := "", CaseStatus("eaten")
	if _, err := k.Change(CaseChange{Subject: &none, Severity: &none, Visibility: &none, Status: &wrong}); !cmp.Equal(
		[]string{"subject", "status", "severity", "visibility"}, problemPaths(err)) {
		t.Error(err)
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	ended := stage(offered, accepted, OptedOut{Message: "ms_1_1"}, over)
	if diff := cmp.Diff(Thread{OptedOut: true, Last: "cv_1", EndedAt: rosterDay, Agent: "ann"}, Thread{}.After(ended)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Thread{Last: "cv_0"}, Thread{OptedOut: true, Last: "cv_0"}.After(stage(OptedIn{Message: "ms_1_1"}))); diff != "" {
		t.Error(diff)
	}
	window := samplePolicy().ReopenWindow
	for _, row := range []struct {
		name   string
		thread Thread
		at     time.Duration
		want   ConversationID
	}{
		{"nothing before", Thread{}, 0, ""},
		{"in the window", Thread{Last: "cv_0", EndedAt: rosterDay}, window - 1, "cv_0"},
		{"after it", Thread{Last: "cv_0", EndedAt: rosterDay}, window, ""},
	} {
		begin := &Begin{Tenant: "acme", Channel: &Channel{}, Queue: &Queue{ID: "support"}, Thread: row.thread, Text: ReceiveText{From: "+14155550201", Body: "hi"}}
		events, err := new(Conversation).Decide(rosterDay, samplePolicy(), Order{Input: "1", At: rosterDay.Add(row.at), Command: begin})
		started, ok := events[0].(Started)
		if err != nil || !ok || started.LinkedTo != row.want || started.ID != "cv_1" {
			t.Errorf("%s: %+v, %v", row.name, started, err)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	c := NewConversationID("17f")
	message, seq := c.Message(3).Conversation()
	if c.Offer(2).Conversation() != c || message != c || seq != 3 || c.Case().Conversation() != c || NewCustomerID("17f") != "cu_17f" {
		t.Errorf("%s: %s %s %s", c, c.Offer(2), c.Message(3), c.Case())
	}
	for _, bad := range []string{"", "of_", "of_1", "of_1_", "of__1", "of_1_0", "of_1_-1", "of_1_x", "of_1_1_1", "cv_1", "ms_1_1"} {
		if got := OfferID(bad).Conversation(); got != "" {
			t.Errorf("offer %q belongs to %s", bad, got)
		}
	}
	for _, bad := range []CaseID{"", "ca_", "cv_1"} {
		if got := bad.Conversation(); got != "" {
			t.Errorf("case %q belongs to %s", bad, got)
		}
	}
}
