package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
)

const document = `# Acme's contact centre
id: acme
name: Acme
skills: [billing]
queues:
  - id: support
    skills:
      - {skill: billing, level: 50}
    post_processing_seconds: 0
channels:
  - id: sim-acme
    carrier: simulated
    number: "+14155550100"
    queue: support
    secret: new-secret
agents:
  - id: ann
    name: Ann
    queues: [support]
    skills: {billing: 80}
admins:
  - id: ada
    name: Ada
`

func TestParseTenant(t *testing.T) {
	t.Parallel()
	zero := 0
	want := routing.Tenant{
		ID: "acme", Name: "Acme", Skills: []routing.SkillID{"billing"},
		Queues:   []routing.Queue{{ID: "support", Skills: []routing.Need{{Skill: "billing", Level: 50}}, PostProcessingSeconds: &zero}},
		Channels: []routing.Channel{{ID: "sim-acme", Carrier: "simulated", Number: "+14155550100", Queue: "support", Secret: "new-secret"}},
		Agents:   []routing.Profile{{ID: "ann", Name: "Ann", Queues: []routing.QueueID{"support"}, Skills: map[routing.SkillID]routing.Level{"billing": 80}}},
		Admins:   []routing.Staff{{ID: "ada", Name: "Ada"}},
	}
	got, err := ParseTenant([]byte(document), "application/yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
	if got, err = ParseTenant(encoded(t, want), "application/json; charset=utf-8"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestParseTenantSaysWhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, was, is, path, says string }{
		"unknown field":   {"", "name: Acme", "title: Acme", "", `line 3, column 1: unknown field "title"; docs/tenant.yaml shows`},
		"twice":           {"", "name: Acme", "name: Acme\nname: Acme", "", "line 4, column 1: "},
		"wrong type":      {"", "post_processing_seconds: 0", "post_processing_seconds: soon", "", "line 9, column 30: write a whole number"},
		"no text":         {"", "name: Acme", "name: [Acme]", "", "line 3, column 7: write a text"},
		"no list":         {"", "queues: [support]", "queues: support", "", "write a list here"},
		"no fields":       {"", "id: acme", "id: acme\nkeywords: STOP", "", "write names and values here"},
		"no truth":        {"", "skills: {billing: 80}", "may_reject: perhaps", "", "write true or false"},
		"no number":       {"", "secret: new-secret", "segments_per_second: fast", "", "write a number"},
		"fraction":        {"", "level: 50", "level: 50.5", "queues[0].skills[0].level", "line 8, column 33: 50.5 has a fraction; write a whole number"},
		"next to nothing": {"", "post_processing_seconds: 0", "post_processing_seconds: 0.5", "queues[0].post_processing_seconds", "0.5 has a fraction"},
		"no room":         {"", "id: sim-acme", "id: sim-acme\n    segments_per_second: 0", "channels[0].segments_per_second", "line 12, column 26: 0 is out of range; write more than 0, or"},
		"no YAML":         {"", "id: acme", "id: [acme", "", "line "},
		"meaning":         {"", "level: 50", "level: 55", "queues[0].skills[0].level", "line 8, column 33: "},
		"what is lacking": {"", "    carrier: simulated\n", "", "channels[0].carrier", "line 11, column "},
		"JSON field":      {"application/json", document, `{"id":"acme","title":"x"}`, "", "unknown field"},
		"JSON type":       {"application/json", document, `{"id":"acme","queues":[{"id":5}]}`, "queues.id", "line 1, column 30: write a text here"},
		"JSON and more":   {"application/json", document, `{"id":"acme"}{}`, "", "something follows"},
		"JSON zero":       {"application/json", document, "{\"id\":\"acme\",\t\"agents\":[{\"id\":\"ann\",\n\t\"capacity\":0}]}", "agents[0].capacity", "0 is out of range; write 1 to 6 conversations, or leave it out for 4"},
		"JSON meaning":    {"application/json", document, `{"id":"No Slug","name":"x"}`, "id", "line 1, column 7: "},
		"JSON lines":      {"application/json", document, "{\"id\": \"acme\",\r\n\t\"agents\": [{\"id\": \"änn\"}]}", "agents[0].id", "line 2, column 20: "},
		"JSON twice":      {"application/json", document, "{\"id\": \"acme\",\n \"id\": \"acme\"}", "", "line 2, column 2: "},
		"JSON comma":      {"application/json", document, "{\"id\": \"acme\"\n \"name\": \"x\"}", "", "line 2, column 2: invalid character"},
		"JSON half":       {"application/json", document, `{"id": "acme"`, "", "line 1, column 13: the document is not complete"},
		"JSON number":     {"application/json", document, "{\"id\": \"acme\",\n \"sender_texts_per_minute\": \"many\"}", "", "line 2, column 29: write a whole number"},
		"JSON's own":      {"application/json", document, `{"id": "acme\/x"}`, "id", `"acme/x" is not a name`},
		"mark and lines":  {"", document, "\ufeff# one\r\n# two\r\n\r\nid: No Slug\r\n", "id", "line 4, column 5: "},
		"two documents":   {"", "id: acme\n", "id: acme\n---\n", "", "line 3, column 1: a second document begins here"},
		"anchor":          {"", "skills: {billing: 80}", "skills: &all {billing: 80, billin: 80}", "agents[0].skills.billin", `line 20, column 32: there is no skill "billin"`},
		"alias":           {"", "skills: {billing: 80}\n", "skills: &all {billin: 80}\n  - {id: bob, queues: [support], skills: *all}\n", "agents[0].skills.billin", "line 20, column 19: "},
		"dots and quotes": {"", "skills: {billing: 80}", `skills: {"bill.ing": 80}`, "agents[0].skills.bill.ing", "line 20, column 14: "},
		"name":            {"", "skills: {billing: 80}", "skills: {billin: 80}", "agents[0].skills.billin", "line 20, column 14: "},
		"its value":       {"", "skills: {billing: 80}", "skills: {billing: 85}", "agents[0].skills.billing", "line 20, column 23: 85 is not a level"},
		"nested list":     {"", "queues: [support]", "queues:\n      - support\n      - sales", "agents[0].queues[1]", "line 21, column 9: "},
		"a password":      {"", "name: Ann\n", "name: Ann\n    password: hunter2\n", "agents[0].password", "line 19, column 15: this is no hash of a password; write the line that `switchyard config password` prints"},
		"an admin's":      {"", "name: Ada\n", "name: Ada\n    password: pbkdf2-sha256$1$x\n", "admins[0].password", "line 24, column 15: this is no hash"},
		"tab":             {"", "    name: Ann", "\tname: Ann", "", "line 18, column 1: found character '\t' that cannot start any token; indent with spaces"},
		"no colon":        {"", "    name: Ann", "    name Ann", "", "line "},
		"no quote":        {"", "name: Acme", "name: \"Acme", "", "; "},
	} {
		_, err := ParseTenant([]byte(strings.Replace(document, test.was, test.is, 1)), test.kind)
		var refusal *routing.Error
		if !errors.As(err, &refusal) || refusal.Code != routing.CodeInvalid || len(refusal.Problems) == 0 {
			t.Errorf("%s: error is %v", name, err)
			continue
		}
		if p := refusal.Problems[0]; p.Path != test.path || !strings.Contains(p.Message, test.says) {
			t.Errorf("%s: problem is %+v", name, p)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.call(t, "ada", http.MethodGet, "/v1/config", "")
	if w.Body.String() != "id: acme\n" || w.Header().Get("ETag") != `"e1"` || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("configuration is %q, %v", w.Body, w.Header())
	}
	if c := decoded[routing.Tenant](t, h.call(t, "ada", http.MethodGet, "/v1/config", "", "Accept", "application/json")); c.Name != "Sample" {
		t.Errorf("configuration = %+v", c)
	}
	put := func(body string, header ...string) int {
		return h.call(t, "ada", http.MethodPut, "/v1/config", body, append([]string{"Content-Type", "application/yaml"}, header...)...).Code
	}
	for name, test := range map[string]struct {
		body, match string
		want        int
	}{
		"without If-Match":        {document, "", 428},
		"not valid":               {"id: Not A Slug\n", `"e1"`, 422},
		"another tenant's":        {"id: oth_er\nname: Other\n", `"e1"`, 422},
		"another's channel":       {strings.Replace(document, "id: sim-acme", "id: sim-oth_er", 1), `"e1"`, 422},
		"another's other channel": {strings.Replace(document, "id: sim-acme", "id: twi-oth_er", 1), `"e1"`, 422},
	} {
		if got := put(test.body, "If-Match", test.match); got != test.want {
			t.Errorf("%s is answered %d, want %d", name, got, test.want)
		}
	}
	if n := len(h.engine.commands()); n != 0 {
		t.Errorf("%d refused configurations reached the engine", n)
	}
	w = h.call(t, "ada", http.MethodPut, "/v1/config", document, "Content-Type", "application/yaml", "If-Match", `"e1"`)
	if w.Code != http.StatusOK || w.Header().Get("ETag") != `"e2"` {
		t.Fatalf("replacing is answered %d %s", w.Code, w.Body)
	}
	if cmd := h.engine.commands()[0].Command.(routing.ReplaceConfig); cmd.IfMatch != "e1" || cmd.Source != document || cmd.Tenant.Name != "Acme" {
		t.Errorf("command = %+v", cmd)
	}
	if _, channel, err := h.server.Channel(t.Context(), acme, "sim-acme"); err != nil || channel.Secrets[0] != "new-secret" {
		t.Errorf("after the replacement the channel is %+v, %v", channel, err)
	}
	h.says("replace_config", routing.Answer{Refusal: &routing.Error{Code: routing.CodePreconditionFailed}})
	if got := put(document, "If-Match", `"e1"`); got != http.StatusPreconditionFailed {
		t.Errorf("an old ETag is answered %d", got)
	}
}
