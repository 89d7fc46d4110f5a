package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/twilio"
	"switchyard/persistence"
)

const aText = `{"id":"m1","from":"+1 415 555 0123","to":"+14155550100","text":"hello 👍","media":["image/png"],"at":"2026-03-01T12:00:00Z"}`

// hook posts a signed webhook of the simulated carrier.
func (h *house) hook(t *testing.T, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	return h.call(t, "", http.MethodPost, path, body, "X-Simulated-Signature", simulated.Sign("s3cret", time.Now(), []byte(body)))
}

func (h *house) hooks(result string) float64 {
	return testutil.ToFloat64(h.server.metrics.webhooks.WithLabelValues("simulated", result))
}

func TestTextIsReceived(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if w := h.hook(t, "/webhooks/simulated/sim-acme", aText); w.Code != http.StatusNoContent {
		t.Fatalf("answer is %d: %s", w.Code, w.Body)
	}
	want := []asked{{
		Tenant: acme, Key: "simulated/sim-acme/m1", Window: 24 * time.Hour,
		Command: routing.ReceiveText{
			Channel: "sim-acme", From: customerNumber, Body: "hello 👍", Media: []routing.Media{{ContentType: "image/png"}}, CarrierID: "m1",
			CarrierAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		},
	}}
	if diff := cmp.Diff(want, h.engine.commands()); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
	if h.hooks(hookAccepted) != 1 {
		t.Error("the text was not counted")
	}
}

func TestReceiptIsReceived(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := `{"id":"c9","message":"ms_1_2","state":"failed","class":"landline","detail":"no mobile"}`
	for _, path := range []string{"/webhooks/simulated/sim-acme/receipts", "/webhooks/simulated/sim-acme"} {
		if w := h.hook(t, path, body); w.Code != http.StatusNoContent {
			t.Fatalf("answer is %d: %s", w.Code, w.Body)
		}
	}
	want := asked{
		Tenant: acme, Key: "simulated/sim-acme/r/c9/failed", Window: 24 * time.Hour,
		Command: routing.ReceiveReceipt{Message: "ms_1_2", CarrierID: "c9", State: routing.MessageFailed, Failure: &routing.Failure{Class: "landline", Detail: "no mobile"}},
	}
	if diff := cmp.Diff([]asked{want, want}, h.engine.commands()); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
}

func TestHookRefusals(t *testing.T) {
	t.Parallel()
	signed := func(body string) string { return simulated.Sign("s3cret", time.Now(), []byte(body)) }
	tests := map[string]struct {
		path, body, signature string
		engine                error
		status                int
		code                  routing.Code
		result                string
	}{
		"unknown channel": {"/webhooks/simulated/nowhere", aText, signed(aText), nil, 404, routing.CodeNotFound, hookUnknown},
		"other carrier's": {"/webhooks/twilio/sim-acme", aText, signed(aText), nil, 404, routing.CodeNotFound, ""},
		"no signature":    {"/webhooks/simulated/sim-acme", aText, "", nil, 403, routing.CodeForbidden, hookSignature},
		"bad signature":   {"/webhooks/simulated/sim-acme", aText, signed("x"), nil, 403, routing.CodeForbidden, hookSignature},
		"malformed":       {"/webhooks/simulated/sim-acme", "{", signed("{"), nil, 400, codeBadRequest, hookMalformed},
		"misdirected": {
			"/webhooks/simulated/sim-acme", strings.Replace(aText, "0100", "0199", 1), signed(strings.Replace(aText, "0100", "0199", 1)), nil,
			400, codeBadRequest, hookMisdirected,
		},
		"engine busy":    {"/webhooks/simulated/sim-acme", aText, signed(aText), routing.ErrBusy, 503, codeUnavailable, hookUnavailable},
		"store down":     {"/webhooks/simulated/sim-acme", aText, signed(aText), routing.ErrUnavailable, 503, codeUnavailable, hookUnavailable},
		"outcome hidden": {"/webhooks/simulated/sim-acme", aText, signed(aText), errors.New("who knows"), 503, codeUnavailable, hookUnavailable},
		"secret lacking": {"/webhooks/simulated/bad-acme", aText, signed(aText), nil, 503, codeUnavailable, hookUnavailable},
		"too large":      {"/webhooks/simulated/sim-acme", strings.Repeat("x", maxBody+1), "", nil, 413, codeTooLarge, hookMalformed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.engine.receive = test.engine
			w := h.call(t, "", http.MethodPost, test.path, test.body, "X-Simulated-Signature", test.signature)
			wantProblem(t, w, test.status, test.code)
			if n := len(h.engine.commands()); test.engine == nil && n != 0 {
				t.Errorf("%d commands reached the engine", n)
			}
			if test.status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("Retry-After is missing")
			}
			if test.result != "" && h.hooks(test.result) != 1 {
				t.Errorf("%s was not counted", test.result)
			}
		})
	}
}

// TestReceiptByTheCarriersID: what a report calls its text beside the carrier's id may be nobody's, or missing. It is told from the same
// report with our id.
func TestReceiptByTheCarriersID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, body := range []string{`{"id":"c9","message":"somebody-else","state":"sent"}`, `{"id":"c9","state":"sent"}`, `{"id":"c9","message":"ms_1_2","state":"sent"}`} {
		if w := h.hook(t, "/webhooks/simulated/sim-acme/receipts", body); w.Code != http.StatusNoContent {
			t.Fatalf("answer is %d: %s", w.Code, w.Body)
		}
	}
	orphan := asked{
		Tenant: acme, Key: "simulated/sim-acme/o/c9/sent", Window: 24 * time.Hour,
		Command: routing.ReceiveReceipt{CarrierID: "c9", State: routing.MessageSent, Channel: "sim-acme", Carrier: "simulated"},
	}
	ours := asked{
		Tenant: acme, Key: "simulated/sim-acme/r/c9/sent", Window: 24 * time.Hour,
		Command: routing.ReceiveReceipt{Message: "ms_1_2", CarrierID: "c9", State: routing.MessageSent},
	}
	if diff := cmp.Diff([]asked{orphan, orphan, ours}, h.engine.commands()); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
}

