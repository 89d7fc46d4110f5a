package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// heard is one event as a client hears it.
type heard struct{ id, event, retry, data string }

// listener is a client of the stream without a network: what is written arrives at once.
type listener struct {
	header http.Header
	lines  chan string
	ended  chan struct{}
	leave  context.CancelFunc
}

func (l *listener) Header() http.Header { return l.header }
func (l *listener) WriteHeader(int)     {}
func (l *listener) Flush()              {}
func (l *listener) Write(b []byte) (int, error) {
	l.lines <- string(b)
	return len(b), nil
}

// listen opens a stream.
func (h *house) listen(t *testing.T, who, query string, headers ...string) *listener {
	t.Helper()
	return h.listenAt(t, make(chan string, 2000), who, query, headers...)
}

// listenAt opens a stream that writes as fast as there is room.
func (h *house) listenAt(t *testing.T, lines chan string, who, query string, headers ...string) *listener {
	t.Helper()
	return h.open(t, lines, who, "/v1/desk/events"+query, headers...)
}

// open opens any stream.
func (h *house) open(t *testing.T, lines chan string, who, path string, headers ...string) *listener {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	l := &listener{header: http.Header{}, lines: lines, ended: make(chan struct{}), leave: leave}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+h.token(who))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	go func() {
		defer close(l.ended)
		h.server.ServeHTTP(l, r)
	}()
	t.Cleanup(leave)
	return l
}

// next waits for the next event.
func (l *listener) next(t *testing.T) heard {
	t.Helper()
	var block string
	select {
	case block = <-l.lines:
	case <-l.ended:
		select {
		case block = <-l.lines: // written before
		default:
			return heard{event: "end of the stream"}
		}
	}
	var e heard
	s := bufio.NewScanner(strings.NewReader(block))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		name, value, _ := strings.Cut(s.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.event = value
		case "retry":
			e.retry = value
		case "data":
			e.data = value
		}
	}
	name, own := map[string]string{"floor": "Floor", "decision.made": "DecisionMade", "queue.held": "QueueHeld", "conversation.moved": "ConversationMoved"}[e.event]
	if !own {
		name = "Event"
	}
	schema := contract.doc.Components.Schemas[name].Value
	var v any
	if err := json.Unmarshal([]byte(e.data), &v); err != nil {
		t.Errorf("%s: data is no JSON: %q", e.event, e.data)
	} else if err := schema.VisitJSON(v); err != nil {
		t.Errorf("%s: data is not as openapi.yaml says: %v", e.event, err)
	}
	return e
}

// names lists the next events' names.
func (l *listener) names(t *testing.T, n int) []string {
	t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = l.next(t).event
	}
	return names
}

func TestEventsTellWhatHappened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		defer l.leave()
		if hello := l.next(t); hello.event != "hello" || len(hello.retry) != 4 || hello.retry < "1000" || hello.retry > "3000" {
			t.Errorf("the stream begins with %+v", hello)
		}
		offered := conversation("1", routing.Offered)
		active := conversation("1", routing.Active)
		in, out := inbound("cv_1", 2, "more"), reply("cv_1", 3, routing.MessageDelivered)
		h.notify(t, acme, "ann",
			routing.Notice{Type: routing.NoticeOfferMade, At: noon, Offer: offered.Ringing, Conversation: &offered},
			routing.Notice{Type: routing.NoticeOfferEnded, At: noon, Offer: offered.Ringing, Outcome: routing.OutcomeAccepted},
			routing.Notice{Type: routing.NoticeConversationUpdated, At: noon, Conversation: &active},
			routing.Notice{Type: routing.NoticeMessageAdded, At: noon, Message: &in},
			routing.Notice{Type: routing.NoticeMessageUpdated, At: noon, Message: &out},
			routing.Notice{Type: routing.NoticeAgentUpdated, At: noon},
			routing.Notice{Type: routing.NoticeNotice, At: noon, Conversation: &active, Code: routing.ToldDispositionDue, Detail: "choose"},
		)
		var places []string
		began := time.Now()
		for _, want := range []struct{ event, has string }{
			{"offer.made", `"rev":3,"offer":{"id":"of_1_1"`},
			{"offer.ended", `"offer_id":"of_1_1","outcome":"accepted"`},
			{"conversation.updated", `"rev":3,"conversation":{"id":"cv_1","state":"active"`},
			{"message.added", `"message":{"id":"ms_1_2"`},
			{"message.updated", `"state":"delivered"`},
			{"agent.updated", `"agent":{"id":"ann"`},
			{"notice", `"code":"disposition-required","detail":"choose"`},
		} {
			e := l.next(t)
			if e.event != want.event || !strings.Contains(e.data, want.has) || !strings.Contains(e.data, `"at":"2026-03-01T12:00:00.123Z"`) {
				t.Errorf("event is %+v, want %+v", e, want)
			}
			if len(places) > 0 && e.id <= places[len(places)-1] {
				t.Errorf("%s has place %q after %q", e.event, e.id, places)
			}
			places = append(places, e.id)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("the events came after %v, so no bell rang", waited)
		}
		for name, want := range map[string]string{
			"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no",
		} {
			if got := l.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
}

