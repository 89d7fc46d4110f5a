package api

import (
	"net/http"
	"strconv"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

func (q *call) conversationID() routing.ConversationID {
	return routing.ConversationID(q.Param("id"))
}

// command has the engine decide about a conversation and shows it as it is then.
func (q *call) command(cmd routing.Command) error { return q.commandAs(http.StatusOK, cmd) }

func (q *call) commandAs(status int, cmd routing.Command) error {
	answer, err := q.do(cmd)
	if err != nil {
		return err
	}
	view, err := q.records.showConversation(q.ctx, *answer.Conversation)
	if err != nil {
		return err
	}
	return q.JSON(status, view)
}

// conversation finds the conversation of the path, if the asker may see it.
func (q *call) conversation() (routing.Conversation, error) {
	return q.conversationNamed(q.conversationID())
}

func (q *call) conversationNamed(id routing.ConversationID) (routing.Conversation, error) {
	c, found, err := q.records.conversation(q.ctx, id)
	if err != nil {
		return c, err
	}
	if !found {
		return c, notFound("conversation")
	}
	sight, err := q.sight()
	if err != nil {
		return c, err
	}
	seen, err := sight.of(c)
	if err == nil && !seen {
		err = forbidden("agents see the conversations that they have or had, and earlier ones of the customer they talk to")
	}
	return c, err
}

// sight is what an asker may see: supervisors and administrators everything, an agent the conversations that ring at it, that
// it has or had, and those with a customer who is on its desk now: the history that belongs to the screen pop.
type sight struct {
	call    *call
	all     bool
	numbers map[string]bool
}

func (q *call) sight() (sight, error) {
	if q.who.by.Supervises() {
		return sight{all: true}, nil
	}
	held, err := q.records.held(q.ctx, q.agent())
	s := sight{call: q, numbers: make(map[string]bool, len(held))}
	for _, c := range held {
		s.numbers[c.CustomerNumber] = true
	}
	return s, err
}

func (s sight) of(c routing.Conversation) (bool, error) {
	if s.all || s.numbers[c.CustomerNumber] || c.Agent == s.call.agent() {
		return true, nil
	}
	return s.call.records.has(s.call.ctx, persistence.HadKey(s.call.records.tenant, s.call.who.by.ID, string(c.ID)))
}

// getConversation is GET /v1/conversations/{id}.
func (s *Server) getConversation(q *call) error {
	c, err := q.conversation()
	if err != nil {
		return err
	}
	view, err := q.records.showConversation(q.ctx, c)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, view)
}

// transcript is GET /v1/conversations/{id}/transcript.
func (s *Server) transcript(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	after, err := strconv.Atoi("0" + p.after)
	if err != nil {
		return errCursor
	}
	c, err := q.conversation()
	if err != nil {
		return err
	}
	if err := q.noteReading(c.ID); err != nil {
		return err
	}
	log, err := q.records.log(q.ctx, c.ID)
	if err != nil {
		return err
	}
	messages := routing.Transcript(log)
	var views []messageView
	for _, m := range messages[min(after, len(messages)):] {
		if len(views) > p.limit {
			break
		}
		views = append(views, viewMessage(m))
	}
	return q.JSON(http.StatusOK, turn(p, views, func(m messageView) string { return strconv.Itoa(m.Seq) }))
}

type replyBody struct {
	Text      string `json:"text"`
	ClientRef string `json:"client_ref"`
}

// sendReply is POST /v1/conversations/{id}/messages.
func (s *Server) sendReply(q *call) error {
	var body replyBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if len(body.ClientRef) > maxID {
		return invalid("client_ref is too long", routing.Problem{Path: "client_ref", Message: "at most 128 bytes"})
	}
	answer, err := q.do(routing.SendReply{Conversation: q.conversationID(), Text: body.Text, ClientRef: body.ClientRef})
	if err != nil {
		return err
	}
	return q.JSON(http.StatusAccepted, viewMessage(*answer.Message))
}

type noteBody struct {
	Text string `json:"text"`
}

// addNote is POST /v1/conversations/{id}/notes.
func (s *Server) addNote(q *call) error {
	var body noteBody
	if err := q.decode(&body); err != nil {
		return err
	}
	answer, err := q.do(routing.AddNote{Conversation: q.conversationID(), Text: body.Text})
	if err != nil {
		return err
	}
	return q.JSON(http.StatusCreated, viewMessage(*answer.Message))
}

type readBodyFields struct {
	Seq int `json:"seq"`
}

// markRead is POST /v1/conversations/{id}/read.
func (s *Server) markRead(q *call) error {
	var body readBodyFields
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.command(routing.MarkRead{Conversation: q.conversationID(), Seq: body.Seq})
}

type attachBody struct {
	Customer routing.CustomerID `json:"customer"`
}

// attachCustomer is PUT /v1/conversations/{id}/customer.
func (s *Server) attachCustomer(q *call) error {
	var body attachBody
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.command(routing.AttachCustomer{Conversation: q.conversationID(), Customer: body.Customer})
}

type saveCaseBody struct {
	Case     routing.CaseID `json:"case"`
	Subject  string         `json:"subject"`
	Severity string         `json:"severity"`
	Notes    string         `json:"notes"`
}

// saveCase is POST /v1/conversations/{id}/case.
func (s *Server) saveCase(q *call) error {
	var body saveCaseBody
	if err := q.decode(&body); err != nil {
		return err
	}
	answer, err := q.do(routing.SaveCase{
		Conversation: q.conversationID(), Case: body.Case, Subject: body.Subject, Severity: body.Severity, Notes: body.Notes,
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if answer.Created {
		status = http.StatusCreated
	}
	return q.JSON(status, viewCase(*answer.Case))
}

type transferBody struct {
	Agent routing.AgentID `json:"agent"`
	Queue routing.QueueID `json:"queue"`
	Note  string          `json:"note"`
}

// transfer is POST /v1/conversations/{id}/transfer.
func (s *Server) transfer(q *call) error {
	var body transferBody
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.commandAs(http.StatusAccepted, routing.TransferConversation{
		Conversation: q.conversationID(), Agent: body.Agent, Queue: body.Queue, Note: body.Note,
	})
}

// endConversation is POST /v1/conversations/{id}/end.
func (s *Server) endConversation(q *call) error {
	var body wrapUpBody
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.command(routing.EndConversation{Conversation: q.conversationID(), Disposition: body.Disposition, Notes: body.Notes})
}

// extend is POST /v1/conversations/{id}/extend.
func (s *Server) extend(q *call) error {
	if err := q.decode(&struct{}{}); err != nil {
		return err
	}
	return q.command(routing.ExtendPostProcessing{Conversation: q.conversationID()})
}

type optOutBody struct {
	OptedOut *bool `json:"opted_out"`
}

// judgeOptOut is POST /v1/conversations/{id}/opt_out.
func (s *Server) judgeOptOut(q *call) error {
	var body optOutBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if body.OptedOut == nil {
		return invalid("opted_out is missing", routing.Problem{Path: "opted_out", Message: "write true when the customer wants no more texts, else false"})
	}
	return q.command(routing.JudgeOptOut{Conversation: q.conversationID(), OptedOut: *body.OptedOut})
}

type wrapUpBody struct {
	Disposition string `json:"disposition"`
	Notes       string `json:"notes"`
}

// wrapUp is POST /v1/conversations/{id}/wrap_up.
func (s *Server) wrapUp(q *call) error {
	var body wrapUpBody
	if err := q.decode(&body); err != nil {
		return err
	}
	return q.command(routing.WrapUp{Conversation: q.conversationID(), Disposition: body.Disposition, Notes: body.Notes})
}