// TestUnroutableIsAcknowledged guards against carriers that would send for ever what can never be answered.
func TestUnroutableIsAcknowledged(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"/webhooks/simulated/sim-acme":          `{"id":"m1","from":"ACME","to":"+14155550100","text":"hello"}`,
		"/webhooks/simulated/sim-acme/receipts": `{"id":"` + strings.Repeat("9", 257) + `","message":"somebody-else","state":"sent"}`,
	} {
		h := newHouse(t)
		if w := h.hook(t, path, body); w.Code != http.StatusNoContent || len(h.engine.commands()) != 0 || h.hooks(hookUnroutable) != 1 {
			t.Errorf("%s: answer is %d, %d commands", path, w.Code, len(h.engine.commands()))
		}
	}
}

// TestTwilioSignsThePublicURL is the whole way of a Twilio webhook behind a proxy: the address comes from the configuration.
func TestTwilioSignsThePublicURL(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	values := url.Values{
		"MessageSid": {"SM00000000000000000000000000000001"}, "From": {customerNumber}, "To": {"+14155550101"}, "Body": {"hi"},
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhooks/twilio/twi-acme?a=b", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host = "10.0.0.7:8080"
	r.Header.Set("X-Twilio-Signature", twilio.Sign("twilio-token", "https://sms.example.com/webhooks/twilio/twi-acme?a=b", values))
	w := contract.serve(t, h.server, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<Response") {
		t.Fatalf("answer is %d %q", w.Code, w.Body)
	}
	if a := h.engine.commands(); len(a) != 1 || a[0].Window != 7*24*time.Hour || a[0].Key != "twilio/twi-acme/SM00000000000000000000000000000001" {
		t.Errorf("received %+v", a)
	}
}

func TestHookByGet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/webhooks/simulated/sim-acme", "/webhooks/simulated/sim-acme/receipts"} {
		wantProblem(t, h.call(t, "", http.MethodGet, path, ""), 403, routing.CodeForbidden)
	}
}

func TestChannel(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	carrier, channel, err := h.server.Channel(t.Context(), acme, "sim-acme")
	if err != nil || carrier.Name() != "simulated" || channel.Secrets[0] != "s3cret" ||
		channel.WebhookURL != "https://sms.example.com/webhooks/simulated/sim-acme" ||
		channel.ReceiptURL != "https://sms.example.com/webhooks/simulated/sim-acme/receipts" {
		t.Errorf("channel = %+v, %v", channel, err)
	}
	if _, _, err := h.server.Channel(t.Context(), acme, "sim-oth_er"); err == nil {
		t.Error("another tenant's channel was handed out")
	}
	if _, _, err := h.server.Channel(t.Context(), acme, "bad-acme"); err == nil {
		t.Error("a channel without its secret was handed out")
	}
}

// TestNewConfigurationIsFound guards the first call after a configuration was committed: by a bell, without one, and where the
// caller is faster than both.
func TestNewConfigurationIsFound(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]time.Duration{"bell": 0, "no bell": refreshEvery, "faster": missPause} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			c := sample(acme)
			c.Channels[0].ID = "fresh"
			h.batch(t, acme, func(b *persistence.Batch) {
				b.Put[persistence.ConfigKey(string(acme))] = encoded(t, routing.Config{Tenant: c, ETag: "e2"})
				if name == "bell" {
					b.Event = append(b.Event, persistence.Event{Stream: persistence.ConfigStream(string(acme))})
				}
			})
			<-time.After(wait)
			synctest.Wait()
			if name == "faster" {
				if w := h.hook(t, "/webhooks/simulated/fresh", aText); w.Code != http.StatusNoContent {
					t.Errorf("%s: answer is %d", name, w.Code)
				}
			} else if h.server.tenants.now().channels[address{"simulated", "fresh"}] == nil {
				t.Errorf("%s: the new channel is not known", name)
			}
		})
	}
}

// TestSecretsAreTriedAgain guards a channel whose secret turns up later.
func TestSecretsAreTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.server.tenants.mu.Lock()
		h.server.tenants.secret = func(string) (string, error) { return "s3cret", nil }
		h.server.tenants.mu.Unlock()
		<-time.After(refreshEvery)
		synctest.Wait()
		if _, _, err := h.server.Channel(t.Context(), acme, "bad-acme"); err != nil {
			t.Error(err)
		}
	})
}

// TestConfigurationThatCannotBeRead guards what is in use against what a newer program wrote.
func TestConfigurationThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.batch(t, acme, func(b *persistence.Batch) { b.Put[persistence.ConfigKey(string(acme))] = []byte("{") })
	h.server.refresh()
	if w := h.hook(t, "/webhooks/simulated/sim-acme", aText); w.Code != http.StatusNoContent {
		t.Errorf("answer is %d", w.Code)
	}
}

func BenchmarkWebhook(b *testing.B) {
	h := newHouse(b)
	body := strings.Replace(aText, "+1 415 555 0123", customerNumber, 1)
	signature := simulated.Sign("s3cret", time.Now(), []byte(body))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/webhooks/simulated/sim-acme", strings.NewReader(body))
		r.Header.Set("X-Simulated-Signature", signature)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.server.ServeHTTP(w, r)
		if w.Code != http.StatusNoContent {
			b.Fatal(w.Code)
		}
		h.engine.heard = h.engine.heard[:0]
	}
}
