package actors

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/anthdm/hollywood/actor"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// reconfigured says that a configuration has been committed, or, without one, that it has been refused.
type reconfigured struct {
	tenant routing.TenantID
	config *routing.Config
}

// replaceConfig commits a tenant's configuration, if it replaces the one that its author has seen. Until that is decided the
// tenant's other inputs are held back: once it is in the store, and before we hear so, anybody may read it there and send what
// only the new one knows of.
func (p *partition) replaceConfig(e entry, in routing.Input, cmd routing.ReplaceConfig) {
	t := p.tenure
	p.replacing[in.Tenant]++
	is := routing.Config{Tenant: cmd.Tenant, Source: cmd.Source, ETag: in.ID}
	t.working.Add(1)
	w := &work{ack: e.id, replyTo: e.key}
	w.amend = func(read reader) (writes, *routing.Answer, error) {
		var out writes
		if err := t.mayReplace(read, in.Tenant, cmd); err != nil {
			return out, nil, err
		}
		if err := out.record(persistence.ConfigKey(string(in.Tenant)), is); err != nil {
			return out, nil, err
		}
		out.events = append(out.events, persistence.Event{Stream: persistence.ConfigStream(string(in.Tenant)), Value: []byte(is.ETag)})
		return out, &routing.Answer{ETag: is.ETag}, out.audit(in.Tenant, in.At, in.By, cmd)
	}
	w.done = func(err error) {
		defer t.working.Done()
		if no, ok := refusal(err); ok {
			t.answerRefusal(e, no)
			t.tellPartition(reconfigured{tenant: in.Tenant})
			return
		}
		if err != nil {
			t.fail(err)
			return
		}
		t.tellPartition(reconfigured{in.Tenant, &is})
	}
	t.committer.submit(w)
}

func (t *tenure) mayReplace(read reader, id routing.TenantID, cmd routing.ReplaceConfig) error {
	if cmd.Tenant.ID != id {
		return &routing.Error{Code: routing.CodeInvalid, Detail: "the document is another tenant's", Problems: []routing.Problem{{Path: "id", Message: "must be " + string(id)}}}
	}
	if problems := cmd.Tenant.Check(); len(problems) > 0 {
		return &routing.Error{Code: routing.CodeInvalid, Detail: "the configuration is not valid", Problems: problems}
	}
	var was routing.Config
	if _, err := readRecord(read, persistence.ConfigKey(string(id)), &was); err != nil {
		return err
	}
	if was.ETag != cmd.IfMatch {
		return &routing.Error{Code: routing.CodePreconditionFailed, Detail: "the configuration has changed since; read it again and repeat the change"}
	}
	return t.stillServed(id, &cmd.Tenant)
}

// stillServed refuses a configuration without a queue, channel or agent that an open conversation needs.
func (t *tenure) stillServed(id routing.TenantID, is *routing.Tenant) error {
	after, prefix := "", persistence.HotConversationPrefix(string(id))
	for {
		page, err := t.engine.store.Scan(context.WithoutCancel(t.ctx), t.part, prefix, after, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			var c routing.Conversation
			if err := json.Unmarshal(r.Value, &c); err != nil {
				return fmt.Errorf("conversation %q: %w", r.Key, err)
			}
			if missing := needs(c, is); missing != "" {
				return &routing.Error{Code: routing.CodeInvalid, Detail: "conversation " + string(c.ID) + " still needs " + missing + "; end it first"}
			}
		}
		after = page[len(page)-1].Key
	}
}

func needs(c routing.Conversation, is *routing.Tenant) string {
	if _, ok := is.Queue(c.Queue); !ok && c.Open() {
		return "queue " + string(c.Queue)
	}
	if c.Transfer != nil && c.Transfer.Queue != "" {
		if _, ok := is.Queue(c.Transfer.Queue); !ok {
			return "queue " + string(c.Transfer.Queue)
		}
	}
	if _, ok := is.Channel(c.Channel); !ok {
		return "channel " + string(c.Channel)
	}
	for _, h := range c.Holdings() {
		if _, ok := is.Agent(h.Agent); !ok {
			return "agent " + string(h.Agent)
		}
	}
	return ""
}

