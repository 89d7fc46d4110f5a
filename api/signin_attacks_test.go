package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"switchyard/actors/routing"
	"switchyard/api/openid"
	"switchyard/api/openid/openidtest"
	"switchyard/persistence"
)

// quiet fails the test for anything in the log that nobody must read there.
func (o *office) quiet(t *testing.T, more ...string) {
	t.Helper()
	logged := o.log.String()
	for _, secret := range append(append(o.idp.Secrets(), "ann@acme", "Ann@acme", "zoe@"), more...) {
		if strings.Contains(logged, secret) {
			t.Errorf("the log tells %q:\n%s", secret, logged)
		}
	}
	if n := strings.Count(logged, "identity provider proved nothing"); n > 1 {
		t.Errorf("the log complains %d times within a minute:\n%s", n, logged)
	}
}

// admitted lists the sessions that were made.
func (o *office) admitted() int { return len(o.engine.commands()) }

// TestTokensThatDoNotHold has the provider, or whoever speaks in its place, send ID tokens that prove nothing.
func TestTokensThatDoNotHold(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) func(*openidtest.Provider) {
		return func(p *openidtest.Provider) { p.Lie = func(c openidtest.Claims) { c[name] = value } }
	}
	signed := func(sign func(p *openidtest.Provider, payload []byte) string) func(*openidtest.Provider) {
		return func(p *openidtest.Provider) { p.Sign = sign }
	}
	for name, row := range map[string]struct {
		lie func(*openidtest.Provider)
		why string // in the log
	}{
		"another issuer":      {claim("iss", "https://evil.example"), "it is of another issuer"},
		"issuer with a slash": {func(p *openidtest.Provider) { p.Lie = func(c openidtest.Claims) { c["iss"] = p.Issuer + "/" } }, "it is of another issuer"},
		"another audience":    {claim("aud", "other"), "made for another client"},
		"another party":       {claim("azp", "other"), "made for another client"},
		"expired":             {claim("exp", later(-time.Second)), "it has expired"},
		"without an end":      {func(p *openidtest.Provider) { p.Lie = func(c openidtest.Claims) { delete(c, "exp") } }, "it has expired"},
		"an end of nothing":   {claim("exp", nil), "not written as it should be"},
		"not yet":             {claim("nbf", later(time.Hour)), "not valid yet"},
		"another nonce":       {claim("nonce", "another"), "its nonce is another"},
		"no nonce":            {claim("nonce", ""), "its nonce is another"},
		"not signed":          {signed(func(_ *openidtest.Provider, payload []byte) string { return unsigned(payload) }), "not signed by RS256 or ES256"},
		"signed with what everybody knows": {signed(func(_ *openidtest.Provider, payload []byte) string {
			return openidtest.Signed(jose.HS256, hmacKey(), "first", payload)
		}), "not signed by RS256 or ES256"},
		"signed with our secret": {signed(func(_ *openidtest.Provider, payload []byte) string {
			return openidtest.Signed(jose.HS256, []byte(openidtest.ClientSecret), "first", payload)
		}), "not signed by RS256 or ES256"},
		"another's key": {signed(func(_ *openidtest.Provider, payload []byte) string {
			return openidtest.Signed(jose.RS256, otherKey(), "first", payload)
		}), "none of the provider's keys"},
		"a stronger algorithm than was agreed": {signed(func(_ *openidtest.Provider, payload []byte) string {
			return openidtest.Signed(jose.RS512, idpKey(), "first", payload)
		}), "not signed by RS256 or ES256"},
		"no token at all": {signed(func(*openidtest.Provider, []byte) string { return "hello" }), "not signed by RS256 or ES256"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.idp.Change(row.lie)
			p := wantProblem(t, o.travel(t).arrive(t, o.house), 401, codeUnauthenticated)
			if !strings.Contains(p.Detail, "begin to sign in again") || !strings.Contains(o.log.String(), row.why) {
				t.Errorf("told %q, logged:\n%s", p.Detail, &o.log)
			}
			wantProblem(t, o.travel(t).arrive(t, o.house), 401, codeUnauthenticated)
			if o.admitted() > 0 {
				t.Error("a session was made")
			}
			o.quiet(t)
		})
	}
}

