package api

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchyard/actors/routing/reports"
	"switchyard/api/carrier"
	"switchyard/persistence"
)

// bucketsAtOnce is how many buckets are read at once.
const bucketsAtOnce = 1000

// totals is what a report of totals is made of.
type totals struct {
	reportQuery

	call     *call
	kind     reports.Kind
	names    []string               // those that have a row in every span, sorted; others have one where there is something
	fits     func(name string) bool // whether a name is wanted at all
	together bool                   // all names are one row
	begun    []reports.Line         // what is not in the buckets yet
}

func (q *call) queueTotals(query reportQuery, named bool) table {
	t := q.ofQueues(query)
	t.together = !named
	return totalsTable(reports.Queues(named, query.formula), t)
}

func (q *call) ofQueues(query reportQuery) *totals {
	t := &totals{reportQuery: query, call: q, kind: reports.OfQueue, fits: wanted(string(query.queue))}
	for _, queue := range q.who.home.Tenant.Queues {
		t.names = append(t.names, string(queue.ID))
	}
	return t
}

// agentTotals tells of agents, with the time that they have been in their present status.
func (q *call) agentTotals(query reportQuery) table {
	t := &totals{reportQuery: query, call: q, kind: reports.OfAgent, fits: wanted(string(query.agent))}
	for _, agent := range q.who.home.Tenant.Agents {
		t.names = append(t.names, string(agent.ID))
	}
	rows := totalsTable(reports.Agents(), t)
	return table{rows.names, query.zone, func(after string) iter.Seq2[tableRow, error] {
		stays, err := q.begun(query)
		if err != nil {
			return failed(err)
		}
		for _, stay := range stays {
			profile, _ := q.who.home.Tenant.Agent(stay.Agent)
			t.begun = append(t.begun, stay.Lines(profile.Slots())...)
		}
		return rows.rows(after)
	}}
}

// deliveryTotals tells of channels; a queue is no choice there.
func (q *call) deliveryTotals(query reportQuery) table {
	t := &totals{reportQuery: query, call: q, kind: reports.OfChannel, fits: wanted("")}
	for _, c := range q.who.home.Tenant.Channels {
		t.names = append(t.names, string(c.ID))
	}
	classes := make([]string, 0, len(carrier.Classes()))
	for _, class := range carrier.Classes() {
		classes = append(classes, string(class))
	}
	return totalsTable(reports.Deliveries(classes), t)
}

// dispositionTotals tells of dispositions by queues: a place is a queue's total and a disposition of it.
func (q *call) dispositionTotals(query reportQuery) table {
	columns := reports.Dispositions()
	t := q.ofQueues(query)
	return table{reports.Names(columns), query.zone, func(after string) iter.Seq2[tableRow, error] {
		return func(yield func(tableRow, error) bool) {
			for total, err := range t.since(after) {
				if err != nil {
					yield(tableRow{}, err)
					return
				}
				for _, chosen := range total.Chosen(q.who.home.Tenant.Dispositions) {
					place := placeOf(total) + "/" + chosen.Disposition
					if strings.HasPrefix(after, placeOf(total)+"/") && place <= after {
						continue
					}
					if !yield(tableRow{place, reports.Cells(columns, chosen)}, nil) {
						return
					}
				}
			}
		}
	}}
}

// wanted lets one name through, or all when it is empty.
func wanted(name string) func(string) bool {
	return func(other string) bool { return name == "" || name == other }
}

func totalsTable(columns []reports.Column[reports.Total], t *totals) table {
	return table{reports.Names(columns), t.zone, func(after string) iter.Seq2[tableRow, error] {
		return func(yield func(tableRow, error) bool) {
			for total, err := range t.since(after) {
				if err == nil && placeOf(total) == after {
					continue
				}
				if !yield(tableRow{placeOf(total), reports.Cells(columns, total)}, err) || err != nil {
					return
				}
			}
		}
	}}
}

