package api

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing/reports"
)

// table is a report: the names of its columns, and its rows after a place, in order. Its times are written in the zone.
type table struct {
	names []string
	zone  *time.Location
	rows  func(after string) iter.Seq2[tableRow, error]
}

// tableRow is a row and its place, from which the table can be gone on with.
type tableRow struct {
	place string
	cells []reports.Cell
}

// failed is a table that cannot be told.
func failed(err error) iter.Seq2[tableRow, error] {
	return func(yield func(tableRow, error) bool) { yield(tableRow{}, err) }
}

// sendPage answers a page of a table as JSON: objects whose fields are in the order of the columns.
func (q *call) sendPage(t table) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	answer := list[json.RawMessage]{Items: []json.RawMessage{}}
	var last string
	for row, err := range t.rows(p.after) {
		if err != nil {
			return err
		}
		if len(answer.Items) == p.limit {
			next := cursorAt(last)
			answer.NextCursor = &next
			break
		}
		object, err := t.object(row.cells)
		if err != nil {
			return err
		}
		answer.Items, last = append(answer.Items, object), row.place
	}
	return q.JSON(http.StatusOK, answer)
}

// object is a row as a JSON object.
func (t table) object(cells []reports.Cell) (json.RawMessage, error) {
	b := []byte{'{'}
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, t.names[i]) // names are plain
		b = append(b, ':')
		if at, ok := cell.(time.Time); ok {
			cell = at.In(t.zone).Format(reportTimes)
		}
		value, err := json.Marshal(cell)
		if err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
		b = append(b, value...)
	}
	return append(b, '}'), nil
}

// reportTimes is how reports write times: in the zone that was asked for.
const reportTimes = "2006-01-02T15:04:05.000Z07:00"

// csvChunk is how much of a CSV file is gathered before it is sent on.
const csvChunk = 64 << 10

// sendCSV answers a whole table as CSV (RFC 4180), sent on as it is made. When it breaks off in the middle, so does the connection:
// a part must not look like the whole.
func (q *call) sendCSV(name string, t table) error {
	var rows int
	var out *bufio.Writer
	var lines *csv.Writer
	begin := func() error {
		h := q.Response().Header()
		h.Set(echo.HeaderContentType, "text/csv; charset=utf-8; header=present")
		h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
		q.Response().WriteHeader(http.StatusOK)
		out = bufio.NewWriterSize(&patient{q.Response(), http.NewResponseController(q.Response().Writer)}, csvChunk)
		if q.QueryParam("bom") == "1" { // spreadsheets know UTF-8 by it
			_, _ = out.WriteString("\ufeff") // as every write of a bufio.Writer: its Flush tells
		}
		lines = csv.NewWriter(out)
		lines.UseCRLF = true
		return lines.Write(t.names)
	}
	record := make([]string, len(t.names))
	for row, err := range t.rows("") {
		if err == nil && rows == 0 {
			err = begin()
		}
		if err == nil {
			for i, cell := range row.cells {
				record[i] = t.text(cell)
			}
			rows++
			err = lines.Write(record)
		}
		if err != nil && rows == 0 {
			return err
		}
		if err != nil {
			q.server.log.WarnContext(q.ctx, "a report broke off")
			panic(http.ErrAbortHandler)
		}
	}
	if rows == 0 {
		if err := begin(); err != nil {
			return err
		}
	}
	lines.Flush()
	return out.Flush()
}

// patient gives each write the time that a slow reader may take.
type patient struct {
	http.ResponseWriter

	control *http.ResponseController
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(writeTime)) // not every writer has deadlines
	return p.ResponseWriter.Write(b)
}

// text is a cell in CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets hide
// (OWASP: CSV injection).
func (t table) text(cell reports.Cell) string {
	switch cell := cell.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(cell, 10)
	case float64:
		return strconv.FormatFloat(cell, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(cell)
	case time.Time:
		return cell.In(t.zone).Format(reportTimes)
	case []string:
		return guarded(strings.Join(cell, " "))
	case string:
		return guarded(cell)
	}
	return guarded(fmt.Sprint(cell))
}

func guarded(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
