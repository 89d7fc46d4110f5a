package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
)

// Plan is what a configuration would alter if it replaced another, and what in it asks for care.
type Plan struct {
	Changes  []Change          `json:"changes"`
	Warnings []routing.Problem `json:"warnings"`
}

// Change is one difference between two configurations. The path names the members of lists by their ids: queues[support].priority.
type Change struct {
	Path   string `json:"path"`
	Change string `json:"change"` // added, removed, changed or reordered
	// Was and Is are the values, in the document's words. Passwords and secrets are not shown.
	Was any `json:"was,omitempty"`
	Is  any `json:"is,omitempty"`
}

// How a thing may differ.
const (
	added     = "added"
	removed   = "removed"
	changed   = "changed"
	reordered = "reordered"
)

// planConfig is POST /v1/config/plan: what PUT would do. Nothing is changed.
func (s *Server) planConfig(q *call) error {
	source, err := readBody(q.Context)
	if err != nil {
		return err
	}
	now, err := q.config()
	if err != nil {
		return err
	}
	t, err := ParseTenant(source, q.Request().Header.Get(echo.HeaderContentType), s.carriers...)
	if err != nil {
		return err
	}
	if err := s.mayInstall(q, t); err != nil {
		return err
	}
	changes, err := changesBetween(now.Tenant, t)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, Plan{changes, append([]routing.Problem{}, Lint(t, s.carriers...)...)})
}

// changesBetween lists how one configuration differs from another, in the order of their fields' names. Fields that are left out
// and fields with their zero value are the same.
func changesBetween(was, is routing.Tenant) ([]Change, error) {
	a, err := meaning(was)
	if err != nil {
		return nil, err
	}
	b, err := meaning(is)
	if err != nil {
		return nil, err
	}
	c := comparison{changes: []Change{}}
	c.compare("", a, b)
	return c.changes, nil
}

// meaning is a value as JSON has it.
func meaning(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode a configuration: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var m any
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("decode a configuration: %w", err)
	}
	return m, nil
}
