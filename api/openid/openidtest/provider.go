// Package openidtest is an OpenID Connect provider for tests: discovery, authorization with PKCE, tokens and keys. It is as strict as a
// good one, and lies on demand.
package openidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// What the provider knows Switchyard by.
const (
	ClientID     = "switchyard"
	ClientSecret = "a-secret-that-the-provider-has-made"
)

// Claims are of an ID token.
type Claims = map[string]any

// Provider is an [http.Handler] to be served at its Issuer. Its fields may be set until it is asked, and then by [Provider.Change].
type Provider struct {
	Issuer string
	// Redirects are where codes may be sent to.
	Redirects []string
	// Person is who sits at the browser: claims of the ID token.
	Person Claims
	// Lie changes the claims of ID tokens; Sign signs them in another way.
	Lie  func(Claims)
	Sign func(p *Provider, payload []byte) string
	// Metadata changes what is published.
	Metadata func(map[string]any)
	// Instead answers in place of the provider where it returns true.
	Instead func(w http.ResponseWriter, r *http.Request) bool
	// Post has the secret go into the body.
	Post bool

	mu     sync.Mutex
	key    crypto.Signer
	kid    string
	codes  map[string]asked
	calls  map[string]int
	issued []string
}

type asked struct{ redirect, challenge, nonce string }

// Change changes the provider while it may be asked.
func (p *Provider) Change(change func(*Provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// Calls is how often a path was asked for.
func (p *Provider) Calls(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

// Secrets are what must be in nobody's log: the client's secret, and the codes and tokens that were made.
func (p *Provider) Secrets() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{ClientSecret}, p.issued...)
}

// UseKey signs with this key from now on; kid is its name.
func (p *Provider) UseKey(kid string, key crypto.Signer) { p.key, p.kid = key, kid }

// Key is the public key of now.
func (p *Provider) Key() crypto.PublicKey { return p.key.Public() }

// RSA makes a key for RS256.
func RSA() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// EC makes a key for ES256.
func EC() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// ServeHTTP implements [http.Handler].
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if p.calls == nil {
		p.calls, p.codes = map[string]int{}, map[string]asked{}
	}
	p.calls[r.URL.Path]++
	instead := p.Instead
	p.mu.Unlock()
	if instead != nil && instead(w, r) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.publish(w)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r)
	case "/keys":
		key := jose.JSONWebKey{Key: p.key.Public(), KeyID: p.kid, Use: "sig"}
		strange := json.RawMessage(`{"kty":"OKP","crv":"X448","kid":"strange","x":"AA"}`) // of a kind that is none of our business
		answer(w, http.StatusOK, map[string]any{"keys": []any{strange, key}})
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *Provider) publish(w http.ResponseWriter) {
	method := "client_secret_basic"
	if p.Post {
		method = "client_secret_post"
	}
	m := map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token", "jwks_uri": p.Issuer + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}, "token_endpoint_auth_methods_supported": []string{method},
	}
	if p.Metadata != nil {
		p.Metadata(m)
	}
	answer(w, http.StatusOK, m)
}

// authorize sends whoever asks back at once: the person has signed in before.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	known := false
	for _, at := range p.Redirects {
		known = known || at == q.Get("redirect_uri")
	}
	scopes := strings.Fields(q.Get("scope"))
	if err != nil || !known || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || len(scopes) == 0 || scopes[0] != "openid" ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 32 || len(q.Get("nonce")) < 16 || len(q.Get("code_challenge")) != 43 {
		http.Error(w, "this is no good request: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.issued = append(p.issued, code)
	p.codes[code] = asked{q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound) //nolint:gosec // to one of Redirects
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, why string) {
		answer(w, status, map[string]string{"error": why, "error_description": "no"})
	}
	id, secret, basic := r.BasicAuth()
	if p.Post {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	} else if !basic {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	if id != ClientID || secret != ClientSecret {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	code := r.PostFormValue("code")
	a, made := p.codes[code]
	delete(p.codes, code) // it is good for once
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !made || a.redirect != r.PostFormValue("redirect_uri") || a.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	now := time.Now()
	claims := Claims{"iss": p.Issuer, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": a.nonce}
	maps.Copy(claims, p.Person)
	if p.Lie != nil {
		p.Lie(claims)
	}
	payload, _ := json.Marshal(claims)
	sign := p.Sign
	if sign == nil {
		sign = (*Provider).signed
	}
	token := sign(p, payload)
	access := rand.Text()
	p.issued = append(p.issued, token, access)
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token})
}

// signed signs by the key of now.
func (p *Provider) signed(payload []byte) string {
	alg := jose.RS256
	if _, ec := p.key.(*ecdsa.PrivateKey); ec {
		alg = jose.ES256
	}
	return Signed(alg, p.key, p.kid, payload)
}

// Signed makes a token.
func Signed(alg jose.SignatureAlgorithm, key any, kid string, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	if err != nil {
		panic(fmt.Errorf("signer: %w", err))
	}
	signature, err := signer.Sign(payload)
	if err != nil {
		panic(fmt.Errorf("sign: %w", err))
	}
	token, err := signature.CompactSerialize()
	if err != nil {
		panic(fmt.Errorf("serialize: %w", err))
	}
	return token
}
