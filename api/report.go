package api

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
)

// reportMost is the longest time that one report tells of.
const reportMost = 400 * 24 * time.Hour

// reportQuery is what a report is asked for.
type reportQuery struct {
	span    reports.Span
	step    reports.Step
	zone    *time.Location
	queue   routing.QueueID
	agent   routing.AgentID
	formula reports.Formula
	now     time.Time
}

// reportNames are the reports there are.
func reportNames() []string {
	return []string{"queues", "intervals", "agents", "conversations", "agent_states", "deliveries", "dispositions"}
}

// report is GET /v1/reports/{name}.
func (s *Server) report(q *call) error {
	name := q.Param("name")
	if !slices.Contains(reportNames(), name) {
		return notFound("report")
	}
	query, err := q.reportQuery(name)
	if err != nil {
		return err
	}
	asCSV, err := q.wantsCSV()
	if err != nil {
		return err
	}
	t := q.table(name, query)
	if asCSV {
		return q.sendCSV(name, t)
	}
	return q.sendPage(t)
}

// table is a report by its name.
func (q *call) table(name string, query reportQuery) table {
	switch name {
	case "agents":
		return q.agentTotals(query)
	case "conversations":
		return q.conversationRows(query)
	case "agent_states":
		return q.agentStates(query)
	case "deliveries":
		return q.deliveryTotals(query)
	case "dispositions":
		return q.dispositionTotals(query)
	}
	return q.queueTotals(query, name == "queues")
}

func (q *call) reportQuery(name string) (reportQuery, error) {
	r := reportQuery{
		now: time.Now(), zone: time.UTC, step: reports.Step(q.QueryParam("interval")), queue: routing.QueueID(q.QueryParam("queue")),
		agent: routing.AgentID(q.QueryParam("agent")), formula: reports.Formula(q.QueryParam("service_level")),
	}
	if zone := q.QueryParam("tz"); zone != "" {
		var err error
		if r.zone, err = time.LoadLocation(zone); err != nil || zone == "Local" {
			return r, badRequest("tz must be the name of an IANA time zone such as Europe/Berlin")
		}
	}
	if name == "intervals" && r.step == reports.StepAll {
		r.step = reports.StepQuarter
	}
	if !r.step.Valid() {
		return r, badRequest("interval must be 15m, 30m, 1h or 1d; leave it out for one sum of the whole time")
	}
	if r.formula == "" {
		r.formula = reports.OfDecided
	}
	if !r.formula.Valid() {
		return r, badRequest("service_level must be decided, entered or answered: what it is a percentage of")
	}
	return r, q.reportTime(&r, name)
}

// reportTime reads from and to; the default is today in the zone.
func (q *call) reportTime(r *reportQuery, name string) error {
	y, m, d := r.now.In(r.zone).Date()
	r.span = reports.Span{From: time.Date(y, m, d, 0, 0, 0, 0, r.zone), To: time.Date(y, m, d+1, 0, 0, 0, 0, r.zone)}
	for _, end := range []struct {
		name string
		at   *time.Time
	}{{"from", &r.span.From}, {"to", &r.span.To}} {
		text := q.QueryParam(end.name)
		if text == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, text, r.zone)
		if err != nil {
			at, err = time.Parse(time.RFC3339, text)
		}
		if err != nil {
			return badRequest(end.name + " must be a day such as 2026-03-02, or a time such as 2026-03-02T08:00:00Z (+ is written %2B)")
		}
		*end.at = at
	}
	whole := func(at time.Time) bool { return at.Equal(at.Truncate(reports.Quarter)) }
	rows := name == "conversations" || name == "agent_states"
	switch {
	case !r.span.From.Before(r.span.To):
		return badRequest("to must be after from")
	case r.span.To.Sub(r.span.From) > reportMost:
		return badRequest("a report tells of 400 days at the most; ask for parts")
	case !rows && (!whole(r.span.From) || !whole(r.span.To)):
		return badRequest("from and to must be whole quarter hours: that is what sums are kept of")
	}
	return nil
}

// wantsCSV says whether CSV is asked for, by format or by the Accept header.
func (q *call) wantsCSV() (bool, error) {
	switch q.QueryParam("format") {
	case "csv":
		return true, nil
	case "json":
		return false, nil
	case "":
		return strings.Contains(q.Request().Header.Get(echo.HeaderAccept), "text/csv"), nil
	}
	return false, badRequest("format must be json or csv")
}