// TestArrivalsThatDoNotHold are of browsers that bring back what they, or this contact centre, have not begun.
func TestArrivalsThatDoNotHold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire(t, other) // with the same provider, client and secret
	good := o.travel(t)
	flipped := []byte(good.cookie)
	flipped[len(flipped)-7] ^= 1
	address, others := o.leave(t, "oth_er")
	code, state := visit(t, address)
	for name, tr := range map[string]trip{
		"no cookie":                    {"", good.code, good.state},
		"a cookie changed":             {string(flipped), good.code, good.state},
		"a cookie cut":                 {good.cookie[:len(good.cookie)-1], good.code, good.state},
		"a cookie of nothing":          {"acme.", good.code, good.state},
		"a cookie of no tenant":        {"nobody" + good.cookie[4:], good.code, good.state},
		"another tenant's cookie":      {others, good.code, good.state},
		"another tenant's state":       {good.cookie, code, state},
		"a cookie given to the other":  {"oth_er" + good.cookie[4:], good.code, good.state},
		"a cookie taken from it":       {"acme" + others[6:], code, state},
		"another state":                {good.cookie, good.code, good.state[:len(good.state)-1] + "."},
		"another tenant's code":        {good.cookie, code, good.state},
		"a code that nobody has made":  {o.travel(t).cookie, "made-up", good.state},
		"a state that is shorter":      {good.cookie, good.code, good.state[:8]},
		"cookie and state of nobody's": {"acme.AAAA", "made-up", "AAAA"},
	} {
		wantProblem(t, tr.arrive(t, o.house), 401, codeUnauthenticated)
		if o.admitted() > 0 {
			t.Fatalf("%s: a session was made", name)
		}
	}
	if w := o.call(t, "", http.MethodPost, "/v1/session", `{"code":"`+good.code+`","state":"`+good.state+`"}`, "Cookie", signInCookie+"="+good.cookie, "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("another site's page is answered %d", w.Code)
	}
	for _, more := range []string{`"code_verifier":"` + strings.Repeat("v", 43) + `"`, `"nonce":"n"`, `"redirect_uri":"https://a"`, `"tenant":"oth_er"`} {
		w := o.call(t, "", http.MethodPost, "/v1/session", `{"code":"`+good.code+`","state":"`+good.state+`",`+more+`}`, "Cookie", signInCookie+"="+good.cookie)
		wantProblem(t, w, 401, codeUnauthenticated)
	}
	if w := good.arrive(t, o.house); w.Code != http.StatusOK {
		t.Fatalf("after all that the true one is answered %d %s", w.Code, w.Body)
	}
	wantProblem(t, good.arrive(t, o.house), 401, codeUnauthenticated) // replayed
	if n := o.admitted(); n != 1 {
		t.Errorf("%d sessions were made", n)
	}
	o.quiet(t, good.cookie, good.state, others)
}

// TestWhoIsNobodyHere is told what an administrator must add, and nothing of anybody else.
func TestWhoIsNobodyHere(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		person openidtest.Claims
		change func(*routing.Tenant)
		told   string
	}{
		"unknown":        {openidtest.Claims{"email": "zoe@acme.example"}, func(*routing.Tenant) {}, `"zoe@acme.example"; an administrator must write that as the login`},
		"not verified":   {openidtest.Claims{"email": "ann@acme.example", "email_verified": false}, func(*routing.Tenant) {}, "verify it there"},
		"verified not":   {openidtest.Claims{"email": "ann@acme.example", "email_verified": "false"}, func(*routing.Tenant) {}, "verify it there"},
		"nothing said":   {openidtest.Claims{"sub": "ann"}, func(*routing.Tenant) {}, "does not say your email"},
		"no text":        {openidtest.Claims{"email": []string{"ann@acme.example"}}, func(*routing.Tenant) {}, "does not say your email"},
		"id beside mail": {openidtest.Claims{"email": "ann"}, func(*routing.Tenant) {}, `"ann"; an administrator`},
		"case of a name": {openidtest.Claims{"preferred_username": "ADA"}, func(c *routing.Tenant) { c.SignIn.OIDC.Claim = routing.ClaimUsername }, `"ADA"; an administrator`},
		"role given up":  {openidtest.Claims{"email": "sue@acme.example"}, func(c *routing.Tenant) { c.Supervisors = nil }, `"sue@acme.example"; an administrator`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, row.change)
			o.idp.Change(func(p *openidtest.Provider) { p.Person = row.person })
			if p := wantProblem(t, o.travel(t).arrive(t, o.house), 403, routing.CodeForbidden); !strings.Contains(p.Detail, row.told) {
				t.Errorf("told %q", p.Detail)
			}
			if o.admitted() > 0 {
				t.Error("a session was made")
			}
			o.quiet(t)
		})
	}
}

