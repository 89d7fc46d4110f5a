package routing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStaffing(t *testing.T) {
	t.Parallel()
	good := func() Tenant {
		return Tenant{
			Skills:   []SkillID{"orders"},
			Queues:   []Queue{{ID: "support", Skills: []Need{{"orders", 50}}}},
			Channels: []Channel{{ID: "line", Queue: "support"}},
			Agents: []Profile{
				{ID: "ann", Queues: []QueueID{"support"}, Skills: map[SkillID]Level{"orders": 60}},
				{ID: "ben", Queues: []QueueID{"support"}, QueueSkills: map[QueueID]map[SkillID]Level{"support": {"orders": 50}}},
			},
		}
	}
	for name, test := range map[string]struct {
		edit func(*Tenant)
		want []Problem
	}{
		"well staffed": {func(*Tenant) {}, nil},
		"a skill":      {func(t *Tenant) { t.Skills = append(t.Skills, "french") }, []Problem{{"skills[1]", "nobody has french"}}},
		"a queue that nobody serves": {
			func(t *Tenant) {
				t.Queues = append(t.Queues, Queue{ID: "night"})
				t.Channels[0].Queue = "night"
				t.Channels = append(t.Channels, Channel{Queue: "support"})
			},
			[]Problem{{"queues[1]", "nobody serves it; its conversations wait until an agent has it among the queues"}},
		},
		"a queue that makes cases without anybody": {
			func(t *Tenant) {
				t.Queues = append(t.Queues, Queue{ID: "night", Overflow: []OverflowRule{{When: WhenNoAgents, Then: ThenCase}}})
				t.Channels[0].Queue = "night"
				t.Channels = append(t.Channels, Channel{Queue: "support"})
			},
			nil,
		},
		"a queue that nobody is good enough for": {
			func(t *Tenant) { t.Queues[0].Skills[0].Level = 70 },
			[]Problem{{"queues[0].skills", "none of the 2 who serve it has orders 70; its conversations wait"}},
		},
		"levels that relax far enough": {
			func(t *Tenant) {
				t.Queues[0].Skills[0].Level = 100
				t.Queues[0].RelaxLevels = &Relaxation{EverySeconds: 60, Step: 10, Floor: 50}
			}, nil,
		},
		"a queue that nothing leads to": {
			func(t *Tenant) { t.Channels[0].Queue = "" },
			[]Problem{{"queues[0]", "no channel, rule or overflow leads to it, only transfers"}},
		},
		"a queue that a rule leads to":   {func(t *Tenant) { t.Channels[0] = Channel{Rules: []ChannelRule{{Queue: "support"}}} }, nil},
		"a queue that overflow leads to": {func(t *Tenant) { t.Channels[0].Queue, t.Queues[0].Overflow = "", []OverflowRule{{Queue: "support"}} }, nil},
		"a queue that closing leads to":  {func(t *Tenant) { t.Channels[0].Queue, t.Queues[0].Closed = "", &ClosedPolicy{Queue: "support"} }, nil},
		"a rule that asks too much": {
			func(t *Tenant) { t.Channels[0].Rules = []ChannelRule{{}, {Skills: []Need{{"orders", 90}}}} },
			[]Problem{{"channels[0].rules[1].skills", "nobody who serves support has orders 90 besides what it needs itself"}},
		},
		"an agent without a queue": {func(t *Tenant) { t.Agents[1].Queues = nil }, []Problem{{"agents[1].queues", "serves no queue, and is offered nothing"}}},
		"an agent who is never asked": {
			func(t *Tenant) { t.Agents[1].QueueSkills = nil },
			[]Problem{{"agents[1].queues[0]", "lacks orders 50, and is never offered what comes to support"}},
		},
	} {
		tenant := good()
		test.edit(&tenant)
		if diff := cmp.Diff(test.want, tenant.Staffing()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
