package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// TestEveryErrorHasItsStatus is the contract's table of codes.
func TestEveryErrorHasItsStatus(t *testing.T) {
	t.Parallel()
	refusal := func(c routing.Code) error { return &routing.Error{Code: c, Detail: "d"} }
	tests := []struct {
		err    error
		status int
		code   routing.Code
		retry  string
	}{
		{refusal(routing.CodeForbidden), 403, "forbidden", ""},
		{refusal(routing.CodeNotFound), 404, "not-found", ""},
		{refusal(routing.CodeOfferGone), 409, "offer-gone", ""},
		{refusal(routing.CodeNotYourConversation), 409, "not-your-conversation", ""},
		{refusal(routing.CodeWrongState), 409, "wrong-state", ""},
		{refusal(routing.CodeOptedOut), 409, "opted-out", ""},
		{refusal(routing.CodeNoCapacity), 409, "no-capacity", ""},
		{refusal(routing.CodeNotPlainText), 422, "not-plain-text", ""},
		{refusal(routing.CodeTooLong), 422, "too-long", ""},
		{refusal(routing.CodeDispositionRequired), 422, "disposition-required", ""},
		{refusal(routing.CodeInvalid), 422, "invalid", ""},
		{routing.ErrKeyReused, 422, "idempotency-key-reused", ""},
		{fmt.Errorf("door: %w", routing.ErrBusy), 429, "too-many-requests", "1"},
		{routing.ErrUnavailable, 503, "unavailable", "2"},
		{persistence.ErrClosed, 503, "unavailable", "2"},
		{routing.ErrTimeout, 504, "timeout", ""},
		{refusal(routing.CodeInternal), 500, "internal", ""},
		{errors.New("secret inside"), 500, "internal", ""},
	}
	for _, test := range tests {
		h := newHouse(t)
		h.engine.on("reply", func(asked) (routing.Answer, error) { return routing.Answer{}, test.err })
		w := h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"hi"}`)
		if p := wantProblem(t, w, test.status, test.code); strings.Contains(p.Detail, "secret") {
			t.Error("an inner error is shown")
		}
		if got := w.Header().Get("Retry-After"); got != test.retry {
			t.Errorf("%v: Retry-After is %q, want %q", test.err, got, test.retry)
		}
	}
}

func TestRefusalsKeepTheirFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says("reply", routing.Answer{Refusal: &routing.Error{
		Code: routing.CodeNotPlainText, Characters: []string{"😀"}, Segments: 11, Problems: []routing.Problem{{Path: "text", Message: "m"}},
	}})
	p := decoded[problem](t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"😀"}`))
	if len(p.Characters) != 1 || p.Segments != 11 || len(p.Errors) != 1 {
		t.Errorf("problem = %+v", p)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		status int
		code   routing.Code
	}{
		"unknown field":   {`{"text":"hi","bold":true}`, 400, codeBadRequest},
		"no JSON":         {`text=hi`, 400, codeBadRequest},
		"wrong type":      {`{"text":1}`, 400, codeBadRequest},
		"array":           {`[]`, 400, codeBadRequest},
		"two values":      {`{"text":"hi"}{}`, 400, codeBadRequest},
		"brace too many":  {`{"text":"hi"}}`, 400, codeBadRequest},
		"no object":       {`null`, 400, codeBadRequest},
		"no UTF-8":        {"{\"text\":\"caf\xe9\"}", 400, codeBadRequest},
		"too large":       {`{"text":"` + strings.Repeat("x", maxBody) + `"}`, 413, codeTooLarge},
		"client_ref long": {`{"text":"hi","client_ref":"` + strings.Repeat("x", 129) + `"}`, 422, routing.CodeInvalid},
	} {
		h := newHouse(t)
		wantProblem(t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", test.body), test.status, test.code)
		if len(h.engine.commands()) != 0 {
			t.Errorf("%s: a command was sent", name)
		}
	}
}

// TestBodyOfUnknownLength guards the limit where no Content-Length gives it away.
func TestBodyOfUnknownLength(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/segments", strings.NewReader(`{"text":"`+strings.Repeat("x", maxBody)+`"}`))
	r.ContentLength = -1
	r.Header.Set("Authorization", "Bearer "+h.token("ann"))
	r.Header.Set("Content-Type", "application/json")
	wantProblem(t, contract.serve(t, h.server, r), 413, codeTooLarge)
}

func TestPathsThatAreNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v2/desk", ""), 404, routing.CodeNotFound)
	wantProblem(t, h.call(t, "ann", http.MethodPut, "/v1/desk", ""), 405, codeMethodNotAllowed)
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		if n := testutil.ToFloat64(h.server.metrics.requests.WithLabelValues(method, "unmatched", "4xx")); n != 1 {
			t.Errorf("%v unmatched requests are counted of %s", n, method)
		}
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := reply("cv_1", 1, routing.MessageQueued)
	h.says("reply", routing.Answer{Message: &m})
	send := func(who, path, body string, header ...string) { h.call(t, who, http.MethodPost, path, body, header...) }
	send("ann", "/v1/conversations/cv_1/messages", `{"text":"hi"}`, "Idempotency-Key", "k")
	send("ann", "/v1/conversations/cv_1/messages", `{"text":"hi"}`, "Idempotency-Key", "k")
	send("ann", "/v1/conversations/cv_1/messages", `{"text":"ho"}`, "Idempotency-Key", "k")
	send("ann", "/v1/conversations/cv_2/messages", `{"text":"hi"}`, "Idempotency-Key", "k")
	send("bob", "/v1/conversations/cv_1/messages", `{"text":"hi"}`, "Idempotency-Key", "k")
	send("oth_er/ann", "/v1/conversations/cv_1/messages", `{"text":"hi"}`, "Idempotency-Key", "k")
	send("ann", "/v1/conversations/cv_1/messages", `{"text":"hi"}`)
	c := h.engine.commands()
	if c[0].Key != c[1].Key || c[0].Sum != c[1].Sum {
		t.Error("a repetition is not told as one")
	}
	if c[2].Key != c[0].Key || c[2].Sum == c[0].Sum || c[3].Sum == c[0].Sum {
		t.Error("a key used for something else is not told")
	}
	if c[4].By == c[0].By || c[5].Tenant == c[0].Tenant {
		t.Error("two credentials share their keys")
	}
	if c[6].Key != "" {
		t.Errorf("without a key there is %q", c[6].Key)
	}
	for _, bad := range []string{"", "with blank", "ümlaut", strings.Repeat("x", 129)} {
		wantProblem(t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"hi"}`, "Idempotency-Key", bad), 400, codeBadRequest)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for given, echoed := range map[string]bool{"abc-1": true, "": false, "with blank": false, strings.Repeat("x", 129): false} {
		w := h.call(t, "ann", http.MethodGet, "/v1/desk", "", "X-Request-Id", given)
		if got := w.Header().Get("X-Request-Id"); got == "" || (got == given) != echoed {
			t.Errorf("X-Request-Id %q is answered %q", given, got)
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.engine.on("reply", func(asked) (routing.Answer, error) { panic("boom") })
	wantProblem(t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"hi"}`), 500, routing.CodeInternal)
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := map[string]string{}
	w := h.call(t, "ann", http.MethodGet, "/v1/desk", "")
	for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control"} {
		got[name] = w.Header().Get(name)
	}
	want := map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
