package routing

import (
	"slices"
	"strings"
	"unicode"
)

const (
	maxLogin  = 254 // bytes, as an e-mail address
	maxButton = 60  // bytes
	maxScopes = 20
)

// signIn checks the provider, and that each login is one person's.
func (c *checker) signIn() {
	if s := c.tenant.SignIn; s != nil {
		if s.OIDC == nil {
			c.add("sign_in.oidc", "is missing; write {issuer: …, client_id: …, client_secret: env:NAME}, or leave sign_in out")
		} else {
			c.oidc("sign_in.oidc", *s.OIDC)
		}
	}
	first := map[string]string{}
	c.tenant.logins(func(path, login string, by Principal) {
		if len(login) > maxLogin || strings.TrimSpace(login) != login || strings.ContainsFunc(login, unicode.IsControl) {
			c.add(path, "%q cannot be a login; write at most %d bytes without space around them, or leave it out", login, maxLogin)
		}
		other, taken := first[login]
		switch {
		case !taken:
			first[login] = path
		case path == other || strings.HasSuffix(path, ".id") && strings.HasSuffix(other, ".id"): // ids are compared elsewhere
		default:
			c.add(path, "%q is who signs in as %s already; write another login for %s", login, other, by.ID)
		}
	})
}

func (c *checker) oidc(path string, o OIDC) {
	c.issuer(path+".issuer", o.Issuer)
	c.present(path+".client_id", o.ClientID, "write the name that the provider has given to Switchyard")
	c.present(path+".client_secret", o.ClientSecret, "write env:NAME, file:PATH or the provider's secret itself")
	if !slices.Contains([]LoginClaim{ClaimEmail, ClaimSubject, ClaimUsername}, o.SaidBy()) {
		c.add(path+".claim", "%q is not relied on; write email, sub or preferred_username", o.Claim)
	}
	if len(o.Scopes) > maxScopes {
		c.add(path+".scopes", "%d scopes are too many; write at most %d", len(o.Scopes), maxScopes)
	}
	for i, s := range o.Scopes {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) { // RFC 6749 §3.3
			c.add(index(path+".scopes", i), "%q is no scope; write one such as email or profile, each by itself", s)
		}
	}
	if len(o.Button) > maxButton || strings.ContainsFunc(o.Button, unicode.IsControl) {
		c.add(path+".button", "%q does not fit on a button; write at most %d bytes", o.Button, maxButton)
	}
}

// issuer checks the provider's address. What it is compared with is written by the provider itself, so it is not made prettier.
func (c *checker) issuer(path, issuer string) {
	if strings.TrimSpace(issuer) == "" {
		c.add(path, "is missing; write the provider's address, such as https://login.example.com")
		return
	}
	rest, secure := strings.CutPrefix(issuer, "https://")
	if !secure {
		rest, _ = strings.CutPrefix(issuer, "http://")
	}
	host, _, _ := strings.Cut(rest, "/")
	strange := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`?#@\`, r) }
	if host == "" || rest == issuer || strings.ContainsFunc(rest, strange) {
		c.add(path, "%q is not an issuer; write the provider's address without ? and #, such as https://login.example.com", issuer)
		return
	}
	if !secure && !thisMachine(host) {
		c.add(path, "%q is not encrypted; write https://…", issuer)
	}
}

// thisMachine says whether a host, perhaps with a port, is surely where we are.
func thisMachine(host string) bool {
	name, port, found := strings.Cut(strings.TrimPrefix(host, "[::1]"), ":")
	if found && strings.Trim(port, "0123456789") != "" {
		return false
	}
	if strings.HasPrefix(host, "[::1]") {
		return name == ""
	}
	return name == "localhost" || name == "127.0.0.1"
}
