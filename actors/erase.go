package actors

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// An erasure has many steps: the first takes the customer's record away and notes what is to be done, one for each conversation follows,
// by the conversation's own actor, and the last takes away the rest and the note, and answers. The input stays in the inbox until then,
// so that whoever owns the partition after a crash begins again; what was done is not done twice.

// erasures are those under way in a tenure, one after the other: each reads what the one before has written.
type erasures struct {
	under sync.WaitGroup
	one   sync.Mutex
}

// eraser is one of them.
type eraser struct {
	tenure *tenure
	house  *house
	entry  entry
	in     routing.Input
}

// eraseCustomer begins an erasure, or goes on with it.
func (t *tenure) eraseCustomer(h *house, e entry, in routing.Input, cmd routing.EraseCustomer) {
	t.erasures.under.Go(func() {
		t.erasures.one.Lock()
		defer t.erasures.one.Unlock()
		x := &eraser{t, h, e, in}
		err := x.run(cmd)
		switch no, refused := refusal(err); {
		case t.ctx.Err() != nil, err == nil: // the next owner goes on with it
		case refused:
			t.answerRefusal(e, no)
		default:
			t.fail(fmt.Errorf("erase: %w", err))
		}
	})
}

func (x *eraser) run(cmd routing.EraseCustomer) error {
	erasing, done, err := x.begin(cmd)
	if err != nil {
		return err
	}
	if !done {
		if err := x.conversations(erasing); err != nil {
			return err
		}
	}
	if err := x.finish(cmd.ID); err != nil {
		return err
	}
	x.tenure.log.Info("a customer was erased", slog.String("customer", string(cmd.ID)))
	if store, ok := x.tenure.engine.store.(persistence.Purger); ok {
		if err := store.Purge(x.tenure.ctx); err != nil && x.tenure.ctx.Err() == nil {
			x.tenure.log.Warn("what was erased is still in the store's files, until they are written anew", slog.Any("error", err))
		}
	}
	return nil
}

// begin takes the record and its numbers away and notes what is to be done; done when all of it was.
func (x *eraser) begin(cmd routing.EraseCustomer) (erasing routing.Erasing, done bool, err error) {
	tenant, id := string(x.in.Tenant), string(cmd.ID)
	salt := cmd.Salt
	w := &work{amend: func(read reader) (w writes, _ *routing.Answer, err error) {
		if done, err = readRecord(read, persistence.ErasedKey(tenant, id), new(routing.Erasure)); done || err != nil {
			return w, nil, err
		}
		if b, err := read(persistence.SaltKey(tenant)); err != nil {
			return w, nil, err
		} else if b != nil {
			salt = b
		}
		if found, err := readRecord(read, persistence.ErasingKey(tenant, id), &erasing); found || err != nil {
			return w, nil, err
		}
		var c routing.Customer
		found, err := readRecord(read, persistence.CustomerKey(tenant, id), &c)
		if err == nil && !found {
			err = &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such customer"}
		}
		if err != nil {
			return w, nil, err
		}
		erasing = routing.Erasing{Erasure: routing.Erasure{Customer: c.ID, At: clock(), By: x.in.By}, Numbers: c.Numbers}
		if err := x.tenure.nothingOpen(x.in.Tenant, &erasing); err != nil {
			return w, nil, err
		}
		w.drop(persistence.CustomerKey(tenant, id))
		for _, n := range c.Numbers {
			w.drop(persistence.NumberKey(tenant, n, id))
		}
		w.put = append(w.put, persistence.Record{Key: persistence.SaltKey(tenant), Value: salt})
		return w, nil, w.record(persistence.ErasingKey(tenant, id), erasing)
	}}
	if err := x.tenure.committer.commit(w); err != nil {
		return erasing, done, err
	}
	x.house.salt.Store(&salt)
	return erasing, done, nil
}

// nothingOpen refuses an erasure as long as somebody talks with the customer, or a text is still to leave.
func (t *tenure) nothingOpen(tenant routing.TenantID, e *routing.Erasing) error {
	var open []string
	err := t.everyConversation(persistence.HotConversationPrefix(string(tenant)), func(c *routing.Conversation) {
		if e.Concerns(c) {
			open = append(open, string(c.ID))
		}
	})
	if err == nil && len(open) > 0 {
		err = &routing.Error{Code: routing.CodeWrongState, Detail: "the customer's conversations are to be ended first, and their texts to have left: " + strings.Join(open, ", ")}
	}
	return err
}

// everyConversation reads the conversations under a prefix.
func (t *tenure) everyConversation(prefix string, f func(*routing.Conversation)) error {
	const atOnce = 500
	for after := ""; ; {
		page, err := t.engine.store.Scan(context.WithoutCancel(t.ctx), t.part, prefix, after, atOnce)
		if err != nil {
			return err
		}
		for _, r := range page {
			var c routing.Conversation
			if err := json.Unmarshal(r.Value, &c); err != nil {
				return unreadable(r.Key)
			}
			f(&c)
			after = r.Key
		}
		if len(page) < atOnce || t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
	}
}

