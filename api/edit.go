package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"switchyard/actors/routing"
)

// editBody is a document in YAML, and what is to become of it.
type editBody struct {
	Source string `json:"source"`
	Edits  []edit `json:"edits"`
}

// edit replaces the member of a list with this id, adds it when there is none, or takes it out when the value is null. With Field it
// does so with a field of the document itself.
type edit struct {
	Field string          `json:"field"`
	List  string          `json:"list"`
	ID    string          `json:"id"`
	Value json.RawMessage `json:"value"`
	// Password, in clear, is kept in the member as the hash that documents have.
	Password string `json:"password"`
}

// editView is the document after the edits, as text and as what it means.
type editView struct {
	Source string         `json:"source"`
	Tenant routing.Tenant `json:"tenant"`
}

// editConfig is POST /v1/config/edit: it edits a document's text, for whoever has forms and no YAML. Nothing is changed but the
// text that is returned. It need not be valid: the plan says what is wrong.
func (s *Server) editConfig(q *call) error {
	var body editBody
	if err := q.decode(&body); err != nil {
		return err
	}
	view := editView{Source: body.Source}
	var err error
	if view.Tenant, err = readDocument(body.Source); err != nil {
		return err
	}
	for i, e := range body.Edits {
		if view, err = view.after(e); err != nil {
			return invalid("the edit cannot be made", routing.Problem{Path: fmt.Sprintf("edits[%d]", i), Message: err.Error()})
		}
	}
	return q.JSON(http.StatusOK, view)
}

// readDocument reads a document whose meaning may be wrong.
func readDocument(source string) (routing.Tenant, error) {
	var t routing.Tenant
	if err := yaml.UnmarshalWithOptions([]byte(source), &t, yaml.Strict()); err != nil {
		return t, unreadable(yamlProblem(err))
	}
	return t, nil
}

// after is the document after one edit: as it was written, but for the member, or written anew where that does not come out right.
func (v editView) after(e edit) (editView, error) {
	was := v.Tenant
	value, err := e.apply(&v.Tenant)
	if err != nil {
		return v, err
	}
	ways := func() []string { return rewritings(v.Source, e.List, place(was, e), value, v.Tenant) }
	if e.Field != "" {
		ways = func() []string { return rewrittenField(v.Source, e.Field, v.Tenant) }
	}
	wanted, err := meaning(v.Tenant)
	if err != nil {
		return v, err
	}
	for _, source := range ways() {
		t, err := readDocument(source)
		if err != nil {
			continue
		}
		if means, err := meaning(t); err == nil && reflect.DeepEqual(means, wanted) {
			return editView{source, t}, nil
		}
	}
	return v, fmt.Errorf("the document cannot be written; change its text instead")
}

// apply makes the edit in the configuration, and returns the member's new value, nil when it is taken out.
func (e edit) apply(t *routing.Tenant) (any, error) {
	if e.Field != "" {
		return nil, e.applyField(t)
	}
	switch e.List {
	case "skills":
		return editList(&t.Skills, e, func(s *routing.SkillID) *string { return (*string)(s) }, nil)
	case "schedules":
		return editList(&t.Schedules, e, func(s *routing.Schedule) *string { return (*string)(&s.ID) }, nil)
	case "queues":
		return editList(&t.Queues, e, func(q *routing.Queue) *string { return (*string)(&q.ID) }, nil)
	case "channels":
		return editList(&t.Channels, e, func(c *routing.Channel) *string { return (*string)(&c.ID) }, nil)
	case "agents":
		return editList(&t.Agents, e, func(a *routing.Profile) *string { return (*string)(&a.ID) }, func(a *routing.Profile) *string { return &a.Password })
	case "supervisors":
		return editList(&t.Supervisors, e, staffID, staffPassword)
	case "admins":
		return editList(&t.Admins, e, staffID, staffPassword)
	case "faqs":
		return editList(&t.FAQs, e, func(f *routing.FAQ) *string { return &f.ID }, nil)
	case "dispositions":
		return editList(&t.Dispositions, e, func(d *routing.Disposition) *string { return &d.ID }, nil)
	case "status_reasons":
		return editList(&t.StatusReasons, e, func(r *routing.StatusReason) *string { return &r.ID }, nil)
	}
	return nil, fmt.Errorf("%q is no list of a configuration whose members have ids", e.List)
}

// applyField makes the edit of a field of the document itself.
func (e edit) applyField(t *routing.Tenant) error {
	if e.List != "" || e.ID != "" || e.Password != "" {
		return fmt.Errorf("write field and value, or list, id and value")
	}
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode a configuration: %w", err)
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return fmt.Errorf("decode a configuration: %w", err)
	}
	if fields[e.Field] = e.Value; len(e.Value) == 0 || string(e.Value) == "null" {
		delete(fields, e.Field)
	}
	if text, err = json.Marshal(fields); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	var is routing.Tenant
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&is); err != nil {
		return fmt.Errorf("value: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	*t = is
	return nil
}

func staffID(s *routing.Staff) *string       { return &s.ID }
func staffPassword(s *routing.Staff) *string { return &s.Password }

// editList makes the edit in one list. The functions find a member's id and its password.
func editList[T any](list *[]T, e edit, id, password func(*T) *string) (any, error) {
	at := slices.IndexFunc(*list, func(member T) bool { return *id(&member) == e.ID })
	if len(e.Value) == 0 || string(e.Value) == "null" {
		if at < 0 {
			return nil, fmt.Errorf("%s has no %q", e.List, e.ID)
		}
		*list = slices.Delete(slices.Clone(*list), at, at+1)
		return nil, nil
	}
	var member T
	d := json.NewDecoder(bytes.NewReader(e.Value))
	d.DisallowUnknownFields()
	if err := d.Decode(&member); err != nil {
		return nil, fmt.Errorf("value: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if e.Password != "" {
		if password == nil {
			return nil, fmt.Errorf("members of %s have no password", e.List)
		}
		hash, err := HashPassword(e.Password)
		if err != nil {
			return nil, err
		}
		*password(&member) = hash
	}
	if at < 0 {
		*list = append(slices.Clip(*list), member)
	} else {
		*list = slices.Clone(*list)
		(*list)[at] = member
	}
	return member, nil
}

// place is where the edited member stands in its list, or -1.
func place(t routing.Tenant, e edit) int {
	m, err := meaning(t)
	if err != nil {
		return -1
	}
	document, _ := m.(map[string]any)
	return slices.IndexFunc(members(document[e.List]), func(m member) bool { return m.id == e.ID })
}
