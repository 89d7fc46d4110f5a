// Package api is the face: HTTP for agents, supervisors and administrators, an event stream for each agent's desktop, and
// webhooks for carriers. It translates and decides nothing: commands go to the [Engine], and what is read is committed state,
// straight from the store. The contract is openapi.yaml.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/persistence"
)

// Config is what a server is made of.
type Config struct {
	Engine Engine
	Store  persistence.Store
	// Life begins the ids of this process's streams, so that an engine can tell when all of them are gone.
	Life     string
	Carriers []carrier.Carrier
	// PublicURL is the address under which the world reaches this server. Carriers sign it, so it never comes from a request.
	PublicURL string
	// Secret resolves what a configuration calls a secret: text, "env:NAME" or "file:PATH". Nil takes it as it is.
	Secret func(ref string) (string, error)
	// Outgoing's transport calls identity providers; nil: the default one.
	Outgoing *http.Client
	// SecureCookies marks the session's cookie Secure; off only where the public address is plain HTTP on one machine.
	SecureCookies bool
	// Mounts are handlers for a path beside the contract's, such as "/simulated", and all below it. They see the path without
	// the prefix: empty, or beginning with a slash.
	Mounts     map[string]http.Handler
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Metrics is what the operator wants of them; the zero value is the usual.
	Metrics measures.Options
}

// Server serves the contract. Make it with [New] and end it with [Server.Close].
type Server struct {
	engine  Engine
	store   persistence.Store
	log     *slog.Logger
	metrics *metrics
	tenants *tenants
	senders *senders
	desks   *desks
	lines   *lines
	life    string
	door    *door
	foreign *http.CrossOriginProtection
	secure  bool
	// carriers are those that channels may be of.
	carriers []carrier.Carrier
	echo     *echo.Echo

	alive   context.Context //nolint:containedctx // the life of the server, ended by Close
	end     context.CancelFunc
	working sync.WaitGroup
}

var _ http.Handler = (*Server)(nil)

// New makes a server and begins to listen to the store's bells.
func New(c Config) (*Server, error) {
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") || strings.Trim(public.Path, "/") != "" {
		return nil, fmt.Errorf("public url %q: give it as https://host, without a path", c.PublicURL)
	}
	dialects := make(map[string]carrier.Carrier, len(c.Carriers))
	for _, d := range c.Carriers {
		dialects[d.Name()] = d
	}
	if c.Secret == nil {
		c.Secret = func(ref string) (string, error) { return ref, nil }
	}
	if c.Outgoing == nil {
		c.Outgoing = &http.Client{}
	}
	s := &Server{
		engine: c.Engine, store: c.Store, log: c.Logger, metrics: newMetrics(measures.NewInstruments(c.Registerer, c.Metrics)), desks: newDesks(), lines: newLines(), life: c.Life, door: newDoor(),
		senders:  &senders{recent: map[sender]*allowance{}},
		carriers: c.Carriers, secure: c.SecureCookies, foreign: http.NewCrossOriginProtection(),
	}
	if err := s.foreign.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("public url %q: %w", c.PublicURL, err)
	}
	s.tenants = &tenants{store: c.Store, carriers: dialects, public: public, outgoing: c.Outgoing, secret: c.Secret, log: c.Logger, metrics: s.metrics}
	s.tenants.installed.Store(&installation{})
	s.echo = s.router(c.Mounts)
	s.alive, s.end = context.WithCancel(context.Background())
	for part := range c.Store.Partitions() { // listen first, so that no change is missed
		bells := c.Store.Watch(s.alive, part)
		s.working.Go(func() { s.listen(bells) })
	}
	if err := s.tenants.refresh(s.alive); err != nil {
		s.log.LogAttrs(s.alive, slog.LevelWarn, "configurations not read yet", slog.Any("error", err))
	}
	s.working.Go(s.keepFresh)
	s.working.Go(s.recoverTexts)
	s.working.Go(s.settleTexts)
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Close ends all streams, telling the engine that their desktops are gone, and stops listening. Requests that are being
// served are left to finish; new streams are refused. Call it before the engine and the HTTP server are shut down.
func (s *Server) Close() {
	s.end()
	s.desks.close()
	s.working.Wait()
}

// listen turns the bells of one partition into wake-ups.
func (s *Server) listen(bells <-chan persistence.Bell) {
	for bell := range bells {
		switch {
		case bell.Stream == "":
		case isConfigStream(bell.Stream):
			s.refresh()
		default:
			s.desks.wake(bell.Stream)
		}
	}
}

func isConfigStream(name string) bool { return kindOf(name) == kindOf(persistence.ConfigStream("")) }

// keepFresh looks at the configurations now and then, since bells may be lost.
func (s *Server) keepFresh() {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.alive.Done():
			return
		case <-tick.C:
			s.refresh()
		}
	}
}

func (s *Server) refresh() {
	if err := s.tenants.refresh(s.alive); err != nil && !errors.Is(err, context.Canceled) {
		s.log.LogAttrs(s.alive, slog.LevelWarn, "configurations not refreshed", slog.Any("error", err))
	}
}

// HTTPServer is an http.Server with the limits that fit h: headers come fast or not at all, while answers may take as long as
// a stream does (each write of which has its own deadline).
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// anyRole is everybody with a credential.
func anyRole() []routing.Role {
	return []routing.Role{routing.RoleAgent, routing.RoleSupervisor, routing.RoleAdmin}
}
