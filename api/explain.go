package api

import (
	"net/http"
	"time"

	"switchyard/actors/routing"
)

// explainView tells why a conversation went where it went, and what it waits for.
type explainView struct {
	State routing.State `json:"state"`
	// Rule is the rule of the channel that led to the first queue.
	Rule       string         `json:"rule,omitempty"`
	WaitingFor []routing.Wait `json:"waiting_for,omitempty"`
	Decisions  []decisionView `json:"decisions"`
}

type decisionView struct {
	At         stamp           `json:"at"`
	Queue      routing.QueueID `json:"queue"`
	Rule       string          `json:"rule"`
	Needs      []routing.Need  `json:"needs,omitempty"`
	Candidates []candidateView `json:"candidates"`
	Considered int             `json:"considered"`
}

type candidateView struct {
	Agent       routing.AgentID   `json:"agent"`
	Chosen      bool              `json:"chosen"`
	ExcludedBy  routing.Exclusion `json:"excluded_by,omitempty"`
	Detail      string            `json:"detail,omitempty"`
	Level       routing.Level     `json:"level,omitempty"`
	IdleSeconds *int              `json:"idle_seconds,omitempty"`
}

// explain is GET /v1/conversations/{id}/explain. Decisions were written down as they were made; what is waited for follows
// from what is committed now.
func (s *Server) explain(q *call) error {
	c, err := q.conversation()
	if err != nil {
		return err
	}
	log, err := q.records.log(q.ctx, c.ID)
	if err != nil {
		return err
	}
	view := explainView{State: c.State, Decisions: []decisionView{}}
	if len(log) > 0 {
		if started, ok := log[0].Event.(routing.Started); ok {
			view.Rule = started.Rule
		}
	}
	for _, d := range routing.Decisions(log) {
		view.Decisions = append(view.Decisions, viewDecision(d))
	}
	if view.WaitingFor = c.Why(); c.WaitsInLine() {
		agents, err := q.records.agents(q.ctx)
		if err != nil {
			return err
		}
		open, err := q.records.open(q.ctx)
		if err != nil {
			return err
		}
		view.WaitingFor = routing.WhyWaiting(time.Now(), &q.who.home.Tenant, agents, open, c)
	}
	return q.JSON(http.StatusOK, view)
}

func viewDecision(d routing.Decision) decisionView {
	v := decisionView{At: stamp{d.At}, Queue: d.Queue, Rule: d.Rule, Needs: d.Needs, Considered: d.Considered, Candidates: []candidateView{}}
	for _, c := range d.Candidates {
		v.Candidates = append(v.Candidates, candidateView(c))
	}
	return v
}
