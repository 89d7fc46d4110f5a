package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPatienceWithACarrier: a text that was surely not taken waits for its next try, and says why, until it is an hour old.
func TestPatienceWithACarrier(t *testing.T) {
	t.Parallel()
	away := Failure{Class: "carrier", Detail: "not reached"}
	at := func(after time.Duration) *time.Time {
		next := sampleTime.Add(after)
		return &next
	}
	for _, row := range []struct {
		attempt    int
		age, after time.Duration
		want       MessageAdvanced
	}{
		{1, 0, 0, MessageAdvanced{State: MessageQueued, NotBefore: at(time.Second)}},
		{3, 0, 0, MessageAdvanced{State: MessageQueued, NotBefore: at(4 * time.Second)}},
		{3, 0, 30 * time.Second, MessageAdvanced{State: MessageQueued, NotBefore: at(30 * time.Second)}},
		{7, 59 * time.Minute, 0, MessageAdvanced{State: MessageQueued, NotBefore: at(59*time.Minute + time.Minute)}},
		{500, 59 * time.Minute, 0, MessageAdvanced{State: MessageQueued, NotBefore: at(59*time.Minute + time.Minute)}},
		{2, time.Hour, 0, MessageAdvanced{State: MessageFailed}},
	} {
		m := sampleMessage()
		m.State, m.At = MessageSending, sampleTime
		c := Conversation{ID: "cv_1", State: Active, Outbox: []Outgoing{{Message: m, Attempt: row.attempt}}}
		result := SendResult{Message: m.ID, Attempt: row.attempt, Failure: &SendFailure{Failure: away, Retryable: true, After: row.after}}
		events := c.sendResult(sampleTime.Add(row.age), &Policy{}, result)
		row.want.Seq, row.want.Attempt, row.want.Failure = m.Seq, row.attempt, &away
		if diff := cmp.Diff([]Event{row.want}, events); diff != "" {
			t.Errorf("attempt %d at the age of %v (-want +got):\n%s", row.attempt, row.age, diff)
			continue
		}
		if c = c.Apply(sampleTime, events[0]); len(c.Outbox) == 0 {
			continue
		}
		if again := c.beginSend(&Policy{}, BeginSend{Message: m.ID}); again[0].(MessageAdvanced).Failure == nil {
			t.Error("while it is tried again nobody sees what kept it")
		}
	}
}
