package api

import (
	"cmp"
	"net/http"
	"time"

	"switchyard/actors/routing"
)

// choicesView is what the configuration in force lets an agent choose from.
type choicesView struct {
	MayReject     bool                   `json:"may_reject"`
	Queues        []queueChoice          `json:"queues"`
	Colleagues    []colleague            `json:"colleagues"`
	Dispositions  []routing.Disposition  `json:"dispositions"`
	StatusReasons []routing.StatusReason `json:"status_reasons"`
}

type queueChoice struct {
	ID                    routing.QueueID `json:"id"`
	Name                  string          `json:"name"`
	PostProcessingSeconds int             `json:"post_processing_seconds"`
	DispositionRequired   bool            `json:"disposition_required"`
}

type colleague struct {
	ID   routing.AgentID `json:"id"`
	Name string          `json:"name"`
}

// choices is GET /v1/desk/choices.
func (s *Server) choices(q *call) error {
	tenant := &q.who.home.Tenant
	self, _ := tenant.Agent(q.agent())
	view := choicesView{
		MayReject: self.MayReject, Queues: []queueChoice{}, Colleagues: []colleague{},
		Dispositions:  append([]routing.Disposition{}, tenant.Dispositions...),
		StatusReasons: append([]routing.StatusReason{}, tenant.StatusReasons...),
	}
	for _, queue := range tenant.Queues {
		view.Queues = append(view.Queues, queueChoice{
			ID: queue.ID, Name: cmp.Or(queue.Name, string(queue.ID)), PostProcessingSeconds: int(queue.PostProcessing() / time.Second),
			DispositionRequired: queue.DispositionRequired,
		})
	}
	for _, a := range tenant.Agents {
		if a.ID != q.agent() {
			view.Colleagues = append(view.Colleagues, colleague{a.ID, a.Name})
		}
	}
	return q.JSON(http.StatusOK, view)
}
