package api

import (
	"net/http"
	"time"

	"switchyard/actors/routing"
)

// sessionTime is how long a session lasts: a long shift.
const sessionTime = 12 * time.Hour

// signInBody is a name and a password, or what an identity provider has sent a person back with.
type signInBody struct {
	Tenant   routing.TenantID `json:"tenant"` // needed only where several contact centres are installed
	Agent    string           `json:"agent"`
	Password string           `json:"password"`
	codeBody
}

// sessionView is a session as it is told once, to who signed in.
type sessionView struct {
	Token     string           `json:"token"`
	Tenant    routing.TenantID `json:"tenant"`
	Agent     string           `json:"agent"`
	Name      string           `json:"name"`
	Role      routing.Role     `json:"role"`
	ExpiresAt stamp            `json:"expires_at"`
}

// signIn is POST /v1/session. Whether the name or the password was wrong is not told, nor shown by the time it takes.
func (s *Server) signIn(q *call) error {
	var body signInBody
	if err := q.decode(&body); err != nil {
		return err
	}
	if body.codeBody != (codeBody{}) {
		return s.signInByCode(q, body)
	}
	if body.Agent == "" || body.Password == "" || len(body.Agent) > maxID || len(body.Password) > passwordBytes {
		return badRequest("agent and password are needed")
	}
	tenantID, hash, by, name := s.claimed(q, body)
	good, wait, err := s.door.try(q.ctx, string(tenantID)+"/"+body.Agent, hash, body.Password)
	switch {
	case err != nil:
		return err
	case wait > 0:
		return comeBack(codeTooManyRequests, "too many wrong passwords; wait a little", wait+time.Second)
	case !good:
		return s.tenants.absent(newProblem(codeUnauthenticated, "agent or password is wrong"))
	}
	return s.enter(q, tenantID, by, name, routing.MeansPassword)
}

// enter begins the session of somebody who has proved who they are.
func (s *Server) enter(q *call, tenantID routing.TenantID, by routing.Principal, name string, means routing.Means) error {
	now := time.Now()
	text, token := NewToken(tenantID, by, "", now, now.Add(sessionTime))
	token.Session, token.Means = true, means
	who := identity{tenant: tenantID, by: by}
	if _, err := s.do(q.ctx, who, routing.GrantToken{Token: token}, "", ""); err != nil {
		return err
	}
	s.setCookie(q, text, sessionTime)
	return q.JSON(http.StatusOK, sessionView{
		Token: text, Tenant: tenantID, Agent: by.ID, Name: name, Role: by.Role, ExpiresAt: stamp{token.ExpiresAt},
	})
}

// claimed finds whom a sign-in names. Nobody is found as slowly as somebody.
func (s *Server) claimed(q *call, body signInBody) (id routing.TenantID, hash string, by routing.Principal, name string) {
	id, t := s.meant(q, body.Tenant)
	if t == nil {
		return id, "", by, ""
	}
	by, _ = t.named(body.Agent)
	name, hash, _ = t.principal(by)
	return id, hash, by, name
}

// meant is the contact centre that somebody without a credential means: the one that is named, or the only one; nil when there is none.
func (s *Server) meant(q *call, id routing.TenantID) (routing.TenantID, *tenant) {
	if all := s.tenants.now().tenants; id == "" && len(all) == 1 {
		for only := range all {
			id = only
		}
	}
	t, _ := s.tenants.get(q.ctx, id)
	return id, t
}

// holderView is who a credential belongs to.
type holderView struct {
	Tenant     routing.TenantID `json:"tenant"`
	TenantName string           `json:"tenant_name"`
	Agent      string           `json:"agent"`
	Name       string           `json:"name"`
	Role       routing.Role     `json:"role"`
	Session    bool             `json:"session"`
}

// session is GET /v1/session. A page whose cookie it cannot read learns from it who it is.
func (s *Server) session(q *call) error {
	return q.JSON(http.StatusOK, holderView{
		Tenant: q.who.tenant, TenantName: q.who.home.Tenant.Name, Agent: q.who.by.ID, Name: q.who.name, Role: q.who.by.Role,
		Session: q.who.session,
	})
}

// signOut is DELETE /v1/session.
func (s *Server) signOut(q *call) error {
	if !q.who.session {
		return newProblem(routing.CodeWrongState, "this is an API token, not a session; remove it by DELETE /v1/tokens/{id}")
	}
	if _, err := s.do(q.ctx, q.who, routing.RevokeToken{ID: q.who.token}, "", ""); err != nil {
		return err
	}
	s.setCookie(q, "", -time.Second)
	return q.NoContent(http.StatusNoContent)
}

func (s *Server) setCookie(q *call, value string, lasts time.Duration) {
	q.SetCookie(&http.Cookie{ //nolint:gosec // Secure is off only where the public address is plain HTTP
		Name: sessionCookie, Value: value, Path: "/", MaxAge: int(lasts / time.Second), HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteStrictMode,
	})
}
