package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"switchyard/actors"
	"switchyard/actors/measures"
	"switchyard/actors/routing"
	"switchyard/api"
	"switchyard/api/desktop"
	"switchyard/persistence"
)

// serviceConfig is what a service is made of. The service owns the store and the listeners and closes them.
type serviceConfig struct {
	store         persistence.Store
	listener, ops net.Listener
	publicURL     string // without a path
	pages         *desktop.Pages
	mounts        map[string]http.Handler
	pprof         bool
	metrics       measures.Options
	log           *slog.Logger
}

// service is a whole Switchyard in this process: store, engine, API and the operator's listener.
type service struct {
	serviceConfig
	engine   *actors.Engine
	server   *api.Server
	http     *http.Server
	opsHTTP  *http.Server
	outgoing *http.Transport
	serving  sync.WaitGroup
	stopping atomic.Bool
	started  atomic.Bool
	begun    atomic.Bool // all that belongs to the start is done: what fails from here on is tried again, and ends nothing
}

// Where agents find their desktop, supervisors the wallboard, and administrators theirs.
const (
	deskPath  = "/desk"
	boardPath = "/board"
	adminPath = "/admin"
)

// outgoingConnections is how many connections to one carrier's API are kept open between calls.
const outgoingConnections = 64

// newService makes a service that does nothing yet. On an error the caller still owns store and listeners.
func newService(c serviceConfig) (*service, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s := &service{serviceConfig: c, outgoing: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: outgoingDialer().DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: outgoingConnections, IdleConnTimeout: time.Minute,
	}}
	courier := &sender{}
	machine, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("name of this machine: %w", err)
	}
	node := machine + "/" + c.listener.Addr().String() // a second process on this machine is another node
	s.engine, err = actors.New(actors.Config{Store: c.store, Sender: courier, Logger: c.log, Registerer: registry, Node: node, Metrics: c.metrics})
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	client := &http.Client{Transport: s.outgoing}
	s.server, err = api.New(api.Config{
		Engine: s.engine, Store: c.store, Life: s.engine.Life(), Carriers: carriers(client),
		PublicURL: c.publicURL, Secret: secret, Outgoing: client, SecureCookies: isHTTPS(c.publicURL), Mounts: c.paths(), Logger: c.log, Registerer: registry, Metrics: c.metrics,
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	courier.server = s.server
	s.http = api.HTTPServer(s.server, c.log)
	s.opsHTTP = api.HTTPServer(api.NewOps(api.OpsConfig{Gatherer: registry, Store: c.store, Ready: s.ready, Pprof: c.pprof}), c.log)
	return s, nil
}

// paths are the pages, and what the command serves beside them.
func (c serviceConfig) paths() map[string]http.Handler {
	paths := map[string]http.Handler{
		deskPath: c.pages.Desk(), boardPath: c.pages.Board(), adminPath: c.pages.Admin(), api.SignInPath: c.pages.SignIn(), desktop.AssetsPath: c.pages.Assets(),
	}
	maps.Copy(paths, c.mounts)
	return paths
}

// ready says why the service cannot serve, nil when it can.
func (s *service) ready() error {
	if s.stopping.Load() {
		return errors.New("the service is being stopped")
	}
	if !s.begun.Load() {
		return errors.New("the service is being started")
	}
	return s.engine.Ready()
}

// start serves, and returns when everything that was open before is in service again, and begin is done. What comes in before that waits
// in the inbox. After an error the service must still be stopped.
func (s *service) start(ctx context.Context, begin func() error) error {
	for _, at := range []struct {
		server   *http.Server
		listener net.Listener
	}{{s.opsHTTP, s.ops}, {s.http, s.listener}} {
		s.serving.Go(func() {
			if err := at.server.Serve(at.listener); !errors.Is(err, http.ErrServerClosed) {
				s.log.LogAttrs(ctx, slog.LevelError, "listener failed", slog.Any("error", err))
			}
		})
	}
	s.started.Store(true)
	if err := s.engine.Start(ctx); err != nil {
		return fmt.Errorf("take up what is stored: %w", err)
	}
	if err := begin(); err != nil {
		return err
	}
	s.begun.Store(true)
	return nil
}

// stop hands over to other nodes, if there are any, while requests are still taken; then it takes nothing new, finishes what
// has begun as long as ctx allows, and closes everything. What is not finished goes on with the next owner.
func (s *service) stop(ctx context.Context) error {
	s.stopping.Store(true)
	s.engine.Retire(ctx)
	s.server.Close()
	var errs []error
	if err := s.http.Shutdown(ctx); err != nil {
		errs = append(errs, s.http.Close())
	}
	if s.started.Load() {
		s.engine.Drain(ctx)
	}
	errs = append(errs, s.store.Close(), s.opsHTTP.Close())
	s.serving.Wait()
	s.outgoing.CloseIdleConnections()
	return errors.Join(errs...)
}

// config reads a tenant's configuration in force; false when there is none.
func (s *service) config(ctx context.Context, tenant routing.TenantID) (routing.Config, bool, error) {
	return storedConfig(ctx, s.store, tenant)
}

// install makes a configuration the tenant's, in place of the one with the ETag; empty: in place of none.
func (s *service) install(ctx context.Context, tenant routing.Tenant, source, replaces string) error {
	if err := refuseHalf(ctx, s.store, string(tenant.ID)); err != nil {
		return err
	}
	answer, err := s.engine.Do(ctx, tenant.ID, operator(), routing.ReplaceConfig{Tenant: tenant, Source: source, IfMatch: replaces}, "", "")
	if err == nil && answer.Refusal != nil {
		err = answer.Refusal
	}
	if err != nil {
		return fmt.Errorf("install the configuration of tenant %s: %w", tenant.ID, err)
	}
	return nil
}

// operator is who starts the service, seen as an administrator of every tenant.
func operator() routing.Principal { return routing.Principal{Role: routing.RoleAdmin, ID: "operator"} }
