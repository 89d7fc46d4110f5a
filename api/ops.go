package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"switchyard/persistence"
)

// OpsConfig is what the operator's listener shows.
type OpsConfig struct {
	Gatherer prometheus.Gatherer
	Store    persistence.Store
	// Ready says why this process cannot serve yet, or any more; nil when it can.
	Ready func() error
	// Pprof also serves /debug/pprof.
	Pprof bool
}

// pingTime is how long the store may take to say that it is there.
const pingTime = 2 * time.Second

// NewOps is the handler of the operator's own listener: /metrics, /healthz (the process runs), /readyz (it can serve). It asks
// nobody for a credential, so it belongs on an address that only operators reach.
func NewOps(c OpsConfig) http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /metrics", promhttp.HandlerFor(c.Gatherer, promhttp.HandlerOpts{}))
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	m.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := c.ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	if c.Pprof {
		m.HandleFunc("GET /debug/pprof/", pprof.Index)
		m.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		m.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		m.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		m.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return m
}

func (c OpsConfig) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if err := c.Store.Ping(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if c.Ready != nil {
		return c.Ready()
	}
	return nil
}
