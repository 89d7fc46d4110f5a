package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// customer finds the customer of the path.
func (q *call) customer() (routing.Customer, error) {
	c, found, err := q.records.customer(q.ctx, routing.CustomerID(q.Param("id")))
	if err == nil && !found {
		err = notFound("customer")
	}
	return c, err
}

func (q *call) answerCustomer(c routing.Customer, status int) error {
	view, err := q.records.showCustomer(q.ctx, c)
	if err != nil {
		return err
	}
	return q.JSON(status, view)
}

// listCustomers is GET /v1/customers: those of a number, or those whose name or numbers hold the words of q.
func (s *Server) listCustomers(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	matches, err := q.matchingCustomers(p)
	if err != nil {
		return err
	}
	answer := turn(p, matches, func(c routing.Customer) string { return string(c.ID) })
	views := list[customerView]{Items: []customerView{}, NextCursor: answer.NextCursor}
	for _, c := range answer.Items {
		view, err := q.records.showCustomer(q.ctx, c)
		if err != nil {
			return err
		}
		views.Items = append(views.Items, view)
	}
	return q.JSON(http.StatusOK, views)
}

// matchingCustomers returns up to one more than a page of them.
func (q *call) matchingCustomers(p page) ([]routing.Customer, error) {
	words := strings.Fields(strings.ToLower(q.QueryParam("q")))
	if text := q.QueryParam("number"); text != "" {
		number, err := numberOf(text)
		if err != nil {
			return nil, err
		}
		all, err := q.records.customersOf(q.ctx, number)
		return slices.DeleteFunc(all, func(c routing.Customer) bool {
			return string(c.ID) <= p.after || !customerHas(c, words)
		}), err
	}
	var matches []routing.Customer
	prefix := persistence.CustomerPrefix(q.records.tenant)
	err := q.records.scan(q.ctx, prefix, prefix+p.after, func(record persistence.Record) (bool, error) {
		var c routing.Customer
		if err := json.Unmarshal(record.Value, &c); err != nil {
			return false, fmt.Errorf("decode customer: %w", err)
		}
		if customerHas(c, words) {
			matches = append(matches, c)
		}
		return len(matches) <= p.limit, nil
	})
	return matches, err
}

func customerHas(c routing.Customer, words []string) bool {
	text := strings.ToLower(c.Name + " " + strings.Join(c.Numbers, " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// createCustomer is POST /v1/customers.
func (s *Server) createCustomer(q *call) error {
	var draft routing.CustomerDraft
	if err := q.decode(&draft); err != nil {
		return err
	}
	answer, err := q.do(routing.CreateCustomer{Customer: draft})
	if err != nil {
		return err
	}
	return q.answerCustomer(*answer.Customer, http.StatusCreated)
}

// getCustomer is GET /v1/customers/{id}.
func (s *Server) getCustomer(q *call) error {
	c, err := q.customer()
	if err != nil {
		return err
	}
	return q.answerCustomer(c, http.StatusOK)
}

// changeCustomer is PATCH /v1/customers/{id}.
func (s *Server) changeCustomer(q *call) error {
	var change routing.CustomerChange
	if err := q.decode(&change); err != nil {
		return err
	}
	answer, err := q.do(routing.ChangeCustomer{ID: routing.CustomerID(q.Param("id")), Change: change})
	if err != nil {
		return err
	}
	return q.answerCustomer(*answer.Customer, http.StatusOK)
}

// customerCases is GET /v1/customers/{id}/cases.
func (s *Server) customerCases(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	c, err := q.customer()
	if err != nil {
		return err
	}
	cases, err := q.records.cases(q.ctx, c.ID)
	if err != nil {
		return err
	}
	var views []caseView
	for _, k := range cases {
		if string(k.ID) > p.after {
			views = append(views, viewCase(k))
		}
	}
	return q.JSON(http.StatusOK, turn(p, views, func(k caseView) string { return string(k.ID) }))
}
