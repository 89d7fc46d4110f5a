package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// fadingStore is one that cannot be written to, or not read.
type fadingStore struct {
	persistence.Store
	ping error
	gone atomic.Bool
}

func (s *fadingStore) Ping(context.Context) error { return s.ping }

func (s *fadingStore) Get(ctx context.Context, part int, key string) ([]byte, error) {
	if s.gone.Load() {
		return nil, persistence.ErrUnavailable
	}
	return s.Store.Get(ctx, part, key)
}

func TestOps(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	h := newHouse(t)
	h.call(t, "ann", http.MethodGet, "/v1/desk", "")
	for name, test := range map[string]struct {
		path  string
		ping  error
		ready error
		pprof bool
		want  int
		says  string
	}{
		"metrics":     {path: "/metrics", want: 200, says: `switchyard_http_requests_total{method="GET",route="/v1/desk",status="2xx"} 1`},
		"alive":       {path: "/healthz", ping: down, want: 200},
		"ready":       {path: "/readyz", want: 200},
		"store down":  {path: "/readyz", ping: down, want: 503, says: "store: down"},
		"not ready":   {path: "/readyz", ready: errors.New("partitions are being loaded"), want: 503, says: "partitions"},
		"no profiles": {path: "/debug/pprof/cmdline", want: 404},
		"profiles":    {path: "/debug/pprof/cmdline", pprof: true, want: 200},
	} {
		ops := NewOps(OpsConfig{
			Gatherer: h.reg, Store: &fadingStore{Store: h.store, ping: test.ping}, Ready: func() error { return test.ready }, Pprof: test.pprof,
		})
		w := httptest.NewRecorder()
		ops.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil))
		if w.Code != test.want || !strings.Contains(w.Body.String(), test.says) {
			t.Errorf("%s: %s is answered %d %s", name, test.path, w.Code, w.Body)
		}
	}
}

func TestMetricsAreWellNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.hook(t, "/webhooks/simulated/sim-acme", aText)
	problems, err := testutil.GatherAndLint(h.reg)
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// TestStoreThatDoesNotAnswer guards against calling good credentials bad, and good channels unknown, while the store is away.
func TestStoreThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	store := &fadingStore{Store: memory.New(2)}
	h := newHouseOn(t, store)
	store.gone.Store(true)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""), 503, codeUnavailable)
	if w := h.hook(t, "/webhooks/simulated/sim-acme", aText); w.Code != http.StatusNoContent {
		t.Errorf("a webhook, which the engine keeps, is answered %d", w.Code)
	}
}

// TestStoreThatNeverAnswered guards the same while no configuration could be read yet.
func TestStoreThatNeverAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouseOn(t, faulty.New(memory.New(2), faulty.Fail(faulty.Scan, 1)))
		wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""), 503, codeUnavailable)
		wantProblem(t, h.call(t, "", http.MethodPost, "/v1/session", annsPassword), 503, codeUnavailable)
		wantProblem(t, h.hook(t, "/webhooks/simulated/sim-acme", aText), 503, codeUnavailable)
		<-time.After(refreshEvery)
		if w := h.call(t, "ann", http.MethodGet, "/v1/desk", ""); w.Code != http.StatusOK {
			t.Errorf("a store that is back is answered %d", w.Code)
		}
	})
}

func TestNewRefusesPublicURLs(t *testing.T) {
	t.Parallel()
	store := memory.New(1)
	defer store.Close()
	for _, bad := range []string{"", "sms.example.com", "ftp://sms.example.com", "https://", "https://sms.example.com/below", "://"} {
		if _, err := New(Config{Store: store, PublicURL: bad, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()}); err == nil {
			t.Errorf("public url %q was taken", bad)
		}
	}
}

func TestMounts(t *testing.T) {
	t.Parallel()
	store := memory.New(1)
	s, err := New(Config{
		Store: store, PublicURL: "http://127.0.0.1:8080", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
		Mounts: map[string]http.Handler{"/simulated": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.Method + " " + r.URL.Path))
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	defer s.Close()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/simulated/phones/+1415", nil))
	if w.Body.String() != "POST /phones/+1415" {
		t.Errorf("mounted handler answers %d %q", w.Code, w.Body)
	}
	if hs := HTTPServer(s, slog.New(slog.DiscardHandler)); hs.WriteTimeout != 0 || hs.ReadTimeout != 0 || hs.ReadHeaderTimeout > 10*time.Second || hs.ReadHeaderTimeout == 0 {
		t.Errorf("limits are %+v", hs)
	}
}
