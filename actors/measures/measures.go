// Package measures is the one list of what Switchyard counts for Prometheus: names, definitions, labels, and how the series of
// several nodes make one number. The rooms that count, the dashboards and the alerts take the names from here, so that none can be
// renamed without all of them; docs/metrics.md is written from it. It knows nothing of the rooms.
package measures

import (
	"slices"
	"sync"
)

// Kind is what Prometheus takes a measure for.
type Kind string

// The kinds.
const (
	Counter   Kind = "counter"
	Gauge     Kind = "gauge"
	Histogram Kind = "histogram"
)

// Across is how the values of several nodes make one number.
type Across string

// The ways.
const (
	// Sum: each node tells its own part, such as what it has counted, or how many stand in the lines of the partitions that it serves.
	Sum Across = "sum"
	// Max: each node tells the whole or nothing, such as an age, a threshold, or how many nodes it sees.
	Max Across = "max"
)

// Measure is the definition of one metric.
type Measure struct {
	Name   string
	Kind   Kind
	Across Across
	// Help defines the measure. It is what /metrics says and what docs/metrics.md shows.
	Help   string
	Labels []string
	// Buckets are a histogram's bounds, ascending. Those of waits and answers get each queue's own thresholds besides.
	Buckets []float64
}

// All is every measure, by name. The caller may change the slice, not what is in it.
func All() []Measure { return slices.Clone(table()) }

// Of is the measure of a name. It panics when there is none: names are constants of this package.
func Of(name string) Measure {
	all := table()
	i, found := slices.BinarySearchFunc(all, name, func(m Measure, name string) int { return compare(m.Name, name) })
	if !found {
		panic("measures: " + name + " is not defined")
	}
	return all[i]
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

//nolint:gochecknoglobals // a constant table, made once
var table = sync.OnceValue(func() []Measure {
	all := slices.Concat(lines(), work(), people(), texts(), engine(), store(), face())
	slices.SortFunc(all, func(a, b Measure) int { return compare(a.Name, b.Name) })
	return all
})

// Label is what a label's values are, and what bounds them.
type Label struct{ Name, Values string }

// Labels is every label that a measure may have. None holds a number, a name, a text, or an id of something that comes and goes.
func Labels() []Label {
	return []Label{
		{LabelAgent, "an agent's id in the configuration; only with `--agent-metrics`"},
		{LabelCarrier, "a carrier's dialect, or `unknown`"},
		{LabelChannel, "a channel's id in the configuration"},
		{LabelClass, "what a carrier's error means: one of twelve words, or empty"},
		{LabelCode, "why a command was refused: a problem code"},
		{LabelDirection, "`inbound`, `outbound`"},
		{LabelKind, "of a message `sms`, `auto`, `note`, `system`; of a transfer `agent`, `queue`"},
		{LabelMethod, "an HTTP method, or `other`"},
		{LabelOutcome, "how an entry or an offer ended: a closed set of words"},
		{LabelProvider, "a carrier's dialect"},
		{LabelQueue, "a queue's id in the configuration; equal ids of several tenants count together"},
		{LabelReason, "a closed set of words"},
		{LabelResult, "what became of it: a closed set of words"},
		{LabelRoute, "a route of the contract, or `unmatched`"},
		{LabelState, "a closed set of words: an agent's view, a conversation's state"},
		{LabelStatus, "of a text `sent`, `delivered`, `failed`, `unknown`; of a request `2xx`, `3xx`, `4xx`, `5xx`"},
		{LabelTenant, "a tenant's id; only with `--agent-metrics`"},
		{LabelType, "an event's or a command's type"},
		{LabelUse, "`taken`, `free`"},
	}
}

// The labels.
const (
	LabelAgent     = "agent"
	LabelCarrier   = "carrier"
	LabelChannel   = "channel"
	LabelClass     = "class"
	LabelCode      = "code"
	LabelDirection = "direction"
	LabelKind      = "kind"
	LabelMethod    = "method"
	LabelOutcome   = "outcome"
	LabelProvider  = "provider"
	LabelQueue     = "queue"
	LabelReason    = "reason"
	LabelResult    = "result"
	LabelRoute     = "route"
	LabelState     = "state"
	LabelStatus    = "status"
	LabelTenant    = "tenant"
	LabelType      = "type"
	LabelUse       = "use"
)

// WaitBuckets are the bounds of waits and answers in seconds, in which every round service level is one.
func WaitBuckets() []float64 {
	return []float64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600}
}

func counter(name, help string, labels ...string) Measure {
	return Measure{Name: name, Kind: Counter, Across: Sum, Help: help, Labels: labels}
}

// part is a gauge of which each node tells its own part.
func part(name, help string, labels ...string) Measure {
	return Measure{Name: name, Kind: Gauge, Across: Sum, Help: help, Labels: labels}
}

// whole is a gauge that a node tells as a whole, or not at all.
func whole(name, help string, labels ...string) Measure {
	return Measure{Name: name, Kind: Gauge, Across: Max, Help: help, Labels: labels}
}

func waits(name, help string, labels ...string) Measure {
	return Measure{Name: name, Kind: Histogram, Across: Sum, Help: help, Labels: labels, Buckets: WaitBuckets()}
}

func histogram(name, help string, buckets []float64, labels ...string) Measure {
	return Measure{Name: name, Kind: Histogram, Across: Sum, Help: help, Labels: labels, Buckets: buckets}
}
