package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// sessionCookie is the name of the cookie that holds a browser's token.
const sessionCookie = "switchyard_session"

// Tokens are written sy_<tenant>_<id>_<secret>: id and secret are hexadecimal, so a tenant's slug may hold anything.
const (
	tokenMark     = "sy_"
	tokenIDBytes  = 8
	tokenKeyBytes = 32 // the secret's 256 bits
)

// identity is who a request's credential belongs to.
type identity struct {
	tenant routing.TenantID
	home   *tenant // the tenant's configuration as it was when the request came
	by     routing.Principal
	// name is what people call the principal.
	name string
	// token is the credential's id, secret its secret part.
	token, secret string
	session       bool
}

// NewToken makes a credential of a tenant's principal. The text is for its holder and is not stored anywhere; the token is
// for [routing.GrantToken]. A zero expires means never.
func NewToken(tenant routing.TenantID, by routing.Principal, name string, now, expires time.Time) (string, routing.Token) {
	random := make([]byte, tokenIDBytes+tokenKeyBytes)
	_, _ = rand.Read(random) // never fails
	return tokenFrom(random, tenant, by, name, now, expires)
}

func tokenFrom(random []byte, tenant routing.TenantID, by routing.Principal, name string, now, expires time.Time) (string, routing.Token) {
	id, secret := hex.EncodeToString(random[:tokenIDBytes]), hex.EncodeToString(random[tokenIDBytes:])
	return tokenMark + string(tenant) + "_" + id + "_" + secret, routing.Token{
		ID: id, Sum: digest(secret), Principal: by, Name: name, CreatedAt: now, ExpiresAt: expires,
	}
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// parseToken takes a token's text apart.
func parseToken(text string) (tenant routing.TenantID, id, secret string, ok bool) {
	rest, marked := strings.CutPrefix(text, tokenMark)
	last := strings.LastIndexByte(rest, '_')
	if !marked || last < 0 {
		return "", "", "", false
	}
	rest, secret = rest[:last], rest[last+1:]
	middle := strings.LastIndexByte(rest, '_')
	if middle < 1 || !isHex(rest[middle+1:], tokenIDBytes) || !isHex(secret, tokenKeyBytes) {
		return "", "", "", false
	}
	return routing.TenantID(rest[:middle]), rest[middle+1:], secret, true
}

func isHex(s string, bytes int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == bytes
}

// identify finds out who asks, by bearer token or by the browser's cookie. Writes with the cookie must come from our own
// pages.
func (s *Server) identify(r *http.Request) (identity, error) {
	scheme, text, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		cookie, err := r.Cookie(sessionCookie)
		if err != nil {
			return identity{}, newProblem(codeUnauthenticated, "sign in, or send a token as Authorization: Bearer")
		}
		if s.foreign.Check(r) != nil {
			return identity{}, forbidden("the request comes from another site's page")
		}
		text = cookie.Value
	}
	tenant, id, secret, ok := parseToken(text)
	if !ok {
		return identity{}, errUnknownToken()
	}
	return s.verify(r.Context(), identity{tenant: tenant, token: id, secret: secret})
}

func errUnknownToken() error {
	return newProblem(codeUnauthenticated, "the token is not valid any more, or never was; sign in again")
}

// verify checks a credential against what is committed now.
func (s *Server) verify(ctx context.Context, who identity) (identity, error) {
	t, found := s.tenants.get(ctx, who.tenant)
	if !found {
		return identity{}, s.tenants.absent(errUnknownToken())
	}
	r := recordsOf(s.store, who.tenant)
	token, found, err := read[routing.Token](ctx, r, persistence.TokenKey(r.tenant, who.token))
	if err != nil {
		return identity{}, err
	}
	if !found || subtle.ConstantTimeCompare([]byte(token.Sum), []byte(digest(who.secret))) != 1 {
		return identity{}, errUnknownToken()
	}
	if !token.ExpiresAt.IsZero() && !time.Now().Before(token.ExpiresAt) {
		return identity{}, errUnknownToken()
	}
	name, _, declared := t.principal(token.Principal)
	if !declared {
		return identity{}, errUnknownToken()
	}
	who.home, who.by, who.name, who.session = t, token.Principal, name, token.Session
	return who, nil
}

// principal finds name and password hash of one whom the configuration declares in that very role.
func (t *tenant) principal(p routing.Principal) (name, password string, declared bool) {
	staff := t.Tenant.Supervisors
	switch p.Role {
	case routing.RoleAgent:
		profile, found := t.Tenant.Agent(routing.AgentID(p.ID))
		return profile.Name, profile.Password, found
	case routing.RoleSupervisor:
	case routing.RoleAdmin:
		staff = t.Tenant.Admins
	case routing.RoleCustomer: // they have no credential
		fallthrough
	default:
		return "", "", false
	}
	i := slices.IndexFunc(staff, func(s routing.Staff) bool { return s.ID == p.ID })
	if i < 0 {
		return "", "", false
	}
	return staff[i].Name, staff[i].Password, true
}

// named finds the principal of that name, whatever its role.
func (t *tenant) named(id string) (routing.Principal, bool) {
	for _, role := range anyRole() {
		p := routing.Principal{Role: role, ID: id}
		if _, _, declared := t.principal(p); declared {
			return p, true
		}
	}
	return routing.Principal{}, false
}