func TestStreamAnnouncesItsDesktop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.put(t, acme, persistence.AgentKey(string(acme), "ann"), routing.AgentRecord{ID: "ann", Stream: "as the engine knows it"})
		refusals := 1
		h.engine.on("connect", func(asked) (routing.Answer, error) {
			if refusals--; refusals >= 0 {
				return routing.Answer{}, routing.ErrBusy
			}
			return routing.Answer{}, nil
		})
		l := h.listen(t, "ann", "")
		l.names(t, 2) // hello, and the ping that comes after some looks
		l.leave()
		<-l.ended
		synctest.Wait()
		var got []routing.Command
		for _, a := range h.engine.commands() {
			got = append(got, a.Command)
		}
		if len(got) != 3 {
			t.Fatalf("commands are %+v; want a connect, another try, and a disconnect", got)
		}
		connect, _ := got[1].(routing.Connect)
		want := []routing.Command{connect, connect, routing.Disconnect{Agent: connect.Agent, Stream: connect.Stream}}
		if diff := cmp.Diff(want, got); diff != "" || connect.Agent != "ann" || connect.Stream == "" {
			t.Errorf("commands (-want +got):\n%s", diff)
		}
	})
}

func TestStreamGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		fill := func(n int) {
			notices := make([]routing.Notice, n)
			for i := range notices {
				notices[i] = routing.Notice{Type: routing.NoticeAgentUpdated, At: noon}
			}
			h.notify(t, acme, "ann", notices...)
		}
		fill(3)
		l := h.listen(t, "ann", "?after=")
		l.next(t)
		first := l.next(t)
		l.next(t)
		third := l.next(t)
		l.leave()
		<-l.ended
		fill(150)
		again := h.listen(t, "ann", "?after="+third.id, "Last-Event-ID", first.id)
		again.next(t)
		for i := range 152 {
			if e := again.next(t); e.event != "agent.updated" || i == 1 && e.id != third.id {
				t.Fatalf("event %d after a reconnect is %+v; nothing may be lost or told twice", i, e)
			}
		}
		again.leave()
		<-again.ended
		fresh := h.listen(t, "ann", "")
		if e := fresh.next(t); e.event != "hello" {
			t.Errorf("a stream without a cursor begins with %+v", e)
		}
		synctest.Wait()
		if len(fresh.lines) != 0 {
			t.Error("a stream without a cursor tells what was before it")
		}
	})
}

