package actors

import (
	"sync/atomic"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// house is one tenant's contact centre as it stands in a partition that this node owns. Everybody reads it; only the
// partition actor changes the plan.
type house struct {
	tenant routing.TenantID
	plan   atomic.Pointer[plan]
	salt   atomic.Pointer[[]byte] // what forgotten numbers are hashed with; nil before the first erasure
}

// forgotten is where the consent of a number is that nothing else is known of; false when there can be none.
func (h *house) forgotten(number string) (string, bool) {
	salt := h.salt.Load()
	if salt == nil {
		return "", false
	}
	return persistence.ForgottenKey(string(h.tenant), routing.HashNumber(*salt, number)), true
}

// plan is what the configuration in force means. It is never changed, only replaced.
type plan struct {
	config   routing.Config
	queues   map[routing.QueueID]*actor.PID
	agents   map[routing.AgentID]*actor.PID
	couriers map[routing.ChannelID]*actor.PID
	policies map[route]routing.Policy
	rules    map[routing.ChannelID]*routing.Rules
}

type route struct {
	channel routing.ChannelID
	queue   routing.QueueID
}

// channel is a channel as configured, nil when it is not. Nobody changes it.
func (p *plan) channel(id routing.ChannelID) *routing.Channel {
	all := p.config.Tenant.Channels
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// queue is a queue as configured, nil when it is not. Nobody changes it.
func (p *plan) queue(id routing.QueueID) *routing.Queue {
	all := p.config.Tenant.Queues
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// policy is what the configuration says about conversation c.
func (h *house) policy(c *routing.Conversation) routing.Policy {
	return h.plan.Load().policies[route{c.Channel, c.Queue}]
}

// carrier is the one that c goes over, as configured now.
func (h *house) carrier(c *routing.Conversation) string {
	if channel := h.plan.Load().channel(c.Channel); channel != nil {
		return channel.Carrier
	}
	return ""
}

// queue is a queue as configured now; one that is configured no more has the defaults.
func (h *house) queue(id routing.QueueID) routing.Queue {
	if queue := h.plan.Load().queue(id); queue != nil {
		return *queue
	}
	return routing.Queue{}
}

func policies(t *routing.Tenant) map[route]routing.Policy {
	all := make(map[route]routing.Policy, len(t.Channels)*len(t.Queues))
	for _, c := range t.Channels {
		for _, q := range t.Queues {
			all[route{c.ID, q.ID}] = t.PolicyFor(c.ID, q.ID)
		}
	}
	return all
}

func rules(t *routing.Tenant) map[routing.ChannelID]*routing.Rules {
	all := make(map[routing.ChannelID]*routing.Rules, len(t.Channels))
	for _, c := range t.Channels {
		all[c.ID] = t.Rules(c.ID)
	}
	return all
}
