package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
	"switchyard/persistence"
)

// Flags of a recorded day.
const (
	flagFrom = "from"
	flagTo   = "to"
)

// recordingFlags are what export has for a recorded day.
func recordingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: flagEvents, Usage: "write a tenant's recorded day, for switchyard simulate: what happened to conversations, what agents declared"},
		&cli.StringFlag{Name: flagFrom, Usage: "when the day begins, in RFC 3339: `TIME` (default: with the first conversation)"},
		&cli.StringFlag{Name: flagTo, Usage: "when it ends: `TIME` (default: with the last that happened)"},
	}
}

// exportEvents writes a recorded day.
func exportEvents(ctx context.Context, c *cli.Command) (err error) {
	tenant := c.String(flagTenant)
	if tenant == "" {
		return usage{fmt.Errorf("--%s is needed: the id of the tenant whose day it is", flagTenant)}
	}
	from, err := timeFlag(c, flagFrom)
	if err != nil {
		return err
	}
	to, err := timeFlag(c, flagTo)
	if err != nil {
		return err
	}
	store, _, err := openForMoving(ctx, c, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	r, err := record(ctx, store, tenant, from, to)
	if err != nil {
		return err
	}
	out, err := newExportFile(c.Args().First(), c.Root().Writer)
	if err != nil {
		return err
	}
	if err := writeDay(out, r); err != nil {
		return errors.Join(err, out.abandon())
	}
	if err := out.keep(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().ErrWriter, "%s to %s: %d events\n", r.From.Format(time.RFC3339), r.To.Format(time.RFC3339), len(r.Facts))
	return err
}

// timeFlag reads a time; the zero time when none is given.
func timeFlag(c *cli.Command, flag string) (time.Time, error) {
	s := c.String(flag)
	if s == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, usage{fmt.Errorf("--%s %q is no time; write it like 2026-03-02T00:00:00+01:00", flag, s)}
	}
	return at, nil
}

// dayRecorder reads a tenant's past out of a store.
type dayRecorder struct {
	store     persistence.Store
	part      int
	tenant    string
	from, to  time.Time // zero: as far as there is anything
	idle      map[routing.AgentID]time.Time
	customers map[routing.CustomerID]map[string]string
	facts     []placed
}

// placed is a fact with its place among all that was committed.
type placed struct {
	persistence.ID
	simulation.Fact
	at time.Time
}

// record reads what happened from a time on and before another.
func record(ctx context.Context, store persistence.Store, tenant string, from, to time.Time) (*simulation.Recording, error) {
	r := &dayRecorder{
		store: store, part: persistence.PartitionOf(tenant, store.Partitions()), tenant: tenant, from: from, to: to,
		idle: map[routing.AgentID]time.Time{}, customers: map[routing.CustomerID]map[string]string{},
	}
	ids, err := r.conversations(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := r.log(ctx, id); err != nil {
			return nil, err
		}
	}
	if err := r.shifts(ctx); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("nothing happened then at tenant %q; see whether the name and the times are right", tenant)
	}
	slices.SortFunc(r.facts, func(a, b placed) int { return cmp.Compare(a.ID, b.ID) })
	day := &simulation.Recording{Tenant: routing.TenantID(tenant), From: from, To: to, Idle: r.idle, Attributes: r.customers}
	for _, f := range r.facts {
		day.Facts = append(day.Facts, f.Fact)
	}
	if day.From.IsZero() {
		day.From = slices.MinFunc(r.facts, func(a, b placed) int { return a.at.Compare(b.at) }).at
	}
	if day.To.IsZero() {
		day.To = slices.MaxFunc(r.facts, func(a, b placed) int { return a.at.Compare(b.at) }).at.Add(time.Second)
	}
	return day, nil
}

