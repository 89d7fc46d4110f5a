package api

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/openid/openidtest"
	"switchyard/persistence"
)

// idpKey is the provider's, made once: it takes a while.
var idpKey = sync.OnceValue(openidtest.RSA)

// office is a house whose tenant acme signs in with a provider on loopback.
type office struct {
	*house
	idp *openidtest.Provider
}

func newOffice(t *testing.T, change ...func(*routing.Tenant)) *office {
	t.Helper()
	o := &office{house: newHouse(t), idp: newIDP(t)}
	o.hire(t, acme, change...)
	return o
}

// newIDP serves a provider that knows the houses' public address.
func newIDP(t *testing.T) *openidtest.Provider {
	t.Helper()
	idp := &openidtest.Provider{Redirects: []string{"https://sms.example.com" + SignInPath}, Person: openidtest.Claims{"sub": "1", "email": "Ann@acme.example", "email_verified": true}}
	idp.UseKey("first", idpKey())
	served := httptest.NewServer(idp)
	idp.Issuer = served.URL
	t.Cleanup(served.Close)
	return idp
}

// hire has a tenant sign in with the provider.
func (o *office) hire(t *testing.T, id routing.TenantID, change ...func(*routing.Tenant)) {
	t.Helper()
	c := sample(id)
	c.SignIn = &routing.SignIn{OIDC: &routing.OIDC{Issuer: o.idp.Issuer, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret}}
	c.Agents[0].Login, c.Supervisors[0].Login = "ann@ACME.example", "sue@acme.example"
	for _, f := range change {
		f(&c)
	}
	o.put(t, id, persistence.ConfigKey(string(id)), routing.Config{Tenant: c, ETag: "e2"})
	o.server.refresh()
}

// trip is what a browser has on its way.
type trip struct{ cookie, code, state string }

