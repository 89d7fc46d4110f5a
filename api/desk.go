package api

import (
	"net/http"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// deskView is all that an agent's desktop shows, as of the cursor or a little later.
type deskView struct {
	Agent         agentView          `json:"agent"`
	Offers        []offerView        `json:"offers"`
	Conversations []conversationView `json:"conversations"`
	Cursor        persistence.ID     `json:"cursor"`
}

// desk is GET /v1/desk. The cursor is read before the state: what happens in between is told twice rather than never.
func (s *Server) desk(q *call) error {
	cursor, err := s.store.Last(q.ctx, q.records.part, persistence.DeskStream(q.records.tenant, q.who.by.ID))
	if err != nil {
		return err
	}
	record, err := q.records.agent(q.ctx, q.agent())
	if err != nil {
		return err
	}
	held, err := q.records.held(q.ctx, q.agent())
	if err != nil {
		return err
	}
	parked, err := q.records.parked(q.ctx, q.agent())
	if err != nil {
		return err
	}
	profile, _ := q.who.home.Tenant.Agent(q.agent())
	view := deskView{
		Agent: viewAgent(profile, record, len(held)), Offers: []offerView{}, Conversations: []conversationView{}, Cursor: cursor,
	}
	for _, c := range append(held, parked...) {
		if offer, rings := c.RingsAt(q.agent()); rings {
			o, err := q.records.showOffer(q.ctx, offer, c)
			if err != nil {
				return err
			}
			view.Offers = append(view.Offers, o)
			continue
		}
		v, err := q.records.showConversation(q.ctx, c)
		if err != nil {
			return err
		}
		view.Conversations = append(view.Conversations, v)
	}
	return q.JSON(http.StatusOK, view)
}

type statusBody struct {
	Status routing.Status `json:"status"`
	Reason string         `json:"reason"`
}

// maxReason is the longest reason of a status or a rejection, in bytes.
const maxReason = 200

// setStatus is PUT /v1/desk/status.
func (s *Server) setStatus(q *call) error {
	var body statusBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if len(body.Reason) > maxReason {
		return invalid("the reason is too long", routing.Problem{Path: "reason", Message: "at most 200 bytes"})
	}
	answer, err := q.do(routing.SetStatus{Agent: q.agent(), Status: body.Status, Reason: body.Reason})
	if err != nil {
		return err
	}
	profile, _ := q.who.home.Tenant.Agent(q.agent())
	view, err := q.records.showAgent(q.ctx, profile, *answer.Agent)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, view)
}
