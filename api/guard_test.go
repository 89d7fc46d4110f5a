package api

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// everybody is who may call, by role; the empty one has no credential.
var everybody = map[string]routing.Role{
	"": "", "ann": routing.RoleAgent, "sue": routing.RoleSupervisor, "ada": routing.RoleAdmin,
}

// TestRoutesAreClosed walks every route with every role and without a credential: whoever the route does not name is refused.
func TestRoutesAreClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says("accept", routing.Answer{Refusal: &routing.Error{Code: routing.CodeOfferGone}})
	open := []string{"POST /v1/session", "GET /v1/session/oidc", "POST /v1/session/oidc"} // signing in needs no credential
	admitted := 0
	for _, route := range h.server.routes() {
		if slices.Contains(open, route.method+" "+route.path) || strings.HasSuffix(route.path, "/events") {
			continue // the stream has a test of its own
		}
		path := strings.ReplaceAll(route.path, ":id", "x_1")
		for who, role := range everybody {
			if route.path == "/v1/session" && who != "" {
				continue // would sign out
			}
			body := ""
			if route.method != http.MethodGet && who == "" {
				body = "{}"
			}
			if slices.Contains(route.roles, role) {
				admitted++
				if w := h.read(t, who, route, path); w == http.StatusUnauthorized || w == http.StatusForbidden {
					t.Errorf("%s is refused at %s %s", role, route.method, path)
				}
				continue
			}
			w := h.call(t, who, route.method, path, body)
			if want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusForbidden}[who == ""]; w.Code != want {
				t.Errorf("%q at %s %s is answered %d, want %d", role, route.method, path, w.Code, want)
			}
		}
	}
	for _, a := range h.engine.commands() {
		t.Errorf("a refused request reached the engine: %+v", a)
	}
	if admitted < 20 {
		t.Errorf("only %d combinations were let in", admitted)
	}
}

// read calls a route that reads; of routes that write it says that they let in.
func (h *house) read(t *testing.T, who string, r route, path string) int {
	t.Helper()
	if r.method != http.MethodGet {
		return http.StatusOK
	}
	return h.call(t, who, r.method, path, "").Code
}

func TestStreamNeedsAnAgent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wantProblem(t, h.call(t, "", http.MethodGet, "/v1/desk/events", ""), 401, codeUnauthenticated)
	wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/desk/events", ""), 403, routing.CodeForbidden)
}

func TestCredentialsThatAreNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := h.token("ann")
	_, id, secret, _ := parseToken(good)
	flipped := strings.Repeat("0", len(secret))
	for name, token := range map[string]string{
		"nothing": "", "no token": "hello", "wrong secret": "sy_acme_" + id + "_" + flipped, "other tenant's": "sy_oth_er_" + id + "_" + secret,
		"unknown tenant": "sy_nobody_" + id + "_" + secret, "unknown id": "sy_acme_0000000000000000_" + secret, "cut": good[:len(good)-1],
		"path in id": "sy_acme_../../../../.._" + secret, "no secret": "sy_acme_" + id + "_", "upper case": strings.ToUpper(good),
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/desk", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := contract.serve(t, h.server, r)
		if p := wantProblem(t, w, 401, codeUnauthenticated); strings.Contains(p.Detail, token) && token != "" {
			t.Errorf("%s: the answer repeats the token", name)
		}
	}
}

// TestWhoLeftTheConfiguration guards against tokens that outlive their principal.
func TestWhoLeftTheConfiguration(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := sample(acme)
	c.Agents = c.Agents[1:]
	h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e2"})
	h.server.refresh()
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
}

