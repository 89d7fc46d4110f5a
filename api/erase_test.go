package api

import (
	"net/http"
	"strings"
	"testing"

	"switchyard/actors/routing"
)

func TestEraseCustomer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says("erase_customer", routing.Answer{Erasure: &routing.Erasure{
		Customer: "cu_1", At: noon, By: routing.Principal{Role: routing.RoleAdmin, ID: "ada"}, Counts: routing.Counts{Conversations: 2, Messages: 9, Cases: 1},
	}})
	w := h.call(t, "ada", http.MethodPost, "/v1/customers/cu_1/erase", "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"conversations":2,"messages":9,"cases":1`) {
		t.Errorf("answer is %d %s", w.Code, w.Body)
	}
	h.call(t, "ada", http.MethodPost, "/v1/customers/cu_1/erase", "{}")
	var salts []string
	for _, a := range h.engine.commands() {
		cmd, ok := a.Command.(routing.EraseCustomer)
		if !ok || cmd.ID != "cu_1" || len(cmd.Salt) != saltBytes {
			t.Errorf("command %+v", a.Command)
		}
		salts = append(salts, string(cmd.Salt))
	}
	if len(salts) != 2 || salts[0] == salts[1] {
		t.Errorf("salts %q", salts)
	}
	wantProblem(t, h.call(t, "sue", http.MethodPost, "/v1/customers/cu_1/erase", ""), 403, routing.CodeForbidden)
	h.says("erase_customer", routing.Answer{Refusal: &routing.Error{Code: routing.CodeWrongState, Detail: "end cv_1 first"}})
	wantProblem(t, h.call(t, "ada", http.MethodPost, "/v1/customers/cu_1/erase", ""), 409, routing.CodeWrongState)
}
