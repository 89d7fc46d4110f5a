package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// says scripts the engine's answer to a type of command.
func (h *house) says(commandType string, answer routing.Answer) {
	h.engine.on(commandType, func(asked) (routing.Answer, error) { return answer, nil })
}

// TestParkedIsOnTheDesk shows a parked conversation beside those that hold a slot.
func TestParkedIsOnTheDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.keep(t, acme, conversation("1", routing.Parked))
	h.keep(t, acme, conversation("2", routing.Active))
	desk := decoded[deskView](t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""))
	if len(desk.Conversations) != 2 || desk.Agent.Load != 1 || desk.Conversations[1].State != routing.Parked || desk.Conversations[1].WaitsFor != routing.AwaitsCustomer {
		t.Errorf("desk = %+v", desk)
	}
	parked := decoded[list[conversationView]](t, h.call(t, "ann", http.MethodGet, "/v1/conversations?state=parked", ""))
	if len(parked.Items) != 1 || parked.Items[0].ID != "cv_1" {
		t.Errorf("parked = %+v", parked)
	}
	ended := conversation("1", routing.Ended)
	h.says("end", routing.Answer{Conversation: &ended})
	h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/end", `{"disposition":"solved","notes":"bye"}`)
	want := routing.EndConversation{Conversation: "cv_1", Disposition: "solved", Notes: "bye"}
	if got := h.engine.commands()[0].Command; got != want {
		t.Errorf("asked for %+v", got)
	}
}

