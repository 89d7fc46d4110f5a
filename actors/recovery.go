package actors

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// found is what a tenure finds stored of one tenant.
type found struct {
	config        routing.Config
	records       map[routing.AgentID]routing.AgentRecord
	idle          map[routing.AgentID]time.Time
	conversations []routing.Conversation
	salt          []byte
}

// find reads the partition's hot records.
func (t *tenure) find(lease persistence.Lease) (map[routing.TenantID]*found, error) {
	all := map[routing.TenantID]*found{}
	of := func(tenant string) *found {
		id := routing.TenantID(tenant)
		if all[id] == nil {
			all[id] = &found{records: map[routing.AgentID]routing.AgentRecord{}, idle: map[routing.AgentID]time.Time{}}
		}
		return all[id]
	}
	for r, err := range t.engine.store.Load(t.ctx, lease) {
		if err != nil {
			return nil, err
		}
		parts := strings.SplitN(strings.TrimPrefix(r.Key, persistence.HotPrefix), "/", 3)
		if len(parts) < 2 {
			return nil, fmt.Errorf("record %q is none of ours", r.Key)
		}
		if err := of(parts[1]).take(parts, r.Value); err != nil {
			return nil, fmt.Errorf("record %q: %w", r.Key, err)
		}
	}
	for id, f := range all {
		salt, err := t.get(persistence.SaltKey(string(id)))
		if err != nil {
			return nil, err
		}
		f.salt = salt
	}
	return all, t.loadOrphans()
}

func (f *found) take(parts []string, value []byte) error {
	if parts[0] == "config" {
		return json.Unmarshal(value, &f.config)
	}
	if len(parts) < 3 {
		return fmt.Errorf("it has no name")
	}
	id := routing.AgentID(parts[2])
	switch parts[0] {
	case "agent":
		var r routing.AgentRecord
		err := json.Unmarshal(value, &r)
		f.records[id] = r
		return err
	case "idle":
		var at time.Time
		err := json.Unmarshal(value, &at)
		f.idle[id] = at
		return err
	case "conversation":
		var c routing.Conversation
		err := json.Unmarshal(value, &c)
		f.conversations = append(f.conversations, c)
		return err
	}
	return fmt.Errorf("its kind is not known to this program")
}

// record is what the agent declared last.
func (f *found) record(id routing.AgentID, now time.Time) routing.AgentRecord {
	if r, ok := f.records[id]; ok {
		return r
	}
	return routing.AgentRecord{ID: id, Status: routing.LoggedOut, StatusSince: now}
}

// revive brings one tenant back to where it was: every open conversation says everything again, agents and lines take it in
// before they are actors, and only then do the queues open.
func (p *partition) revive(id routing.TenantID, f *found) {
	now := clock()
	tenant := &f.config.Tenant
	agents := make(map[routing.AgentID]*routing.Agent, len(tenant.Agents))
	for _, profile := range tenant.Agents {
		agents[profile.ID] = routing.NewAgent(profile, f.record(profile.ID, now), f.idle[profile.ID])
	}
	lines := make(map[routing.QueueID]*routing.Line, len(tenant.Queues))
	for _, q := range tenant.Queues {
		lines[q.ID] = routing.NewLine(q, tenant.Members(q.ID))
		lines[q.ID].Keep(tenant.Hours(q.ID))
	}
	var later, unheard routing.Mail // no line is open: there is nothing unheard
	for _, c := range f.conversations {
		for _, e := range routing.Delta(routing.Conversation{}, c) {
			if hold, ok := e.(*routing.HoldSlot); ok && agents[hold.Agent] != nil {
				agents[hold.Agent].Hold(hold.Conversation, hold.Slot)
			} else if enter, ok := e.(*routing.EnterLine); ok && lines[enter.Queue] != nil {
				lines[enter.Queue].Enter(&unheard, now, &enter.Item)
			} else {
				later.Add(e)
			}
		}
	}
	for _, a := range agents {
		for _, q := range a.Profile.Queues {
			lines[q].Sit(&unheard, now, &routing.SeatChanged{Queue: q, Seat: a.Seat(now)})
		}
	}
	h := p.open(id, f.config, agents, lines)
	if f.salt != nil {
		h.salt.Store(&f.salt)
	}
	for _, c := range f.conversations {
		p.resume(h, c)
	}
	p.tenure.tell(h, &later)
	p.missDesktops(h, rolled{p.tenure.engine.members.lives()})
}

// resume seats a conversation as it is stored.
func (p *partition) resume(h *house, c routing.Conversation) {
	s := p.seat(h, &conversation{tenure: p.tenure, house: h, id: c.ID, c: c, loaded: true})
	p.tenure.moved(&routing.Conversation{}, &c)
	if c.Open() {
		s.thread = thread{h.tenant, c.Thread()}
		p.threads[s.thread] = c.ID
	}
	for _, o := range c.Outbox {
		if o.State == routing.MessageSending {
			p.give(h, c.ID, order{Order: routing.Order{At: clock(), Command: routing.Resume{}}})
			return
		}
	}
}