// leave begins to sign in, as a browser of this tenant.
func (o *office) leave(t *testing.T, tenant string) (address, cookie string) {
	t.Helper()
	w := o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"`+tenant+`"}`)
	if w.Code != http.StatusOK {
		t.Fatalf("beginning is answered %d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if c.Name != signInCookie || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/v1/session" || c.MaxAge != 600 {
		t.Errorf("cookie = %+v", c)
	}
	return decoded[authorizeView](t, w).AuthorizeURL, c.Value
}

// visit goes to the provider and is sent back.
func visit(t *testing.T, address string) (code, state string) {
	t.Helper()
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true},
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("the provider answers %d to %s", resp.StatusCode, address)
	}
	if at := back.Scheme + "://" + back.Host + back.Path; at != "https://sms.example.com/signin" {
		t.Errorf("the browser is sent to %s", at)
	}
	return back.Query().Get("code"), back.Query().Get("state")
}

func (o *office) travel(t *testing.T) trip {
	t.Helper()
	address, cookie := o.leave(t, "acme")
	code, state := visit(t, address)
	return trip{cookie, code, state}
}

// arrive ends it at a server.
func (tr trip) arrive(t *testing.T, h *house) *httptest.ResponseRecorder {
	t.Helper()
	var headers []string
	if tr.cookie != "" {
		headers = []string{"Cookie", signInCookie + "=" + tr.cookie}
	}
	return h.call(t, "", http.MethodPost, "/v1/session", `{"code":"`+tr.code+`","state":"`+tr.state+`"}`, headers...)
}

func TestSignInWithProvider(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if got := decoded[signInView](t, o.call(t, "", http.MethodGet, "/v1/session/oidc?tenant=acme", "")); got.Button != "Sign in with "+strings.TrimPrefix(o.idp.Issuer, "http://") {
		t.Errorf("offered is %+v", got)
	}
	for _, path := range []string{"/v1/session/oidc?tenant=oth_er", "/v1/session/oidc?tenant=nobody", "/v1/session/oidc"} {
		if w := o.call(t, "", http.MethodGet, path, ""); strings.TrimSpace(w.Body.String()) != "{}" {
			t.Errorf("%s offers %s", path, w.Body)
		}
	}
	w := o.travel(t).arrive(t, o.house)
	session := decoded[sessionView](t, w)
	if w.Code != http.StatusOK || session.Agent != "ann" || session.Role != routing.RoleAgent || session.Name != "Ann" || session.Tenant != acme {
		t.Fatalf("session = %d %+v", w.Code, session)
	}
	cookies := map[string]*http.Cookie{}
	for _, c := range w.Result().Cookies() {
		cookies[c.Name] = c
	}
	if c := cookies[sessionCookie]; c == nil || c.Value != session.Token || c.SameSite != http.SameSiteStrictMode || !c.HttpOnly || !c.Secure {
		t.Errorf("the session's cookie is %+v", c)
	}
	if c := cookies[signInCookie]; c == nil || c.MaxAge >= 0 {
		t.Errorf("what the browser has begun is left to it: %+v", c)
	}
	granted, _ := o.engine.commands()[0].Command.(routing.GrantToken)
	if !granted.Token.Session || granted.Token.Means != routing.MeansOIDC || granted.Token.Principal.ID != "ann" {
		t.Errorf("granted %+v", granted)
	}
	o.tokens["acme/session"] = session.Token
	if w := o.call(t, "session", http.MethodGet, "/v1/desk", ""); w.Code != http.StatusOK {
		t.Errorf("the session's token is answered %d", w.Code)
	}
	if w := o.call(t, "session", http.MethodDelete, "/v1/session", ""); w.Code != http.StatusNoContent {
		t.Errorf("signing out is answered %d", w.Code)
	}
	wantProblem(t, o.call(t, "session", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
}

// TestWhoSignsIn: everybody with a login, in each role, by each claim, and by each way that a provider wants the secret.
func TestWhoSignsIn(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*routing.Tenant)
		idp    func(*openidtest.Provider)
		who    string
	}{
		"a supervisor":          {nil, func(p *openidtest.Provider) { p.Person = openidtest.Claims{"email": "sue@acme.example"} }, "sue"},
		"an address as a text":  {nil, func(p *openidtest.Provider) { p.Person["email_verified"] = "true" }, "ann"},
		"an id that is a login": {func(c *routing.Tenant) { c.SignIn.OIDC.Claim = routing.ClaimUsername }, func(p *openidtest.Provider) { p.Person["preferred_username"] = "ada" }, "ada"},
		"a subject":             {func(c *routing.Tenant) { c.SignIn.OIDC.Claim, c.Agents[1].Login = routing.ClaimSubject, "1" }, func(*openidtest.Provider) {}, "bob"},
		"a secret in the body":  {nil, func(p *openidtest.Provider) { p.Post = true }, "ann"},
		"a key of a curve":      {nil, func(p *openidtest.Provider) { p.UseKey("ec", openidtest.EC()) }, "ann"},
		"several audiences": {nil, func(p *openidtest.Provider) {
			p.Lie = func(c openidtest.Claims) {
				c["aud"], c["azp"] = []string{"other", openidtest.ClientID}, openidtest.ClientID
			}
		}, "ann"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			if row.change != nil {
				o.hire(t, acme, row.change)
			}
			o.idp.Change(row.idp)
			if w := o.travel(t).arrive(t, o.house); w.Code != http.StatusOK || decoded[sessionView](t, w).Agent != row.who {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// TestProgramSignsIn has a program ask the provider itself, with a verifier, a nonce and an address of its own.
func TestProgramSignsIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const own, verifier, nonce = "https://sms.example.com/signin", "0123456789012345678901234567890123456789012", "a-nonce-of-the-program"
	sum := sha256.Sum256([]byte(verifier))
	ask := func() string {
		code, _ := visit(t, o.idp.Issuer+"/authorize?"+url.Values{
			"client_id": {openidtest.ClientID}, "response_type": {"code"}, "scope": {"openid email"}, "state": {strings.Repeat("s", 32)}, "nonce": {nonce},
			"redirect_uri": {own}, "code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
		}.Encode())
		return code
	}
	send := func(with map[string]string) *httptest.ResponseRecorder {
		body := map[string]string{"tenant": "acme", "code": ask(), "code_verifier": verifier, "nonce": nonce, "redirect_uri": own}
		for name, value := range with {
			if body[name] = value; value == "" {
				delete(body, name)
			}
		}
		text, _ := json.Marshal(body)
		return o.call(t, "", http.MethodPost, "/v1/session", string(text))
	}
	if w := send(nil); w.Code != http.StatusOK || decoded[sessionView](t, w).Agent != "ann" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := send(map[string]string{"redirect_uri": ""}); w.Code != http.StatusOK {
		t.Errorf("with our own address: %d %s", w.Code, w.Body)
	}
	wantProblem(t, send(map[string]string{"code_verifier": strings.Repeat("x", 43)}), 401, codeUnauthenticated)
	wantProblem(t, send(map[string]string{"nonce": "another"}), 401, codeUnauthenticated)
	wantProblem(t, send(map[string]string{"redirect_uri": "https://evil.example"}), 401, codeUnauthenticated)
	wantProblem(t, send(map[string]string{"nonce": ""}), 400, codeBadRequest)
	wantProblem(t, send(map[string]string{"code_verifier": "short"}), 400, codeBadRequest)
	wantProblem(t, send(map[string]string{"agent": "ann"}), 400, codeBadRequest)
	wantProblem(t, send(map[string]string{"code": strings.Repeat("c", maxCode+1)}), 400, codeBadRequest)
	wantProblem(t, send(map[string]string{"tenant": "oth_er"}), 404, routing.CodeNotFound)
	wantProblem(t, send(map[string]string{"tenant": "nobody"}), 404, routing.CodeNotFound)
	wantProblem(t, o.call(t, "", http.MethodPost, "/v1/session/oidc", `{"tenant":"oth_er"}`), 404, routing.CodeNotFound)
}

// TestAnyNodeEndsASignIn begins at one node and ends at another: nothing but the configuration is common to them.
func TestAnyNodeEndsASignIn(t *testing.T) {
	t.Parallel()
	o, second := newOffice(t), newHouse(t)
	(&office{second, o.idp}).hire(t, acme)
	if w := o.travel(t).arrive(t, second); w.Code != http.StatusOK {
		t.Errorf("the second node answers %d %s", w.Code, w.Body)
	}
}

func hmacKey() []byte { return []byte(base64.StdEncoding.EncodeToString(idpKey().N.Bytes())) }

func unsigned(payload []byte) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "."
}

var otherKey = sync.OnceValue(func() *rsa.PrivateKey { return openidtest.RSA() })

func later(d time.Duration) int64 { return time.Now().Add(d).Unix() }
