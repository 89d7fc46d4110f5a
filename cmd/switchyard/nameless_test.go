package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/twilio"
	"switchyard/persistence/redis/redistest"
)

// nameless is a report of the network's as a carrier makes it whose reports go where the account says: it names its text by the carrier's
// id alone. It is signed anew.
func nameless(r *http.Request, body []byte) (*http.Request, []byte) {
	next := again(r.Context(), r, body, "")
	next.URL.RawQuery = "" // where our id is in Twilio's
	if strings.Contains(r.URL.Path, "/twilio/") {
		form, _ := url.ParseQuery(string(body))
		next.Header.Set("X-Twilio-Signature", twilio.Sign(testSecret, next.URL.String(), form))
		return next, body
	}
	report := map[string]any{}
	_ = json.Unmarshal(body, &report) // the network's own
	delete(report, "message")
	body, _ = json.Marshal(report)
	next.Header.Set("X-Simulated-Signature", simulated.Sign(testSecret, time.Now(), body))
	return again(r.Context(), next, body, ""), body
}

// hasty is a carrier that reports on a text, by its own id alone, before it answers the call that brought the text.
type hasty struct {
	carry http.RoundTripper
	lost  chan string // the carrier's ids of texts that say unanswered: their calls never are
	// wait returns when what has been taken is worked off, too; nil: nobody waits for that.
	wait func(ctx context.Context)

	mu   sync.Mutex
	over map[string]chan struct{} // by the carrier's id: closed when the last report on it is taken
}

func newHasty(t testing.TB) *hasty {
	t.Helper()
	carry := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(carry.CloseIdleConnections)
	return &hasty{carry: carry, lost: make(chan string, 1), over: map[string]chan struct{}{}}
}

func (h *hasty) reported(id string) chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over[id] == nil {
		h.over[id] = make(chan struct{})
	}
	return h.over[id]
}

// RoundTrip implements [http.RoundTripper].
func (h *hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/receipts") {
		return h.carry.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r, body = nameless(r, body)
	resp, err := h.carry.RoundTrip(r)
	if err == nil && resp.StatusCode/100 == 2 && strings.Contains(string(body), "delivered") {
		close(h.reported(carriersID(body)))
	}
	return resp, err
}

// carriersID is what the network calls the text of one of its answers or reports.
func carriersID(body []byte) string {
	var said struct{ ID, SID string }
	if json.Unmarshal(body, &said) == nil {
		return said.ID + said.SID
	}
	form, _ := url.ParseQuery(string(body))
	return form.Get("MessageSid")
}

// gate holds the answer back.
func (h *hasty) gate(network http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/messages") && !strings.HasSuffix(r.URL.Path, "/Messages.json") {
			network.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		answer := httptest.NewRecorder()
		network.ServeHTTP(answer, again(r.Context(), r, body, ""))
		id := carriersID(answer.Body.Bytes())
		select {
		case <-h.reported(id):
		case <-r.Context().Done():
		}
		if h.wait != nil {
			h.wait(r.Context())
		}
		if strings.Contains(string(body), "unanswered") {
			h.lost <- id
			<-r.Context().Done()
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // the caller may be gone
	})
}

// TestReportsByTheCarriersID: reports that bring nothing but the carrier's id, before the text's own call is answered, find their texts,
// at a carrier that signs JSON and at Twilio, on both stores and on the way from one to the other. One whose call was never answered, since the service was killed, is
// settled when a report brings both ids, or when Twilio, asked for the text of the report, tells what it says; what came before the kill is
// not lost.
func TestReportsByTheCarriersID(t *testing.T) {
	t.Parallel()
	embedded := func(t *testing.T) string { return "pebble:" + filepath.Join(t.TempDir(), "store") }
	shared := func(t *testing.T) string { return redistest.New(t, t.TempDir()).URL() }
	for name, stores := range map[string][]func(t *testing.T) string{"redis": {shared}, "pebble": {embedded}, "pebble to redis": {embedded, shared}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			carrier := newHasty(t)
			store := stores[0](t)
			move := func(*server) {}
			if len(stores) > 1 {
				move = func(s *server) {
					next := stores[1](t)
					centre := &movedCentre{server: s}
					centre.move(store, next)
					s.args = append(append([]string{}, s.args[:5]...), "--store", next)
				}
			}
			s := newServerIn(t, store, func(base string) *outside {
				return newOutsideOf(t, base, testTenant(t, "", 1, 2), &http.Client{Transport: carrier}, carrier.gate)
			})
			agent := s.signIn("agent-0")
			if err := agent.setStatus(t.Context(), "available"); err != nil {
				t.Fatal(err)
			}
			for n, number := range []string{simulatedNumber, twilioNumber} {
				talk := s.talk(agent, fmt.Sprint("+1202555011", n), number)
				s.reply(agent, talk, "Hello.", "delivered")
				if number == simulatedNumber {
					s.settleUnanswered(agent, talk, carrier.lost, move)
				} else {
					s.askForUnanswered(agent, talk, carrier.lost)
				}
			}
		})
	}
}

