package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/twilio"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// hookCall is a webhook call that a test makes itself, in the carrier's place.
type hookCall struct {
	path, kind, body string
	header           http.Header
}

// simulatedHook is a text in the simulated carrier's dialect, signed now with the secret.
func simulatedHook(id, from, text, secret string) hookCall {
	body, _ := json.Marshal(map[string]string{"id": id, "from": from, "to": simulatedNumber, "text": text})
	return hookCall{
		"/webhooks/simulated/" + simulatedLine, "application/json", string(body),
		http.Header{"X-Simulated-Signature": {simulated.Sign(secret, time.Now(), body)}},
	}
}

// twilioHook is a text in Twilio's dialect, signed for base with the secret.
func twilioHook(base, id, from, text, secret string) hookCall {
	form := url.Values{
		"MessageSid": {id}, "SmsSid": {id}, "AccountSid": {"AC1"}, "From": {from}, "To": {twilioNumber}, "Body": {text},
		"NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"},
	}
	path := "/webhooks/twilio/" + twilioLine
	return hookCall{
		path, "application/x-www-form-urlencoded", form.Encode(),
		http.Header{"X-Twilio-Signature": {twilio.Sign(secret, base+path, form)}},
	}
}

// post makes the call on a connection of its own and returns the status.
func (h hookCall) post(t testing.TB, base string) (status int, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+h.path, strings.NewReader(h.body))
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	req.Header = h.header.Clone()
	req.Header.Set("Content-Type", h.kind)
	own := &http.Transport{DisableKeepAlives: true}
	resp, err := own.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Header
}

// TestWebhookTwiceAtOnce: the same carrier message from two connections at once is one transcript entry.
func TestWebhookTwiceAtOnce(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, 1, 1)
	sam := c.signIn("sam")
	const customer, times = "+12025550110", 8
	for _, h := range []hookCall{
		simulatedHook("sim_1", customer, "hello", testSecret), twilioHook(c.base, "SM00000000000000000000000000000001", customer, "hello", testSecret),
	} {
		var posting sync.WaitGroup
		for range times {
			posting.Go(func() {
				if status, _ := h.post(t, c.base); status/100 != 2 {
					t.Errorf("%s: %d, want 2xx", h.path, status)
				}
			})
		}
		posting.Wait()
	}
	// One text more on each line is worked off after everything before it.
	for _, number := range []string{simulatedNumber, twilioNumber} {
		c.text(customer, number, "last")
	}
	c.eventually("both conversations hold the last text", func() bool {
		last := 0
		for _, k := range list[conversationObject](t, sam, "/v1/conversations?limit=10") {
			if k.LastMessage.Text == "last" {
				last++
			}
		}
		return last == 2
	})
	for _, k := range list[conversationObject](t, sam, "/v1/conversations?limit=10") {
		var texts []string
		for _, m := range sam.transcript(t, k.ID) {
			texts = append(texts, m.Text)
		}
		if diff := cmp.Diff([]string{"hello", "last"}, texts); diff != "" {
			t.Errorf("transcript of %s (-want +got):\n%s", k.Queue, diff)
		}
	}
}

// TestWebhookRefused: what is not the carrier's, not for us or not readable leaves nothing behind.
func TestWebhookRefused(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, 1, 1)
	sam := c.signIn("sam")
	good := simulatedHook("sim_1", "+12025550110", "hello", testSecret)
	unsigned, elsewhere, twilioBad := good, good, twilioHook(c.base, "SM1", "+12025550110", "hello", "another secret")
	unsigned.header = http.Header{}
	elsewhere.path = "/webhooks/simulated/nowhere"
	garbled := hookCall{good.path, good.kind, "{", http.Header{"X-Simulated-Signature": {simulated.Sign(testSecret, time.Now(), []byte("{"))}}}
	for _, row := range []struct {
		name string
		call hookCall
		want int
	}{
		{"unsigned", unsigned, http.StatusForbidden},
		{"another secret", simulatedHook("sim_1", "+12025550110", "hello", "another secret"), http.StatusForbidden},
		{"another secret, twilio", twilioBad, http.StatusForbidden},
		{"another address signed, twilio", twilioHook("http://example.invalid", "SM1", "+12025550110", "hello", testSecret), http.StatusForbidden},
		{"unknown channel", elsewhere, http.StatusNotFound},
		{"malformed", garbled, http.StatusBadRequest},
	} {
		if got, _ := row.call.post(t, c.base); got != row.want {
			t.Errorf("%s: %d, want %d", row.name, got, row.want)
		}
	}
	if all := list[conversationObject](t, sam, "/v1/conversations?limit=10"); len(all) != 0 {
		t.Errorf("refused webhooks left conversations: %+v", all)
	}
}

// TestStoreFailing: a text that could not be made durable is answered 503 and is nowhere; the carrier's next try is whole.
func TestStoreFailing(t *testing.T) {
	t.Parallel()
	store := faulty.New(memory.New(1))
	c := newCentre(t, store, 1, 1)
	agent, sam := c.signIn("agent-0"), c.signIn("sam")
	h := simulatedHook("sim_1", "+12025550110", "hello", testSecret)
	store.Add(faulty.Fail(faulty.Ingest, store.Calls(faulty.Ingest)+1))
	status, header := h.post(t, c.base)
	if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" {
		t.Errorf("with a failing store: %d, Retry-After %q; want 503 and a time", status, header.Get("Retry-After"))
	}
	if all := list[conversationObject](t, sam, "/v1/conversations?limit=10"); len(all) != 0 {
		t.Errorf("a text that was refused is there: %+v", all)
	}
	store.Add(faulty.Fail(faulty.Ingest, store.Calls(faulty.Ingest)+1))
	refused := (*refusal)(nil)
	if err := agent.setStatus(t.Context(), "available"); !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable {
		t.Errorf("a command with a failing store: %v, want 503", err)
	}
	if desk, err := agent.desk(t.Context()); err != nil || desk.Agent.Status != "logged_out" {
		t.Errorf("after a refused command: %+v, %v; want logged_out still", desk.Agent, err)
	}
	if status, _ := h.post(t, c.base); status/100 != 2 {
		t.Errorf("the carrier's next try: %d, want 2xx", status)
	}
	// A commit whose outcome is unknown is repeated: nothing twice, nothing lost.
	store.Add(faulty.Unknown(faulty.Commit, store.Calls(faulty.Commit)+2))
	if status := c.text("+12025550110", simulatedNumber, "again"); status/100 != 2 {
		t.Errorf("the second text: %d", status)
	}
	c.eventually("both texts are there, once", func() bool {
		all := list[conversationObject](t, sam, "/v1/conversations?limit=10")
		return len(all) == 1 && len(sam.transcript(t, all[0].ID)) == 2
	})
}

// TestReady: the operator's listener says that the service can serve.
func TestReady(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, 1, 1)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		answer := httptest.NewRecorder()
		c.service.opsHTTP.Handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if answer.Code != http.StatusOK || (path == "/metrics" && !strings.Contains(answer.Body.String(), "switchyard_")) {
			t.Errorf("GET %s: %d %.200s", path, answer.Code, answer.Body)
		}
	}
}