// TestSessionEndsWithTheRole: whoever is taken out of the configuration, or given another role, is signed out.
func TestSessionEndsWithTheRole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tokens["acme/session"] = decoded[sessionView](t, o.travel(t).arrive(t, o.house)).Token
	o.hire(t, acme, func(c *routing.Tenant) {
		c.Supervisors = append(c.Supervisors, routing.Staff{ID: "ann", Login: c.Agents[0].Login})
		c.Agents = c.Agents[1:]
	})
	wantProblem(t, o.call(t, "session", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
	if s := decoded[sessionView](t, o.travel(t).arrive(t, o.house)); s.Role != routing.RoleSupervisor {
		t.Errorf("the new role is %+v", s)
	}
}

// TestProviderDoesNotWork: it is said so, once, and passwords go on working.
func TestProviderDoesNotWork(t *testing.T) {
	t.Parallel()
	at := func(path string, then http.HandlerFunc) func(*openidtest.Provider) {
		return func(p *openidtest.Provider) {
			p.Instead = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != path {
					return false
				}
				then(w, r)
				return true
			}
		}
	}
	const discovery = "/.well-known/openid-configuration"
	huge := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"access_token":"a","keys":[],"x":"` + strings.Repeat("x", 1<<20) + `"}`))
	}
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}
	broken := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, openidtest.ClientSecret, http.StatusInternalServerError)
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	published := func(name, value string) func(*openidtest.Provider) {
		return func(p *openidtest.Provider) { p.Metadata = func(m map[string]any) { m[name] = value } }
	}
	for name, row := range map[string]struct {
		lie func(*openidtest.Provider)
		why string // in the log
	}{
		"metadata too large":  {at(discovery, huge), "over 1 MiB"},
		"metadata elsewhere":  {at(discovery, elsewhere), "the answer is 307"},
		"metadata broken":     {at(discovery, broken), "the answer is 500"},
		"metadata cut off":    {at(discovery, cut), "no answer"},
		"another issuer":      {published("issuer", "https://evil.example"), "another name than the issuer"},
		"keys in the clear":   {published("jwks_uri", "http://169.254.169.254/keys"), "not encrypted"},
		"codes in the clear":  {published("token_endpoint", "http://10.0.0.1/token"), "not encrypted"},
		"a file for keys":     {published("jwks_uri", "file:///etc/passwd"), "names no address"},
		"no place to sign in": {published("authorization_endpoint", ""), "names no address"},
		"keys too large":      {at("/keys", huge), "keys cannot be had: the answer is over 1 MiB"},
		"keys elsewhere":      {at("/keys", elsewhere), "keys cannot be had: the answer is 307"},
		"tokens too large":    {at("/token", huge), "not the JSON object that is wanted"},
		"tokens elsewhere":    {at("/token", elsewhere), "the answer is 307"},
		"tokens broken":       {at("/token", broken), "the answer is 500"},
		"tokens cut off":      {at("/token", cut), "a code cannot be exchanged"},
		"tokens without ID tokens": {at("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_token":"a"}`))
		}), "no ID token"},
		"our secret refused": {at("/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"` + openidtest.ClientSecret + `"}`))
		}), "refuses our client_id or client_secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.idp.Change(row.lie)
			for range 2 {
				w := o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"acme"}`)
				if w.Code == http.StatusOK {
					code, state := visit(t, decoded[authorizeView](t, w).AuthorizeURL)
					w = trip{w.Result().Cookies()[0].Value, code, state}.arrive(t, o.house)
				}
				if p := wantProblem(t, w, 503, codeUnavailable); w.Header().Get("Retry-After") != "10" || !strings.Contains(p.Detail, "by password") {
					t.Errorf("Retry-After %q, told %q", w.Header().Get("Retry-After"), p.Detail)
				}
			}
			if !strings.Contains(o.log.String(), row.why) {
				t.Errorf("the log does not say %q:\n%s", row.why, &o.log)
			}
			if w := o.call(t, "", http.MethodPost, "/v1/session", annsPassword); w.Code != http.StatusOK {
				t.Errorf("the password is answered %d", w.Code)
			}
			if n := o.idp.Calls("/elsewhere"); n > 0 {
				t.Error("a redirect was followed")
			}
			if n := o.idp.Calls(discovery); n != 1 {
				t.Errorf("the metadata were asked for %d times at once", n)
			}
			o.quiet(t)
		})
	}
}

// TestProviderIsSlow: those who wait for it are so many and no more, and none of them keeps anybody from signing in by password.
func TestProviderIsSlow(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	p := o.server.tenants.now().tenants[acme].provider
	for range calledAtOnce {
		p.line <- struct{}{}
	}
	wantProblem(t, o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"acme"}`), 429, codeTooManyRequests)
	if w := o.call(t, "", http.MethodPost, "/v1/session", annsPassword); w.Code != http.StatusOK {
		t.Errorf("the password is answered %d", w.Code)
	}
	<-p.line
	o.leave(t, "acme")
}

