package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/api/carrier/bandwidth"
	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/telnyx"
	"switchyard/api/carrier/twilio"
	"switchyard/api/carrier/vonage"
	"switchyard/api/carrier/vonagesms"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// The two tenants of the tests. Both have agents ann and bob, supervisor sue and administrator ada.
const (
	acme  routing.TenantID = "acme"
	other routing.TenantID = "oth_er" // an underscore, as tokens have
)

// house is a server on a memory store, with an engine that answers what a test tells it to.
type house struct {
	server *Server
	engine *scriptedEngine
	store  persistence.Store
	reg    *prometheus.Registry
	tokens map[string]string // by tenant/principal
	log    journal

	// writing is held by whoever owns the partition for one commit: the test, or the engine for what the server asks of it.
	writing sync.Mutex
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOn(t, memory.New(2))
}

func newHouseOn(t testing.TB, store persistence.Store) *house {
	t.Helper()
	return newHouseWith(t, store, spoken()...)
}

func newHouseWith(t testing.TB, store persistence.Store, carriers ...carrier.Carrier) *house {
	t.Helper()
	h := &house{store: store, reg: prometheus.NewRegistry(), tokens: map[string]string{}}
	h.engine = &scriptedEngine{house: h, decide: map[string]func(asked) (routing.Answer, error){}}
	for _, id := range []routing.TenantID{acme, other} {
		h.put(t, id, persistence.ConfigKey(string(id)), routing.Config{Tenant: sample(id), Source: "id: " + string(id) + "\n", ETag: "e1"})
		for _, p := range []routing.Principal{
			{Role: routing.RoleAgent, ID: "ann"},
			{Role: routing.RoleAgent, ID: "bob"},
			{Role: routing.RoleSupervisor, ID: "sue"},
			{Role: routing.RoleAdmin, ID: "ada"},
		} {
			text, token := NewToken(id, p, "", time.Now(), time.Time{})
			h.put(t, id, persistence.TokenKey(string(id), token.ID), token)
			h.tokens[string(id)+"/"+p.ID] = text
		}
	}
	outgoing := &http.Transport{}
	server, err := New(Config{
		Outgoing: &http.Client{Transport: outgoing},
		Engine:   h.engine, Store: store, PublicURL: "https://sms.example.com", Logger: slog.New(slog.NewTextHandler(&h.log, nil)), Registerer: h.reg,
		Carriers: carriers, SecureCookies: true,
		Secret: func(ref string) (string, error) {
			if name, isEnv := strings.CutPrefix(ref, "env:"); isEnv {
				return "", fmt.Errorf("environment variable %s is not set", name)
			}
			return ref, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = server
	t.Cleanup(func() { server.Close(); _ = store.Close(); outgoing.CloseIdleConnections() })
	return h
}

// journal is what the server has logged.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements [io.Writer].
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// spoken are the dialects that the tests speak.
func spoken() []carrier.Carrier {
	return []carrier.Carrier{
		simulated.New(nil, time.Now), twilio.New(nil), bandwidth.New(nil), telnyx.New(nil, time.Now), vonage.New(nil, time.Now), vonagesms.New(nil, time.Now),
	}
}

// sample is a contact centre with one queue.
func sample(id routing.TenantID) routing.Tenant {
	hash, _ := hashPassword("open sesame", []byte("salt"), 1)
	return routing.Tenant{
		ID: id, Name: "Sample",
		Queues: []routing.Queue{{ID: "support", Name: "Support"}},
		Channels: []routing.Channel{
			{ID: routing.ChannelID("sim-" + string(id)), Carrier: "simulated", Number: "+14155550100", Queue: "support", Secret: "s3cret"},
			{ID: routing.ChannelID("twi-" + string(id)), Carrier: "twilio", Number: "+14155550101", Queue: "support", Account: "AC1", Secret: "twilio-token"},
			{ID: routing.ChannelID("bad-" + string(id)), Carrier: "simulated", Number: "+14155550102", Queue: "support", Secret: "env:NOWHERE"},
		},
		Agents: []routing.Profile{
			{ID: "ann", Name: "Ann", Password: hash, Capacity: 6, Queues: []routing.QueueID{"support"}, Skills: map[routing.SkillID]routing.Level{"billing": 80}},
			{ID: "bob", Name: "Bob", Queues: []routing.QueueID{"support"}},
		},
		Supervisors: []routing.Staff{{ID: "sue", Name: "Sue", Password: hash}},
		Admins:      []routing.Staff{{ID: "ada", Name: "Ada", Password: hash}},
		FAQs: []routing.FAQ{
			{ID: "hours", Title: "Opening hours", Text: "We are open from 9 to 5."},
			{ID: "refund", Title: "Refunds", Text: "Refunds take 5 days.", Queues: []routing.QueueID{"sales"}},
		},
	}
}

// call makes one request, as somebody ("ann", "other/ann", "" = nobody), held against the contract.
func (h *house) call(t *testing.T, who, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+h.token(who))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return contract.serve(t, h.server, r)
}

func (h *house) token(who string) string {
	if !strings.Contains(who, "/") {
		who = string(acme) + "/" + who
	}
	return h.tokens[who]
}

// batch commits to a tenant's partition.
func (h *house) batch(t testing.TB, tenant routing.TenantID, fill func(*persistence.Batch)) {
	t.Helper()
	h.writing.Lock()
	defer h.writing.Unlock()
	part := persistence.PartitionOf(string(tenant), h.store.Partitions())
	lease, err := h.store.Acquire(context.Background(), part, "test")
	if err != nil {
		t.Fatal(err)
	}
	b := persistence.Batch{ID: lease.Token, Seq: lease.Seq + 1, Put: map[string][]byte{}}
	fill(&b)
	if err := h.store.Commit(context.Background(), lease, b); err != nil {
		t.Fatal(err)
	}
}

func (h *house) put(t testing.TB, tenant routing.TenantID, key string, v any) {
	t.Helper()
	h.batch(t, tenant, func(b *persistence.Batch) { b.Put[key] = encoded(t, v) })
}

func (h *house) remove(t testing.TB, tenant routing.TenantID, keys ...string) {
	t.Helper()
	h.batch(t, tenant, func(b *persistence.Batch) { b.Del = keys })
}

// notify commits notices to an agent's stream.
func (h *house) notify(t testing.TB, tenant routing.TenantID, agent string, notices ...routing.Notice) {
	t.Helper()
	h.batch(t, tenant, func(b *persistence.Batch) {
		for _, n := range notices {
			b.Event = append(b.Event, persistence.Event{Stream: persistence.DeskStream(string(tenant), agent), Value: encoded(t, n)})
		}
	})
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decoded reads an answer's body.
func decoded[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return v
}

// wantProblem checks status and code of a refusal.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code routing.Code) problem {
	t.Helper()
	p := decoded[problem](t, w)
	if w.Code != status || p.Code != code || p.Status != status || p.Type != problemType+string(code) ||
		w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("answer is %d %s %s, want %d %s: %s", w.Code, p.Code, w.Header().Get("Content-Type"), status, code, w.Body)
	}
	return p
}

// asked is one command that came to the engine's door.
type asked struct {
	Tenant   routing.TenantID
	By       routing.Principal
	Command  routing.Command
	Key, Sum string
	Window   time.Duration
}

// scriptedEngine answers each type of command as the test says. Credentials and configurations it commits.
type scriptedEngine struct {
	house *house

	mu      sync.Mutex
	decide  map[string]func(asked) (routing.Answer, error)
	receive error
	heard   []asked
}

func (e *scriptedEngine) on(commandType string, f func(asked) (routing.Answer, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.decide[commandType] = f
}

func (e *scriptedEngine) commands() []asked {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]asked(nil), e.heard...)
}

