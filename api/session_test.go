package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

const annsPassword = `{"tenant":"acme","agent":"ann","password":"open sesame"}`

func TestSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.call(t, "", http.MethodPost, "/v1/session", annsPassword)
	session := decoded[sessionView](t, w)
	if w.Code != http.StatusOK || session.Agent != "ann" || session.Role != routing.RoleAgent || session.Name != "Ann" || session.Tenant != acme {
		t.Fatalf("session = %d %+v", w.Code, session)
	}
	cookie := w.Result().Cookies()[0]
	if cookie.Name != "switchyard_session" || cookie.Value != session.Token || !cookie.HttpOnly || !cookie.Secure ||
		cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.MaxAge != 12*3600 {
		t.Errorf("cookie = %+v", cookie)
	}
	_, id, secret, _ := parseToken(session.Token)
	stored, err := h.store.Get(t.Context(), persistence.PartitionOf(string(acme), 2), persistence.TokenKey(string(acme), id))
	if err != nil || strings.Contains(string(stored), secret) {
		t.Errorf("stored is %s, %v", stored, err)
	}
	h.tokens["acme/session"] = session.Token
	if w := h.call(t, "session", http.MethodGet, "/v1/desk", ""); w.Code != http.StatusOK {
		t.Errorf("the session's token is answered %d", w.Code)
	}
	holder := decoded[holderView](t, h.call(t, "session", http.MethodGet, "/v1/session", ""))
	if want := (holderView{Tenant: acme, TenantName: "Sample", Agent: "ann", Name: "Ann", Role: routing.RoleAgent, Session: true}); holder != want {
		t.Errorf("the session is %+v, want %+v", holder, want)
	}
	if holder := decoded[holderView](t, h.call(t, "sue", http.MethodGet, "/v1/session", "")); holder.Session || holder.Role != routing.RoleSupervisor {
		t.Errorf("the token is %+v", holder)
	}
	if w := h.call(t, "session", http.MethodDelete, "/v1/session", ""); w.Code != http.StatusNoContent || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("signing out is answered %d %v", w.Code, w.Result().Cookies())
	}
	wantProblem(t, h.call(t, "session", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
	wantProblem(t, h.call(t, "ann", http.MethodDelete, "/v1/session", ""), 409, routing.CodeWrongState)
}

func TestStaffSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for id, role := range map[string]routing.Role{"sue": routing.RoleSupervisor, "ada": routing.RoleAdmin} {
		s := decoded[sessionView](t, h.call(t, "", http.MethodPost, "/v1/session", strings.Replace(annsPassword, "ann", id, 1)))
		if s.Agent != id || s.Role != role {
			t.Errorf("%s signs in as %+v", id, s)
		}
	}
}

func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		body   string
		status int
		code   routing.Code
	}{
		"wrong password":    {`{"tenant":"acme","agent":"ann","password":"open"}`, 401, codeUnauthenticated},
		"no such agent":     {`{"tenant":"acme","agent":"zoe","password":"open sesame"}`, 401, codeUnauthenticated},
		"agent without one": {`{"tenant":"acme","agent":"bob","password":"open sesame"}`, 401, codeUnauthenticated},
		"no such tenant":    {`{"tenant":"none","agent":"ann","password":"open sesame"}`, 401, codeUnauthenticated},
		"tenant not named":  {`{"agent":"ann","password":"open sesame"}`, 401, codeUnauthenticated},
		"empty":             {`{"tenant":"acme","agent":"ann","password":""}`, 400, codeBadRequest},
		"unknown field":     {`{"agent":"ann","password":"x","code":1}`, 400, codeBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantProblem(t, h.call(t, "", http.MethodPost, "/v1/session", test.body), test.status, test.code)
		})
	}
	wantProblem(t, h.call(t, "", http.MethodPost, "/v1/session", annsPassword, "Sec-Fetch-Site", "cross-site"), 403, routing.CodeForbidden)
}

func TestDoorLocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		wrong := strings.Replace(annsPassword, "open", "shut", 1)
		for range failuresAllowed {
			wantProblem(t, h.call(t, "", http.MethodPost, "/v1/session", wrong), 401, codeUnauthenticated)
		}
		w := h.call(t, "", http.MethodPost, "/v1/session", annsPassword)
		wantProblem(t, w, 429, codeTooManyRequests)
		if w.Header().Get("Retry-After") != "31" {
			t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
		}
		if w := h.call(t, "", http.MethodPost, "/v1/session", strings.Replace(annsPassword, "ann", "sue", 1)); w.Code != 200 {
			t.Errorf("somebody else is answered %d", w.Code)
		}
		<-time.After(failuresPause)
		if w := h.call(t, "", http.MethodPost, "/v1/session", annsPassword); w.Code != 200 {
			t.Errorf("after the pause the right password is answered %d", w.Code)
		}
	})
}

// TestDoorLocksManyAtOnce guards the lock against attempts that are all made before the first is answered.
func TestDoorLocksManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		for range hashingAtOnce { // the door is busy
			h.server.door.work <- struct{}{}
		}
		var (
			tried   atomic.Int32
			working sync.WaitGroup
		)
		for range 10 * failuresAllowed {
			working.Go(func() {
				wrong := strings.NewReader(strings.Replace(annsPassword, "open", "shut", 1))
				w := httptest.NewRecorder()
				h.server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/session", wrong))
				if w.Code == http.StatusUnauthorized {
					tried.Add(1)
				}
			})
		}
		synctest.Wait()
		for range hashingAtOnce {
			<-h.server.door.work
		}
		working.Wait()
		if n := tried.Load(); n < failuresAllowed || n >= failuresAllowed+hashingAtOnce {
			t.Errorf("%d passwords were tried at once, want about %d", n, failuresAllowed)
		}
	})
}

// TestDoorIsCrowded guards the memory, and the patience, of a door at which too many wait.
func TestDoorIsCrowded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range cap(h.server.door.line) {
		h.server.door.line <- struct{}{}
	}
	wantProblem(t, h.call(t, "", http.MethodPost, "/v1/session", annsPassword), 429, codeTooManyRequests)
	<-h.server.door.line
	if w := h.call(t, "", http.MethodPost, "/v1/session", annsPassword); w.Code != http.StatusOK {
		t.Errorf("with room in the line the answer is %d", w.Code)
	}
}

// TestSchemeInAnyCase is RFC 9110 §11.1.
func TestSchemeInAnyCase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if w := h.call(t, "", http.MethodGet, "/v1/desk", "", "Authorization", "bearer "+h.token("ann")); w.Code != http.StatusOK {
		t.Errorf("a bearer in small letters is answered %d", w.Code)
	}
}

