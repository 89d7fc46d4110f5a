package routing

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// domestic is a policy of a tenant that sends texts to these countries only.
func domestic(countries ...string) Policy {
	tenant := worldTenant()
	tenant.Destinations = countries
	p := tenant.PolicyFor("help", "support")
	p.EngineReplies = true
	return p
}

// TestDestinations: to a number in another country nothing is sent, neither what an agent writes nor what the engine says by itself,
// and the refusal says what to do. What the customer says is heeded as ever.
func TestDestinations(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		number string
		policy Policy
		goes   bool
	}{
		{"everywhere", "+33612345678", domestic(), true},
		{"at home", "+14155550100", domestic("CA", "US"), true},
		{"abroad", "+33612345678", domestic("CA", "US"), false},
		{"the same country code", "+14165550100", domestic("US"), false},
		{"no country's", "+80012345678", domestic("US"), false},
	} {
		active := numbered(stage(text(1), offered, accepted), row.number)
		ask := func(c Conversation, cmd ConversationCommand) ([]Event, error) {
			return c.Decide(rosterDay, row.policy, Order{Input: "9", At: rosterDay, By: Principal{RoleAgent, "ann"}, Command: cmd})
		}
		events, err := ask(active, SendReply{Text: "Hello"})
		if goes := err == nil && len(events) == 1; goes != row.goes {
			t.Errorf("%s: a reply: %v, %v", row.name, events, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), string(CodeInvalid)) || !strings.Contains(err.Error(), "destinations allows "+strings.Join(row.policy.tenant.Destinations, ", "))) {
			t.Errorf("%s: the refusal is %v", row.name, err)
		}
		sending := MessageSending
		if !row.goes {
			sending = MessageFailed
		}
		events, err = ask(numbered(stage(text(1), offered, accepted, reply(2)), row.number), BeginSend{Message: "ms_1_2"})
		if err != nil || len(events) != 1 || events[0].(MessageAdvanced).State != sending { //nolint:forcetypeassert // what else
			t.Errorf("%s: a reply that was written before: %+v, %v", row.name, events, err)
		}
		for body, heeded := range map[string][]string{"STOP": {"message.added", "customer.opted_out"}, "HELP": {"message.added"}} {
			events, err = ask(active, ReceiveText{From: row.number, Body: body})
			var got []string
			for _, e := range events {
				got = append(got, EventType(e))
			}
			want := slices.Clone(heeded)
			if row.goes {
				want = append(want, "message.added")
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %s: %v (-want +got):\n%s", row.name, body, err, diff)
			}
		}
		events, err = ask(numbered(stage(text(1)), row.number), Inform{"welcome", "Hello"})
		if err != nil || (len(events) == 1) != row.goes {
			t.Errorf("%s: a notice: %v, %v", row.name, events, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	tenant := Tenant{Channels: []Channel{{Number: "+14155550100"}, {Number: "+442079460000"}, {Number: "+80012345678"}}}
	if got := tenant.Unreachable(); got != nil {
		t.Errorf("without a list: %v", got)
	}
	tenant.Destinations = []string{"US"}
	want := []Problem{{"channels[1].number", "the number is in GB, and destinations leaves that out, so its customers there get no answer; add the country"}}
	if diff := cmp.Diff(want, tenant.Unreachable()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
