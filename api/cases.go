package api

import (
	"net/http"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// getCase is GET /v1/cases/{id}.
func (s *Server) getCase(q *call) error {
	k, found, err := read[routing.Case](q.ctx, q.records, persistence.CaseKey(q.records.tenant, q.Param("id")))
	if err != nil {
		return err
	}
	if !found {
		return notFound("case")
	}
	return q.JSON(http.StatusOK, viewCase(k))
}

// changeCase is PATCH /v1/cases/{id}.
func (s *Server) changeCase(q *call) error {
	var change routing.CaseChange
	if err := q.decode(&change); err != nil {
		return err
	}
	answer, err := q.do(routing.ChangeCase{ID: routing.CaseID(q.Param("id")), Change: change})
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, viewCase(*answer.Case))
}
