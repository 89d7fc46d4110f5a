// Package openid signs people in with an OpenID Connect provider: the authorization code flow with PKCE (RFC 7636), a state and a
// nonce. It believes the provider about who somebody is, and about nothing else: its answers are bounded in size and time, its
// redirects are not followed, and its metadata and keys are looked at anew now and then.
package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// callTimeout bounds one call of the provider, from the first byte to the last.
	callTimeout = 10 * time.Second
	// answerLimit bounds what is read of an answer, in bytes.
	answerLimit = 1 << 20
	// metadataKept is how long the provider's metadata and keys are used before they are fetched again.
	metadataKept = time.Hour
	// pause is how often at most something is fetched again: after a failure, or for a signature that no known key has made.
	pause = 10 * time.Second
)

// AwayError says that the provider cannot be worked with now. Its text holds no code, token or secret, and nothing that the provider
// has written.
type AwayError struct{ Reason string }

// Error implements error.
func (e *AwayError) Error() string { return e.Reason }

// RefusedError says that the provider does not vouch for anybody here: its answer, or the want of one, proves nothing. Its text holds no
// code, token or secret.
type RefusedError struct{ Reason string }

// Error implements error.
func (e *RefusedError) Error() string { return e.Reason }

// Config is what a provider is known by.
type Config struct {
	Issuer, ClientID, ClientSecret string
	Scopes                         []string
	// RedirectURL is where the provider sends browsers back to.
	RedirectURL string
	// Client's transport makes the calls.
	Client *http.Client
}

// Provider is one OpenID Connect provider. Make it with [New]. It is safe for concurrent use, and calls nobody before it is asked.
type Provider struct {
	config Config
	client *http.Client
	seal   seal

	asking   chan struct{} // full while what follows is used, and the provider is called for its metadata
	known    *metadata
	failed   *AwayError // why the last fetching of metadata came to nothing
	failedAt time.Time
}

// metadata is what the provider has published about itself.
type metadata struct {
	Issuer      string   `json:"issuer"`
	Authorize   string   `json:"authorization_endpoint"`
	Token       string   `json:"token_endpoint"`
	KeysURL     string   `json:"jwks_uri"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`

	fetched time.Time
	keys    *keys
}

// New makes a provider. The secret must be one that nobody can guess: what browsers are given to keep is sealed with it.
func New(c Config) (*Provider, error) {
	if len(c.ClientSecret) < secretLeast {
		return nil, fmt.Errorf("client_secret is shorter than %d characters; write the one that the provider has made", secretLeast)
	}
	sealed, err := newSeal(c)
	if err != nil {
		return nil, err
	}
	own := *c.Client
	own.Timeout = callTimeout
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Provider{config: c, client: &own, seal: sealed, asking: make(chan struct{}, 1)}, nil
}

// Same says whether the provider was made of this configuration, whatever its client.
func (p *Provider) Same(c Config) bool {
	return p.config.Issuer == c.Issuer && p.config.ClientID == c.ClientID && p.config.ClientSecret == c.ClientSecret &&
		p.config.RedirectURL == c.RedirectURL && slices.Equal(p.config.Scopes, c.Scopes)
}

// Authorize is the address to which a browser goes to prove to the provider who sits there. The error is an [*AwayError].
func (p *Provider) Authorize(ctx context.Context, a Attempt) (string, error) {
	m, err := p.discovered(ctx)
	if err != nil {
		return "", err
	}
	return p.asClient(m, p.config.RedirectURL).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// discovered is the provider's metadata. Whoever asks while they are fetched waits for the outcome; a failure is everybody's for a while.
func (p *Provider) discovered(ctx context.Context) (*metadata, error) {
	if err := wait(ctx, p.asking); err != nil {
		return nil, err
	}
	defer func() { <-p.asking }()
	now := time.Now()
	if p.known != nil && now.Sub(p.known.fetched) < metadataKept {
		return p.known, nil
	}
	if p.failed != nil && now.Sub(p.failedAt) < pause {
		return nil, p.failed
	}
	m, err := p.discover(context.WithoutCancel(ctx)) // everybody's, whoever asked
	if err != nil {
		p.failed, p.failedAt = &AwayError{"its metadata cannot be used: " + err.Error()}, time.Now()
		return nil, p.failed
	}
	p.known, p.failed = m, nil
	return m, nil
}

// wait takes the one place in line, unless whoever asks goes before.
func wait(ctx context.Context, line chan struct{}) *AwayError {
	select {
	case line <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &AwayError{"nobody waits for its answer any more"}
	}
}

func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	m := &metadata{fetched: time.Now()}
	if err := p.get(ctx, strings.TrimSuffix(p.config.Issuer, "/")+"/.well-known/openid-configuration", m); err != nil {
		return nil, err
	}
	if m.Issuer != p.config.Issuer {
		return nil, errors.New("it calls itself by another name than the issuer that the configuration has; copy the name exactly")
	}
	for _, at := range []string{m.Authorize, m.Token, m.KeysURL} {
		if err := p.mayCall(at); err != nil {
			return nil, err
		}
	}
	m.keys = &keys{provider: p, url: m.KeysURL, asking: make(chan struct{}, 1)}
	return m, nil
}

// mayCall refuses addresses that are not encrypted, unless the configuration itself has named one at this machine.
func (p *Provider) mayCall(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return errors.New("it names no address for what is needed")
	}
	issuer, err := url.Parse(p.config.Issuer)
	if u.Scheme == "https" || err == nil && u.Scheme == "http" && issuer.Scheme == "http" && u.Hostname() == issuer.Hostname() {
		return nil
	}
	return errors.New("it names an address that is not encrypted")
}

// get reads a JSON object. Errors hold nothing that was answered.
func (p *Provider) get(ctx context.Context, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("its address is none")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return errors.New("no answer: " + reason(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	switch {
	case err != nil:
		return errors.New("the answer was cut off: " + reason(err))
	case len(body) > answerLimit:
		return errors.New("the answer is over 1 MiB")
	case json.Unmarshal(body, into) != nil:
		return errors.New("the answer is not the JSON object that is wanted")
	}
	return nil
}

// reason drops the address from a client's error.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return err.Error()
}
