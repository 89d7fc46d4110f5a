package actors

import (
	"encoding/json"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// remind puts into an order what is remembered of the customer, where the conversation alone does not know it: the opt-out may have
// been said in a later conversation, or to another of the tenant's numbers.
func (a *conversation) remind(o *order, was *routing.Conversation) error {
	send, sends := o.Command.(routing.BeginSend)
	_, follows := o.Command.(routing.FollowConsent)
	tenant := &a.house.plan.Load().config.Tenant
	alone := was.State != routing.Ended && (len(tenant.Channels) < 2 || tenant.Scope() == routing.ScopeNumber)
	if !follows && (!sends || alone) { // alone it knows all that the customer said
		return nil
	}
	thread, err := a.thread(was.Thread())
	if send.OptedOut = thread.OptedOut; sends {
		o.Command = send
	} else {
		o.Command = routing.FollowConsent{OptedOut: thread.OptedOut}
	}
	return err
}

// thread is what is remembered of a thread. Whether the customer has opted out, the customer's own record tells; threads
// that are older than it tell themselves.
func (a *conversation) thread(id routing.ThreadID) (routing.Thread, error) {
	found, err := a.tenure.engine.store.GetAll(a.tenure.ctx, a.tenure.part, a.remembered(id)...)
	if err != nil {
		return routing.Thread{}, err
	}
	return a.recall(id, found)
}

// remembered are the keys of what is remembered of a thread.
func (a *conversation) remembered(id routing.ThreadID) []string {
	tenant := string(a.house.tenant)
	keys := []string{persistence.ThreadKey(tenant, string(id.Channel), id.Number), persistence.ConsentKey(tenant, id.Number)}
	if key, may := a.house.forgotten(id.Number); may {
		keys = append(keys, key)
	}
	return keys
}

// recall reads what has been found under the keys.
func (a *conversation) recall(id routing.ThreadID, found [][]byte) (routing.Thread, error) {
	var (
		thread             routing.Thread
		consent, forgotten routing.Consent
	)
	for i, into := range []any{&thread, &consent, &forgotten} {
		if i == len(found) || found[i] == nil {
			continue
		}
		if err := json.Unmarshal(found[i], into); err != nil {
			return thread, err
		}
	}
	if consent.Said == nil {
		consent = forgotten
	}
	if out, known := consent.OptedOut(a.house.plan.Load().config.Tenant.Scope(), id.Channel); known {
		thread.OptedOut = out
	}
	return thread, nil
}

// writtenDown adds to a unit's amendment what the customer said about texts: to the customer's record, which all conversations with the
// number share, and to the audit.
func (h *house) writtenDown(
	is *routing.Conversation, by routing.Principal, envelopes []routing.Envelope, amend func(reader) (writes, *routing.Answer, error),
) func(reader) (writes, *routing.Answer, error) {
	said := is.Sayings(envelopes)
	if len(said) == 0 {
		return amend
	}
	return func(read reader) (writes, *routing.Answer, error) {
		var (
			w       writes
			answer  *routing.Answer
			consent routing.Consent
			err     error
		)
		if amend != nil {
			if w, answer, err = amend(read); err != nil {
				return w, answer, err
			}
		}
		key := persistence.ConsentKey(string(is.Tenant), is.CustomerNumber)
		known, err := readRecord(read, key, &consent)
		if err != nil {
			return w, answer, err
		}
		if forgotten, may := h.forgotten(is.CustomerNumber); may && !known { // the number is somebody's again
			if known, err = readRecord(read, forgotten, &consent); err != nil {
				return w, answer, err
			}
			if known {
				w.drop(forgotten)
			}
		}
		for _, s := range said {
			consent = consent.With(s)
			b, err := json.Marshal(s.Audit(by))
			if err != nil {
				return w, answer, err
			}
			w.append = append(w.append, persistence.Append{List: persistence.AuditList(string(is.Tenant)), Value: b})
		}
		return w, answer, w.record(key, consent)
	}
}

// spread has all open conversations with a customer's number look whether the customer may still be texted, also the one that says
// so: after a crash it may be the one that has not heard.
func (p *partition) spread(msg consentChanged) {
	for _, channel := range msg.house.plan.Load().config.Tenant.Channels {
		id, open := p.threads[thread{msg.house.tenant, routing.ThreadID{Channel: channel.ID, Number: msg.change.Number}}]
		if open {
			p.give(msg.house, id, order{Order: routing.Order{At: clock(), Command: routing.FollowConsent{}}})
		}
	}
}