// conversations finds those that were open in the time, and those before that they are linked to. On the way it learns when agents
// ended the ones before.
func (r *dayRecorder) conversations(ctx context.Context) ([]routing.ConversationID, error) {
	all := map[routing.ConversationID]bool{}
	for _, prefix := range []string{persistence.HotConversationPrefix(r.tenant), persistence.ConversationPrefix(r.tenant)} {
		err := r.scan(ctx, prefix, func(rec persistence.Record) error {
			var c routing.Conversation
			if err := json.Unmarshal(rec.Value, &c); err != nil {
				return fmt.Errorf("record %q: %w", rec.Key, err)
			}
			switch {
			case !r.to.IsZero() && !c.CreatedAt.Before(r.to):
			case c.State == routing.Ended && c.StateSince.Before(r.from):
				if c.StateSince.After(r.idle[c.Agent]) && c.Agent != "" {
					r.idle[c.Agent] = c.StateSince
				}
			default:
				all[c.ID] = true
				if c.LinkedTo != "" {
					all[c.LinkedTo] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	ids := make([]routing.ConversationID, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	return ids, nil
}

func (r *dayRecorder) scan(ctx context.Context, prefix string, each func(persistence.Record) error) error {
	const atOnce = 200
	for after := ""; ; {
		page, err := r.store.Scan(ctx, r.part, prefix, after, atOnce)
		if err != nil {
			return err
		}
		for _, rec := range page {
			if err := each(rec); err != nil {
				return err
			}
			after = rec.Key
		}
		if len(page) < atOnce {
			return nil
		}
	}
}

func (r *dayRecorder) list(ctx context.Context, name string, each func(persistence.Item) error) error {
	const atOnce = 500
	for after := persistence.ID(""); ; {
		page, err := r.store.Range(ctx, r.part, name, after, atOnce)
		if err != nil {
			return err
		}
		for _, item := range page {
			if err := each(item); err != nil {
				return fmt.Errorf("%s at %s: %w", name, item.ID, err)
			}
			after = item.ID
		}
		if len(page) < atOnce {
			return nil
		}
	}
}

// log reads a conversation's events, up to the end of the time. What agents wrote is left out, and so is what became of it.
func (r *dayRecorder) log(ctx context.Context, id routing.ConversationID) error {
	return r.list(ctx, persistence.LogList(r.tenant, string(id)), func(item persistence.Item) error {
		e := &routing.Envelope{}
		if err := json.Unmarshal(item.Value, e); err != nil {
			return err
		}
		if _, sent := e.Event.(routing.MessageAdvanced); sent {
			return nil
		}
		if started, ok := e.Event.(routing.Started); ok && started.Customer != "" {
			if err := r.customer(ctx, started.Customer); err != nil {
				return err
			}
		}
		if added, ok := e.Event.(routing.MessageAdded); ok && added.Message.Direction != routing.Inbound {
			added.Message.Text = ""
			e.Event = added
		}
		if r.to.IsZero() || e.At.Before(r.to) {
			r.facts = append(r.facts, placed{item.ID, simulation.Fact{Event: e}, e.At})
		}
		return nil
	})
}

// customer reads the attributes of a customer's record; one that is gone has none.
func (r *dayRecorder) customer(ctx context.Context, id routing.CustomerID) error {
	b, err := r.store.Get(ctx, r.part, persistence.CustomerKey(r.tenant, string(id)))
	if errors.Is(err, persistence.ErrNotFound) {
		return nil
	}
	var c routing.Customer
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if len(c.Attributes) > 0 {
		r.customers[id] = c.Attributes
	}
	return err
}

// shifts reads what agents declared, up to the end of the time. Of what was before its beginning only the last counts: the last
// status, and the last of a desktop that came or went.
func (r *dayRecorder) shifts(ctx context.Context) error {
	prefix := persistence.AgentPrefix(r.tenant)
	return r.scan(ctx, prefix, func(rec persistence.Record) error {
		before := map[bool]placed{}
		err := r.list(ctx, persistence.ShiftsList(r.tenant, rec.Key[len(prefix):]), func(item persistence.Item) error {
			in := &routing.Input{}
			if err := json.Unmarshal(item.Value, in); err != nil {
				return err
			}
			_, status := in.Command.(routing.SetStatus)
			f := placed{item.ID, simulation.Fact{Shift: in}, in.At}
			switch {
			case in.At.Before(r.from):
				before[status] = f
			case r.to.IsZero() || in.At.Before(r.to):
				r.facts = append(r.facts, f)
			}
			return nil
		})
		for _, f := range before {
			r.facts = append(r.facts, f)
		}
		return err
	})
}