func TestStreamResets(t *testing.T) {
	t.Parallel()
	for name, cursor := range map[string]string{"trimmed": "", "from the future": "ffffffffffffffff", "two lines": "0\nevent: forged"} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
			if cursor == "" {
				l := h.listen(t, "ann", "?after=")
				l.next(t)
				cursor = l.next(t).id
				l.leave()
				<-l.ended
				synctest.Wait() // its end is announced
				for range persistence.StreamKeep/200 + 1 {
					h.notify(t, acme, "ann", make([]routing.Notice, 200)...)
				}
			}
			l := h.listen(t, "ann", "?after="+url.QueryEscape(cursor))
			if got := l.names(t, 2); got[0] != "hello" || got[1] != "reset" {
				t.Errorf("%s: events are %q", name, got)
			}
			h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
			if e := l.next(t); e.event != "agent.updated" {
				t.Errorf("%s: after a reset comes %+v", name, e)
			}
		})
	}
}

func TestStreamPingsAndEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		older := h.listen(t, "ann", "")
		older.next(t)
		if e := older.next(t); e.event != "ping" || e.id != "" || !strings.Contains(e.data, `"server_time"`) {
			t.Errorf("after 15 s comes %+v", e)
		}
		newer := h.listen(t, "ann", "")
		newer.next(t)
		if got := older.names(t, 2); got[0] != "superseded" || got[1] != "end of the stream" {
			t.Errorf("the older stream hears %q", got)
		}
		_, id, _, _ := parseToken(h.token("ann"))
		h.remove(t, acme, persistence.TokenKey(string(acme), id))
		if got := newer.names(t, 2); got[0] != "logout" || got[1] != "end of the stream" {
			t.Errorf("the stream of a revoked session hears %q", got)
		}
		bob := h.listen(t, "bob", "")
		bob.next(t)
		h.server.Close()
		if got := bob.names(t, 1); got[0] != "end of the stream" {
			t.Errorf("a closing server's stream hears %q", got)
		}
		late := h.listen(t, "bob", "")
		<-late.ended
		if len(late.lines) != 1 || late.header.Get("Retry-After") == "" {
			t.Error("a closed server opened a stream")
		}
	})
}

// TestUnreadableEventIsLeftOut guards the rest of the stream against one entry that this program cannot read.
func TestUnreadableEventIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		l.next(t)
		h.notify(t, acme, "ann", routing.Notice{Type: "of.tomorrow"}, routing.Notice{Type: routing.NoticeMessageAdded}, routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		if e := l.next(t); e.event != "agent.updated" {
			t.Errorf("after what cannot be read comes %+v", e)
		}
	})
}

// deafen takes the open streams out of reach of all bells.
func (h *house) deafen() {
	h.server.desks.mu.Lock()
	defer h.server.desks.mu.Unlock()
	clear(h.server.desks.open)
}

// TestLostBell guards against bells that never rang.
func TestLostBell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		l.next(t)
		h.deafen()
		began := time.Now()
		h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		if e := l.next(t); e.event != "agent.updated" || time.Since(began) > lookEvery {
			t.Errorf("%s later comes %+v", time.Since(began), e)
		}
	})
}

// TestStreamFallsBehind guards an open stream that more happened to than is kept.
func TestStreamFallsBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		l.names(t, 2)
		h.deafen()
		for range persistence.StreamKeep/200 + 1 {
			h.notify(t, acme, "ann", make([]routing.Notice, 200)...)
		}
		if e := l.next(t); e.event != "reset" || e.id == "" {
			t.Errorf("after too much comes %+v", e)
		}
		h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		if e := l.next(t); e.event != "agent.updated" {
			t.Errorf("after a reset comes %+v", e)
		}
	})
}

// TestStreamsAreTheirOwn guards one tenant's stream against another's of the same agent id.
func TestStreamsAreTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		ours, theirs := h.listen(t, "ann", ""), h.listen(t, "oth_er/ann", "")
		ours.next(t)
		theirs.next(t)
		h.notify(t, other, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		if e := theirs.next(t); e.event != "agent.updated" {
			t.Errorf("their stream tells %+v", e)
		}
		synctest.Wait()
		if len(ours.lines) != 0 {
			t.Error("our stream tells what is theirs")
		}
	})
}
