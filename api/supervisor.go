package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// queueView is a queue as supervisors watch it.
type queueView struct {
	ID                   routing.QueueID      `json:"id"`
	Name                 string               `json:"name"`
	Waiting              int                  `json:"waiting"`
	OldestWaitingSeconds int                  `json:"oldest_waiting_seconds"`
	Agents               map[routing.View]int `json:"agents"`
	ServiceLevel         serviceLevelView     `json:"service_level"`
	Replies              repliesView          `json:"replies"`
}

// listQueues is GET /v1/queues.
func (s *Server) listQueues(q *call) error {
	open, agents, err := q.floor()
	if err != nil {
		return err
	}
	standings, err := q.standings(open, agents)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, list[queueView]{Items: standings})
}

// standings are the tenant's queues as they stand now.
func (q *call) standings(open []routing.Conversation, agents map[routing.AgentID]*routing.Agent) ([]queueView, error) {
	now := time.Now()
	tenant := &q.who.home.Tenant
	standings := []queueView{}
	sums, err := q.recently(now)
	if err != nil {
		return nil, err
	}
	for _, queue := range tenant.Queues {
		view := queueView{ID: queue.ID, Name: queue.Name, Agents: map[routing.View]int{}}
		for _, v := range routing.Views() {
			view.Agents[v] = 0
		}
		for _, p := range tenant.Members(queue.ID) {
			seat := agents[p.ID].Seat(now)
			view.Agents[seat.View()]++
		}
		for _, c := range open {
			if c.InLine(queue.ID) {
				view.Waiting++
				view.OldestWaitingSeconds = max(view.OldestWaitingSeconds, int(now.Sub(c.Entered())/time.Second))
			}
		}
		view.ServiceLevel, view.Replies = levels(queue, sums[string(queue.ID)])
		standings = append(standings, view)
	}
	return standings, nil
}

// floor is who is there, and what is open, as committed now.
func (q *call) floor() ([]routing.Conversation, map[routing.AgentID]*routing.Agent, error) {
	open, err := q.records.open(q.ctx)
	if err != nil {
		return nil, nil, err
	}
	records, err := q.records.agents(q.ctx)
	return open, routing.Floor(&q.who.home.Tenant, records, open), err
}

// waitingView is a conversation in a queue's line, and what it waits for.
type waitingView struct {
	Conversation conversationView `json:"conversation"`
	WaitingFor   []routing.Wait   `json:"waiting_for"`
}

// waiting is GET /v1/queues/{id}/waiting: the line, first to be served first.
func (s *Server) waiting(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	queue, known := q.who.home.Tenant.Queue(routing.QueueID(q.Param("id")))
	if !known {
		return notFound("queue")
	}
	now := time.Now()
	line, open, err := q.line(now, queue.ID)
	if err != nil {
		return err
	}
	waiting := line.Waiting()
	if p.after != "" {
		at := slices.Index(waiting, routing.ConversationID(p.after))
		if at < 0 {
			return errCursor // it has left the line meanwhile: begin again
		}
		waiting = waiting[at+1:]
	}
	byID := make(map[routing.ConversationID]routing.Conversation, len(open))
	for _, c := range open {
		byID[c.ID] = c
	}
	var items []waitingView
	for _, id := range waiting[:min(len(waiting), p.limit+1)] {
		view, err := q.records.showConversation(q.ctx, byID[id])
		if err != nil {
			return err
		}
		items = append(items, waitingView{view, line.Why(now, id)})
	}
	return q.JSON(http.StatusOK, turn(p, items, func(v waitingView) string { return string(v.Conversation.ID) }))
}

// watchedView is an agent as supervisors watch it.
type watchedView struct {
	agentView

	View routing.View `json:"view"`
}

// listAgents is GET /v1/agents.
func (s *Server) listAgents(q *call) error {
	_, agents, err := q.floor()
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, list[watchedView]{Items: q.watched(agents)})
}

// watched are the tenant's agents as they stand now.
func (q *call) watched(agents map[routing.AgentID]*routing.Agent) []watchedView {
	now := time.Now()
	watched := []watchedView{}
	for _, p := range q.who.home.Tenant.Agents {
		a := agents[p.ID]
		seat := a.Seat(now)
		watched = append(watched, watchedView{viewAgent(p, a.Record, a.Load()), seat.View()})
	}
	return watched
}

// setAgentStatus is PUT /v1/agents/{id}/status.
func (s *Server) setAgentStatus(q *call) error {
	var body statusBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if len(body.Reason) > maxReason {
		return invalid("the reason is too long", routing.Problem{Path: "reason", Message: "at most 200 bytes"})
	}
	profile, known := q.who.home.Tenant.Agent(routing.AgentID(q.Param("id")))
	if !known {
		return notFound("agent")
	}
	answer, err := q.do(routing.SetStatus{Agent: profile.ID, Status: body.Status, Reason: body.Reason, ByOther: true})
	if err != nil {
		return err
	}
	view, err := q.records.showAgent(q.ctx, profile, *answer.Agent)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, view)
}