// placeOf is a total's place in its table.
func placeOf(t reports.Total) string { return strconv.FormatInt(t.From.Unix(), 10) + "/" + t.Name }

// since yields the totals from a place on, span after span. It holds one span at a time.
func (t *totals) since(place string) iter.Seq2[reports.Total, error] {
	return func(yield func(reports.Total, error) bool) {
		from, name, err := readPlace(place, t.span.From)
		if err != nil {
			yield(reports.Total{}, err)
			return
		}
		next, stop := iter.Pull2(t.buckets(from))
		defer stop()
		bucket, err, more := next()
		for span := range reports.Divide(t.span, t.step, t.zone) {
			if span.From.Before(from) {
				continue
			}
			sums := t.start(span)
			for more && err == nil && bucket.Start.Before(span.To) {
				t.join(sums, bucket.Name, bucket.Sums)
				bucket, err, more = next()
			}
			if err != nil {
				yield(reports.Total{}, err)
				return
			}
			for _, n := range slices.Sorted(maps.Keys(sums)) {
				if place != "" && span.From.Equal(from) && n < name {
					continue
				}
				if !yield(reports.Total{Span: span, Partial: span.To.After(t.now), Name: n, Sums: sums[n]}, nil) {
					return
				}
			}
		}
	}
}

// start are the sums of a span before its buckets are read.
func (t *totals) start(span reports.Span) map[string]reports.Sums {
	sums := map[string]reports.Sums{}
	if t.together {
		sums[""] = reports.Sums{}
	}
	for _, name := range t.names {
		t.join(sums, name, nil)
	}
	for _, line := range t.begun {
		if !line.Start.Before(span.From) && line.Start.Before(span.To) {
			t.join(sums, line.Name, reports.Sums{line.Measure: line.N})
		}
	}
	return sums
}

func (t *totals) join(sums map[string]reports.Sums, name string, more reports.Sums) {
	if !t.fits(name) {
		return
	}
	if t.together {
		name = ""
	}
	if sums[name] == nil {
		sums[name] = reports.Sums{}
	}
	sums[name].Join(more)
}

// stored is a bucket as it was read.
type stored struct {
	reports.Bucket

	Sums reports.Sums
}

// buckets yields those that begin at a time or later and before the report ends.
func (t *totals) buckets(from time.Time) iter.Seq2[stored, error] {
	tenant, kind := t.call.records.tenant, string(t.kind)
	prefix := persistence.BucketsPrefix(tenant, kind)
	after := persistence.BucketsSince(tenant, kind, from.Unix())
	return func(yield func(stored, error) bool) {
		for record, err := range t.call.records.walk(t.call.ctx, prefix, after, bucketsAtOnce) {
			if err != nil {
				yield(stored{}, err)
				return
			}
			seconds, name, _ := strings.Cut(strings.TrimPrefix(record.Key, prefix), "/")
			n, err := strconv.ParseInt(seconds, 10, 64)
			b := stored{Bucket: reports.Bucket{Kind: t.kind, Name: name, Start: time.Unix(n, 0).UTC()}}
			if err == nil {
				if !b.Start.Before(t.span.To) {
					return
				}
				if !t.fits(name) {
					continue
				}
				err = json.Unmarshal(record.Value, &b.Sums)
			}
			if err != nil {
				yield(stored{}, fmt.Errorf("bucket %q: %w", record.Key, err))
				return
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// readPlace reads a total's place: the beginning of its span, and its name.
func readPlace(place string, first time.Time) (time.Time, string, error) {
	if place == "" {
		return first, "", nil
	}
	text, name, _ := strings.Cut(place, "/")
	name, _, _ = strings.Cut(name, "/")
	n, err := strconv.ParseInt(text, 10, 64)
	at := time.Unix(n, 0)
	if err != nil || at.Before(first) {
		return at, "", errCursor
	}
	return at, name, nil
}
