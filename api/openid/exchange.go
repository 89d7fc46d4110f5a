package openid

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Proof is what goes with a code: it shows that who brings the code is who asked for it.
type Proof struct {
	Verifier, Nonce string
	RedirectURL     string // empty: the provider's own; else the one that the code was sent to
}

// Claims are what the provider says of somebody.
type Claims map[string]any

// asClient is Switchyard as the provider knows it. Its secret goes where the provider wants it: trying out both ways would use up the code.
func (p *Provider) asClient(m *metadata, redirect string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader // the default of OpenID Connect Discovery §3
	if slices.Contains(m.AuthMethods, "client_secret_post") && !slices.Contains(m.AuthMethods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, RedirectURL: redirect, Scopes: p.config.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: m.Authorize, TokenURL: m.Token, AuthStyle: style},
	}
}

// Exchange gives the provider a code and checks what it says of whoever the code was made for. Errors are [*AwayError] and
// [*RefusedError].
func (p *Provider) Exchange(ctx context.Context, code string, proof Proof) (Claims, error) {
	m, err := p.discovered(ctx)
	if err != nil {
		return nil, err
	}
	redirect := p.config.RedirectURL
	if proof.RedirectURL != "" {
		redirect = proof.RedirectURL
	}
	tokens, err := p.asClient(m, redirect).Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(proof.Verifier))
	if err != nil {
		return nil, notExchanged(err)
	}
	text, _ := tokens.Extra("id_token").(string)
	if text == "" {
		return nil, &AwayError{"it sends no ID token; give the client the scope openid there"}
	}
	return p.verified(ctx, m, text, proof.Nonce)
}

// notExchanged tells a code that does not hold from a provider that does not work.
func notExchanged(err error) error {
	answered, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return &AwayError{"a code cannot be exchanged: " + unquoted(err)}
	case answered.ErrorCode == "invalid_grant":
		return &RefusedError{"the provider does not accept the code"}
	case answered.ErrorCode == "invalid_client", answered.ErrorCode == "unauthorized_client", answered.Response.StatusCode == http.StatusUnauthorized:
		return &AwayError{"it refuses our client_id or client_secret; correct them in sign_in"}
	}
	return &AwayError{fmt.Sprintf("a code cannot be exchanged: the answer is %d", answered.Response.StatusCode)}
}

// unquoted is a client's error, or that an answer is not understood, without what was answered.
func unquoted(err error) string {
	if wrapped := reason(err); wrapped != err.Error() {
		return wrapped
	}
	return "the answer is not the JSON object that is wanted"
}

// verified checks an ID token: OpenID Connect Core §3.1.3.7.
func (p *Provider) verified(ctx context.Context, m *metadata, text, nonce string) (Claims, error) {
	signed := &signatures{keys: m.keys}
	verifier := oidc.NewVerifier(p.config.Issuer, signed, &oidc.Config{
		ClientID: p.config.ClientID, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256},
	})
	token, err := verifier.Verify(ctx, text)
	if signed.away != nil {
		return nil, signed.away
	}
	if err != nil {
		return nil, &RefusedError{"the ID token does not hold: " + whyNot(err)}
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 || nonce == "" {
		return nil, &RefusedError{"the ID token does not hold: its nonce is another"}
	}
	var claims Claims
	if err := token.Claims(&claims); err != nil {
		return nil, &RefusedError{"the ID token does not hold: its claims are no object"}
	}
	if party, said := claims["azp"]; said && party != p.config.ClientID {
		return nil, &RefusedError{"the ID token does not hold: it was made for another client"}
	}
	return claims, nil
}

// whyNot puts a verifier's error into words that repeat nothing of the token.
func whyNot(err error) string {
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return "it has expired"
	}
	for sign, words := range map[string]string{
		"different provider": "it is of another issuer", "expected audience": "it was made for another client", "(not before)": "it is not valid yet",
		"verify signature": "none of the provider's keys has signed it", "malformed jwt": "it is not signed by RS256 or ES256",
	} {
		if strings.Contains(err.Error(), sign) {
			return words
		}
	}
	return "it is not written as it should be"
}
