package api

import (
	"net/http"

	"switchyard/actors/routing"
)

// acceptOffer is POST /v1/offers/{id}/accept.
func (s *Server) acceptOffer(q *call) error {
	if err := q.decode(&struct{}{}); err != nil {
		return err
	}
	return q.command(routing.AcceptOffer{Offer: routing.OfferID(q.Param("id"))})
}

type rejectBody struct {
	Reason string `json:"reason"`
}

// rejectOffer is POST /v1/offers/{id}/reject.
func (s *Server) rejectOffer(q *call) error {
	var body rejectBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if len(body.Reason) > maxReason {
		return invalid("the reason is too long", routing.Problem{Path: "reason", Message: "at most 200 bytes"})
	}
	if _, err := q.do(routing.RejectOffer{Offer: routing.OfferID(q.Param("id")), Reason: body.Reason}); err != nil {
		return err
	}
	return q.JSON(http.StatusOK, struct{}{})
}
