// Package dashboards is what supervisors and operators watch: Grafana dashboards, Prometheus rules and alerts, written as Go values over
// the names of package measures, and the files that are made of them. The files are committed beside it; tests hold them against the
// values. It knows the names of what is measured and nothing else of Switchyard.
package dashboards

// Dashboard is one page of panels.
type Dashboard struct {
	UID, Title string
	// Description says whom it is for.
	Description string
	Rows        []Row
}

// Row is panels under one heading.
type Row struct {
	Title  string
	Panels []Panel
}

// Kind is how a panel is drawn.
type Kind string

// The kinds.
const (
	Stat   Kind = "stat"       // one number, at the end of the range
	Series Kind = "timeseries" // lines over the range
	Stack  Kind = "stacked"    // the same, one upon the other
	Table  Kind = "table"      // a row for each label value, a column for each query
)

// Unit is what a number means.
type Unit string

// The units, in Grafana's words.
const (
	Count   Unit = "none"
	Seconds Unit = "s"
	Share   Unit = "percentunit"
	Rate    Unit = "cps"
	Bytes   Unit = "bytes"
)

// Panel is a number or a picture, with what it means in a supervisor's words.
type Panel struct {
	Title, Description string
	Kind               Kind
	Unit               Unit
	Queries            []Query
	// Width of 24.
	Width int
	// Steps colour a number: from each value on, its colour. None: no colour.
	Steps []Step
}

// Step is a colour from a value on.
type Step struct {
	From   float64
	Colour string
}

// Query is an expression, and how its series are called.
type Query struct {
	Expr, Legend string
	// Unit of a table's column, where it is not the panel's.
	Unit Unit
}

// All is every dashboard.
func All() []Dashboard { return []Dashboard{supervisor(), queues(), delivery(), engine()} }

func number(title string, unit Unit, expr, description string, steps ...Step) Panel {
	return Panel{Title: title, Description: description, Kind: Stat, Unit: unit, Queries: []Query{{Expr: expr, Legend: title}}, Width: 4, Steps: steps}
}

func lines(title string, unit Unit, description string, queries ...Query) Panel {
	return Panel{Title: title, Description: description, Kind: Series, Unit: unit, Queries: queries, Width: 12}
}

func stack(title string, unit Unit, description string, queries ...Query) Panel {
	p := lines(title, unit, description, queries...)
	p.Kind = Stack
	return p
}

// Colours of numbers that are better high, and better low.
func atLeast(bad, good float64) []Step {
	return []Step{{0, "red"}, {bad, "orange"}, {good, "green"}}
}

func atMost(warn, bad float64) []Step {
	return []Step{{0, "green"}, {warn, "orange"}, {bad, "red"}}
}
