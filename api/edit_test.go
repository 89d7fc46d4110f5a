package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const written = `# Acme's contact centre
id: acme
name: Acme
skills: [billing, orders]

queues: # two
  # the first
  - id: support
    name: Support # desk
    park_seconds: 600

  # the second
  - id: night
    schedule: late
# who answers
agents:
  - {id: ann, name: Ann, queues: [support]}
  - {id: bob, name: Bob, queues: [support]}

# what they say
faqs:
- id: hours
  title: Hours
  text: |
    From 9 to 5.
    # not a comment
`

func TestEdit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct{ list, id, value, was, is string }{
		"a field":           {"", "name", `"Acme: 2"`, "name: Acme\n", "name: \"Acme: 2\"\n"},
		"a field that goes": {"", "name", `null`, "name: Acme\nskills", "name: \"\"\nskills"},
		"a new field": {
			"", "keywords", `{"stop":["ARRET"],"stop_reply":"No more."}`,
			"    # not a comment\n", "    # not a comment\n\nkeywords:\n  stop:\n    - ARRET\n  stop_reply: No more.\n",
		},
		"a field that is not there goes": {"", "blocked", `null`, "id: acme", "id: acme"},
		"a list of texts":                {"", "skills", `["orders"]`, "skills: [billing, orders]", "skills:\n  - orders"},
		"a member in braces": {
			"agents", "bob", `{"id":"bob","name":"Bob: B.","queues":["support","night"],"capacity":6}`,
			"  - {id: bob, name: Bob, queues: [support]}\n", "  - {id: bob, name: \"Bob: B.\", capacity: 6, queues: [support, night]}\n",
		},
		"a member of several lines": {
			"queues", "support", `{"id":"support","name":"Help","priority":8}`,
			"    name: Support # desk\n    park_seconds: 600\n", "    name: Help\n    priority: 8\n",
		},
		"the last member": {"queues", "night", `{"id":"night","schedule":"early"}`, "schedule: late", "schedule: early"},
		"the text of one": {
			"faqs", "hours", `{"id":"hours","title":"Hours","text":"From 9 to 5."}`,
			"text: |\n    From 9 to 5.\n    # not a comment\n", "text: From 9 to 5.\n",
		},
		"a new member in braces": {
			"agents", "cy", `{"id":"cy","name":"Cy","queues":[]}`,
			"name: Bob, queues: [support]}\n", "name: Bob, queues: [support]}\n  - {id: cy, name: Cy, queues: []}\n",
		},
		"a new member of several lines": {"queues", "day", `{"id":"day","priority":1}`, "schedule: late\n", "schedule: late\n  - id: day\n    priority: 1\n"},
		"a member that goes":            {"queues", "support", `null`, "  - id: support\n    name: Support # desk\n    park_seconds: 600\n\n", "\n"},
		"the only one that goes":        {"faqs", "hours", `null`, "faqs:\n- id: hours\n  title: Hours\n  text: |\n    From 9 to 5.\n    # not a comment\n", ""},
		"a name in brackets":            {"skills", "french", `"french"`, "skills: [billing, orders]", "skills:\n  - billing\n  - orders\n  - french"},
		"the first of a list": {
			"dispositions", "solved", `{"id":"solved","name":"Solved"}`,
			"    # not a comment\n", "    # not a comment\n\ndispositions:\n  - id: solved\n    name: Solved\n",
		},
	} {
		if !strings.Contains(written, test.was) {
			t.Fatalf("%s: %q is not there", name, test.was)
		}
		edit := map[string]any{"list": test.list, "id": test.id, "value": json.RawMessage(test.value)}
		if test.list == "" {
			edit = map[string]any{"field": test.id, "value": json.RawMessage(test.value)}
		}
		body := string(encoded(t, map[string]any{"source": written, "edits": []any{edit}}))
		w := h.call(t, "ada", http.MethodPost, "/v1/config/edit", body)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
			continue
		}
		got := decoded[editView](t, w)
		if diff := cmp.Diff(strings.Replace(written, test.was, test.is, 1), got.Source); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		means, err := readDocument(got.Source)
		if diff := cmp.Diff(means, got.Tenant); err != nil || diff != "" {
			t.Errorf("%s: the text does not mean what is said of it (%v, -text +said):\n%s", name, err, diff)
		}
	}
}