// TestAgentsWalk takes one conversation from the offer to the end of the wrap-up.
func TestAgentsWalk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	carla := h.keepCustomer(t, acme, "1", customerNumber)
	offered := conversation("1", routing.Offered)
	offered.Customer = carla.ID
	h.keep(t, acme, offered, routing.MessageAdded{Message: new(inbound(offered.ID, 1, "hello"))}, routing.MessageAdded{Message: new(inbound(offered.ID, 2, "my kettle"))})

	desk := decoded[deskView](t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""))
	if len(desk.Offers) != 1 || len(desk.Conversations) != 0 || desk.Agent.Load != 1 {
		t.Fatalf("desk = %+v", desk)
	}
	offer := desk.Offers[0]
	if len(offer.Preview) != 2 || offer.Preview[1].Text != "my kettle" {
		t.Errorf("preview = %+v", offer.Preview)
	}
	if offer.ID != "of_1_1" || len(offer.CustomerMatches) != 1 || offer.CustomerMatches[0].OpenCases != 1 ||
		offer.Conversation.Customer.Name != "Carla 1" {
		t.Errorf("offer = %+v", offer)
	}

	active := conversation("1", routing.Active)
	h.says("accept", routing.Answer{Conversation: &active})
	accepted := decoded[conversationView](t, h.call(t, "ann", http.MethodPost, "/v1/offers/of_1_1/accept", "", "Idempotency-Key", "k1"))
	if accepted.State != routing.Active || accepted.Unread != 1 || accepted.Agent != "ann" {
		t.Errorf("accepted = %+v", accepted)
	}
	queued := reply(active.ID, 2, routing.MessageQueued)
	h.says("reply", routing.Answer{Message: &queued})
	w := h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/messages", `{"text":"hi","client_ref":"ref"}`)
	if m := decoded[messageView](t, w); w.Code != http.StatusAccepted || m.State != routing.MessageQueued || m.Seq != 2 {
		t.Errorf("reply = %d %+v", w.Code, m)
	}
	k := sampleCase("ca_1", carla.ID, 7)
	h.says("save_case", routing.Answer{Case: &k, Created: true})
	if w := h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/case", `{"subject":"Broken kettle"}`); w.Code != http.StatusCreated {
		t.Errorf("save case = %d", w.Code)
	}
	h.says("save_case", routing.Answer{Case: &k})
	if w := h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/case", ""); w.Code != http.StatusOK {
		t.Errorf("save case again = %d", w.Code)
	}
	wrapping := conversation("1", routing.PostProcessing)
	h.says("end", routing.Answer{Conversation: &wrapping})
	if c := decoded[conversationView](t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/end", "{}")); c.State != routing.PostProcessing {
		t.Errorf("ended = %+v", c)
	}
	ended := conversation("1", routing.Ended)
	h.says("wrap_up", routing.Answer{Conversation: &ended})
	if c := decoded[conversationView](t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/wrap_up", `{"notes":"done"}`)); c.State != routing.Ended {
		t.Errorf("wrapped up = %+v", c)
	}
	ann := routing.Principal{Role: routing.RoleAgent, ID: "ann"}
	want := []routing.Command{
		routing.AcceptOffer{Offer: "of_1_1"},
		routing.SendReply{Conversation: "cv_1", Text: "hi", ClientRef: "ref"},
		routing.SaveCase{Conversation: "cv_1", Subject: "Broken kettle"},
		routing.SaveCase{Conversation: "cv_1"},
		routing.EndConversation{Conversation: "cv_1"},
		routing.WrapUp{Conversation: "cv_1", Notes: "done"},
	}
	for i, a := range h.engine.commands() {
		if a.Tenant != acme || a.By != ann {
			t.Errorf("command %d came as %s of %s", i, a.By, a.Tenant)
		}
		if diff := cmp.Diff(want[i], a.Command); diff != "" {
			t.Errorf("command %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestOtherCommands(t *testing.T) {
	t.Parallel()
	active, note := conversation("1", routing.Active), reply("cv_1", 2, "")
	note.Kind = routing.KindNote
	agent := routing.AgentRecord{ID: "ann", Status: routing.OnBreak, Reason: "lunch", StatusSince: noon, Stream: "s"}
	carla := routing.Customer{ID: "cu_1", Name: "Carla", Numbers: []string{customerNumber}, CreatedAt: noon}
	k := sampleCase("ca_1", "", 1)
	name := "Carla"
	tests := []struct {
		method, path, body string
		status             int
		answer             routing.Answer
		want               routing.Command
	}{
		{http.MethodPost, "/v1/offers/of_1_1/reject", `{"reason":"busy"}`, 200, routing.Answer{Conversation: &active}, routing.RejectOffer{Offer: "of_1_1", Reason: "busy"}},
		{http.MethodPut, "/v1/desk/status", `{"status":"on_break","reason":"lunch"}`, 200, routing.Answer{Agent: &agent}, routing.SetStatus{Agent: "ann", Status: "on_break", Reason: "lunch"}},
		{http.MethodPost, "/v1/conversations/cv_1/notes", `{"text":"vip"}`, 201, routing.Answer{Message: &note}, routing.AddNote{Conversation: "cv_1", Text: "vip"}},
		{http.MethodPost, "/v1/conversations/cv_1/read", `{"seq":1}`, 200, routing.Answer{Conversation: &active}, routing.MarkRead{Conversation: "cv_1", Seq: 1}},
		{http.MethodPut, "/v1/conversations/cv_1/customer", `{"customer":"cu_1"}`, 200, routing.Answer{Conversation: &active}, routing.AttachCustomer{Conversation: "cv_1", Customer: "cu_1"}},
		{http.MethodPost, "/v1/conversations/cv_1/transfer", `{"queue":"support","note":"vip"}`, 202, routing.Answer{Conversation: &active}, routing.TransferConversation{Conversation: "cv_1", Queue: "support", Note: "vip"}},
		{http.MethodPost, "/v1/conversations/cv_1/extend", ``, 200, routing.Answer{Conversation: &active}, routing.ExtendPostProcessing{Conversation: "cv_1"}},
		{http.MethodPost, "/v1/conversations/cv_1/opt_out", `{"opted_out":true}`, 200, routing.Answer{Conversation: &active}, routing.JudgeOptOut{Conversation: "cv_1", OptedOut: true}},
		{http.MethodPost, "/v1/customers", `{"name":"Carla","numbers":["+14155550123"]}`, 201, routing.Answer{Customer: &carla}, routing.CreateCustomer{Customer: routing.CustomerDraft{Name: "Carla", Numbers: []string{customerNumber}}}},
		{http.MethodPatch, "/v1/customers/cu_1", `{"name":"Carla"}`, 200, routing.Answer{Customer: &carla}, routing.ChangeCustomer{ID: "cu_1", Change: routing.CustomerChange{Name: &name}}},
		{http.MethodPatch, "/v1/cases/ca_1", `{"subject":"Carla"}`, 200, routing.Answer{Case: &k}, routing.ChangeCase{ID: "ca_1", Change: routing.CaseChange{Subject: &name}}},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.says(routing.CommandType(test.want), test.answer)
			if w := h.call(t, "ann", test.method, test.path, test.body); w.Code != test.status {
				t.Errorf("answer is %d, want %d: %s", w.Code, test.status, w.Body)
			}
			commands := h.engine.commands()
			if len(commands) != 1 {
				t.Fatalf("%d commands", len(commands))
			}
			if diff := cmp.Diff(test.want, commands[0].Command); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeskCursorComesBeforeTheState(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
	last, err := h.store.Last(t.Context(), persistence.PartitionOf(string(acme), h.store.Partitions()), persistence.DeskStream(string(acme), "ann"))
	if err != nil {
		t.Fatal(err)
	}
	desk := decoded[deskView](t, h.call(t, "ann", http.MethodGet, "/v1/desk", ""))
	if desk.Cursor != last || desk.Agent.Status != routing.LoggedOut || desk.Agent.Capacity != 6 {
		t.Errorf("desk = %+v, newest is %s", desk, last)
	}
}

// TestSendingIsQueuedToClients guards the contract's four states against the engine's inner ones.
func TestSendingIsQueuedToClients(t *testing.T) {
	t.Parallel()
	if got := viewMessage(reply("cv_1", 2, routing.MessageSending)).State; got != routing.MessageQueued {
		t.Errorf("sending is shown as %s", got)
	}
}