// unreadable ends an erasure that would fail again each time; it goes on when it is asked for once more.
func unreadable(key string) error {
	return &routing.Error{Code: routing.CodeInternal, Detail: fmt.Sprintf("what is stored as %q cannot be read; tell your administrator, and erase again once it can", key)}
}

// conversations erases all that concern the customer, one after the other.
func (x *eraser) conversations(e routing.Erasing) error {
	var ids []routing.ConversationID
	err := x.tenure.everyConversation(persistence.ConversationPrefix(string(x.in.Tenant)), func(c *routing.Conversation) {
		if !c.Erased && e.Concerns(c) {
			ids = append(ids, c.ID)
		}
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := x.tenure.eraseConversation(x.house, id, e.Customer); err != nil {
			return err
		}
	}
	return nil
}

// eraseConversation has a conversation erase itself, and waits for it.
func (t *tenure) eraseConversation(h *house, id routing.ConversationID, customer routing.CustomerID) error {
	result := make(chan error, 2)
	t.order(addressed{h, id, routing.Erase{Customer: customer}, func(err error) { result <- err }})
	select {
	case err := <-result:
		return err
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}

// erase writes the conversation's log anew, without what anybody wrote.
func (a *conversation) erase(now time.Time, o order, was *routing.Conversation, events []routing.Event) {
	if len(events) == 0 {
		return
	}
	log, err := a.tenure.history(a.house.tenant, a.id)
	if err != nil {
		a.tenure.fail(err)
		return
	}
	steps := was.Steps(was.Seal(now, o.By, events))
	is := steps[len(steps)-1].Is
	unit, err := a.erased(was, is, append(log, steps[0].Envelope))
	if err != nil {
		a.tenure.fail(err)
		return
	}
	cmd, _ := o.Command.(routing.Erase)
	unit.amend = func(read reader) (writes, *routing.Answer, error) {
		w, err := a.erasedWith(read, cmd.Customer, was, log)
		return w, nil, err
	}
	if err := a.tenure.committer.commit(unit); err == nil {
		a.c = *is
	} else if no, ok := refusal(err); ok && o.after != nil {
		o.after(no)
	}
}

// erased is what the store holds of the conversation alone once it is erased.
func (a *conversation) erased(was, is *routing.Conversation, log []routing.Envelope) (*work, error) {
	tenant, id := string(is.Tenant), string(is.ID)
	unit := new(work)
	if err := unit.place(was, is); err != nil {
		return nil, err
	}
	name := persistence.LogList(tenant, id)
	unit.wipe = []string{name}
	for _, e := range log {
		if err := unit.list(name, e.Erase()); err != nil {
			return nil, err
		}
	}
	unit.drop(persistence.PastKey(tenant, was.CustomerNumber, id))
	for _, out := range was.Outbox {
		if carrier := a.house.carrier(was); carrier != "" && out.CarrierID != "" {
			unit.drop(persistence.CarriedKey(tenant, carrier, out.CarrierID))
		}
	}
	return unit, nil
}

// erasedWith is what it holds otherwise: the conversation's row keeps its sums, its case goes with it, and the customer's erasure knows
// of both.
func (a *conversation) erasedWith(read reader, customer routing.CustomerID, was *routing.Conversation, log []routing.Envelope) (w writes, err error) {
	tenant := string(was.Tenant)
	var row reports.Row
	key := persistence.RowKey(tenant, was.CreatedAt.UnixMilli(), string(was.ID))
	if found, err := readRecord(read, key, &row); err != nil {
		return w, err
	} else if found {
		row.Number = ""
		if err := w.record(key, row); err != nil {
			return w, err
		}
	}
	if customer == "" {
		return w, nil
	}
	var e routing.Erasing
	key = persistence.ErasingKey(tenant, string(customer))
	if found, err := readRecord(read, key, &e); err != nil || !found {
		return w, err
	}
	e.Erases(was, log)
	if was.Case != "" {
		if err := w.eraseCase(read, &e, tenant, was.Case); err != nil {
			return w, err
		}
	}
	return w, w.record(key, e)
}

// eraseCase takes away what was written in a case, unless it is another customer's.
func (w *writes) eraseCase(read reader, e *routing.Erasing, tenant string, id routing.CaseID) error {
	var k routing.Case
	key := persistence.CaseKey(tenant, string(id))
	found, err := readRecord(read, key, &k)
	if err != nil || !found || k.Customer != "" && k.Customer != e.Customer || slices.Contains(e.Cases, id) {
		return err
	}
	w.drop(persistence.CasesKey(tenant, string(e.Customer), string(id)))
	e.ErasesCase(id)
	return w.record(key, k.Erase())
}
