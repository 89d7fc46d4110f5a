package actors

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// orphans are the reports of a partition whose texts are not known by their carriers' ids, oldest first, as they are stored or will be
// with the pending batch. Only amends touch it, which run one after the other: so a report either finds the carrier's id of its text,
// or is here before that id is committed, whichever of the two comes first.
type orphans struct {
	kept []keptOrphan
	keys map[string]bool // theirs: each text that a carrier has taken is looked for here
}

// keptOrphan is one of them. Whose it is and which channel brought it bound how many are kept.
type keptOrphan struct {
	key     string
	tenant  routing.TenantID
	channel routing.ChannelID
	carrier string
	at      time.Time
}

// What becomes of orphans, as the metrics say it.
const (
	orphanKnown     = "known"     // its text was known by the carrier's id when it came
	orphanKept      = "kept"      // it was not
	orphanMatched   = "matched"   // one that was kept has found its text
	orphanExpired   = "expired"   // one that was kept has found none in time
	orphanDisplaced = "displaced" // one that was kept has made room for another
)

func orphanResults() []string {
	return []string{orphanKnown, orphanKept, orphanMatched, orphanExpired, orphanDisplaced}
}

// errKnown refuses to keep a report whose text is known.
var errKnown = &routing.Error{Code: routing.CodeWrongState, Detail: "the report's text is known"} //nolint:errname // a refusal, which nobody outside sees

// loadOrphans reads what is stored, before anything of the partition is changed.
func (t *tenure) loadOrphans() error {
	const atOnce = 500
	for after := ""; ; {
		page, err := t.engine.store.Scan(t.ctx, t.part, persistence.OrphanPrefix, after, atOnce)
		if err != nil {
			return err
		}
		for _, r := range page {
			var o routing.Orphan
			if err := json.Unmarshal(r.Value, &o); err != nil {
				return fmt.Errorf("orphan %q: %w", r.Key, err)
			}
			t.orphans.add(keptOrphan{r.Key, routing.TenantID(persistence.TenantOf(r.Key)), o.Channel, o.Carrier, o.At})
			after = r.Key
		}
		if len(page) < atOnce {
			slices.SortStableFunc(t.orphans.kept, func(a, b keptOrphan) int { return a.at.Compare(b.at) })
			return nil
		}
	}
}

// add puts one last, as the youngest.
func (o *orphans) add(k keptOrphan) {
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	o.kept, o.keys[k.key] = append(o.kept, k), true
}

// keep writes a report down, and says what became of it and of others, for the metrics: the oldest of its channel makes room when there are
// too many.
func (o *orphans) keep(read reader, tenant routing.TenantID, at time.Time, report routing.ReceiveReceipt) (w writes, results []string, err error) {
	key := persistence.OrphanKey(string(tenant), report.Carrier, report.CarrierID)
	var orphan routing.Orphan
	if _, err := readRecord(read, key, &orphan); err != nil {
		return w, nil, err
	}
	if err := w.record(key, orphan.Hear(at, report)); err != nil || orphan.State != "" {
		return w, nil, err
	}
	oldest, many := -1, 0
	for i, k := range o.kept {
		if k.tenant == tenant && k.channel == report.Channel {
			if many++; oldest < 0 {
				oldest = i
			}
		}
	}
	if many >= routing.OrphansMost {
		w.drop(o.kept[oldest].key)
		o.drop(o.kept[oldest].key)
		results = append(results, orphanDisplaced)
	}
	o.add(keptOrphan{key, tenant, report.Channel, report.Carrier, at})
	return w, append(results, orphanKept), nil
}

func (o *orphans) drop(key string) {
	if !o.keys[key] {
		return
	}
	delete(o.keys, key)
	o.kept = slices.DeleteFunc(o.kept, func(k keptOrphan) bool { return k.key == key })
}

// expire takes out what is too old, and says whose reports that were.
func (o *orphans) expire(now time.Time) (w writes, carriers []string) {
	for len(o.kept) > 0 && !o.next().After(now) {
		w.drop(o.kept[0].key)
		carriers = append(carriers, o.kept[0].carrier)
		delete(o.keys, o.kept[0].key)
		o.kept = o.kept[1:]
	}
	return w, carriers
}

// next is when the oldest is too old; zero when there is none.
func (o *orphans) next() time.Time {
	if len(o.kept) == 0 {
		return time.Time{}
	}
	return o.kept[0].at.Add(routing.OrphanPatience)
}

// What the partition is told of orphans.
type (
	// identified is a report that named its text by the carrier's id, and the conversation of that text.
	identified struct {
		house        *house
		conversation routing.ConversationID
		order        order
	}
	// orphansDue says when the oldest orphan is too old.
	orphansDue struct{ at time.Time }
)

