package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// nextFloor waits for the next event, which must be the floor.
func nextFloor(t *testing.T, l *listener) floorView {
	t.Helper()
	e := l.next(t)
	var floor floorView
	if e.event != "floor" || json.Unmarshal([]byte(e.data), &floor) != nil {
		t.Fatalf("heard %+v, want the floor", e)
	}
	return floor
}

// TestWallboard: the whole floor at first, again when something has changed, and not when only time has gone by.
func TestWallboard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.open(t, make(chan string, 100), "sue", "/v1/wallboard/events")
		if e := l.next(t); e.event != "hello" {
			t.Fatalf("first %+v", e)
		}
		floor := nextFloor(t, l)
		if len(floor.Queues) != 1 || len(floor.Agents) != 2 || len(floor.Conversations) != 0 || floor.Agents[0].View != routing.View(routing.LoggedOut) {
			t.Errorf("the floor is %+v", floor)
		}
		h.keep(t, acme, conversation("1", routing.Queued))
		floor = nextFloor(t, l)
		if len(floor.Conversations) != 1 || floor.Conversations[0].WaitsIn != "support" || floor.Queues[0].Waiting != 1 {
			t.Errorf("with one who waits the floor is %+v", floor)
		}
		if e := l.next(t); e.event != "ping" { // ever older, and no news
			t.Errorf("heard %+v although nothing changed", e)
		}
		h.keep(t, acme, conversation("1", routing.Active))
		if floor = nextFloor(t, l); floor.Queues[0].Waiting != 0 || floor.Conversations[0].Agent != "ann" {
			t.Errorf("accepted, the floor is %+v", floor)
		}
		_, id, _, _ := parseToken(h.token("sue"))
		h.remove(t, acme, persistence.TokenKey(string(acme), id))
		if heard := []string{l.next(t).event, l.next(t).event}; !cmp.Equal(heard, []string{"logout", "end of the stream"}) {
			t.Errorf("after the session's end: %v", heard)
		}
		contract.note("wallboardEvents")
	})
}

func TestWallboardIsForSupervisors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wantProblem(t, h.call(t, "", http.MethodGet, "/v1/wallboard/events", ""), http.StatusUnauthorized, codeUnauthenticated)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/wallboard/events", ""), http.StatusForbidden, routing.CodeForbidden)
}
