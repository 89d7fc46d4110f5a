package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
)

// route is one operation of the contract. Without roles it needs no credential of ours.
type route struct {
	method, path string
	roles        []routing.Role
	serve        func(*call) error
}

// routes lists every operation under /v1: whoever is not named is not let in.
func (s *Server) routes() []route { return append(s.work(), s.supervision()...) }

// work is what agents do, and what everybody does.
func (s *Server) work() []route {
	var (
		all    = anyRole()
		agents = []routing.Role{routing.RoleAgent}
	)
	return []route{
		{http.MethodPost, "/v1/session", nil, s.signIn},
		{http.MethodGet, "/v1/session/oidc", nil, s.offeredSignIn},
		{http.MethodPost, "/v1/session/oidc", nil, s.beginSignIn},
		{http.MethodGet, "/v1/session", all, s.session},
		{http.MethodDelete, "/v1/session", all, s.signOut},
		{http.MethodGet, "/v1/desk", agents, s.desk},
		{http.MethodGet, "/v1/desk/choices", agents, s.choices},
		{http.MethodGet, "/v1/desk/queues", agents, s.deskLines},
		{http.MethodGet, "/v1/desk/events", agents, s.events},
		{http.MethodPut, "/v1/desk/status", agents, s.setStatus},
		{http.MethodPost, "/v1/offers/:id/accept", agents, s.acceptOffer},
		{http.MethodPost, "/v1/offers/:id/reject", agents, s.rejectOffer},
		{http.MethodGet, "/v1/conversations", all, s.listConversations},
		{http.MethodGet, "/v1/conversations/:id", all, s.getConversation},
		{http.MethodGet, "/v1/conversations/:id/transcript", all, s.transcript},
		{http.MethodGet, "/v1/conversations/:id/explain", all, s.explain},
		{http.MethodPost, "/v1/conversations/:id/messages", all, s.sendReply},
		{http.MethodPost, "/v1/conversations/:id/notes", all, s.addNote},
		{http.MethodPost, "/v1/conversations/:id/read", all, s.markRead},
		{http.MethodPut, "/v1/conversations/:id/customer", all, s.attachCustomer},
		{http.MethodPost, "/v1/conversations/:id/case", all, s.saveCase},
		{http.MethodPost, "/v1/conversations/:id/transfer", all, s.transfer},
		{http.MethodPost, "/v1/conversations/:id/end", all, s.endConversation},
		{http.MethodPost, "/v1/conversations/:id/extend", all, s.extend},
		{http.MethodPost, "/v1/conversations/:id/wrap_up", all, s.wrapUp},
		{http.MethodPost, "/v1/conversations/:id/opt_out", all, s.judgeOptOut},
		{http.MethodGet, "/v1/customers", all, s.listCustomers},
		{http.MethodPost, "/v1/customers", all, s.createCustomer},
		{http.MethodGet, "/v1/customers/:id", all, s.getCustomer},
		{http.MethodPatch, "/v1/customers/:id", all, s.changeCustomer},
		{http.MethodGet, "/v1/customers/:id/cases", all, s.customerCases},
		{http.MethodGet, "/v1/customers/:id/conversations", all, s.customerConversations},
		{http.MethodGet, "/v1/cases/:id", all, s.getCase},
		{http.MethodPatch, "/v1/cases/:id", all, s.changeCase},
		{http.MethodGet, "/v1/faqs", all, s.faqs},
		{http.MethodPost, "/v1/segments", all, s.segments},
	}
}

// supervision is what supervisors do, and administrators.
func (s *Server) supervision() []route {
	admins := []routing.Role{routing.RoleAdmin}
	above := append([]routing.Role{routing.RoleSupervisor}, admins...)
	return []route{
		{http.MethodPost, "/v1/conversations/:id/assign", above, s.assign},
		{http.MethodPost, "/v1/conversations/:id/priority", above, s.prioritize},
		{http.MethodPost, "/v1/conversations/:id/release", above, s.release},
		{http.MethodPost, "/v1/conversations/:id/whisper", above, s.whisper},
		{http.MethodPost, "/v1/conversations/:id/take_over", above, s.takeOver},
		{http.MethodGet, "/v1/queues", above, s.listQueues},
		{http.MethodGet, "/v1/queues/:id/waiting", above, s.waiting},
		{http.MethodGet, "/v1/agents", above, s.listAgents},
		{http.MethodGet, "/v1/wallboard/events", above, s.wallboard},
		{http.MethodGet, "/v1/decisions/events", above, s.decisions},
		{http.MethodPut, "/v1/agents/:id/status", above, s.setAgentStatus},
		{http.MethodGet, "/v1/reports/:name", above, s.report},
		{http.MethodGet, "/v1/audit", above, s.audit},
		{http.MethodGet, "/v1/config", admins, s.getConfig},
		{http.MethodPut, "/v1/config", admins, s.putConfig},
		{http.MethodPost, "/v1/config/plan", admins, s.planConfig},
		{http.MethodPost, "/v1/config/edit", admins, s.editConfig},
		{http.MethodPost, "/v1/customers/:id/erase", admins, s.eraseCustomer},
		{http.MethodGet, "/v1/tokens", admins, s.listTokens},
		{http.MethodPost, "/v1/tokens", admins, s.createToken},
		{http.MethodDelete, "/v1/tokens/:id", admins, s.deleteToken},
	}
}

func (s *Server) router(mounts map[string]http.Handler) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.writeProblem
	e.Use(s.observe, s.recoverPanics)
	for _, r := range s.routes() {
		e.Add(r.method, r.path, s.admit(r))
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		e.Add(method, "/webhooks/:carrier/:channel", s.textsHook)
		e.Add(method, "/webhooks/:carrier/:channel/receipts", s.receiptsHook)
	}
	e.GET("/openapi.yaml", serveContract)
	for prefix, h := range mounts {
		prefix = "/" + strings.Trim(prefix, "/")
		mounted := echo.WrapHandler(http.StripPrefix(prefix, h))
		e.Match(mountedMethods(), prefix, mounted)
		e.Match(mountedMethods(), prefix+"/*", mounted)
	}
	s.metrics.declareRoutes(e.Routes())
	return e
}

// mountedMethods are what pages and the simulated network take; each decides for itself.
func mountedMethods() []string { return []string{http.MethodGet, http.MethodHead, http.MethodPost} }

// admit lets in who may, and refuses everybody else.
func (s *Server) admit(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		q := &call{Context: c, server: s, ctx: c.Request().Context()}
		if r.roles == nil && s.foreign.Check(c.Request()) != nil {
			return forbidden("the request comes from another site's page")
		}
		if r.roles != nil {
			who, err := s.identify(c.Request())
			if err != nil {
				return err
			}
			if !slices.Contains(r.roles, who.by.Role) {
				return forbidden("this needs another role than " + string(who.by.Role))
			}
			q.who, q.records = who, recordsOf(s.store, who.tenant)
			q.records.home = &who.home.Tenant
		}
		return r.serve(q)
	}
}
