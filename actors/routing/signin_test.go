package routing

import (
	"slices"
	"strings"
	"testing"
)

func TestCheckSignIn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 255)
	for _, row := range []struct {
		name   string
		spoil  func(*Tenant)
		path   string
		advice string // what the message must contain; without it nothing is wrong
	}{
		{"nothing but what is needed", func(c *Tenant) { *c.SignIn.OIDC = OIDC{Issuer: "https://a.example", ClientID: "c", ClientSecret: "s"} }, "", ""},
		{"a port and a path", func(c *Tenant) { c.SignIn.OIDC.Issuer = "https://a.example:8443/b/" }, "", ""},
		{"this machine by name", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://localhost:5556/dex" }, "", ""},
		{"this machine", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://127.0.0.1:5556" }, "", ""},
		{"this machine in IPv6", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://[::1]:5556" }, "", ""},
		{"no provider", func(c *Tenant) { c.SignIn.OIDC = nil }, "sign_in.oidc", "client_secret: env:NAME"},
		{"no issuer", func(c *Tenant) { c.SignIn.OIDC.Issuer = "" }, "sign_in.oidc.issuer", "such as https://login.example.com"},
		{"a name for an issuer", func(c *Tenant) { c.SignIn.OIDC.Issuer = "okta" }, "sign_in.oidc.issuer", "is not an issuer"},
		{"another scheme", func(c *Tenant) { c.SignIn.OIDC.Issuer = "ftp://a.example" }, "sign_in.oidc.issuer", "is not an issuer"},
		{"no host", func(c *Tenant) { c.SignIn.OIDC.Issuer = "https:///a" }, "sign_in.oidc.issuer", "is not an issuer"},
		{"a query", func(c *Tenant) { c.SignIn.OIDC.Issuer = "https://a.example/?t=1" }, "sign_in.oidc.issuer", "without ? and #"},
		{"a fragment", func(c *Tenant) { c.SignIn.OIDC.Issuer = "https://a.example/#t" }, "sign_in.oidc.issuer", "without ? and #"},
		{"a user", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://localhost@a.example" }, "sign_in.oidc.issuer", "is not an issuer"},
		{"in the clear", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://a.example" }, "sign_in.oidc.issuer", "write https://"},
		{"hardly this machine", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://localhost.a.example" }, "sign_in.oidc.issuer", "write https://"},
		{"not this machine's address", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://[::1].a.example" }, "sign_in.oidc.issuer", "write https://"},
		{"no port", func(c *Tenant) { c.SignIn.OIDC.Issuer = "http://127.0.0.1:a.example" }, "sign_in.oidc.issuer", "write https://"},
		{"no client", func(c *Tenant) { c.SignIn.OIDC.ClientID = " " }, "sign_in.oidc.client_id", "given to Switchyard"},
		{"no secret", func(c *Tenant) { c.SignIn.OIDC.ClientSecret = "" }, "sign_in.oidc.client_secret", "env:NAME"},
		{"a claim that anybody may choose", func(c *Tenant) { c.SignIn.OIDC.Claim = "nickname" }, "sign_in.oidc.claim", "preferred_username"},
		{"two scopes in one", func(c *Tenant) { c.SignIn.OIDC.Scopes = []string{"email", "a b"} }, "sign_in.oidc.scopes[1]", "each by itself"},
		{"many scopes", func(c *Tenant) { c.SignIn.OIDC.Scopes = slices.Repeat([]string{"a"}, 21) }, "sign_in.oidc.scopes", "at most 20"},
		{"a button of two lines", func(c *Tenant) { c.SignIn.OIDC.Button = "a\nb" }, "sign_in.oidc.button", "at most 60"},
		{"a login with space", func(c *Tenant) { c.Agents[0].Login = " ann" }, "agents[0].login", "without space"},
		{"a long login", func(c *Tenant) { c.Admins[0].Login = long }, "admins[0].login", "at most 254"},
		{"one login for two", func(c *Tenant) { c.Supervisors[0].Login = "bob@acme.EXAMPLE" }, "supervisors[0].login", "agents[1].login already"},
		{"another's id", func(c *Tenant) { c.Agents[1].Login = "ann" }, "agents[1].login", "agents[0].id already"},
		{"a login that somebody's id is", func(c *Tenant) { c.Agents[0].Login = "adam" }, "admins[0].id", "agents[0].login already"},
		{"subjects that differ in case", func(c *Tenant) {
			c.SignIn.OIDC.Claim = ClaimSubject
			c.Agents[0].Login, c.Agents[1].Login = "Xy", "xY"
		}, "", ""},
		{"logins without a provider", func(c *Tenant) { c.SignIn = nil }, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tenant := soundTenant()
			row.spoil(&tenant)
			problems := tenant.Check()
			if row.advice == "" {
				if problems != nil {
					t.Errorf("refused: %v", problems)
				}
				return
			}
			if len(problems) != 1 || problems[0].Path != row.path || !strings.Contains(problems[0].Message, row.advice) {
				t.Errorf("no problem, or not the only one, at %s with %q; got %v", row.path, row.advice, problems)
			}
		})
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	byMail, bySubject := soundTenant(), soundTenant()
	bySubject.SignIn.OIDC.Claim = ClaimSubject
	bob, sue, adam := Principal{RoleAgent, "bob"}, Principal{RoleSupervisor, "sue"}, Principal{RoleAdmin, "adam"}
	for _, row := range []struct {
		tenant Tenant
		login  string
		want   Principal
	}{
		{byMail, "Bob@Acme.example", bob},
		{byMail, "bob@acme.EXAMPLE", bob},
		{byMail, "sue@acme.example", sue},
		{byMail, "adam", adam}, // has no login
		{byMail, "bob", Principal{}},
		{byMail, "", Principal{}},
		{byMail, "zoe@acme.example", Principal{}},
		{bySubject, "Bob@Acme.example", bob},
		{bySubject, "bob@acme.example", Principal{}},
		{bySubject, "ADAM", Principal{}},
	} {
		if got, found := row.tenant.Known(row.login); got != row.want || found != (row.want != Principal{}) {
			t.Errorf("%q by %s is %+v, want %+v", row.login, row.tenant.SignIn.OIDC.Claim, got, row.want)
		}
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]OIDC{
		"openid email": {}, "openid profile": {Claim: ClaimUsername}, "openid": {Claim: ClaimSubject}, "openid a b": {Scopes: []string{"a", "openid", "b"}},
	} {
		if got := strings.Join(o.Asks(), " "); got != want {
			t.Errorf("%+v asks for %q, want %q", o, got, want)
		}
	}
}

// TestSigningInIsWrittenDown: whoever it is, and by which means; that a token was made for somebody else is another thing.
func TestSigningInIsWrittenDown(t *testing.T) {
	t.Parallel()
	own := GrantToken{Token{ID: "tk_1", Principal: ann, Session: true, Means: MeansOIDC}}
	want := Audit{At: sampleTime, By: ann, Action: "signed_in", Token: "tk_1", Means: MeansOIDC}
	if a, ok := AuditOf(sampleTime, ann, own); !ok || a != want {
		t.Errorf("signing in is written down as %+v, want %+v", a, want)
	}
	if a, _ := AuditOf(sampleTime, sue, own); a.Action != "grant_token" || a.Agent != "ann" {
		t.Errorf("a session for somebody else is written down as %+v", a)
	}
	own.Token.Session = false
	if a, ok := AuditOf(sampleTime, ann, own); ok {
		t.Errorf("an agent's token is written down as %+v", a)
	}
}
