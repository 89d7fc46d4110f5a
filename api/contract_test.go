package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contract holds all traffic of the handler tests against openapi.yaml.
var contract = readContract()

type contractCheck struct {
	router routers.Router
	doc    *openapi3.T

	mu    sync.Mutex
	tried map[string]bool
}

func readContract() *contractCheck {
	for _, kind := range []string{"text/xml", "text/event-stream", "application/yaml", "*/*", "application/x-www-form-urlencoded"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.PlainBodyDecoder)
	}
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		panic(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		panic(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	return &contractCheck{router: router, doc: doc, tried: map[string]bool{}}
}

func (c *contractCheck) note(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried[operation] = true
}

// untried lists the operations that no test has called with success.
func (c *contractCheck) untried() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var untried []string
	for _, path := range c.doc.Paths.Map() {
		for _, op := range path.Operations() {
			if !c.tried[op.OperationID] {
				untried = append(untried, op.OperationID)
			}
		}
	}
	slices.Sort(untried)
	return untried
}

// serve answers a request by h and fails the test where request or answer is not as the contract says. Requests that are
// answered with 4xx may be as wrong as the test wants.
func (c *contractCheck) serve(t *testing.T, h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	forServer := r.Clone(r.Context())
	forServer.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, forServer)
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.check(t, r, w)
	return w
}

func (c *contractCheck) check(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s %s is not in openapi.yaml and was answered %d", r.Method, r.URL.Path, w.Code)
		}
		return
	}
	if w.Code < 400 || r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/webhooks/") { // no carrier here calls by GET
		c.note(route.Operation.OperationID)
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && w.Code < 400 {
		t.Errorf("%s %s: the request is not as openapi.yaml says: %v", r.Method, r.URL.Path, err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: in.Options,
	}
	if w.Code != http.StatusNoContent {
		out.SetBodyBytes(w.Body.Bytes())
	}
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		t.Errorf("%s %s → %d: the answer is not as openapi.yaml says: %v\n%s", r.Method, r.URL.Path, w.Code, err, w.Body)
	}
}

func TestContractNamesEveryRoute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, r := range h.server.echo.Routes() {
		path := r.Path
		for _, name := range []string{"id", "name", "carrier", "channel"} {
			path = strings.ReplaceAll(path, ":"+name, "{"+name+"}")
		}
		item := contract.doc.Paths.Value(path)
		if item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is served and not in openapi.yaml", r.Method, r.Path)
		}
	}
}

func TestContractRefusesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"field":  `{"type":"t","title":"t","status":404,"code":"not-found","extra":1}`,
		"code":   `{"type":"t","title":"t","status":404,"code":"no-such-code"}`,
		"lacks":  `{"type":"t","title":"t","status":404}`,
		"status": "",
	} {
		probe := &testing.T{}
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", "application/problem+json")
		w.Code = http.StatusNotFound
		if name == "status" {
			w.Code = http.StatusTeapot
		}
		w.Body.WriteString(body)
		contract.check(probe, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/conversations/cv_1", nil), w)
		if !probe.Failed() {
			t.Errorf("%s: the contract's check lets through what it does not name", name)
		}
	}
}

func TestContractIsServed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	w := h.call(t, "", http.MethodGet, "/openapi.yaml", "")
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), Contract) {
		t.Errorf("GET /openapi.yaml = %d, %d bytes", w.Code, w.Body.Len())
	}
}
