package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// TestDeskLines: agents see the lines of their own queues; a look is shared for two seconds, and no longer.
func TestDeskLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		more := sample(acme)
		more.Queues = append(more.Queues, routing.Queue{ID: "night"}) // which neither of them serves
		h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: more, ETag: "e2"})
		h.server.refresh()
		ask := func(who string) []lineView {
			t.Helper()
			return decoded[list[lineView]](t, h.call(t, who, http.MethodGet, "/v1/desk/queues", "")).Items
		}
		empty := []lineView{{ID: "support", Name: "Support"}}
		if diff := cmp.Diff(empty, ask("ann")); diff != "" {
			t.Errorf("nobody waits (-want +got):\n%s", diff)
		}
		first, second := conversation("cv_1", routing.Queued), conversation("cv_2", routing.Offered)
		h.keep(t, acme, first)
		h.keep(t, acme, second)
		h.keep(t, acme, conversation("cv_3", routing.Active))
		if diff := cmp.Diff(empty, ask("bob")); diff != "" {
			t.Errorf("another look within the time (-want +got):\n%s", diff)
		}
		<-time.After(glanceTime)
		since := first.Entered()
		if second.Entered().Before(since) {
			since = second.Entered()
		}
		if got := ask("bob"); len(got) != 1 || got[0].Waiting != 2 || !got[0].WaitingSince.Equal(since.Truncate(time.Millisecond)) {
			t.Errorf("lines are %+v, want 2 who wait since %v", got, since)
		}
		wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/desk/queues", ""), http.StatusForbidden, routing.CodeForbidden)
	})
}