// TestProviderWithoutSecret: what the configuration names is looked for again and again; until it is there, passwords alone count.
func TestProviderWithoutSecret(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{"not there": "env:NOWHERE", "that can be guessed": "fifteen letters"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, func(c *routing.Tenant) { c.SignIn.OIDC.ClientSecret = secret })
			wantProblem(t, o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"acme"}`), 503, codeUnavailable)
			wantProblem(t, trip{"acme.AAAA", "c", "s"}.arrive(t, o.house), 503, codeUnavailable)
			o.server.refresh()
			if (&tenant{provider: o.server.tenants.now().tenants[acme].provider}).ready() {
				t.Error("a provider without its secret is not looked after again")
			}
			if n := strings.Count(o.log.String(), "identity provider cannot be used"); n != 1 {
				t.Errorf("said %d times:\n%s", n, &o.log)
			}
			if w := o.call(t, "", http.MethodPost, "/v1/session", annsPassword); w.Code != http.StatusOK {
				t.Errorf("the password is answered %d", w.Code)
			}
		})
	}
}

// TestProviderIsKept: a change elsewhere in the configuration does not have everything fetched anew; another issuer does.
func TestProviderIsKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.travel(t)
	of := func() *provider { return o.server.tenants.now().tenants[acme].provider }
	was := of()
	o.hire(t, acme, func(c *routing.Tenant) { c.Name = "Another" })
	if of() != was {
		t.Error("another name makes another provider")
	}
	o.hire(t, acme, func(c *routing.Tenant) { c.SignIn.OIDC.ClientID = "another" })
	if of() == was {
		t.Error("another client is the provider as before")
	}
	c := sample(acme)
	o.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e3"})
	o.server.refresh()
	wantProblem(t, o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"acme"}`), 404, routing.CodeNotFound)
}

// TestComplaintsAreRare also guards that they come again.
func TestComplaintsAreRare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		p := &provider{}
		for range 100 {
			_ = h.server.unproved(t.Context(), acme, p, &openid.AwayError{Reason: "away"})
			<-time.After(3 * time.Second)
		}
		if n := strings.Count(h.log.String(), "identity provider proved nothing"); n != 5 {
			t.Errorf("%d complaints in five minutes", n)
		}
	})
}

// TestPlanKeepsTheProvidersSecret from whoever sees a plan.
func TestPlanKeepsTheProvidersSecret(t *testing.T) {
	t.Parallel()
	is := sample(acme)
	is.SignIn = &routing.SignIn{OIDC: &routing.OIDC{Issuer: "https://login.example.com", ClientID: "c", ClientSecret: openidtest.ClientSecret}}
	changed := is
	changed.SignIn = &routing.SignIn{OIDC: &routing.OIDC{Issuer: "https://login.example.com", ClientID: "c", ClientSecret: "another"}}
	for name, pair := range map[string][2]routing.Tenant{"added": {sample(acme), is}, "changed": {is, changed}, "removed": {is, sample(acme)}} {
		changes, err := changesBetween(pair[0], pair[1])
		text, _ := json.Marshal(changes)
		if err != nil || len(changes) != 1 || strings.Contains(string(text), openidtest.ClientSecret) || strings.Contains(string(text), `"another"`) || !strings.Contains(string(text), hidden) {
			t.Errorf("%s: %v: %s", name, err, text)
		}
	}
}