// TestTenantsAreApart crosses every id of one tenant with the credentials of another.
func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	carla := h.keepCustomer(t, acme, "1", customerNumber)
	active := conversation("1", routing.Active)
	h.keep(t, acme, active, routing.MessageAdded{Message: new(inbound(active.ID, 1, "secret"))})
	for _, who := range []string{"oth_er/ann", "oth_er/sue", "oth_er/ada"} {
		for _, path := range []string{
			"/v1/conversations/cv_1", "/v1/conversations/cv_1/transcript", "/v1/conversations/cv_1/explain",
			"/v1/customers/" + string(carla.ID), "/v1/customers/" + string(carla.ID) + "/cases",
			"/v1/customers/" + string(carla.ID) + "/conversations", "/v1/cases/ca_1open",
		} {
			wantProblem(t, h.call(t, who, http.MethodGet, path, ""), 404, routing.CodeNotFound)
		}
		for _, path := range []string{"/v1/conversations", "/v1/customers", "/v1/customers?number=%2B14155550123"} {
			if w := h.call(t, who, http.MethodGet, path, ""); !strings.Contains(w.Body.String(), `"items":[]`) {
				t.Errorf("%s at %s: %s", who, path, w.Body)
			}
		}
	}
	_, id, _, _ := parseToken(h.token("ann"))
	wantProblem(t, h.call(t, "oth_er/ada", http.MethodDelete, "/v1/tokens/"+id, ""), 404, routing.CodeNotFound)
	if w := h.call(t, "oth_er/ada", http.MethodGet, "/v1/tokens", ""); strings.Contains(w.Body.String(), id) {
		t.Error("another tenant's token is listed")
	}
	commands := []struct{ method, path, body string }{
		{http.MethodPost, "/v1/offers/of_1_1/accept", ""},
		{http.MethodPost, "/v1/offers/of_1_1/reject", ""},
		{http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"hi"}`},
		{http.MethodPost, "/v1/conversations/cv_1/notes", `{"text":"hi"}`},
		{http.MethodPost, "/v1/conversations/cv_1/read", `{"seq":1}`},
		{http.MethodPut, "/v1/conversations/cv_1/customer", `{"customer":"cu_1"}`},
		{http.MethodPost, "/v1/conversations/cv_1/case", ""},
		{http.MethodPost, "/v1/conversations/cv_1/end", ""},
		{http.MethodPost, "/v1/conversations/cv_1/extend", ""},
		{http.MethodPost, "/v1/conversations/cv_1/wrap_up", ""},
		{http.MethodPost, "/v1/conversations/cv_1/opt_out", `{"opted_out":false}`},
		{http.MethodPatch, "/v1/customers/cu_1", "{}"},
		{http.MethodPatch, "/v1/cases/ca_1open", "{}"},
	}
	refused := func(asked) (routing.Answer, error) {
		return routing.Answer{Refusal: &routing.Error{Code: routing.CodeNotFound}}, nil
	}
	for _, kind := range []string{"accept", "reject", "reply", "note", "read", "attach_customer", "save_case", "end", "extend", "wrap_up", "opt_out", "change_customer", "change_case"} {
		h.engine.on(kind, refused)
	}
	for _, c := range commands {
		wantProblem(t, h.call(t, "oth_er/ann", c.method, c.path, c.body), 404, routing.CodeNotFound)
	}
	for _, a := range h.engine.commands() {
		if a.Tenant != other {
			t.Errorf("a command of %s was sent for %s", other, a.Tenant)
		}
	}
}

// TestAgentsSeeTheirOwn walks what an agent may read of conversations.
func TestAgentsSeeTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ringing, mine, past := conversation("1", routing.Offered), conversation("2", routing.Active), conversation("3", routing.Ended)
	theirs, history := conversation("4", routing.Active), conversation("5", routing.Ended)
	mine.CustomerNumber, past.CustomerNumber, theirs.CustomerNumber = "+14155550002", "+14155550003", "+14155550004"
	theirs.Agent, history.Agent = "bob", "bob" // history is with the customer who rings at ann now
	strange := history
	strange.ID, strange.CustomerNumber = "cv_6", "+14155550006"
	for _, c := range []routing.Conversation{ringing, mine, past, theirs, history, strange} {
		h.keep(t, acme, c)
	}
	for id, want := range map[string]int{"1": 200, "2": 200, "3": 200, "4": 403, "5": 200, "6": 403, "7": 404} {
		for _, tail := range []string{"", "/transcript", "/explain"} {
			if w := h.call(t, "ann", http.MethodGet, "/v1/conversations/cv_"+id+tail, ""); w.Code != want {
				t.Errorf("ann at cv_%s%s is answered %d, want %d", id, tail, w.Code, want)
			}
			if w := h.call(t, "sue", http.MethodGet, "/v1/conversations/cv_"+id+tail, ""); w.Code != map[bool]int{true: 404, false: 200}[id == "7"] {
				t.Errorf("sue at cv_%s%s is answered %d", id, tail, w.Code)
			}
		}
	}
}
