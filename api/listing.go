package api

import (
	"net/http"
	"slices"
	"strings"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/persistence"
)

// listMost is how many records one request looks at: a filter that fits little gives short pages rather than long waits.
const listMost = 2000

// listConversations is GET /v1/conversations: an agent's own, or all of the tenant's for supervisors, oldest first within the
// open ones and then within the ended ones.
func (s *Server) listConversations(q *call) error {
	wanted, err := q.filter()
	if err != nil {
		return err
	}
	prefixes := []string{persistence.HotConversationPrefix(q.records.tenant), persistence.ConversationPrefix(q.records.tenant)}
	switch {
	case !q.who.by.Supervises():
		prefixes = []string{
			persistence.HeldPrefix(q.records.tenant, q.who.by.ID), persistence.HadPrefix(q.records.tenant, q.who.by.ID),
		}
	case wanted.number != "":
		prefixes = []string{persistence.PastPrefix(q.records.tenant, wanted.number)}
	}
	return q.conversations(prefixes, func(c routing.Conversation) (bool, error) { return wanted.fits(c), nil })
}

// filter is what the query asks for; empty fields let everything through.
type filter struct {
	state  routing.State
	queue  routing.QueueID
	agent  routing.AgentID
	number string
}

func (q *call) filter() (filter, error) {
	f := filter{
		state: routing.State(q.QueryParam("state")), queue: routing.QueueID(q.QueryParam("queue")),
		agent: routing.AgentID(q.QueryParam("agent")),
	}
	states := []routing.State{"", routing.Queued, routing.Offered, routing.Active, routing.Parked, routing.PostProcessing, routing.Ended}
	if !slices.Contains(states, f.state) {
		return f, badRequest("state must be queued, offered, active, parked, post_processing or ended")
	}
	if text := q.QueryParam("customer_number"); text != "" {
		number, err := numberOf(text)
		if err != nil {
			return f, err
		}
		f.number = number
	}
	return f, nil
}

// numberOf reads a number from a query, where an unescaped plus has become a blank.
func numberOf(text string) (string, error) {
	number, err := sms.Number(strings.TrimSpace(text))
	if err != nil {
		return "", badRequest("the number is none; write it as %2B14155550100")
	}
	return number, nil
}

func (f filter) fits(c routing.Conversation) bool {
	return (f.state == "" || c.State == f.state) && (f.queue == "" || c.Queue == f.queue) &&
		(f.agent == "" || c.Agent == f.agent || c.HeldBy(f.agent)) && (f.number == "" || c.CustomerNumber == f.number)
}

// conversations answers a page of the conversations that the keys under the prefixes name, each once.
func (q *call) conversations(prefixes []string, fits func(routing.Conversation) (bool, error)) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	var (
		answer = list[conversationView]{Items: []conversationView{}}
		seen   = map[routing.ConversationID]bool{}
		looked int
		last   string
		more   bool
	)
	for i, prefix := range prefixes {
		after := prefix
		if p.after != "" {
			if !strings.HasPrefix(p.after, prefix) {
				continue
			}
			after, p.after = p.after, ""
		}
		err := q.records.scan(q.ctx, prefix, after, func(record persistence.Record) (bool, error) {
			if more = len(answer.Items) == p.limit || looked == listMost; more {
				return false, nil
			}
			looked++
			last = record.Key
			c, found, err := q.records.conversation(q.ctx, routing.ConversationID(strings.TrimPrefix(record.Key, prefix)))
			if err != nil || !found || seen[c.ID] {
				return true, err
			}
			if before, err := q.listedBefore(prefixes[:i], c.ID); err != nil || before {
				return true, err
			}
			if ok, err := fits(c); err != nil || !ok {
				return true, err
			}
			seen[c.ID] = true
			view, err := q.records.showConversation(q.ctx, c)
			answer.Items = append(answer.Items, view)
			return true, err
		})
		if err != nil {
			return err
		}
		if more {
			next := cursorAt(last)
			answer.NextCursor = &next
			break
		}
	}
	if p.after != "" {
		return errCursor
	}
	return q.JSON(http.StatusOK, answer)
}

// listedBefore says whether the conversation stands under one of the earlier prefixes too.
func (q *call) listedBefore(prefixes []string, id routing.ConversationID) (bool, error) {
	for _, prefix := range prefixes {
		if there, err := q.records.has(q.ctx, prefix+string(id)); err != nil || there {
			return there, err
		}
	}
	return false, nil
}

// customerConversations is GET /v1/customers/{id}/conversations: the conversations with any of the customer's numbers that the
// asker may see.
func (s *Server) customerConversations(q *call) error {
	customer, err := q.customer()
	if err != nil {
		return err
	}
	sight, err := q.sight()
	if err != nil {
		return err
	}
	prefixes := make([]string, 0, len(customer.Numbers))
	for _, number := range customer.Numbers {
		prefixes = append(prefixes, persistence.PastPrefix(q.records.tenant, number))
	}
	return q.conversations(prefixes, sight.of)
}