// identify gives a report that names its text by the carrier's id alone to the conversation that knows the text so. When there is none
// the report is kept, for the commit that tells what the carrier calls its text: see [conversation.name].
func (p *partition) identify(h *house, o order, report routing.ReceiveReceipt) {
	t := p.tenure
	var (
		results []string
		next    time.Time
	)
	w := &work{ack: o.entry.id}
	w.amend = func(read reader) (out writes, _ *routing.Answer, err error) {
		found, err := readRecord(read, persistence.CarriedKey(string(h.tenant), report.Carrier, report.CarrierID), &report.Message)
		if found && err == nil {
			err = errKnown
		}
		if err != nil {
			return out, nil, err
		}
		out, results, err = t.orphans.keep(read, h.tenant, o.At, report)
		next = t.orphans.next()
		return out, nil, err
	}
	w.done = func(err error) {
		defer t.working.Done()
		if _, known := refusal(err); known {
			results = []string{orphanKnown}
			o.Command = report
			id, _ := report.Message.Conversation()
			t.working.Add(1)
			t.tellPartition(identified{h, id, o})
		} else if err != nil {
			t.fail(err)
			return
		} else {
			t.tellPartition(orphansDue{next})
		}
		for _, result := range results {
			t.metrics.orphans.WithLabelValues(report.Carrier, result).Inc()
		}
	}
	t.working.Add(1)
	t.committer.submit(w)
}

// watchOrphans has those taken out that are too old when the time comes.
func (p *partition) watchOrphans(at time.Time) {
	if p.orphanTimer != nil {
		p.orphanTimer.Stop()
		p.orphanTimer = nil
	}
	if !at.IsZero() {
		p.orphanTimer = time.AfterFunc(time.Until(at), p.tenure.expireOrphans)
	}
}

func (t *tenure) expireOrphans() {
	var (
		carriers []string
		next     time.Time
	)
	w := &work{amend: func(reader) (out writes, _ *routing.Answer, _ error) {
		out, carriers = t.orphans.expire(clock())
		next = t.orphans.next()
		return out, nil, nil
	}}
	w.done = func(err error) {
		defer t.working.Done()
		if err != nil {
			return // the partition is lost
		}
		for _, carrier := range carriers {
			t.metrics.orphans.WithLabelValues(carrier, orphanExpired).Inc()
		}
		t.tellPartition(orphansDue{next})
	}
	t.working.Add(1)
	t.committer.submit(w)
}

// errUnheeded refuses a commit whose events do not say yet what earlier reports made happen.
var errUnheeded = &routing.Error{Code: routing.CodeWrongState, Detail: "a report came before"} //nolint:errname // as errKnown

// name has a unit note what the carrier calls texts, where its events are the first to tell, and forget it when the texts' fate is final.
// Orphans that tell of texts newly named and are not among the heeded refuse the unit and come back: their consequences are to be part of
// it. Those that are go with it.
func (a *conversation) name(unit *work, named []routing.Naming, heeded []routing.Orphan) (*[]routing.Orphan, error) {
	unheeded := new([]routing.Orphan)
	carrier, tenant := a.house.carrier(&a.c), string(a.house.tenant)
	if len(named) == 0 || carrier == "" {
		return unheeded, nil
	}
	for _, n := range named {
		key := persistence.CarriedKey(tenant, carrier, n.CarrierID)
		if n.Final {
			if !n.New {
				unit.drop(key)
			}
		} else if err := unit.record(key, n.Message); err != nil {
			return unheeded, err
		}
	}
	amend, waiting := unit.amend, &a.tenure.orphans
	unit.amend = func(read reader) (w writes, answer *routing.Answer, err error) {
		if amend != nil {
			if w, answer, err = amend(read); err != nil {
				return w, answer, err
			}
		}
		for _, n := range named {
			key := persistence.OrphanKey(tenant, carrier, n.CarrierID)
			if !waiting.keys[key] {
				continue
			}
			var orphan routing.Orphan
			if _, err := readRecord(read, key, &orphan); err != nil {
				return w, answer, err
			}
			if slices.ContainsFunc(heeded, func(h routing.Orphan) bool { return h.CarrierID == orphan.CarrierID && h.State == orphan.State }) {
				w.drop(key)
			} else {
				*unheeded = append(*unheeded, orphan)
			}
		}
		if len(*unheeded) > 0 {
			return writes{}, nil, errUnheeded
		}
		for _, key := range w.del {
			waiting.drop(key)
		}
		return w, answer, nil
	}
	return unheeded, nil
}
