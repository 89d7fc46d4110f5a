package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// records reads what is committed of one tenant. Reading needs no owner.
type records struct {
	store  persistence.Store
	tenant string
	part   int
	home   *routing.Tenant // its configuration, for what is shown; may be nil
}

func recordsOf(store persistence.Store, tenant routing.TenantID) records {
	return records{store: store, tenant: string(tenant), part: persistence.PartitionOf(string(tenant), store.Partitions())}
}

// read decodes one record; false when there is none.
func read[T any](ctx context.Context, r records, key string) (T, bool, error) {
	var v T
	value, err := r.store.Get(ctx, r.part, key)
	if errors.Is(err, persistence.ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("read %s: %w", kindOf(key), err)
	}
	if err := json.Unmarshal(value, &v); err != nil {
		return v, false, fmt.Errorf("decode %s: %w", kindOf(key), err)
	}
	return v, true, nil
}

// has says whether a record is there.
func (r records) has(ctx context.Context, key string) (bool, error) {
	_, err := r.store.Get(ctx, r.part, key)
	if errors.Is(err, persistence.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// kindOf is the part of a key that says nothing about anybody.
func kindOf(key string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(key, persistence.HotPrefix), "/")
	return kind
}

// scanPage is how many records are read at once.
const scanPage = 200

// scan hands every record under a prefix to f, in key order, until f says false.
func (r records) scan(ctx context.Context, prefix, after string, f func(persistence.Record) (bool, error)) error {
	for record, err := range r.walk(ctx, prefix, after, scanPage) {
		if err != nil {
			return err
		}
		if more, err := f(record); err != nil || !more {
			return err
		}
	}
	return nil
}

// walk yields every record under a prefix after a key, in key order, reading so many at once.
func (r records) walk(ctx context.Context, prefix, after string, atOnce int) iter.Seq2[persistence.Record, error] {
	return func(yield func(persistence.Record, error) bool) {
		for {
			page, err := r.store.Scan(ctx, r.part, prefix, after, atOnce)
			if err != nil {
				yield(persistence.Record{}, fmt.Errorf("scan %s: %w", kindOf(prefix), err))
				return
			}
			for _, record := range page {
				if !yield(record, nil) {
					return
				}
				after = record.Key
			}
			if len(page) < atOnce {
				return
			}
		}
	}
}

// names lists the last parts of the keys under a prefix: what an index points to.
func (r records) names(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	err := r.scan(ctx, prefix, "", func(record persistence.Record) (bool, error) {
		names = append(names, strings.TrimPrefix(record.Key, prefix))
		return true, nil
	})
	return names, err
}

// conversation finds one, open or ended. It looks among the open ones first: one that ends in between is then found ended.
func (r records) conversation(ctx context.Context, id routing.ConversationID) (routing.Conversation, bool, error) {
	c, found, err := read[routing.Conversation](ctx, r, persistence.HotConversationKey(r.tenant, string(id)))
	if found || err != nil {
		return c, found, err
	}
	return read[routing.Conversation](ctx, r, persistence.ConversationKey(r.tenant, string(id)))
}

// open lists the tenant's conversations that have not ended.
func (r records) open(ctx context.Context) ([]routing.Conversation, error) {
	var open []routing.Conversation
	err := r.scan(ctx, persistence.HotConversationPrefix(r.tenant), "", func(record persistence.Record) (bool, error) {
		var c routing.Conversation
		if err := json.Unmarshal(record.Value, &c); err != nil {
			return false, fmt.Errorf("decode conversation: %w", err)
		}
		if c.State != routing.Ended {
			open = append(open, c)
		}
		return true, nil
	})
	return open, err
}

// parked lists the conversations that the agent has parked.
func (r records) parked(ctx context.Context, agent routing.AgentID) ([]routing.Conversation, error) {
	return r.indexed(ctx, persistence.ParkedPrefix(r.tenant, string(agent)), func(c routing.Conversation) bool {
		return c.State == routing.Parked && c.Agent == agent
	})
}

// held lists the conversations that hold one of the agent's slots; at most a capacity's worth.
func (r records) held(ctx context.Context, agent routing.AgentID) ([]routing.Conversation, error) {
	return r.indexed(ctx, persistence.HeldPrefix(r.tenant, string(agent)), func(c routing.Conversation) bool { return c.HeldBy(agent) })
}

// indexed lists the conversations that an index points to and that are still what it says: it may be read a commit too early.
func (r records) indexed(ctx context.Context, prefix string, still func(routing.Conversation) bool) ([]routing.Conversation, error) {
	names, err := r.names(ctx, prefix)
	if err != nil {
		return nil, err
	}
	all := make([]routing.Conversation, 0, len(names))
	for _, name := range names {
		c, found, err := r.conversation(ctx, routing.ConversationID(name))
		if err != nil {
			return nil, err
		}
		if found && still(c) {
			all = append(all, c)
		}
	}
	return all, nil
}

// agent is what is remembered of an agent. One of whom nothing is known yet is logged out.
func (r records) agent(ctx context.Context, id routing.AgentID) (routing.AgentRecord, error) {
	a, found, err := read[routing.AgentRecord](ctx, r, persistence.AgentKey(r.tenant, string(id)))
	if !found {
		a = routing.AgentRecord{ID: id, Status: routing.LoggedOut}
	}
	return a, err
}

// agents lists all agents' records.
func (r records) agents(ctx context.Context) ([]routing.AgentRecord, error) {
	var all []routing.AgentRecord
	err := r.scan(ctx, persistence.AgentPrefix(r.tenant), "", func(record persistence.Record) (bool, error) {
		var a routing.AgentRecord
		if err := json.Unmarshal(record.Value, &a); err != nil {
			return false, fmt.Errorf("decode agent: %w", err)
		}
		all = append(all, a)
		return true, nil
	})
	return all, err
}

// log lists a conversation's events, oldest first.
func (r records) log(ctx context.Context, id routing.ConversationID) ([]routing.Envelope, error) {
	var (
		all   []routing.Envelope
		after persistence.ID
	)
	for {
		page, err := r.store.Range(ctx, r.part, persistence.LogList(r.tenant, string(id)), after, scanPage)
		if err != nil {
			return nil, fmt.Errorf("read log: %w", err)
		}
		for _, item := range page {
			var e routing.Envelope
			if err := json.Unmarshal(item.Value, &e); err != nil {
				return nil, fmt.Errorf("read log: %w", err)
			}
			all = append(all, e)
			after = item.ID
		}
		if len(page) < scanPage {
			return all, nil
		}
	}
}

// customer finds a customer's record.
func (r records) customer(ctx context.Context, id routing.CustomerID) (routing.Customer, bool, error) {
	return read[routing.Customer](ctx, r, persistence.CustomerKey(r.tenant, string(id)))
}

// cases lists a customer's cases.
func (r records) cases(ctx context.Context, customer routing.CustomerID) ([]routing.Case, error) {
	return follow[routing.Case](ctx, r, persistence.CasesPrefix(r.tenant, string(customer)), func(id string) string {
		return persistence.CaseKey(r.tenant, id)
	})
}

// customersOf lists the customers of a number.
func (r records) customersOf(ctx context.Context, number string) ([]routing.Customer, error) {
	return follow[routing.Customer](ctx, r, persistence.NumberPrefix(r.tenant, number), func(id string) string {
		return persistence.CustomerKey(r.tenant, id)
	})
}

// follow reads the records that an index points to.
func follow[T any](ctx context.Context, r records, index string, key func(string) string) ([]T, error) {
	names, err := r.names(ctx, index)
	if err != nil {
		return nil, err
	}
	all := make([]T, 0, len(names))
	for _, name := range names {
		v, found, err := read[T](ctx, r, key(name))
		if err != nil {
			return nil, err
		}
		if found {
			all = append(all, v)
		}
	}
	return all, nil
}
