package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine need not know the zones

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// putSums commits the sums of a bucket.
func (h *house) putSums(t testing.TB, kind reports.Kind, name string, start time.Time, sums reports.Sums) {
	t.Helper()
	h.put(t, acme, persistence.BucketKey(string(acme), string(kind), start.Unix(), name), sums)
}

type reportRow map[string]any

// report reads a whole report as JSON, page by page.
func (h *house) report(t *testing.T, who, path string) []reportRow {
	t.Helper()
	var rows []reportRow
	for cursor := ""; ; {
		w := h.call(t, who, http.MethodGet, path+cursor, "")
		if w.Code != http.StatusOK {
			t.Fatalf("%s is answered %d: %s", path, w.Code, w.Body)
		}
		page := decoded[list[reportRow]](t, w)
		rows = append(rows, page.Items...)
		if page.NextCursor == nil {
			return rows
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

// csvOf reads a whole report as CSV, in the form of its JSON: what is empty is left out there.
func (h *house) csvOf(t *testing.T, who, path string) []map[string]string {
	t.Helper()
	w := h.call(t, who, http.MethodGet, path+"&format=csv", "")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		t.Fatalf("%s as CSV is answered %d %s: %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if text := w.Body.String(); strings.Count(text, "\r\n") != strings.Count(text, "\n") {
		t.Error("lines do not end as RFC 4180 says")
	}
	lines, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]string, 0, len(lines))
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// sameRows says that a report's CSV tells what its JSON does.
func sameRows(t *testing.T, path string, rows []reportRow, lines []map[string]string) {
	t.Helper()
	if len(rows) != len(lines) {
		t.Fatalf("%s has %d rows in JSON and %d in CSV", path, len(rows), len(lines))
	}
	for i, row := range rows {
		for name, value := range row {
			text := ""
			switch v := value.(type) {
			case nil:
			case []any:
				all := make([]string, len(v))
				for i, one := range v {
					all[i] = fmt.Sprint(one)
				}
				text = strings.Join(all, " ")
			case float64:
				b, _ := json.Marshal(v)
				text = string(b)
			default:
				text = fmt.Sprint(v)
			}
			if got := strings.TrimPrefix(lines[i][name], "'"); got != text {
				t.Errorf("%s, row %d: %s is %q in CSV and %q in JSON", path, i, name, got, text)
			}
		}
	}
}

// TestQueueReports adds quarter hours up to days of a zone, and gives rows to what was empty.
func TestQueueReports(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	morning := time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC) // 08:00 in Berlin, on the day that begins summer
	h.putSums(t, reports.OfQueue, "support", time.Date(2026, 3, 28, 22, 45, 0, 0, time.UTC), reports.Sums{"entered": 100})
	h.putSums(t, reports.OfQueue, "support", morning, reports.Sums{
		"entered": 10, "answered": 8, "in_time": 6, "abandoned": 2, "short": 1, "wait_ms": 200_500, "longest_ms": 61_000,
		"replies": 4, "reply_ms": 90_000, "replies_in_target": 3, "longest_reply_ms": 70_000, "offers_accepted": 8, "offers_lapsed": 2,
	})
	h.putSums(t, reports.OfQueue, "support", morning.Add(reports.Quarter), reports.Sums{"answered": 1, "withdrawn": 1, "wait_ms": 9_500, "longest_ms": 9_500})
	h.putSums(t, reports.OfQueue, "closed-down", morning, reports.Sums{"entered": 1})
	day := "from=2026-03-29&to=2026-03-30&tz=Europe/Berlin"

	rows := h.report(t, "sue", "/v1/reports/queues?"+day)
	if len(rows) != 2 || rows[0]["queue"] != "closed-down" || rows[1]["queue"] != "support" {
		t.Fatalf("rows %v", rows)
	}
	for name, want := range map[string]any{
		"interval_start": "2026-03-29T00:00:00.000+01:00", "interval_end": "2026-03-30T00:00:00.000+02:00", "partial": false,
		"entered": 10.0, "ended": 12.0, "answered": 9.0, "answered_in_service_level": 6.0, "abandoned": 2.0, "withdrawn": 1.0,
		"service_level_percent": 60.0, "abandoned_percent": 10.0, "wait_seconds": 210.0, "average_wait_seconds": 23.333,
		"longest_wait_seconds": 61.0, "replies_in_target_percent": 75.0, "average_reply_seconds": 22.5, "offers": 10.0,
		"acceptance_percent": 80.0, "average_talk_seconds": nil,
	} {
		if rows[1][name] != want {
			t.Errorf("%s is %v, want %v", name, rows[1][name], want)
		}
	}
	for formula, want := range map[string]any{"entered": 66.667, "answered": 66.667, "decided": 60.0} {
		if got := h.report(t, "sue", "/v1/reports/queues?"+day+"&queue=support&service_level="+formula); len(got) != 1 || got[0]["service_level_percent"] != want {
			t.Errorf("of %s the service level is %v", formula, got)
		}
	}
	for step, n := range map[string]int{"15m": 92, "30m": 46, "1h": 23, "1d": 1} {
		path := "/v1/reports/intervals?" + day + "&interval=" + step
		rows := h.report(t, "ada", path+"&limit=17")
		if len(rows) != n {
			t.Errorf("the day has %d intervals of %s", len(rows), step)
		}
		sum := 0.0
		for _, row := range rows {
			sum += row["entered"].(float64)
		}
		if sum != 11 {
			t.Errorf("intervals of %s sum up to %v", step, sum)
		}
		sameRows(t, path, rows, h.csvOf(t, "ada", path))
	}
	path := "/v1/reports/queues?" + day + "&interval=1h"
	if rows := h.report(t, "sue", path+"&limit=7"); len(rows) != 24 { // 23 of the queue there is, one of that which was
		t.Errorf("queues by the hour are %d rows", len(rows))
	} else {
		sameRows(t, path, rows, h.csvOf(t, "sue", path))
	}
	if rows := h.report(t, "oth_er/sue", "/v1/reports/queues?"+day); len(rows) != 1 || rows[0]["entered"] != 0.0 {
		t.Errorf("another tenant is told %v", rows)
	}
}

// TestAgentReports adds the time of statuses that agents are still in, and marks what is not over.
func TestAgentReports(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := time.Now().UTC()
	since := now.Truncate(reports.Quarter).Add(-reports.Quarter)
	h.put(t, acme, persistence.AgentKey(string(acme), "ann"), routing.AgentRecord{ID: "ann", Status: routing.Available, StatusSince: since})
	h.putSums(t, reports.OfAgent, "ann", since, reports.Sums{"talks": 2, "talk_ms": 60_000, "held_ms": 60_000})
	h.put(t, acme, persistence.IntervalKey(string(acme), since.UnixMilli(), "ann"),
		reports.Interval{Agent: "ann", Status: routing.OnBreak, Reason: "=lunch", From: since.Add(-time.Hour), To: since})
	span := "from=" + since.Format(time.RFC3339) + "&to=" + since.Add(4*reports.Quarter).Format(time.RFC3339)

	path := "/v1/reports/agents?" + span + "&interval=15m"
	rows := h.report(t, "sue", path+"&limit=3")
	if len(rows) != 8 { // two agents, four quarter hours
		t.Fatalf("%d rows", len(rows))
	}
	if first := rows[0]; first["agent"] != "ann" || first["available_seconds"] != 900.0 || first["offered_slot_seconds"] != 5400.0 ||
		first["occupancy_percent"] != 1.111 || first["partial"] != false || first["average_talk_seconds"] != 30.0 {
		t.Errorf("ann's first quarter hour is %v", first)
	}
	if last := rows[7]; last["agent"] != "bob" || last["available_seconds"] != 0.0 || last["partial"] != true {
		t.Errorf("bob's last quarter hour is %v", last)
	}

	rows = h.report(t, "sue", "/v1/reports/agent_states?"+span+"&limit=1")
	if len(rows) != 1 || rows[0]["status"] != "available" || rows[0]["partial"] != true {
		t.Errorf("what ann declared is %v", rows)
	}
	span = "from=" + since.Add(-30*time.Minute).Format(time.RFC3339) + "&to=" + since.Add(time.Minute).Format(time.RFC3339)
	path = "/v1/reports/agent_states?" + span
	rows = h.report(t, "sue", path+"&limit=1")
	if len(rows) != 2 || rows[0]["status"] != "on_break" || rows[0]["seconds"] != 1800.0 || rows[0]["reason"] != "=lunch" ||
		rows[1]["status"] != "available" || rows[1]["seconds"] != 60.0 {
		t.Errorf("what ann declared before is %v", rows)
	}
	lines := h.csvOf(t, "sue", path)
	sameRows(t, path, rows, lines)
	if lines[0]["reason"] != "'=lunch" {
		t.Errorf("a formula is %q", lines[0]["reason"])
	}
}

// TestConversationReports tells of ended conversations and of open ones, with as much of a number as the reader may see.
func TestConversationReports(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 5 {
		row := reports.Row{
			Conversation: routing.ConversationID(fmt.Sprint("cv_e", i)), Channel: "sim-acme", Number: customerNumber, State: routing.Ended,
			Queues: []routing.QueueID{"support"}, Agents: []routing.AgentID{"ann", "bob"}, Received: noon.Add(time.Duration(i) * time.Hour),
			Wait: 1500 * time.Millisecond,
		}
		h.put(t, acme, persistence.RowKey(string(acme), row.Received.UnixMilli(), string(row.Conversation)), row)
	}
	for i := range 3 {
		c := conversation(fmt.Sprint("o", i), routing.Queued)
		c.CustomerNumber = fmt.Sprint("+1415555020", i)
		h.keep(t, acme, c, routing.Started{ID: c.ID, Tenant: acme, Channel: c.Channel, CustomerNumber: c.CustomerNumber, Queue: "support"})
	}
	path := "/v1/reports/conversations?from=2026-03-01&to=2026-03-02"
	rows := h.report(t, "ada", path+"&limit=2")
	if len(rows) != 8 || rows[0]["conversation"] != "cv_o0" || rows[0]["partial"] != true || rows[3]["conversation"] != "cv_e0" ||
		rows[3]["partial"] != false || rows[3]["customer_number"] != customerNumber || rows[3]["wait_seconds"] != 1.5 || rows[3]["customer"] != nil {
		t.Fatalf("rows %v", rows)
	}
	if diff := cmp.Diff([]any{"ann", "bob"}, rows[3]["agents"]); diff != "" {
		t.Error(diff)
	}
	lines := h.csvOf(t, "ada", path)
	sameRows(t, path, rows, lines)
	if lines[3]["customer_number"] != "'"+customerNumber || lines[3]["agents"] != "ann bob" {
		t.Errorf("a line of CSV is %v", lines[3])
	}
	if got := h.report(t, "sue", path)[3]["customer_number"]; got != "********0123" {
		t.Errorf("a supervisor is shown %v", got)
	}
	for query, n := range map[string]int{"&agent=bob": 5, "&agent=cid": 0, "&queue=support": 8, "&queue=sales": 0} {
		if got := len(h.report(t, "sue", path+query)); got != n {
			t.Errorf("%s are %d rows, want %d", query, got, n)
		}
	}
	if got := h.report(t, "sue", "/v1/reports/conversations?from=2026-03-01T13:30:00Z&to=2026-03-01T15:00:00Z"); len(got) != 1 || got[0]["conversation"] != "cv_e2" {
		t.Errorf("of an hour and a half it is told %v", got)
	}
}

// TestDeliveryAndDispositionReports spell out what stands in the sums of channels and of queues.
func TestDeliveryAndDispositionReports(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h.putSums(t, reports.OfChannel, "sim-acme", start, reports.Sums{
		"texts": 10, "segments": 12, "outbound/queued/": 1, "outbound/sent/": 2, "outbound/delivered/": 3, "outbound/unknown/": 1,
		"outbound/failed/unreachable": 2, "outbound/failed/landline": 1,
	})
	h.putSums(t, reports.OfQueue, "support", start, reports.Sums{"disposition/": 4, "disposition/solved": 6})
	day := "?from=2026-03-01&to=2026-03-02"
	row := h.report(t, "sue", "/v1/reports/deliveries"+day+"&limit=2")[1]
	for name, want := range map[string]any{
		"channel": "sim-acme", "texts": 10.0, "segments": 12.0, "queued": 1.0, "sent": 2.0, "delivered": 3.0, "failed": 3.0, "unknown": 1.0,
		"failed_percent": 50.0, "failed_unreachable": 2.0, "failed_landline": 1.0, "failed_blocked": 0.0,
	} {
		if row[name] != want {
			t.Errorf("%s is %v, want %v", name, row[name], want)
		}
	}
	path := "/v1/reports/dispositions" + day
	rows := h.report(t, "sue", path+"&limit=1")
	if len(rows) != 2 || rows[0]["disposition"] != "" || rows[0]["conversations"] != 4.0 || rows[1]["disposition"] != "solved" || rows[1]["conversations"] != 6.0 {
		t.Errorf("dispositions %v", rows)
	}
	sameRows(t, path, rows, h.csvOf(t, "sue", path))
}

// TestReportsAreRefused names what is wrong with a question.
func TestReportsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for query, detail := range map[string]string{
		"queues?interval=2h":                                          "15m, 30m, 1h or 1d",
		"queues?tz=Mars/Base":                                         "IANA",
		"queues?tz=Local":                                             "IANA",
		"queues?from=yesterday":                                       "2026-03-02",
		"queues?from=2026-03-02&to=2026-03-02":                        "after from",
		"queues?from=2020-03-02&to=2026-03-02":                        "400 days",
		"queues?from=2026-03-02T00:01:00Z":                            "quarter hours",
		"queues?service_level=best":                                   "decided, entered or answered",
		"queues?format=xml":                                           "json or csv",
		"queues?limit=201":                                            "1 to 200",
		"queues?cursor=" + cursorAt("9/x"):                            "next_cursor",
		"dispositions?cursor=" + cursorAt("none"):                     "next_cursor",
		"queues?from=" + url.QueryEscape("2026-03-02T00:00:00+00:07"): "quarter hours",
	} {
		if p := wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/reports/"+query, ""), 400, codeBadRequest); !strings.Contains(p.Detail, detail) {
			t.Errorf("%s: %q does not say %q", query, p.Detail, detail)
		}
	}
	wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/reports/weather", ""), 404, routing.CodeNotFound)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/reports/queues", ""), 403, routing.CodeForbidden)
	w := h.call(t, "sue", http.MethodGet, "/v1/reports/queues?bom=1", "", "Accept", "text/csv")
	if !strings.HasPrefix(w.Body.String(), "\ufeffinterval_start,") {
		t.Errorf("with a byte order mark it begins %.40q", w.Body.String())
	}
	if w := h.call(t, "sue", http.MethodGet, "/v1/reports/conversations?format=csv", ""); !strings.HasPrefix(w.Body.String(), "conversation,state,") || strings.Count(w.Body.String(), "\n") != 1 {
		t.Errorf("of nothing the header is told, and here %q", w.Body)
	}
}

// TestReportsAreDocumented: docs/reports.md tells of every column.
func TestReportsAreDocumented(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile("../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	for _, name := range reportNames() {
		w := h.call(t, "sue", http.MethodGet, "/v1/reports/"+name+"?format=csv", "")
		header, _, _ := strings.Cut(w.Body.String(), "\r\n")
		for column := range strings.SplitSeq(header, ",") {
			if !strings.Contains(string(docs), "`"+column+"`") {
				t.Errorf("docs/reports.md does not tell of %s's %s", name, column)
			}
		}
	}
}
