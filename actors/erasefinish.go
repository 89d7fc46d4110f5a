package actors

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// finish takes away what is left once the conversations are erased, writes the tombstone and answers. Done before, it answers the same.
func (x *eraser) finish(id routing.CustomerID) error {
	t, tenant := x.tenure, string(x.in.Tenant)
	var e routing.Erasing
	b, err := t.get(persistence.ErasingKey(tenant, string(id)))
	if err == nil && b != nil {
		err = json.Unmarshal(b, &e)
	}
	if err != nil {
		return err
	}
	shared, err := x.shared(e.Numbers)
	if err != nil {
		return err
	}
	cases, err := t.engine.store.Scan(t.ctx, t.part, persistence.CasesPrefix(tenant, string(id)), "", 1000)
	if err != nil {
		return err
	}
	unit := &work{ack: x.entry.id, replyTo: x.entry.key}
	if b != nil {
		if unit.again, err = x.answersAgain(&e); err != nil {
			return err
		}
	}
	unit.amend = func(read reader) (w writes, _ *routing.Answer, err error) {
		var done routing.Erasure
		found, err := readRecord(read, persistence.ErasedKey(tenant, string(id)), &done)
		if found || err != nil {
			return w, &routing.Answer{Erasure: &done}, err
		}
		prefix := persistence.CasesPrefix(tenant, string(id))
		for _, r := range cases {
			if err := w.eraseCase(read, &e, tenant, routing.CaseID(r.Key[len(prefix):])); err != nil {
				return w, nil, err
			}
		}
		for _, number := range e.Numbers {
			if !shared[number] {
				if err := x.forget(read, &w, &e, number); err != nil {
					return w, nil, err
				}
			}
		}
		if err := x.letters(&w, &e); err != nil {
			return w, nil, err
		}
		return w, &routing.Answer{Erasure: &e.Erasure}, x.tombstone(&w, &e)
	}
	return t.committer.commit(unit)
}

// tombstone notes that it is done.
func (x *eraser) tombstone(w *writes, e *routing.Erasing) error {
	tenant := string(x.in.Tenant)
	for _, agent := range e.Desks {
		w.wipe = append(w.wipe, persistence.DeskStream(tenant, string(agent)))
	}
	w.drop(persistence.ErasingKey(tenant, string(e.Customer)))
	entry, _ := routing.AuditOf(x.in.At, x.in.By, x.in.Command)
	entry.Erased = &e.Counts
	if err := w.auditEntry(x.in.Tenant, entry); err != nil {
		return err
	}
	return w.record(persistence.ErasedKey(tenant, string(e.Customer)), e.Erasure)
}

// shared tells the numbers that other customers have as well: what is remembered of them is theirs, too.
func (x *eraser) shared(numbers []string) (map[string]bool, error) {
	shared := map[string]bool{}
	for _, n := range numbers {
		others, err := x.tenure.engine.store.Scan(x.tenure.ctx, x.tenure.part, persistence.NumberPrefix(string(x.in.Tenant), n), "", 1)
		if err != nil {
			return nil, err
		}
		shared[n] = len(others) > 0
	}
	return shared, nil
}

// forget takes away what is remembered of a number, save what its owner said about texts: that is kept under a hash.
func (x *eraser) forget(read reader, w *writes, e *routing.Erasing, number string) error {
	tenant := string(x.in.Tenant)
	channels := slices.Clone(e.Channels)
	for _, c := range x.house.plan.Load().config.Tenant.Channels {
		if !slices.Contains(channels, c.ID) {
			channels = append(channels, c.ID)
		}
	}
	var consent routing.Consent
	if _, err := readRecord(read, persistence.ConsentKey(tenant, number), &consent); err != nil {
		return err
	}
	w.drop(persistence.ConsentKey(tenant, number))
	for _, channel := range channels {
		var thread routing.Thread
		key := persistence.ThreadKey(tenant, string(channel), number)
		found, err := readRecord(read, key, &thread)
		if err != nil {
			return err
		}
		if found {
			consent = consent.Forget(channel, thread)
			w.drop(key)
		}
	}
	if key, may := x.house.forgotten(number); may && consent.Said != nil {
		return w.record(key, consent)
	}
	return nil
}

// letters writes the dead-letter list anew where it holds something of the customer's: that it came and why it was set aside stays.
func (x *eraser) letters(w *writes, e *routing.Erasing) error {
	t, name := x.tenure, persistence.DeadList(string(x.in.Tenant))
	var kept []persistence.Append
	some := false
	for after := persistence.ID(""); ; {
		page, err := t.engine.store.Range(t.ctx, t.part, name, after, 500)
		if err != nil {
			return err
		}
		for _, item := range page {
			after = item.ID
			var letter deadLetter
			var in routing.Input
			value := item.Value
			if err := json.Unmarshal(value, &letter); err == nil && letter.Body != nil && (json.Unmarshal(letter.Body, &in) != nil || e.ErasesInput(in)) {
				letter.Body, some = nil, true
				if value, err = json.Marshal(letter); err != nil {
					return err
				}
			}
			kept = append(kept, persistence.Append{List: name, Value: value})
		}
		if len(page) == 0 {
			break
		}
	}
	if some {
		w.wipe, w.append = append(w.wipe, name), append(w.append, kept...)
	}
	return nil
}

// answersAgain finds the answers that a sender would be told again and that hold something of the customer's.
func (x *eraser) answersAgain(e *routing.Erasing) ([]persistence.Reply, error) {
	t := x.tenure
	archive, ok := t.engine.store.(persistence.Archive)
	if !ok {
		return nil, nil
	}
	var again []persistence.Reply
	lease := t.committer.lease
	commands := persistence.CommandKeys(string(x.in.Tenant))
	for piece, err := range archive.Dump(t.ctx, lease, func(name string) bool { return persistence.IsOnce(name) || strings.HasPrefix(name, commands) }) {
		if err != nil && t.ctx.Err() == nil && !errors.Is(err, persistence.ErrLost) {
			t.log.Error("the answers that may be told again cannot be read; an erasure waits to be asked for once more", slog.Any("error", err))
			err = &routing.Error{Code: routing.CodeInternal, Detail: "the store does not let the answers be read that may be told again; once it does, erase again"}
		}
		if err != nil {
			return nil, err
		}
		if _, inbox := piece.(persistence.Entry); inbox {
			break
		}
		known, isKnown := piece.(persistence.Known)
		if !isKnown || known.Reply == nil {
			continue
		}
		var answer routing.Answer
		if json.Unmarshal(known.Reply, &answer) != nil {
			return nil, unreadable("answer to a repeated command")
		}
		if answer, changed := answer.Erase(e); changed {
			b, err := json.Marshal(answer)
			if err != nil {
				return nil, err
			}
			again = append(again, persistence.Reply{Key: known.Key, Value: b})
		}
	}
	return again, nil
}