// talk has a customer text a number and the agent accept that.
func (s *server) talk(agent client, customer, number string) string {
	s.t.Helper()
	if status := s.text(customer, number, "Hello?"); status/100 != 2 {
		s.t.Fatalf("webhook: %d", status)
	}
	var taken conversationObject
	s.eventually("the offer is accepted", func() bool {
		desk, err := agent.desk(s.t.Context())
		if err != nil || len(desk.Offers) == 0 {
			return false
		}
		taken, err = agent.accept(s.t.Context(), desk.Offers[0].ID)
		return err == nil
	})
	return taken.ID
}

// reply has the agent send a text, and waits until it has come so far.
func (s *server) reply(agent client, talk, text, state string) messageObject {
	s.t.Helper()
	sent, err := agent.reply(s.t.Context(), talk, text, "")
	if err != nil {
		s.t.Fatal(err)
	}
	s.becomes(agent, talk, sent.ID, state)
	return sent
}

func (s *server) becomes(agent client, talk, message, state string) {
	s.t.Helper()
	var is string
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the text is %s", is)
		}
	}()
	s.eventually("the text is "+state, func() bool {
		for _, m := range agent.transcript(s.t, talk) {
			if m.ID == message {
				is = m.State
			}
		}
		return is == state
	})
}

// settleUnanswered: killed while a text's call is not answered and its reports are taken, the service knows the text's fate once a
// report says what the carrier calls it.
func (s *server) settleUnanswered(agent client, talk string, lost <-chan string, move func(*server)) {
	s.t.Helper()
	sent, err := agent.reply(s.t.Context(), talk, "unanswered", "")
	if err != nil {
		s.t.Fatal(err)
	}
	id := <-lost
	s.kill()
	move(s)
	s.start()
	s.becomes(agent, talk, sent.ID, "unknown")
	body, _ := json.Marshal(map[string]string{"id": id, "message": sent.ID, "state": "sent"})
	both := hookCall{
		"/webhooks/simulated/" + simulatedLine + "/receipts", "application/json", string(body),
		http.Header{"X-Simulated-Signature": {simulated.Sign(testSecret, time.Now(), body)}},
	}
	if status, _ := both.post(s.t, s.base); status/100 != 2 {
		s.t.Fatalf("the report with both ids: %d", status)
	}
	s.becomes(agent, talk, sent.ID, "delivered")
}

// askForUnanswered is the same at Twilio, which can be asked.
func (s *server) askForUnanswered(agent client, talk string, lost <-chan string) {
	s.t.Helper()
	before := s.kept() // those on the first text may have been late for that
	sent, err := agent.reply(s.t.Context(), talk, "unanswered", "")
	if err != nil {
		s.t.Fatal(err)
	}
	<-lost
	s.eventually("the report is kept", func() bool { return s.kept() == before+1 })
	s.kill()
	s.start()
	s.becomes(agent, talk, sent.ID, "delivered")
}

// kept is how many of Twilio's texts have had reports kept for them.
func (s *server) kept() int {
	s.t.Helper()
	const name = `switchyard_orphan_receipts_total{provider="twilio",result="kept"} `
	var kept int
	s.eventually("the operator sees what is kept", func() bool {
		resp, err := s.http.Get(s.ops + "/metrics") //nolint:noctx // the client of a test
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		shown, err := io.ReadAll(resp.Body)
		_, rest, found := strings.Cut(string(shown), name)
		line, _, ended := strings.Cut(rest, "\n")
		kept, _ = strconv.Atoi(line)
		return err == nil && found && ended
	})
	return kept
}