// reconfigure puts a committed configuration into force, and lets the inputs through that were held back for it.
func (p *partition) reconfigure(msg reconfigured) {
	if msg.config != nil {
		p.enforce(*msg.config)
	}
	if p.replacing[msg.tenant]--; p.replacing[msg.tenant] > 0 {
		return
	}
	held := p.heldBack[msg.tenant]
	delete(p.replacing, msg.tenant)
	delete(p.heldBack, msg.tenant)
	for _, a := range held {
		p.arrive(a)
	}
}

func (p *partition) enforce(config routing.Config) {
	tenant := &config.Tenant
	h := p.houses[tenant.ID]
	if h == nil {
		p.revive(tenant.ID, &found{config: config})
		return
	}
	was := h.plan.Load()
	is := &plan{
		config: config, queues: maps.Clone(was.queues), agents: maps.Clone(was.agents), couriers: maps.Clone(was.couriers),
		policies: policies(tenant), rules: rules(tenant),
	}
	p.staff(h, is, nil, nil)
	h.plan.Store(is)
	hw := p.tenure.engine.hollywood
	for _, q := range tenant.Queues {
		hw.Send(is.queues[q.ID], staffed{q, tenant.Members(q.ID), tenant.Hours(q.ID)})
	}
	for _, a := range tenant.Agents {
		hw.Send(is.agents[a.ID], profiled{a, tenant.AgentGoneRequeue()})
	}
	for _, c := range tenant.Channels {
		hw.Send(is.couriers[c.ID], paced{c})
	}
}

// open makes a tenant's house with actors for all that its configuration names.
func (p *partition) open(id routing.TenantID, config routing.Config, agents map[routing.AgentID]*routing.Agent, lines map[routing.QueueID]*routing.Line) *house {
	h := &house{tenant: id}
	is := &plan{
		config: config, queues: map[routing.QueueID]*actor.PID{}, agents: map[routing.AgentID]*actor.PID{},
		couriers: map[routing.ChannelID]*actor.PID{}, policies: policies(&config.Tenant), rules: rules(&config.Tenant),
	}
	p.houses[id] = h
	p.staff(h, is, agents, lines)
	h.plan.Store(is)
	for _, pid := range is.queues {
		p.tenure.engine.hollywood.Send(pid, opened{})
	}
	return h
}

// staff spawns what the plan's configuration names and has no actor yet.
func (p *partition) staff(h *house, is *plan, agents map[routing.AgentID]*routing.Agent, lines map[routing.QueueID]*routing.Line) {
	t, tenant, now := p.tenure, &is.config.Tenant, clock()
	name := func(id string) string { return string(tenant.ID) + "/" + id }
	t.metrics.declare(tenant)
	for _, q := range tenant.Queues {
		if is.queues[q.ID] == nil {
			line := lines[q.ID]
			if line == nil {
				line = routing.NewLine(q, tenant.Members(q.ID))
				line.Keep(tenant.Hours(q.ID))
			}
			is.queues[q.ID] = t.keep(t.spawn("queue", name(string(q.ID)), &queue{tenure: t, house: h, line: line}))
			t.lines(is.queues[q.ID])
		}
	}
	for _, profile := range tenant.Agents {
		if is.agents[profile.ID] == nil {
			a := agents[profile.ID]
			if a == nil {
				a = routing.NewAgent(profile, routing.AgentRecord{ID: profile.ID, Status: routing.LoggedOut, StatusSince: now}, now)
			}
			is.agents[profile.ID] = t.keep(t.spawn("agent", name(string(profile.ID)), &agent{tenure: t, house: h, agent: a, requeue: tenant.AgentGoneRequeue(), seat: a.Seat(now)}))
			t.mustered(h.tenant, routing.Seat{}, a.Seat(now))
		}
	}
	for _, c := range tenant.Channels {
		if is.couriers[c.ID] == nil {
			is.couriers[c.ID] = t.keep(t.spawn("courier", name(string(c.ID)), newCourier(t, h, c)))
			t.sends(is.couriers[c.ID])
		}
	}
}
