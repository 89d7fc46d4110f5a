package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// decide commits what the engine has to say about decisions.
func (h *house) decide(t *testing.T, items ...any) {
	t.Helper()
	h.batch(t, acme, func(b *persistence.Batch) {
		for _, item := range items {
			b.Event = append(b.Event, persistence.Event{Stream: persistence.DecisionStream(string(acme)), Value: encoded(t, item)})
		}
	})
}

// TestDecisions: every decision with its candidates, holds as well, and after a lost line what was missed.
func TestDecisions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		made := routing.OfferMade{
			Offer: &routing.Offer{ID: "of_1_1", Agent: "ann"},
			Decision: routing.Decision{At: noon, Queue: "support", Rule: "level_then_idle", Considered: 2, Candidates: []routing.Candidate{
				{Agent: "ann", Chosen: true, Level: 90}, {Agent: "bob", ExcludedBy: routing.ExcludedBySkill, Detail: "skill billing 60 < 80"},
			}},
		}
		offer := new(routing.Conversation{ID: "cv_1"}).Seal(noon, routing.Principal{}, []routing.Event{made})[0]
		l := h.open(t, make(chan string, 100), "sue", "/v1/decisions/events")
		if e := l.next(t); e.event != "hello" {
			t.Fatalf("first %+v", e)
		}
		moved := routing.Moved{Conversation: "cv_1", Move: routing.Move{At: noon, From: "support", To: "sales", Reason: routing.RequeueOverflow}}
		h.decide(t, offer, "what is this", moved, routing.Hold{At: noon, Queue: "support", Agents: 3, Until: noon.Add(routing.StormHold)})
		heard := l.next(t)
		var view decidedView
		if err := json.Unmarshal([]byte(heard.data), &view); err != nil || heard.event != "decision.made" || view.Conversation != "cv_1" {
			t.Fatalf("heard %+v, %v", heard, err)
		}
		if d := view.Decision; d.Queue != "support" || d.Considered != 2 || len(d.Candidates) != 2 || d.Candidates[1].Detail != "skill billing 60 < 80" {
			t.Errorf("the decision is %+v", d)
		}
		away := l.next(t)
		if err := json.Unmarshal([]byte(away.data), &view); err != nil || away.event != "conversation.moved" || view.Move.To != "sales" || view.Move.Reason != "overflow" {
			t.Errorf("heard %+v, %v", away, err)
		}
		hold := l.next(t)
		if err := json.Unmarshal([]byte(hold.data), &view); err != nil || hold.event != "queue.held" || view.Agents != 3 || view.Until.Sub(view.At.Time) != routing.StormHold {
			t.Errorf("heard %+v, %v", hold, err)
		}
		if e := l.next(t); e.event != "ping" {
			t.Errorf("heard %+v although nothing was decided", e)
		}
		again := h.open(t, make(chan string, 100), "sue", "/v1/decisions/events", "Last-Event-ID", heard.id)
		if e := again.next(t); e.event != "hello" {
			t.Fatalf("first %+v", e)
		}
		if e := again.next(t); e.event != "conversation.moved" || e.id != away.id {
			t.Errorf("after %s comes %+v", heard.id, e)
		}
		if e := again.next(t); e.event != "queue.held" || e.id != hold.id {
			t.Errorf("after %s comes %+v", heard.id, e)
		}
		_, id, _, _ := parseToken(h.token("sue"))
		h.remove(t, acme, persistence.TokenKey(string(acme), id))
		if e := again.next(t); e.event != "logout" {
			t.Errorf("after the session's end: %+v", e)
		}
		contract.note("decisionEvents")
	})
}

func TestDecisionsAreForSupervisors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wantProblem(t, h.call(t, "", http.MethodGet, "/v1/decisions/events", ""), http.StatusUnauthorized, codeUnauthenticated)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/decisions/events", ""), http.StatusForbidden, routing.CodeForbidden)
}

// A queue that holds its offers back says so to whoever asks why somebody waits.
func TestExplainKnowsHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	waits := conversation("1", routing.Queued)
	waits.Skills = nil
	h.keep(t, acme, waits)
	h.put(t, acme, persistence.AgentKey(string(acme), "ann"), routing.AgentRecord{ID: "ann", Status: routing.Available, StatusSince: noon})
	for _, row := range []struct {
		hold time.Duration
		want string
	}{{time.Hour, routing.WaitHold}, {-time.Hour, routing.WaitOffer}} {
		h.put(t, acme, persistence.HoldKey(string(acme), "support"), routing.Hold{Queue: "support", Until: time.Now().Add(row.hold)})
		view := decoded[explainView](t, h.call(t, "sue", http.MethodGet, "/v1/conversations/cv_1/explain", ""))
		line := decoded[list[waitingView]](t, h.call(t, "sue", http.MethodGet, "/v1/queues/support/waiting", "")).Items
		if len(view.WaitingFor) != 1 || view.WaitingFor[0].For != row.want || len(line) != 1 || line[0].WaitingFor[0] != view.WaitingFor[0] {
			t.Errorf("held for %v it waits for %+v, and in the line for %+v", row.hold, view.WaitingFor, line)
		}
	}
}
