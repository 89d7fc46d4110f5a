package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/openid"
)

// SignInPath is the page to which identity providers send browsers back, below the public address.
const SignInPath = "/signin"

const (
	// calledAtOnce is how many people of one tenant are signed in by its provider at once.
	calledAtOnce = 16
	// complainEvery is how often at most the log tells of one tenant's provider.
	complainEvery = time.Minute
)

// provider is a tenant's identity provider, ready for use. It has a line of its own: one that is slow keeps nobody from signing in by
// password, or elsewhere.
type provider struct {
	*openid.Provider
	line chan struct{} // a place for each who is being signed in
	// unready says why the provider cannot be used now.
	unready error

	mu         sync.Mutex
	complained time.Time
}

// identityProvider makes a tenant's provider ready for use: the old one, with all it has learnt, where nothing about it has changed.
func (t *tenants) identityProvider(ctx context.Context, old, is *tenant, known bool) *provider {
	if is.Tenant.SignIn == nil || is.Tenant.SignIn.OIDC == nil {
		return nil
	}
	o := is.Tenant.SignIn.OIDC
	c := openid.Config{
		Issuer: o.Issuer, ClientID: o.ClientID, Scopes: o.Asks(), RedirectURL: t.public.JoinPath(SignInPath).String(), Client: t.outgoing,
	}
	secrets, err := t.resolved(o.ClientSecret)
	if err == nil {
		c.ClientSecret = secrets[0]
		if old != nil && old.provider != nil && old.provider.unready == nil && old.provider.Same(c) {
			return old.provider
		}
	}
	p := &provider{line: make(chan struct{}, calledAtOnce)}
	if err == nil {
		p.Provider, err = openid.New(c)
	}
	if err == nil {
		return p
	}
	p.unready = fmt.Errorf("sign_in.oidc: %w", err)
	if !known {
		t.log.LogAttrs(ctx, slog.LevelError, "identity provider cannot be used", slog.String("tenant", string(is.Tenant.ID)), slog.Any("error", p.unready))
	}
	return p
}

// enter takes a place in the provider's line; the function gives it back.
func (p *provider) enter() (leave func(), err error) {
	if p.unready != nil {
		return nil, errProviderAway()
	}
	select {
	case p.line <- struct{}{}:
		return func() { <-p.line }, nil
	default:
		return nil, routing.ErrBusy
	}
}

func errProviderAway() error {
	return comeBack(codeUnavailable, "the identity provider cannot be used now; sign in by password, or try again in a moment", 10*time.Second)
}

// unproved is the answer where a provider has proved nothing, and tells the operator why, now and then.
func (s *Server) unproved(ctx context.Context, tenant routing.TenantID, p *provider, err error) error {
	p.mu.Lock()
	now := time.Now()
	loud := now.Sub(p.complained) >= complainEvery
	if loud {
		p.complained = now
	}
	p.mu.Unlock()
	if loud {
		s.log.LogAttrs(ctx, slog.LevelWarn, "identity provider proved nothing", slog.String("tenant", string(tenant)), slog.Any("error", err))
	}
	if _, refused := errors.AsType[*openid.RefusedError](err); refused {
		return newProblem(codeUnauthenticated, "the identity provider's answer proves nothing; begin to sign in again")
	}
	return errProviderAway()
}

// buttonOf is what leads to the provider says.
func buttonOf(o *routing.OIDC) string {
	if o.Button != "" {
		return o.Button
	}
	if at, err := url.Parse(o.Issuer); err == nil && at.Host != "" {
		return "Sign in with " + at.Host
	}
	return "Sign in elsewhere"
}
