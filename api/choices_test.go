package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

func TestChoices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if got := decoded[choicesView](t, h.call(t, "bob", http.MethodGet, "/v1/desk/choices", "")); got.MayReject || len(got.Dispositions) != 0 ||
		!cmp.Equal(got.Colleagues, []colleague{{"ann", "Ann"}}) ||
		!cmp.Equal(got.Queues, []queueChoice{{ID: "support", Name: "Support", PostProcessingSeconds: 60}}) {
		t.Errorf("choices are %+v", got)
	}
	changed, none := sample(acme), 0
	changed.Agents[1].MayReject = true
	changed.Queues[0] = routing.Queue{ID: "support", PostProcessingSeconds: &none, DispositionRequired: true}
	changed.Dispositions = []routing.Disposition{{ID: "solved", Name: "Solved"}}
	changed.StatusReasons = []routing.StatusReason{{ID: "lunch", Name: "Lunch", Statuses: []routing.Status{routing.OnBreak}}}
	h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: changed, ETag: "e2"})
	h.server.refresh()
	want := choicesView{
		MayReject: true, Queues: []queueChoice{{ID: "support", Name: "support", DispositionRequired: true}},
		Colleagues: []colleague{{"ann", "Ann"}}, Dispositions: changed.Dispositions, StatusReasons: changed.StatusReasons,
	}
	if diff := cmp.Diff(want, decoded[choicesView](t, h.call(t, "bob", http.MethodGet, "/v1/desk/choices", ""))); diff != "" {
		t.Errorf("after a change (-want +got):\n%s", diff)
	}
	wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/desk/choices", ""), http.StatusForbidden, routing.CodeForbidden)
}
