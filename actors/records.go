package actors

import (
	"slices"
	"strconv"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// amend says what a conversation's command changes besides the conversation: records that other conversations may change
// too, so that the committer does it, one after the other.
func (a *conversation) amend(now time.Time, o order, is *routing.Conversation) func(reader) (writes, *routing.Answer, error) {
	if cmd, ok := o.Command.(routing.SaveCase); ok {
		return func(read reader) (writes, *routing.Answer, error) { return saveCase(read, now, *is, cmd) }
	}
	if cmd, ok := o.Command.(routing.Divert); ok && cmd.Case && a.c.Case == "" && is.Case != "" {
		return func(read reader) (writes, *routing.Answer, error) {
			return saveCase(read, now, *is, routing.SaveCase{Notes: "No agent had it: " + string(cmd.Reason)})
		}
	}
	cmd, ok := o.Command.(routing.AttachCustomer)
	if !ok {
		return nil
	}
	return func(read reader) (writes, *routing.Answer, error) {
		var c routing.Customer
		found, err := readRecord(read, persistence.CustomerKey(string(is.Tenant), string(cmd.Customer)), &c)
		if err == nil && !found {
			err = &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such customer; create the record first"}
		}
		return writes{}, nil, err
	}
}

// saveCase makes the case, or adds the conversation to the open one that the command names. Saved already, it answers the
// same case.
func saveCase(read reader, now time.Time, c routing.Conversation, cmd routing.SaveCase) (writes, *routing.Answer, error) {
	var w writes
	tenant := string(c.Tenant)
	key := persistence.CaseKey(tenant, string(c.Case))
	var k routing.Case
	found, err := readRecord(read, key, &k)
	if err != nil {
		return w, nil, err
	}
	created := false
	switch {
	case found:
		k, err = k.Join(c, cmd.Notes)
	case cmd.Case != "":
		err = &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such case; leave it out to save a new one"}
	default:
		created = true
		var number int
		if number, err = nextCaseNumber(read, &w, tenant); err == nil {
			k, err = routing.NewCase(number, now, c, cmd)
		}
	}
	if err != nil {
		return w, nil, err
	}
	if err := w.record(key, k); err != nil {
		return w, nil, err
	}
	if k.Customer != "" {
		w.index(persistence.CasesKey(tenant, string(k.Customer), string(k.ID)))
	}
	return w, &routing.Answer{Created: created, Case: &k}, nil
}

func nextCaseNumber(read reader, w *writes, tenant string) (int, error) {
	var n int
	key := persistence.CaseCounterKey(tenant)
	if _, err := readRecord(read, key, &n); err != nil {
		return 0, err
	}
	n++
	w.put = append(w.put, persistence.Record{Key: key, Value: []byte(strconv.Itoa(n))})
	return n, nil
}

// audited writes a command down, too, that a supervisor or an administrator gave.
func audited(in routing.Input, amend func(reader) (writes, *routing.Answer, error)) func(reader) (writes, *routing.Answer, error) {
	return func(read reader) (writes, *routing.Answer, error) {
		w, answer, err := amend(read)
		if err == nil {
			err = w.audit(in.Tenant, in.At, in.By, in.Command)
		}
		return w, answer, err
	}
}

// record says what a command does that concerns records alone.
func record(in routing.Input) func(reader) (writes, *routing.Answer, error) {
	return func(read reader) (writes, *routing.Answer, error) {
		tenant := string(in.Tenant)
		if cmd, ok := in.Command.(routing.CreateCustomer); ok {
			c, err := routing.NewCustomer(routing.NewCustomerID(in.ID), in.At, cmd.Customer)
			if err != nil {
				return writes{}, nil, err
			}
			return saveCustomer(tenant, routing.Customer{}, c, true)
		}
		if cmd, ok := in.Command.(routing.ChangeCustomer); ok {
			return changeCustomer(read, tenant, cmd)
		}
		if cmd, ok := in.Command.(routing.ChangeCase); ok {
			return changeCase(read, tenant, cmd)
		}
		var w writes
		if cmd, ok := in.Command.(routing.GrantToken); ok {
			err := w.record(persistence.TokenKey(tenant, cmd.Token.ID), cmd.Token)
			return w, &routing.Answer{Created: true}, err
		}
		if cmd, ok := in.Command.(routing.RevokeToken); ok {
			w.drop(persistence.TokenKey(tenant, cmd.ID))
			return w, &routing.Answer{}, nil
		}
		return w, nil, &routing.Error{Code: routing.CodeInternal, Detail: "this version cannot work the command off"}
	}
}

func changeCustomer(read reader, tenant string, cmd routing.ChangeCustomer) (writes, *routing.Answer, error) {
	var was routing.Customer
	found, err := readRecord(read, persistence.CustomerKey(tenant, string(cmd.ID)), &was)
	if err != nil {
		return writes{}, nil, err
	}
	if !found {
		return writes{}, nil, &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such customer"}
	}
	is, err := was.Change(cmd.Change)
	if err != nil {
		return writes{}, nil, err
	}
	return saveCustomer(tenant, was, is, false)
}

func saveCustomer(tenant string, was, is routing.Customer, created bool) (writes, *routing.Answer, error) {
	var w writes
	for _, n := range was.Numbers {
		if !slices.Contains(is.Numbers, n) {
			w.drop(persistence.NumberKey(tenant, n, string(is.ID)))
		}
	}
	for _, n := range is.Numbers {
		w.index(persistence.NumberKey(tenant, n, string(is.ID)))
	}
	err := w.record(persistence.CustomerKey(tenant, string(is.ID)), is)
	return w, &routing.Answer{Created: created, Customer: &is}, err
}

func changeCase(read reader, tenant string, cmd routing.ChangeCase) (writes, *routing.Answer, error) {
	var w writes
	var k routing.Case
	key := persistence.CaseKey(tenant, string(cmd.ID))
	found, err := readRecord(read, key, &k)
	if err != nil {
		return w, nil, err
	}
	if !found {
		return w, nil, &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such case"}
	}
	if k, err = k.Change(cmd.Change); err != nil {
		return w, nil, err
	}
	err = w.record(key, k)
	return w, &routing.Answer{Case: &k}, err
}

// answer is what a conversation's command is answered with, once the conversation is c.
func answer(cmd routing.ConversationCommand, c routing.Conversation, envelopes []routing.Envelope) *routing.Answer {
	_, reply := cmd.(routing.SendReply)
	_, note := cmd.(routing.AddNote)
	_, whisper := cmd.(routing.Whisper)
	for _, e := range envelopes {
		if added, ok := e.Event.(routing.MessageAdded); ok && (reply || note || whisper) {
			return &routing.Answer{Created: true, Message: added.Message}
		}
	}
	return &routing.Answer{Conversation: &c}
}