type assignBody struct {
	Agent routing.AgentID `json:"agent"`
	Queue routing.QueueID `json:"queue"`
}

// assign is POST /v1/conversations/{id}/assign.
func (s *Server) assign(q *call) error {
	var body assignBody
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.command(routing.AssignConversation{Conversation: q.conversationID(), Agent: body.Agent, Queue: body.Queue})
}

type priorityBody struct {
	Priority *int `json:"priority"`
}

// prioritize is POST /v1/conversations/{id}/priority.
func (s *Server) prioritize(q *call) error {
	var body priorityBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if body.Priority == nil {
		return invalid("there is no priority", routing.Problem{Path: "priority", Message: "write 0 to 10"})
	}
	return q.command(routing.PrioritizeConversation{Conversation: q.conversationID(), Priority: *body.Priority})
}

// release is POST /v1/conversations/{id}/release.
func (s *Server) release(q *call) error {
	if err := q.decode(&struct{}{}); err != nil {
		return err
	}
	return q.command(routing.ReleaseConversation{Conversation: q.conversationID()})
}

// whisper is POST /v1/conversations/{id}/whisper.
func (s *Server) whisper(q *call) error {
	var body noteBody
	if err := q.decode(&body); err != nil {
		return err
	}
	answer, err := q.do(routing.Whisper{Conversation: q.conversationID(), Text: body.Text})
	if err != nil {
		return err
	}
	return q.JSON(http.StatusCreated, viewMessage(*answer.Message))
}

// takeOver is POST /v1/conversations/{id}/take_over.
func (s *Server) takeOver(q *call) error {
	if err := q.decode(&struct{}{}); err != nil {
		return err
	}
	return q.command(routing.TakeOver{Conversation: q.conversationID()})
}

// noteReading has it written down, once an hour, that a supervisor reads what was said in a conversation.
func (q *call) noteReading(id routing.ConversationID) error {
	if !q.who.by.Supervises() {
		return nil
	}
	key := "read " + string(id) + time.Now().UTC().Format(" 2006-01-02T15") // with blanks, which no client's key has
	_, err := q.server.do(q.ctx, q.who, routing.ReadConversation{Conversation: id}, key, "read")
	return err
}

// auditView is one line of the audit.
type auditView struct {
	ID           persistence.ID         `json:"id"`
	At           stamp                  `json:"at"`
	By           routing.Principal      `json:"by"`
	Action       string                 `json:"action"`
	Conversation routing.ConversationID `json:"conversation,omitempty"`
	Agent        routing.AgentID        `json:"agent,omitempty"`
	Queue        routing.QueueID        `json:"queue,omitempty"`
	Priority     *int                   `json:"priority,omitempty"`
	Status       routing.Status         `json:"status,omitempty"`
	Customer     routing.CustomerID     `json:"customer,omitempty"`
	Case         routing.CaseID         `json:"case,omitempty"`
	Token        string                 `json:"token,omitempty"`
	Means        routing.Means          `json:"means,omitempty"`
	Config       string                 `json:"config,omitempty"`
	Channel      routing.ChannelID      `json:"channel,omitempty"`
	Message      routing.MessageID      `json:"message,omitempty"`
	Rule         routing.OptOutRule     `json:"rule,omitempty"`
	Refused      routing.Code           `json:"refused,omitempty"`
	Erased       *routing.Counts        `json:"erased,omitempty"`
}

// audit is GET /v1/audit: what supervisors and administrators did, who signed in, and what customers said about texts, oldest first.
func (s *Server) audit(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	items, err := s.store.Range(q.ctx, q.records.part, persistence.AuditList(q.records.tenant), persistence.ID(p.after), p.limit+1)
	if err != nil {
		return fmt.Errorf("read audit: %w", err)
	}
	views := make([]auditView, 0, len(items))
	for _, item := range items {
		var a routing.Audit
		if err := json.Unmarshal(item.Value, &a); err != nil {
			return fmt.Errorf("decode audit: %w", err)
		}
		views = append(views, auditView{
			item.ID,
			stamp{a.At},
			a.By, a.Action, a.Conversation, a.Agent, a.Queue, a.Priority, a.Status, a.Customer, a.Case, a.Token, a.Means,
			a.Config, a.Channel, a.Message, a.Rule, a.Refused, a.Erased,
		})
	}
	return q.JSON(http.StatusOK, turn(p, views, func(v auditView) string { return string(v.ID) }))
}
