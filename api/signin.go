package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/openid"
)

// signInCookie keeps, sealed, what a browser has begun at an identity provider.
const signInCookie = "switchyard_sign_in"

// Limits of what providers send people back with.
const (
	maxCode     = 4096
	maxRedirect = 2048
)

// signInView is the way to sign in other than by password.
type signInView struct {
	Button string `json:"button,omitempty"` // what it is called; empty: there is none
}

// offeredSignIn is GET /v1/session/oidc.
func (s *Server) offeredSignIn(q *call) error {
	var view signInView
	if _, t := s.meant(q, routing.TenantID(q.QueryParam("tenant"))); t != nil && t.provider != nil {
		view.Button = buttonOf(t.Tenant.SignIn.OIDC)
	}
	return q.JSON(http.StatusOK, view)
}

type beginSignInBody struct {
	Tenant routing.TenantID `json:"tenant"` // needed only where several contact centres are installed
}

// authorizeView is where a browser goes to prove who sits there.
type authorizeView struct {
	AuthorizeURL string `json:"authorize_url"`
}

// beginSignIn is POST /v1/session/oidc. Nothing is stored: the browser keeps what it has begun, sealed.
func (s *Server) beginSignIn(q *call) error {
	var body beginSignInBody
	if err := q.decode(&body); err != nil {
		return err
	}
	id, t := s.meant(q, body.Tenant)
	if t == nil || t.provider == nil {
		return s.tenants.absent(errNoProvider())
	}
	leave, err := t.provider.enter()
	if err != nil {
		return err
	}
	defer leave()
	attempt := openid.NewAttempt(time.Now())
	address, err := t.provider.Authorize(q.ctx, attempt)
	if err != nil {
		return s.unproved(q.ctx, id, t.provider, err)
	}
	s.setSignInCookie(q, string(id)+"."+t.provider.Seal(attempt, string(id)), openid.AttemptTime)
	return q.JSON(http.StatusOK, authorizeView{address})
}

func errNoProvider() error {
	return newProblem(routing.CodeNotFound, "there is no identity provider to sign in with; sign in by password")
}

// setSignInCookie sets what a browser has begun. It comes back to the session's path alone, and never from another site's page.
func (s *Server) setSignInCookie(q *call, value string, lasts time.Duration) {
	q.SetCookie(&http.Cookie{ //nolint:gosec // Secure is off only where the public address is plain HTTP
		Name: signInCookie, Value: value, Path: "/v1/session", MaxAge: int(lasts / time.Second), HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteLaxMode,
	})
}

// codeBody is what an identity provider has sent somebody back with. A browser gives the state, and its cookie the rest; who has asked
// the provider without our help gives verifier, nonce and the address that the code was sent to.
type codeBody struct {
	Code         string `json:"code"`
	State        string `json:"state"`
	CodeVerifier string `json:"code_verifier"`
	Nonce        string `json:"nonce"`
	RedirectURI  string `json:"redirect_uri"`
}

// proves says whether the body may be from somebody who has asked the provider without our help.
func (b codeBody) proves() bool {
	return b.State == "" && isVerifier(b.CodeVerifier) && visible(b.Nonce) && len(b.RedirectURI) <= maxRedirect
}

// isVerifier says whether s is a verifier of PKCE, RFC 7636 §4.1.
func isVerifier(s string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
	}
	return len(s) >= 43 && len(s) <= 128 && !strings.ContainsFunc(s, strange)
}

// signInByCode is POST /v1/session with a code.
func (s *Server) signInByCode(q *call, body signInBody) error {
	if body.Agent != "" || body.Password != "" || body.Code == "" || len(body.Code) > maxCode || body.State == "" && !body.proves() {
		return badRequest("send agent and password, or code and state, or code, code_verifier (43 to 128 characters) and nonce")
	}
	if body.State != "" {
		return s.signInByCookie(q, body)
	}
	id, t := s.meant(q, body.Tenant)
	if t == nil || t.provider == nil {
		return s.tenants.absent(errNoProvider())
	}
	return s.exchange(q, id, t, body.Code, openid.Proof{Verifier: body.CodeVerifier, Nonce: body.Nonce, RedirectURL: body.RedirectURI})
}

// signInByCookie ends what this browser has begun; whatever comes of it, it cannot be ended twice.
func (s *Server) signInByCookie(q *call, body signInBody) error {
	strange := newProblem(codeUnauthenticated, "this browser has not begun to sign in, or too long ago; begin again")
	cookie, err := q.Cookie(signInCookie)
	if err != nil || body.CodeVerifier != "" || body.Nonce != "" || body.RedirectURI != "" {
		return strange
	}
	name, sealed, _ := strings.Cut(cookie.Value, ".")
	t, found := s.tenants.get(q.ctx, routing.TenantID(name))
	if !found || t.provider == nil || body.Tenant != "" && string(body.Tenant) != name {
		return s.tenants.absent(strange)
	}
	if t.provider.unready != nil {
		return errProviderAway()
	}
	attempt, whole := t.provider.Open(sealed, name)
	if !whole || !attempt.Began(body.State, time.Now()) {
		return strange
	}
	s.setSignInCookie(q, "", -time.Second)
	return s.exchange(q, t.Tenant.ID, t, body.Code, openid.Proof{Verifier: attempt.Verifier, Nonce: attempt.Nonce})
}

// exchange gives the provider its code, and lets in whom it speaks of.
func (s *Server) exchange(q *call, id routing.TenantID, t *tenant, code string, proof openid.Proof) error {
	leave, err := t.provider.enter()
	if err != nil {
		return err
	}
	claims, err := t.provider.Exchange(q.ctx, code, proof)
	leave()
	if err != nil {
		return s.unproved(q.ctx, id, t.provider, err)
	}
	by, err := t.vouchedFor(claims)
	if err != nil {
		return err
	}
	name, _, _ := t.principal(by)
	return s.enter(q, id, by, name, routing.MeansOIDC)
}

// vouchedFor finds whom a provider's claims are about. Whoever is nobody here is told what an administrator must add, and no more than
// the provider has said of them.
func (t *tenant) vouchedFor(claims openid.Claims) (routing.Principal, error) {
	claim := t.Tenant.SignIn.OIDC.SaidBy()
	login, _ := claims[string(claim)].(string)
	if login == "" {
		return routing.Principal{}, forbidden(fmt.Sprintf("the identity provider does not say your %s; an administrator must have it put that into ID tokens", claim))
	}
	if claim == routing.ClaimEmail {
		if verified, said := claims["email_verified"]; said && verified != true && verified != "true" {
			return routing.Principal{}, forbidden("the identity provider has not verified your e-mail address; verify it there, and sign in again")
		}
	}
	by, found := t.Tenant.Known(login)
	if !found {
		return by, forbidden(fmt.Sprintf("nobody here signs in as %q; an administrator must write that as the login of an agent, supervisor or administrator", login))
	}
	return by, nil
}
