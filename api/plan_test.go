package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ask := func(edit func(*routing.Tenant)) Plan {
		t.Helper()
		tenant := sample(acme)
		tenant.FAQs[1].Queues = nil // in the sample they are wrong
		tenant.Agents[0].Skills = nil
		edit(&tenant)
		w := h.call(t, "ada", http.MethodPost, "/v1/config/plan", string(encoded(t, tenant)))
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return decoded[Plan](t, w)
	}
	start := ask(func(*routing.Tenant) {})
	if diff := cmp.Diff([]Change{
		{"agents[ann].skills", "removed", map[string]any{"billing": 80.0}, nil}, {"faqs[refund].queues[sales]", "removed", "sales", nil},
	}, start.Changes); diff != "" || len(start.Warnings) != 0 {
		t.Errorf("%+v (-want +got):\n%s", start.Warnings, diff)
	}
	another, _ := hashPassword("another", []byte("salt"), 1)
	cys, _ := hashPassword("cy's", []byte("salt"), 1)
	got := ask(func(c *routing.Tenant) {
		c.Name = "Acme"
		c.Skills = []routing.SkillID{"orders"}
		c.Queues[0].Priority = 8
		c.Channels = slices.Delete(c.Channels, 2, 3)
		c.Channels[1].Secret, c.Channels[1].Secrets = "", []string{"newer", "older"}
		c.Agents[0].Password = another
		c.Agents = append(c.Agents[1:], c.Agents[0], routing.Profile{ID: "cy", Name: "Cy", Password: cys, Queues: []routing.QueueID{}})
	})
	var said []string
	for _, c := range got.Changes {
		said = append(said, c.Change+" "+c.Path)
	}
	want := []string{
		"changed agents[ann].password", "removed agents[ann].skills", "added agents[cy]", "reordered agents",
		"removed channels[twi-acme].secret", "added channels[twi-acme].secrets", "removed channels[bad-acme]",
		"removed faqs[refund].queues[sales]", "changed name", "added queues[support].priority", "added skills[orders]",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]routing.Problem{{Path: "skills[0]", Message: "nobody has orders"}, {Path: "agents[2].queues", Message: "serves no queue, and is offered nothing"}}, got.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	text := string(encoded(t, got))
	for _, secret := range []string{another, cys, "newer", "older", "twilio-token", "s3cret", "env:NOWHERE", sample(acme).Agents[0].Password} {
		if strings.Contains(text, secret) {
			t.Errorf("the plan shows %q: %s", secret, text)
		}
	}
}

func TestPlanRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wantProblem(t, h.call(t, "ada", http.MethodPost, "/v1/config/plan", "id: acme\nname: [\n", "Content-Type", "application/yaml"), 422, routing.CodeInvalid)
	wantProblem(t, h.call(t, "ada", http.MethodPost, "/v1/config/plan", "id: oth_er\nname: Other\n", "Content-Type", "application/yaml"), 422, routing.CodeInvalid)
	wantProblem(t, h.call(t, "sue", http.MethodPost, "/v1/config/plan", "id: acme\n", "Content-Type", "application/yaml"), 403, routing.CodeForbidden)
	if n := len(h.engine.commands()); n != 0 {
		t.Errorf("%d commands reached the engine", n)
	}
}
