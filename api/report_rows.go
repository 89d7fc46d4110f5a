package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// rowsAtOnce is how many rows of conversations are read at once.
const rowsAtOnce = 500

// conversationRows tells of every conversation that began in the time: first those that are open, then the ended ones, each in the
// order of keys. One that ends meanwhile is told once by one reading; who reads page by page may see it twice, first partial, then
// whole.
func (q *call) conversationRows(query reportQuery) table {
	columns := reports.Conversations(q.number)
	prefix := persistence.RowsPrefix(q.records.tenant)
	return table{reports.Names(columns), query.zone, func(after string) iter.Seq2[tableRow, error] {
		return func(yield func(tableRow, error) bool) {
			told := map[routing.ConversationID]bool{}
			tell := func(place string, row reports.Row) bool {
				if told[row.Conversation] || !query.fits(row) {
					return true
				}
				if row.State != routing.Ended {
					told[row.Conversation] = true
				}
				return yield(tableRow{place, reports.Cells(columns, row)}, nil)
			}
			var err error
			if !strings.HasPrefix(after, prefix) {
				err = q.openRows(query, after, tell)
				after = ""
			}
			if err == nil {
				err = q.endedRows(query, prefix, after, tell)
			}
			if err != nil && !errors.Is(err, errToldAll) {
				yield(tableRow{}, err)
			}
		}
	}}
}

// errToldAll says that nobody wants more rows.
var errToldAll = errors.New("no more rows are wanted")

// endedRows tells the rows that are kept.
func (q *call) endedRows(query reportQuery, prefix, after string, tell func(string, reports.Row) bool) error {
	if after == "" {
		after = persistence.RowsSince(q.records.tenant, query.span.From.UnixMilli())
	}
	read := func(after string) chan rowPage {
		come := make(chan rowPage, 1)
		go func() { come <- q.rowPage(query, prefix, after) }()
		return come
	}
	for coming := read(after); coming != nil; {
		page := <-coming
		if page.err != nil {
			return page.err
		}
		if coming = nil; page.more {
			coming = read(page.keys[len(page.keys)-1]) // while this one is told
		}
		for i, row := range page.rows {
			if tell(page.keys[i], row) {
				continue
			}
			if coming != nil {
				<-coming // nothing is left to read on by itself
			}
			return errToldAll
		}
	}
	return nil
}

// rowPage is some rows in the order of their keys.
type rowPage struct {
	keys []string
	rows []reports.Row
	more bool // there may be others after them
	err  error
}

// rowPage reads the rows after a key.
func (q *call) rowPage(query reportQuery, prefix, after string) rowPage {
	found, err := q.records.store.Scan(q.ctx, q.records.part, prefix, after, rowsAtOnce)
	if err != nil {
		return rowPage{err: fmt.Errorf("scan rows: %w", err)}
	}
	page := rowPage{more: len(found) == rowsAtOnce}
	end := persistence.RowsSince(q.records.tenant, query.span.To.UnixMilli())
	if n := slices.IndexFunc(found, func(r persistence.Record) bool { return r.Key >= end }); n >= 0 {
		found, page.more = found[:n], false
	}
	for _, r := range found {
		page.keys = append(page.keys, r.Key)
	}
	page.rows, page.err = decodeRows(found)
	return page
}

// decodeRows reads rows on all processors: a month's report is little else.
func decodeRows(page []persistence.Record) ([]reports.Row, error) {
	rows, wrong := make([]reports.Row, len(page)), make([]error, len(page))
	share := len(page)/runtime.GOMAXPROCS(0) + 1
	var reading sync.WaitGroup
	for from := 0; from < len(page); from += share {
		reading.Go(func() {
			for i := from; i < min(from+share, len(page)); i++ {
				wrong[i] = json.Unmarshal(page[i].Value, &rows[i])
			}
		})
	}
	reading.Wait()
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("decode row: %w", err)
	}
	return rows, nil
}

// openRows makes the rows of conversations that have not ended.
func (q *call) openRows(query reportQuery, after string, tell func(string, reports.Row) bool) error {
	prefix := persistence.HotConversationPrefix(q.records.tenant)
	for record, err := range q.records.walk(q.ctx, prefix, after, scanPage) {
		if err != nil {
			return err
		}
		var c routing.Conversation
		if err := json.Unmarshal(record.Value, &c); err != nil {
			return fmt.Errorf("decode conversation: %w", err)
		}
		if c.State == routing.Ended || c.CreatedAt.Before(query.span.From) || !c.CreatedAt.Before(query.span.To) {
			continue
		}
		log, err := q.records.log(q.ctx, c.ID)
		if err != nil {
			return err
		}
		if !tell(record.Key, reports.Tell(log, q.queue)) {
			return errToldAll
		}
	}
	return nil
}

// queue is a queue as configured now.
func (q *call) queue(id routing.QueueID) routing.Queue {
	queue, _ := q.who.home.Tenant.Queue(id)
	return queue
}

// fits says whether a conversation is asked for: it was in the queue, and the agent had it.
func (r reportQuery) fits(row reports.Row) bool {
	return (r.queue == "" || slices.Contains(row.Queues, r.queue)) && (r.agent == "" || slices.Contains(row.Agents, r.agent))
}

// number is what a report shows of a customer's number: all of it to administrators, the last four digits to others.
func (q *call) number(full string) string {
	const shown = 4
	if q.who.by.Role == routing.RoleAdmin || len(full) <= shown {
		return full
	}
	return strings.Repeat("*", len(full)-shown) + full[len(full)-shown:]
}

// begun are the intervals that agents have begun and not ended, as far as they lie within the report.
func (q *call) begun(query reportQuery) ([]reports.Interval, error) {
	agents, err := q.records.agents(q.ctx)
	if err != nil {
		return nil, err
	}
	var begun []reports.Interval
	for _, a := range agents {
		if query.agent != "" && a.ID != query.agent {
			continue
		}
		spent, ok := reports.Spent(a, query.now)
		if ok {
			spent, ok = spent.Within(query.span.From, query.span.To)
		}
		if ok {
			begun = append(begun, spent)
		}
	}
	return begun, nil
}

// agentStates tells of what agents declared: the intervals that ended in the order of their ends, then those that go on.
func (q *call) agentStates(query reportQuery) table {
	columns := reports.States()
	prefix := persistence.IntervalsPrefix(q.records.tenant)
	const going = "~" // after all keys
	return table{reports.Names(columns), query.zone, func(after string) iter.Seq2[tableRow, error] {
		return func(yield func(tableRow, error) bool) {
			begun, err := q.begun(query)
			if err != nil {
				yield(tableRow{}, err)
				return
			}
			if !strings.HasPrefix(after, going) {
				if after == "" {
					after = persistence.IntervalsSince(q.records.tenant, query.span.From.UnixMilli())
				}
				for record, err := range q.records.walk(q.ctx, prefix, after, scanPage) {
					var i reports.Interval
					if err == nil {
						err = json.Unmarshal(record.Value, &i)
					}
					if err != nil {
						yield(tableRow{}, fmt.Errorf("intervals: %w", err))
						return
					}
					part, within := i.Within(query.span.From, query.span.To)
					if !within || query.agent != "" && i.Agent != query.agent {
						continue
					}
					if !yield(tableRow{record.Key, reports.Cells(columns, reports.Stay{Interval: part})}, nil) {
						return
					}
				}
			}
			for _, i := range begun {
				place := going + string(i.Agent)
				if place > after && !yield(tableRow{place, reports.Cells(columns, reports.Stay{Interval: i, Partial: true})}, nil) {
					return
				}
			}
		}
	}}
}