// TestCookie guards writes that come with the browser's cookie from another site's page.
func TestCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	agent := routing.AgentRecord{ID: "ann", Status: routing.Available, StatusSince: noon}
	h.says("status", routing.Answer{Agent: &agent})
	for name, test := range map[string]struct {
		method string
		header []string
		want   int
	}{
		"read":             {http.MethodGet, []string{"Sec-Fetch-Site", "cross-site"}, 200},
		"own page":         {http.MethodPut, []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"other site":       {http.MethodPut, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"sister site":      {http.MethodPut, []string{"Sec-Fetch-Site", "same-site"}, 403},
		"other origin":     {http.MethodPut, []string{"Origin", "https://evil.example"}, 403},
		"public origin":    {http.MethodPut, []string{"Origin", "https://sms.example.com", "Sec-Fetch-Site", "cross-site"}, 200},
		"origin unlabeled": {http.MethodPut, []string{"Origin", "null"}, 403},
	} {
		path, body := "/v1/desk", ""
		if test.method == http.MethodPut {
			path, body = "/v1/desk/status", `{"status":"available"}`
		}
		r := httptest.NewRequestWithContext(t.Context(), test.method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: h.token("ann")})
		for i := 0; i < len(test.header); i += 2 {
			r.Header.Set(test.header[i], test.header[i+1])
		}
		if w := contract.serve(t, h.server, r); w.Code != test.want {
			t.Errorf("%s is answered %d, want %d: %s", name, w.Code, test.want, w.Body)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		text, token := NewToken(acme, routing.Principal{Role: routing.RoleAgent, ID: "ann"}, "", time.Now(), time.Now().Add(time.Minute))
		h.put(t, acme, persistence.TokenKey(string(acme), token.ID), token)
		h.tokens["acme/short"] = text
		<-time.After(time.Minute - time.Second)
		if w := h.call(t, "short", http.MethodGet, "/v1/desk", ""); w.Code != 200 {
			t.Errorf("a token in its last second is answered %d", w.Code)
		}
		<-time.After(time.Second)
		wantProblem(t, h.call(t, "short", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
	})
}

func TestPasswordHash(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("open sesame")
	if err != nil || !strings.HasPrefix(hash, "pbkdf2-sha256$600000$") || !checkPassword(hash, "open sesame") || checkPassword(hash, "open") {
		t.Errorf("hash is %q, %v", hash, err)
	}
	for _, bad := range []string{"", "plain", "pbkdf2-sha256$0$AA==$AA==", "pbkdf2-sha256$1$AA==$AA==", "pbkdf2-sha256$99999999$AA==$AA=="} {
		if _, _, _, ok := parseHash(bad); ok {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
	if _, err := HashPassword(""); err == nil {
		t.Error("an empty password was hashed")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := `{"agent":"bob","role":"agent","name":"dialler","expires_in_seconds":60}`
	w := h.call(t, "ada", http.MethodPost, "/v1/tokens", body, "Idempotency-Key", "k")
	made := decoded[tokenView](t, w)
	if w.Code != http.StatusCreated || made.Agent != "bob" || made.ExpiresAt.IsZero() || made.Session {
		t.Fatalf("token = %d %+v", w.Code, made)
	}
	if again := decoded[tokenView](t, h.call(t, "ada", http.MethodPost, "/v1/tokens", body, "Idempotency-Key", "k")); again.Token != made.Token || again.ID != made.ID {
		t.Errorf("the same key gives another token: %+v", again)
	}
	if another := decoded[tokenView](t, h.call(t, "ada", http.MethodPost, "/v1/tokens", body)); another.Token == made.Token {
		t.Error("without a key the same token comes twice")
	}
	h.tokens["acme/made"] = made.Token
	if w := h.call(t, "made", http.MethodGet, "/v1/desk", ""); w.Code != http.StatusOK {
		t.Errorf("the token is answered %d", w.Code)
	}
	var listed []tokenView
	for cursor := ""; ; {
		page := decoded[list[tokenView]](t, h.call(t, "ada", http.MethodGet, "/v1/tokens?limit=4&cursor="+cursor, ""))
		listed = append(listed, page.Items...)
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if len(listed) != 6 {
		t.Errorf("%d tokens are listed", len(listed))
	}
	for _, l := range listed {
		if l.Token != "" {
			t.Error("a token's text is listed")
		}
	}
	if w := h.call(t, "ada", http.MethodDelete, "/v1/tokens/"+made.ID, ""); w.Code != http.StatusNoContent {
		t.Errorf("revoking is answered %d", w.Code)
	}
	wantProblem(t, h.call(t, "made", http.MethodGet, "/v1/desk", ""), 401, codeUnauthenticated)
	for _, bad := range []string{`{"agent":"zoe","role":"agent"}`, `{"agent":"bob","role":"admin"}`, `{"agent":"bob","role":"agent","expires_in_seconds":-1}`} {
		wantProblem(t, h.call(t, "ada", http.MethodPost, "/v1/tokens", bad), 422, routing.CodeInvalid)
	}
}

// TestTokenOfAnotherCredential guards a repetition by the same administrator's other credential against a token that was never
// granted: its text can be told only to the credential that asked first.
func TestTokenOfAnotherCredential(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says("grant_token", routing.Answer{Created: true}) // decided before; nothing is granted now
	w := h.call(t, "ada", http.MethodPost, "/v1/tokens", `{"agent":"ann","role":"agent"}`, "Idempotency-Key", "k")
	wantProblem(t, w, 422, codeKeyReused)
}