// Do implements [Engine].
func (e *scriptedEngine) Do(ctx context.Context, tenant routing.TenantID, by routing.Principal, cmd routing.Command, key, sum string) (routing.Answer, error) {
	a := asked{Tenant: tenant, By: by, Command: cmd, Key: key, Sum: sum}
	e.mu.Lock()
	e.heard = append(e.heard, a)
	f := e.decide[routing.CommandType(cmd)]
	e.mu.Unlock()
	if f != nil {
		return f(a)
	}
	e.house.writing.Lock()
	defer e.house.writing.Unlock()
	part := persistence.PartitionOf(string(tenant), e.house.store.Partitions())
	lease, err := e.house.store.Acquire(ctx, part, "test")
	if err != nil {
		return routing.Answer{}, routing.ErrUnavailable
	}
	b := persistence.Batch{ID: lease.Token, Seq: lease.Seq + 1, Put: map[string][]byte{}}
	switch cmd := cmd.(type) {
	case routing.GrantToken:
		b.Put[persistence.TokenKey(string(tenant), cmd.Token.ID)], _ = json.Marshal(cmd.Token)
	case routing.RevokeToken:
		b.Del = append(b.Del, persistence.TokenKey(string(tenant), cmd.ID))
	case routing.ReplaceConfig:
		b.Put[persistence.ConfigKey(string(tenant))], _ = json.Marshal(routing.Config{Tenant: cmd.Tenant, Source: cmd.Source, ETag: "e2"})
		b.Event = append(b.Event, persistence.Event{Stream: persistence.ConfigStream(string(tenant))})
	default:
		return routing.Answer{}, nil
	}
	return routing.Answer{ETag: "e2"}, e.house.store.Commit(ctx, lease, b)
}

// Receive implements [Engine].
func (e *scriptedEngine) Receive(_ context.Context, tenant routing.TenantID, cmd routing.Command, key, sum string, window time.Duration) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, asked{Tenant: tenant, Command: cmd, Key: key, Sum: sum, Window: window})
	return e.receive
}

// forget drops what it has heard.
func (e *scriptedEngine) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = nil
}

// refuse says what Receive answers from now on; nil: it takes what comes.
func (e *scriptedEngine) refuse(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.receive = err
}

var _ http.Handler = (*Server)(nil)
