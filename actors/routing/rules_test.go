package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ruledTenant(rules ...ChannelRule) Tenant {
	t := soundTenant()
	t.Channels[0].Rules = rules
	return t
}

func TestRules(t *testing.T) {
	t.Parallel()
	night := berlin(t, calendar(t, officeHours()), "2026-03-02 20:00")
	noon := berlin(t, calendar(t, officeHours()), "2026-03-02 11:00")
	all := map[string]string{"Tier": "VIP"}
	for _, row := range []struct {
		name       string
		rule       ChannelRule
		at         time.Time
		text       string
		attributes map[string]string
		holds      bool
	}{
		{"a word", ChannelRule{Keywords: []string{"bill", "Invoice"}}, noon, "My INVOICE, please!", nil, true},
		{"a part of a word", ChannelRule{Keywords: []string{"bill"}}, noon, "billing", nil, false},
		{"a pattern", ChannelRule{Pattern: `^#\d+`}, noon, "#42", nil, true},
		{"a pattern that is not found", ChannelRule{Pattern: `^#\d+`}, noon, "no #42", nil, false},
		{"an attribute", ChannelRule{Attribute: &AttributeIs{"tier", "vip"}}, noon, "", all, true},
		{"another value", ChannelRule{Attribute: &AttributeIs{"tier", "gold"}}, noon, "", all, false},
		{"nobody knows", ChannelRule{Attribute: &AttributeIs{"tier", "vip"}}, noon, "", nil, false},
		{"in hours", ChannelRule{During: "office"}, noon, "", nil, true},
		{"out of them", ChannelRule{During: "office"}, night, "", nil, false},
		{"outside", ChannelRule{Outside: "office"}, night, "", nil, true},
		{"not outside", ChannelRule{Outside: "office"}, noon, "", nil, false},
		{"both", ChannelRule{Keywords: []string{"bill"}, Outside: "office"}, night, "bill", nil, true},
		{"one of both", ChannelRule{Keywords: []string{"bill"}, Outside: "office"}, noon, "bill", nil, false},
		{"always", ChannelRule{}, noon, "", nil, true},
	} {
		row.rule.Queue = "sales"
		tenant := ruledTenant(row.rule)
		rules := tenant.Rules("main")
		want := Guidance{}
		if row.holds {
			want = Guidance{Rule: "rules[0]", Queue: "sales"}
		}
		if diff := cmp.Diff(want, rules.Guide(row.at, row.text, row.attributes)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
		if got := rules.NeedCustomer(); got != (row.rule.Attribute != nil) {
			t.Errorf("%s: needs the customer: %t", row.name, got)
		}
	}
	plain := ruledTenant()
	if got := plain.Rules("main").Guide(noon, "x", nil); got.Queue != "" || plain.Rules("main").NeedCustomer() || got.To(&plain.Channels[0]) != "support" {
		t.Errorf("without rules: %+v", got)
	}
}

func TestDirectionAdds(t *testing.T) {
	t.Parallel()
	d := Guidance{Skills: []Need{{"billing", 30}, {"spanish", 40}, {"french", 10}}, PreferredSkills: []Need{{"dutch", 50}}}
	q := Queue{Skills: []Need{{"billing", 50}, {"spanish", 20}}, PreferredSkills: []Need{{"dutch", 90}, {"greek", 10}}}
	needs, preferred := d.with(&q)
	if diff := cmp.Diff([]Need{{"billing", 50}, {"spanish", 40}, {"french", 10}}, needs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Need{{"dutch", 50}, {"greek", 10}}, preferred); diff != "" {
		t.Error(diff)
	}
	if q.Skills[1].Level != 20 {
		t.Error("the queue's own are changed")
	}
}

func TestUnreachableRules(t *testing.T) {
	t.Parallel()
	bill, billing := []string{"bill"}, []string{"bill", "invoice"}
	vip := &AttributeIs{"tier", "VIP"}
	for _, row := range []struct {
		name           string
		earlier, later ChannelRule
		implied        bool
	}{
		{"after one that always holds", ChannelRule{}, ChannelRule{Keywords: bill}, true},
		{"after one with more words", ChannelRule{Keywords: billing}, ChannelRule{Keywords: bill}, true},
		{"after one with fewer words", ChannelRule{Keywords: bill}, ChannelRule{Keywords: billing}, false},
		{"after one with words", ChannelRule{Keywords: bill}, ChannelRule{}, false},
		{"after one that asks for less", ChannelRule{Keywords: billing}, ChannelRule{Keywords: bill, Attribute: vip}, true},
		{"after one that asks for more", ChannelRule{Keywords: bill, Attribute: vip}, ChannelRule{Keywords: bill}, false},
		{"the same attribute", ChannelRule{Attribute: vip}, ChannelRule{Attribute: &AttributeIs{"tier", "VIP"}}, true},
		{"another attribute", ChannelRule{Attribute: vip}, ChannelRule{Attribute: &AttributeIs{"tier", "gold"}}, false},
		{"the same pattern", ChannelRule{Pattern: "x"}, ChannelRule{Pattern: "x", During: "office"}, true},
		{"another pattern", ChannelRule{Pattern: "x"}, ChannelRule{Pattern: "xy"}, false},
		{"in and out of hours", ChannelRule{During: "office"}, ChannelRule{Outside: "office"}, false},
	} {
		if got := row.later.implies(row.earlier); got != row.implied {
			t.Errorf("%s: %t", row.name, got)
		}
	}
}
