package routing

import "strings"

// SignIn is how people prove who they are other than by password.
type SignIn struct {
	OIDC *OIDC `json:"oidc,omitempty"`
}

// OIDC is an OpenID Connect provider whose word for who somebody is counts.
type OIDC struct {
	// Issuer is the provider's name for itself, an https address; http at this machine alone (tests).
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	// ClientSecret proves us to the provider: text, "env:NAME" or "file:PATH".
	ClientSecret string `json:"client_secret"`
	// Claim of the ID token says who somebody is; empty: email.
	Claim LoginClaim `json:"claim,omitempty"`
	// Scopes are asked for besides openid; none: what the claim needs.
	Scopes []string `json:"scopes,omitempty"`
	// Button is what the button says that leads to the provider; empty: "Sign in with " and the issuer's host.
	Button string `json:"button,omitempty"`
}

// LoginClaim is a claim by which a provider says who somebody is.
type LoginClaim string

// The claims that may be relied on. A provider that says that an e-mail address is not verified is not believed.
const (
	ClaimEmail    LoginClaim = "email"
	ClaimSubject  LoginClaim = "sub"
	ClaimUsername LoginClaim = "preferred_username"
)

// SaidBy is the claim with the default applied.
func (o *OIDC) SaidBy() LoginClaim {
	if o.Claim == "" {
		return ClaimEmail
	}
	return o.Claim
}

// Asks are the scopes that are asked for, openid first.
func (o *OIDC) Asks() []string {
	scopes := []string{"openid"}
	switch {
	case len(o.Scopes) > 0:
		for _, s := range o.Scopes {
			if s != "openid" {
				scopes = append(scopes, s)
			}
		}
	case o.SaidBy() == ClaimEmail:
		scopes = append(scopes, "email")
	case o.SaidBy() == ClaimUsername:
		scopes = append(scopes, "profile")
	}
	return scopes
}

// Means is how somebody proved who they are when a session began.
type Means string

// The means there are.
const (
	MeansPassword Means = "password"
	MeansOIDC     Means = "oidc"
)

// Known finds whom the provider's word is about: the one whose login it is, or whose id where there is no login. E-mail addresses are
// compared without regard to case.
func (t *Tenant) Known(login string) (Principal, bool) {
	var found Principal
	t.logins(func(_ string, known string, by Principal) {
		if found.ID == "" && login != "" && known == t.folded(login) {
			found = by
		}
	})
	return found, found.ID != ""
}

// logins walks through everybody who may sign in: where their login is written, what it is, and who they are.
func (t *Tenant) logins(each func(path, login string, by Principal)) {
	one := func(list string, i int, login, id string, role Role) {
		path := index(list, i) + ".id"
		if login != "" {
			path = index(list, i) + ".login"
		}
		each(path, t.folded(or(login, id)), Principal{Role: role, ID: id})
	}
	for i, a := range t.Agents {
		one("agents", i, a.Login, string(a.ID), RoleAgent)
	}
	for i, s := range t.Supervisors {
		one("supervisors", i, s.Login, s.ID, RoleSupervisor)
	}
	for i, s := range t.Admins {
		one("admins", i, s.Login, s.ID, RoleAdmin)
	}
}

// folded is a login as it is compared.
func (t *Tenant) folded(login string) string {
	if t.SignIn == nil || t.SignIn.OIDC == nil || t.SignIn.OIDC.SaidBy() == ClaimEmail {
		return strings.ToLower(login)
	}
	return login
}
