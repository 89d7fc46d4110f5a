package actors

import (
	"encoding/json"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// work is one unit of a commit: every consequence of one input, or of something the engine did by itself. Whoever submits it
// does not touch it again.
type work struct {
	ack     persistence.ID // the input that it works off, if any
	replyTo string         // the input's key, if somebody waits for an answer
	grows   bool           // it makes a record grow, which stays so until its texts have left
	writes
	sums []sum // what it adds to the buckets of reports
	// amend runs in the committer, where all changes of records are in one row: it reads what is there, also what this very
	// batch has written, and says what more to write and what to answer. A [*routing.Error] refuses the whole unit.
	amend func(read reader) (writes, *routing.Answer, error)
	// done is called once, from the committer: nil when the unit is durable, a *routing.Error when amend refused it or it is too
	// large to be written, anything else when the partition is lost.
	done func(error)
}

// writes are the store's part of a unit.
type writes struct {
	put    []persistence.Record
	del    []string
	append []persistence.Append
	events []persistence.Event
	wipe   []string            // lists and streams that go as a whole, before the others come
	again  []persistence.Reply // answers to earlier inputs, as they are from now on
	answer *routing.Answer
}

// size is how many bytes the unit adds to a batch.
func (w *work) size() int {
	n := 0
	for _, r := range w.put {
		n += len(r.Key) + len(r.Value)
	}
	for _, key := range w.del {
		n += len(key)
	}
	for _, a := range w.append {
		n += len(a.List) + len(a.Value)
	}
	for _, e := range w.events {
		n += len(e.Stream) + len(e.Value)
	}
	for _, name := range w.wipe {
		n += len(name)
	}
	for _, r := range w.again {
		n += len(r.Key) + len(r.Value)
	}
	return n + len(w.sums)*sumBytes
}

// reader reads a record as it will be once the present batch is committed. A missing one is nil.
type reader func(key string) ([]byte, error)

func (w *writes) record(key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.put = append(w.put, persistence.Record{Key: key, Value: b})
	return nil
}

func (w *writes) index(key string) {
	w.put = append(w.put, persistence.Record{Key: key, Value: []byte{}})
}

func (w *writes) drop(key string) { w.del = append(w.del, key) }

// list adds an event to a list. It asks the envelope itself: encoding/json would check and copy once more what it made.
func (w *writes) list(name string, e routing.Envelope) error {
	b, err := e.MarshalJSON()
	if err != nil {
		return err
	}
	w.append = append(w.append, persistence.Append{List: name, Value: b})
	return nil
}

// audit writes down what a supervisor or an administrator did; of others nothing.
func (w *writes) audit(tenant routing.TenantID, at time.Time, by routing.Principal, cmd routing.Command) error {
	entry, ok := routing.AuditOf(at, by, cmd)
	if !ok {
		return nil
	}
	return w.auditEntry(tenant, entry)
}

// auditRefusal writes down what a supervisor or an administrator was not let do, by the input that asked for it.
func (w *writes) auditRefusal(at time.Time, input []byte, no *routing.Error) error {
	var in routing.Input
	if err := json.Unmarshal(input, &in); err != nil {
		return err
	}
	entry, ok := routing.AuditOf(at, in.By, in.Command)
	if !ok {
		return nil
	}
	entry.Refused = no.Code
	return w.auditEntry(in.Tenant, entry)
}

func (w *writes) auditEntry(tenant routing.TenantID, entry routing.Audit) error {
	b, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	w.append = append(w.append, persistence.Append{List: persistence.AuditList(string(tenant)), Value: b})
	return nil
}

// shift adds a command that changes an agent's record to the list of those; At is when it does.
func (w *writes) shift(in routing.Input, a routing.AgentID) error {
	b, err := in.MarshalJSON()
	if err != nil {
		return err
	}
	w.append = append(w.append, persistence.Append{List: persistence.ShiftsList(string(in.Tenant), string(a)), Value: b})
	return nil
}

func (w *writes) notice(stream string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.events = append(w.events, persistence.Event{Stream: stream, Value: b})
	return nil
}

func (w *writes) join(more writes) {
	w.put = append(w.put, more.put...)
	w.del = append(w.del, more.del...)
	w.append = append(w.append, more.append...)
	w.events = append(w.events, more.events...)
	w.wipe = append(w.wipe, more.wipe...)
	w.again = append(w.again, more.again...)
}

// readRecord decodes the record under key into v; false when there is none.
func readRecord(read reader, key string, v any) (bool, error) {
	b, err := read(key)
	if err != nil || b == nil {
		return false, err
	}
	return true, json.Unmarshal(b, v)
}
