package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestParts: which parts make one text, which begin another, and what that text reads.
func TestParts(t *testing.T) {
	t.Parallel()
	part := func(ref string, number, total int, body string) ReceiveText {
		return ReceiveText{From: "+14155550201", Body: body, CarrierID: body, Part: &Part{Ref: ref, Number: number, Total: total}}
	}
	many := make([]ReceiveText, 0, 12)
	for i := range 10 {
		many = append(many, part(string(rune('a'+i)), 1, 2, string(rune('a'+i))))
	}
	many = append(many, part("a", 2, 2, "A"), part("j", 2, 2, "J"))
	for _, row := range []struct {
		name  string
		texts []ReceiveText
		every time.Duration
		want  []string
	}{
		{"in order", []ReceiveText{part("1", 1, 2, "a"), part("1", 2, 2, "b")}, 0, []string{"ab"}},
		{"backwards", []ReceiveText{part("1", 3, 3, "c"), part("1", 2, 3, "b"), part("1", 1, 3, "a")}, 0, []string{"abc"}},
		{"two at once", []ReceiveText{part("1", 1, 2, "a"), part("2", 1, 2, "x"), part("1", 2, 2, "b"), part("2", 2, 2, "y")}, 0, []string{"ab", "xy"}},
		{"a gap in the middle", []ReceiveText{part("1", 1, 4, "a"), part("1", 4, 4, "d")}, 0, []string{"a[...]d"}},
		{"one part lacks at the end", []ReceiveText{part("1", 1, 2, "a")}, 0, []string{"a[...]"}},
		{"one part of one", []ReceiveText{part("1", 1, 1, "a"), part("1", 1, 1, "b")}, 0, []string{"a", "b"}},
		{"a reference used again when the text was whole", []ReceiveText{part("1", 1, 2, "a"), part("1", 2, 2, "b"), part("1", 1, 2, "c")}, 0, []string{"ab", "c[...]"}},
		{"a reference used again before", []ReceiveText{part("1", 1, 2, "a"), part("1", 1, 2, "c"), part("1", 2, 2, "b")}, 0, []string{"ab", "c[...]"}},
		{"another length is another text", []ReceiveText{part("1", 1, 2, "a"), part("1", 2, 3, "b")}, 0, []string{"a[...]", "[...]b[...]"}},
		{"a day later is another text", []ReceiveText{part("1", 1, 2, "a"), part("1", 2, 2, "b")}, 24 * time.Hour, []string{"a[...]", "[...]b"}},
		{"an emoji cut in two", []ReceiveText{part("1", 1, 2, "👍"), part("1", 2, 2, "🏽")}, 0, []string{"[emoji: thumbs up sign]"}},
		{"more than are remembered", many, 0, []string{"a[...]", "b[...]", "c[...]", "d[...]", "e[...]", "f[...]", "g[...]", "h[...]", "i[...]", "jJ", "[...]A"}},
	} {
		at := sampleTime
		log := new(Conversation).Seal(at, Principal{}, []Event{Started{ID: "cv_1"}})
		c := Fold(log)
		for _, text := range row.texts {
			events, err := c.Decide(at, Policy{}, Order{Input: "i", At: at, Command: text})
			if err != nil {
				t.Fatal(err)
			}
			log = append(log, c.Seal(at, Principal{}, events)...)
			c = Fold(log)
			at = at.Add(row.every)
		}
		var got []string
		for _, m := range Transcript(log) {
			got = append(got, m.Text)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
		if last := c.LastMessage; last == nil || last.Text != got[last.Seq-1] {
			t.Errorf("%s: the last message is %+v", row.name, last)
		}
		if len(c.Partials) > partialsKept {
			t.Errorf("%s: %d long texts are remembered", row.name, len(c.Partials))
		}
	}
}

// TestPartsTellTheDesktop: the agent who has the conversation sees the message grow.
func TestPartsTellTheDesktop(t *testing.T) {
	t.Parallel()
	c := Conversation{ID: "cv_1", State: Active, Agent: "ann", Rev: 1}
	for i, body := range []string{"Hello, ", "world"} {
		text := ReceiveText{Body: body, CarrierID: body, Part: &Part{Ref: "1", Number: i + 1, Total: 2}}
		events, err := c.Decide(sampleTime, Policy{}, Order{Input: "i", At: sampleTime, Command: text})
		if err != nil {
			t.Fatal(err)
		}
		log := c.Seal(sampleTime, Principal{}, events)
		is := c
		for _, e := range log {
			is = is.Apply(e.At, e.Event)
		}
		notices := Notices(c.Steps(log))
		want := []NoticeType{NoticeMessageAdded, NoticeMessageUpdated}[i]
		if len(notices) == 0 || notices[0].Type != want || notices[0].Message.Text != []string{"Hello, [...]", "Hello, world"}[i] {
			t.Errorf("part %d: notices = %+v", i+1, notices)
		}
		c = is
	}
}