// TestEditAnyDocument: a document of any form is edited, written anew where it must be.
func TestEditAnyDocument(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, source := range map[string]string{
		"in JSON":             string(encoded(t, sample(acme))),
		"in braces":           `{id: acme, name: Acme, queues: [{id: support}], channels: [], agents: [{id: ann, name: Ann, queues: []}]}`,
		"a dash by itself":    "id: acme\nname: Acme\nagents:\n-\n  id: ann\n  name: Ann\n  queues: []\nqueues: []\n",
		"a dash after others": "id: acme\nname: Acme\nagents:\n- id: bob\n  name: Bob\n  queues: []\n-\n  id: ann\n  name: Ann\n  queues: []\n",
		"with an anchor":      "id: acme\nname: &n Ann\nagents:\n  - id: ann\n    name: *n\n    queues: []\n",
		"as a DOS does":       "id: acme\r\nname: Acme\r\nagents:\r\n  - id: ann\r\n    name: Ann\r\n    queues: []\r\n",
	} {
		body := string(encoded(t, map[string]any{"source": source, "edits": []any{
			map[string]any{"list": "agents", "id": "ann", "value": map[string]any{"id": "ann", "name": "Ann B.", "queues": []string{}}, "password": "open sesame"},
			map[string]any{"list": "dispositions", "id": "solved", "value": map[string]any{"id": "solved", "name": "Solved"}},
		}}))
		w := h.call(t, "ada", http.MethodPost, "/v1/config/edit", body)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
			continue
		}
		got, err := readDocument(decoded[editView](t, w).Source)
		was, _ := readDocument(source)
		ann, _ := got.Agent("ann")
		if err != nil || ann.Name != "Ann B." || len(got.Agents) != len(was.Agents) || len(got.Dispositions) != 1 {
			t.Errorf("%s: %v, %+v", name, err, got)
			continue
		}
		if !checkPassword(ann.Password, "open sesame") {
			t.Errorf("%s: the password is not kept", name)
		}
	}
}

func TestEditRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		source, edit string
		want         int
	}{
		"no YAML":                 {"id: [", `{"list":"queues","id":"x","value":{"id":"x"}}`, 422},
		"no such field":           {"title: x", `{"list":"queues","id":"x","value":{"id":"x"}}`, 422},
		"no such field of it":     {written, `{"field":"colour","value":"red"}`, 422},
		"a field of another kind": {written, `{"field":"blocked","value":"+1"}`, 422},
		"a field and a list":      {written, `{"field":"blocked","list":"queues","id":"x","value":[]}`, 422},
		"no such list":            {written, `{"list":"keywords","id":"x","value":{"id":"x"}}`, 422},
		"nobody to take out":      {written, `{"list":"queues","id":"x","value":null}`, 422},
		"a strange field":         {written, `{"list":"queues","id":"x","value":{"id":"x","colour":"red"}}`, 422},
		"another kind":            {written, `{"list":"queues","id":"x","value":{"id":5}}`, 422},
		"a queue's password":      {written, `{"list":"queues","id":"x","value":{"id":"x"},"password":"p"}`, 422},
		"a long password":         {written, `{"list":"agents","id":"x","value":{"id":"x"},"password":"` + strings.Repeat("p", 2000) + `"}`, 422},
		"nothing of ours":         {written, `{"listing":"queues"}`, 400},
	} {
		body := `{"source":` + string(encoded(t, test.source)) + `,"edits":[` + test.edit + `]}`
		if w := h.call(t, "ada", http.MethodPost, "/v1/config/edit", body); w.Code != test.want {
			t.Errorf("%s is answered %d: %s", name, w.Code, w.Body)
		}
	}
	if w := h.call(t, "sue", http.MethodPost, "/v1/config/edit", `{"source":"","edits":[]}`); w.Code != http.StatusForbidden {
		t.Errorf("a supervisor is answered %d", w.Code)
	}
}
