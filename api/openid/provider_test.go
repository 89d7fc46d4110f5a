package openid

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"switchyard/api/openid/openidtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const own = "https://sms.example.com/signin"

var firstKey, secondKey = sync.OnceValue(openidtest.RSA), sync.OnceValue(openidtest.RSA)

// straight has a provider answer without a network between, so that time can be virtual.
type straight struct{ idp *openidtest.Provider }

// RoundTrip implements [http.RoundTripper].
func (s straight) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.idp.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

// met is a provider and Switchyard's view of it.
func met(t *testing.T) (*openidtest.Provider, *Provider) {
	t.Helper()
	idp := &openidtest.Provider{Issuer: "https://login.example.com", Redirects: []string{own}, Person: openidtest.Claims{"sub": "1", "email": "ann@acme.example"}}
	idp.UseKey("first", firstKey())
	p, err := New(Config{
		Issuer: idp.Issuer, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret, Scopes: []string{"openid", "email"}, RedirectURL: own,
		Client: &http.Client{Transport: straight{idp}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return idp, p
}

// walk signs the person in.
func walk(t *testing.T, idp *openidtest.Provider, p *Provider) (Claims, error) {
	t.Helper()
	a := NewAttempt(time.Now())
	address, err := p.Authorize(t.Context(), a)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	idp.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
	back, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusFound {
		t.Fatalf("the provider answers %d %s", w.Code, w.Body)
	}
	if !a.Began(back.Query().Get("state"), time.Now()) {
		t.Error("the state is another")
	}
	return p.Exchange(t.Context(), back.Query().Get("code"), Proof{Verifier: a.Verifier, Nonce: a.Nonce})
}

func away(err error) bool {
	_, ok := errors.AsType[*AwayError](err)
	return ok
}

func refused(err error) bool {
	_, ok := errors.AsType[*RefusedError](err)
	return ok
}

// TestKeysAreReplaced: a new key is found by one look; signatures of nobody do not have the provider called each time.
func TestKeysAreReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		idp, p := met(t)
		for range 3 {
			if claims, err := walk(t, idp, p); err != nil || claims["email"] != "ann@acme.example" {
				t.Fatal(claims, err)
			}
		}
		if n := idp.Calls("/keys"); n != 1 {
			t.Errorf("the keys were fetched %d times for three people", n)
		}
		<-time.After(pause)
		idp.Change(func(idp *openidtest.Provider) { idp.UseKey("second", secondKey()) })
		for range 3 {
			if _, err := walk(t, idp, p); err != nil {
				t.Fatal(err)
			}
		}
		if n := idp.Calls("/keys"); n != 2 {
			t.Errorf("the keys were fetched %d times for a new one", n)
		}
		idp.Change(func(idp *openidtest.Provider) {
			idp.Sign = func(_ *openidtest.Provider, payload []byte) string {
				return openidtest.Signed("RS256", firstKey(), "first", payload)
			}
		})
		for range 60 {
			if _, err := walk(t, idp, p); !refused(err) {
				t.Fatal(err)
			}
			<-time.After(time.Second)
		}
		if n := idp.Calls("/keys"); n < 3 || n > 2+7 {
			t.Errorf("within a minute of signatures by a key that is gone the keys were fetched %d times", n-2)
		}
	})
}

