package api

import (
	"net/http"
	"slices"
	"strings"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
)

type faqView struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Segments int    `json:"segments"`
}

// faqs is GET /v1/faqs: those that hold all words of q, of a queue or of all, with names filled in for a conversation.
func (s *Server) faqs(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	var (
		words = strings.Fields(strings.ToLower(q.QueryParam("q")))
		queue = routing.QueueID(q.QueryParam("queue"))
		views []faqView
		past  = p.after == ""
	)
	filled, err := q.filling()
	if err != nil {
		return err
	}
	for _, f := range q.who.home.Tenant.FAQs {
		text := strings.ToLower(f.Title + " " + f.Text)
		everywhere := queue == "" || len(f.Queues) == 0 || slices.Contains(f.Queues, queue)
		lacks := slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
		if past && everywhere && !lacks {
			text := filled(f)
			views = append(views, faqView{ID: f.ID, Title: f.Title, Text: text, Segments: sms.Count(text).Count})
		}
		past = past || f.ID == p.after
	}
	if !past {
		return errCursor
	}
	return q.JSON(http.StatusOK, turn(p, views, func(f faqView) string { return f.ID }))
}

// filling says what becomes of an answer's variables: nothing where no conversation is named.
func (q *call) filling() (func(routing.FAQ) string, error) {
	id := routing.ConversationID(q.QueryParam("conversation"))
	if id == "" {
		return func(f routing.FAQ) string { return f.Text }, nil
	}
	c, err := q.conversationNamed(id)
	if err != nil {
		return nil, err
	}
	var customer routing.Customer
	if c.Customer != "" {
		if customer, _, err = q.records.customer(q.ctx, c.Customer); err != nil {
			return nil, err
		}
	}
	return func(f routing.FAQ) string { return f.Filled(customer.Name, q.who.name) }, nil
}

type segmentsBody struct {
	Text string `json:"text"`
}

// segmentsView tells what sending a text would take, and what stands in its way.
type segmentsView struct {
	sms.Segments
	NotPlain []string `json:"not_plain"`
	Repaired string   `json:"repaired,omitempty"` // the text in GSM-7, where it is not and can be
}

// segments is POST /v1/segments.
func (s *Server) segments(q *call) error {
	var body segmentsBody
	if err := q.decode(&body); err != nil {
		return err
	}
	view := segmentsView{Segments: sms.Count(body.Text), NotPlain: append([]string{}, sms.NotPlain(body.Text)...)}
	if view.Encoding == sms.UCS2 {
		if repaired, all := sms.Repair(body.Text); all {
			view.Repaired = repaired
		}
	}
	return q.JSON(http.StatusOK, view)
}
