package api

import (
	"net/http"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// explainView tells why a conversation went where it went, and what it waits for.
type explainView struct {
	State routing.State `json:"state"`
	// Rule is the rule of the channel that led to the first queue.
	Rule       string         `json:"rule,omitempty"`
	WaitingFor []routing.Wait `json:"waiting_for,omitempty"`
	Decisions  []followedView `json:"decisions"`
	Moves      []moveView     `json:"moves"`
}

type moveView struct {
	At     stamp                 `json:"at"`
	From   routing.QueueID       `json:"from"`
	To     routing.QueueID       `json:"to,omitempty"`
	Agent  routing.AgentID       `json:"agent,omitempty"`
	Reason routing.RequeueReason `json:"reason"`
}

// followedView is a decision with what has become of its offers.
type followedView struct {
	decisionView
	Endings []endingView `json:"endings"`
}

type endingView struct {
	At      stamp           `json:"at"`
	Agent   routing.AgentID `json:"agent"`
	Outcome routing.Outcome `json:"outcome"`
	Reason  string          `json:"reason,omitempty"`
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
	view := explainView{State: c.State, Decisions: []followedView{}, Moves: []moveView{}}
	if len(log) > 0 {
		if started, ok := log[0].Event.(routing.Started); ok {
			view.Rule = started.Rule
		}
	}
	for _, d := range routing.Decisions(log) {
		view.Decisions = append(view.Decisions, viewFollowed(d))
	}
	for _, m := range routing.Moves(log) {
		view.Moves = append(view.Moves, viewMove(m))
	}
	view.WaitingFor = c.Why()
	if queue, waits := c.WaitsInLine(); waits {
		now := time.Now()
		line, _, err := q.line(now, queue)
		if err != nil {
			return err
		}
		view.WaitingFor = line.Why(now, c.ID)
	}
	return q.JSON(http.StatusOK, view)
}

// line is a queue's line as it is committed now, and all open conversations.
func (q *call) line(now time.Time, queue routing.QueueID) (*routing.Line, []routing.Conversation, error) {
	open, agents, err := q.floor()
	if err != nil {
		return nil, nil, err
	}
	hold, _, err := read[routing.Hold](q.ctx, q.records, persistence.HoldKey(q.records.tenant, string(queue)))
	if err != nil {
		return nil, nil, err
	}
	return routing.Committed(now, &q.who.home.Tenant, queue, agents, open, hold.Until), open, nil
}

func viewDecision(d routing.Decision) decisionView {
	v := decisionView{At: stamp{d.At}, Queue: d.Queue, Rule: d.Rule, Needs: d.Needs, Considered: d.Considered, Candidates: []candidateView{}}
	for _, c := range d.Candidates {
		v.Candidates = append(v.Candidates, candidateView(c))
	}
	return v
}

func viewFollowed(d routing.Decided) followedView {
	v := followedView{viewDecision(d.Decision), []endingView{}}
	for _, e := range d.Endings {
		v.Endings = append(v.Endings, endingView{stamp{e.At}, e.Agent, e.Outcome, e.Reason})
	}
	return v
}

func viewMove(m routing.Move) moveView {
	return moveView{stamp{m.At}, m.From, m.To, m.Agent, m.Reason}
}
