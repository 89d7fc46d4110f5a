package actors

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
)

// census counts what a tenure has in memory; it goes when the tenure goes, so that nothing is counted twice.
type census struct {
	conversations map[routing.State]*atomic.Int64
	agents        map[routing.Status]*atomic.Int64
}

func newCensus() *census {
	c := &census{conversations: map[routing.State]*atomic.Int64{}, agents: map[routing.Status]*atomic.Int64{}}
	for _, s := range []routing.State{routing.Queued, routing.Offered, routing.Active, routing.PostProcessing} {
		c.conversations[s] = new(atomic.Int64)
	}
	for _, s := range []routing.Status{
		routing.Available, routing.BusyStopNew, routing.OnBreak, routing.WorkingOffline, routing.LoggedOut,
	} {
		c.agents[s] = new(atomic.Int64)
	}
	return c
}

// moved notes that a conversation went from one state to another.
func (c *census) moved(was, is routing.Conversation) {
	if was.State == is.State {
		return
	}
	if n := c.conversations[was.State]; n != nil {
		n.Add(-1)
	}
	if n := c.conversations[is.State]; n != nil {
		n.Add(1)
	}
}

// statusMoved notes that an agent declared another status; an empty one is nobody's.
func (c *census) statusMoved(was, is routing.Status) {
	if was == is {
		return
	}
	if n := c.agents[was]; n != nil {
		n.Add(-1)
	}
	if n := c.agents[is]; n != nil {
		n.Add(1)
	}
}

// headcount reads the censuses of all owned partitions at scrape time.
type headcount struct {
	engine        *Engine
	conversations *prometheus.Desc
	agents        *prometheus.Desc
	depth         *prometheus.Desc
}

func newHeadcount(e *Engine) *headcount {
	return &headcount{
		engine:        e,
		conversations: prometheus.NewDesc("switchyard_conversations", "Open conversations.", []string{"state"}, nil),
		agents:        prometheus.NewDesc("switchyard_agents", "Agents by declared status.", []string{"state"}, nil),
		depth:         prometheus.NewDesc("switchyard_inbox_depth", "Inputs accepted and not yet worked off.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (h *headcount) Describe(ch chan<- *prometheus.Desc) {
	ch <- h.conversations
	ch <- h.agents
	ch <- h.depth
}

// Collect implements prometheus.Collector.
func (h *headcount) Collect(ch chan<- prometheus.Metric) {
	conversations, agents := map[routing.State]int64{}, map[routing.Status]int64{}
	for _, t := range h.engine.tenures() {
		for s, n := range t.census.conversations {
			conversations[s] += n.Load()
		}
		for s, n := range t.census.agents {
			agents[s] += n.Load()
		}
	}
	for s, n := range conversations {
		ch <- prometheus.MustNewConstMetric(h.conversations, prometheus.GaugeValue, float64(n), string(s))
	}
	for s, n := range agents {
		ch <- prometheus.MustNewConstMetric(h.agents, prometheus.GaugeValue, float64(n), string(s))
	}
	ch <- prometheus.MustNewConstMetric(h.depth, prometheus.GaugeValue, float64(h.engine.door.depth()))
}