// TestKeysStay while others cannot be had: what is known is good for an hour.
func TestKeysStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		idp, p := met(t)
		if _, err := walk(t, idp, p); err != nil {
			t.Fatal(err)
		}
		idp.Change(func(idp *openidtest.Provider) {
			idp.Instead = func(w http.ResponseWriter, r *http.Request) bool {
				gone := r.URL.Path == "/keys" || strings.HasPrefix(r.URL.Path, "/.well-known")
				if gone {
					w.WriteHeader(http.StatusBadGateway)
				}
				return gone
			}
		})
		<-time.After(metadataKept - time.Second)
		if _, err := walk(t, idp, p); err != nil {
			t.Error(err)
		}
		<-time.After(time.Second)
		if _, err := walk(t, idp, p); !away(err) {
			t.Errorf("after an hour: %v", err)
		}
		idp.Change(func(idp *openidtest.Provider) { idp.Instead = nil })
		if _, err := walk(t, idp, p); !away(err) {
			t.Errorf("the provider is asked again at once: %v", err)
		}
		<-time.After(pause)
		if _, err := walk(t, idp, p); err != nil {
			t.Errorf("after a pause: %v", err)
		}
		if n := idp.Calls("/.well-known/openid-configuration"); n != 3 {
			t.Errorf("the metadata were fetched %d times", n)
		}
	})
}

// TestSilence: nobody waits longer than for one call, and those who come meanwhile wait for the same one.
func TestSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		idp, p := met(t)
		idp.Instead = func(_ http.ResponseWriter, r *http.Request) bool {
			<-r.Context().Done()
			return true
		}
		began := time.Now()
		var waiting sync.WaitGroup
		for range 5 {
			waiting.Go(func() {
				if _, err := p.Authorize(context.Background(), NewAttempt(began)); !away(err) || time.Since(began) != callTimeout {
					t.Errorf("after %v: %v", time.Since(began), err)
				}
			})
		}
		waiting.Wait()
		if n := idp.Calls("/.well-known/openid-configuration"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestOneWhoGoes does not take the answer from those who stay.
func TestOneWhoGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		idp, p := met(t)
		answer := make(chan struct{})
		idp.Instead = func(http.ResponseWriter, *http.Request) bool { <-answer; return false }
		gone, leave := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		waiting.Go(func() { _, _ = p.Authorize(gone, NewAttempt(time.Now())) })
		synctest.Wait()
		waiting.Go(func() {
			if _, err := p.Authorize(gone, NewAttempt(time.Now())); !away(err) {
				t.Errorf("one who waits for another's question, and goes: %v", err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		close(answer)
		waiting.Wait()
		if _, err := p.Authorize(t.Context(), NewAttempt(time.Now())); err != nil || idp.Calls("/.well-known/openid-configuration") != 1 {
			t.Error(err)
		}
	})
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	_, p := met(t)
	a, b := NewAttempt(now), NewAttempt(now)
	if a.State == b.State || a.Nonce == b.Nonce || a.Verifier == b.Verifier || a.State == a.Nonce || a.Nonce == a.Verifier {
		t.Errorf("%+v and %+v", a, b)
	}
	if !a.Began(a.State, now.Add(AttemptTime-1)) || a.Began(a.State, now.Add(AttemptTime)) || a.Began(b.State, now) || (Attempt{Expires: now.Add(1)}).Began("", now) {
		t.Error("an attempt holds that does not, or does not that does")
	}
	sealed := p.Seal(a, "acme")
	if strings.Contains(sealed, a.State) || sealed == p.Seal(a, "acme") {
		t.Errorf("sealed is %s", sealed)
	}
	if got, whole := p.Open(sealed, "acme"); !whole || got != a {
		t.Errorf("opened is %+v", got)
	}
	if _, whole := p.Open(sealed, "other"); whole {
		t.Error("what is bound to one is opened for another")
	}
	other := p.config
	for name, change := range map[string]func(*Config){
		"secret": func(c *Config) { c.ClientSecret += "." }, "client": func(c *Config) { c.ClientID += "." }, "issuer": func(c *Config) { c.Issuer += "." },
	} {
		c := other
		change(&c)
		q, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, whole := q.Open(sealed, "acme"); whole || p.Same(c) {
			t.Errorf("another %s opens it, or is the same", name)
		}
	}
	if other.ClientSecret = "fifteen letters"; !p.Same(p.config) {
		t.Error("the provider is not itself")
	}
	if _, err := New(other); err == nil {
		t.Error("a secret that can be guessed is taken")
	}
}
