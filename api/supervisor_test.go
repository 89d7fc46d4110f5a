package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// TestSupervisorsCommands sends each command as a supervisor, and as an agent, who may not.
func TestSupervisorsCommands(t *testing.T) {
	t.Parallel()
	active, note := conversation("1", routing.Active), reply("cv_1", 2, "")
	note.Kind, note.Whisper = routing.KindNote, true
	record := routing.AgentRecord{ID: "ann", Status: routing.OnBreak, StatusSince: noon}
	for _, test := range []struct {
		method, path, body string
		status             int
		answer             routing.Answer
		want               routing.Command
	}{
		{http.MethodPost, "/v1/conversations/cv_1/assign", `{"agent":"bob"}`, 200, routing.Answer{Conversation: &active}, routing.AssignConversation{Conversation: "cv_1", Agent: "bob"}},
		{http.MethodPost, "/v1/conversations/cv_1/priority", `{"priority":0}`, 200, routing.Answer{Conversation: &active}, routing.PrioritizeConversation{Conversation: "cv_1"}},
		{http.MethodPost, "/v1/conversations/cv_1/release", ``, 200, routing.Answer{Conversation: &active}, routing.ReleaseConversation{Conversation: "cv_1"}},
		{http.MethodPost, "/v1/conversations/cv_1/take_over", ``, 200, routing.Answer{Conversation: &active}, routing.TakeOver{Conversation: "cv_1"}},
		{http.MethodPost, "/v1/conversations/cv_1/whisper", `{"text":"refund"}`, 201, routing.Answer{Message: &note}, routing.Whisper{Conversation: "cv_1", Text: "refund"}},
		{http.MethodPut, "/v1/agents/ann/status", `{"status":"on_break","reason":"lunch"}`, 200, routing.Answer{Agent: &record}, routing.SetStatus{Agent: "ann", Status: routing.OnBreak, Reason: "lunch", ByOther: true}},
	} {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.says(routing.CommandType(test.want), test.answer)
			wantProblem(t, h.call(t, "ann", test.method, test.path, test.body), 403, routing.CodeForbidden)
			for _, who := range []string{"sue", "ada"} {
				if w := h.call(t, who, test.method, test.path, test.body, "Idempotency-Key", "k"); w.Code != test.status {
					t.Errorf("%s is answered %d, want %d: %s", who, w.Code, test.status, w.Body)
				}
			}
			commands := h.engine.commands()
			if len(commands) != 2 || commands[0].By.ID != "sue" || commands[1].By.ID != "ada" || commands[0].Key != "k" {
				t.Fatalf("commands %+v", commands)
			}
			if diff := cmp.Diff(test.want, commands[0].Command); diff != "" {
				t.Error(diff)
			}
		})
	}
	h := newHouse(t)
	wantProblem(t, h.call(t, "sue", http.MethodPost, "/v1/conversations/cv_1/priority", `{}`), 422, routing.CodeInvalid)
	wantProblem(t, h.call(t, "sue", http.MethodPut, "/v1/agents/zoe/status", `{"status":"on_break"}`), 404, routing.CodeNotFound)
}

// TestSupervisorsSee shows the floor from what is committed: lines, agents, service level.
func TestSupervisorsSee(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(reports.Quarter / 2) // into the middle of a quarter hour
		h := newHouse(t)
		now := time.Now()
		since := func(d time.Duration) time.Time { return now.Add(-d) }
		first, urgent, ringing, active := conversation("1", routing.Queued), conversation("2", routing.Queued), conversation("3", routing.Offered), conversation("4", routing.Active)
		first.WaitingSince, first.EnteredAt = since(time.Hour), since(time.Minute)
		urgent.WaitingSince, urgent.EnteredAt, urgent.Priority = since(time.Second), since(time.Second), 9
		ringing.EnteredAt, active.EnteredAt = since(time.Second), since(time.Hour)
		for i, c := range []routing.Conversation{first, urgent, ringing, active} {
			c.CustomerNumber = customerNumber[:11] + string(rune('0'+i))
			c.Skills = nil
			h.keep(t, acme, c)
		}
		h.put(t, acme, persistence.AgentKey(string(acme), "ann"), routing.AgentRecord{ID: "ann", Status: routing.Available, StatusSince: noon})
		h.putSums(t, reports.OfQueue, "support", now.Truncate(reports.Quarter), reports.Sums{"answered": 2, "in_time": 1, "withdrawn": 1, "replies": 4, "replies_in_target": 3})
		h.putSums(t, reports.OfQueue, "support", since(time.Hour).Truncate(reports.Quarter), reports.Sums{"answered": 1, "in_time": 1})
		h.putSums(t, reports.OfQueue, "support", since(time.Hour+reports.Quarter).Truncate(reports.Quarter), reports.Sums{"answered": 1, "in_time": 1})
		queues := decoded[list[queueView]](t, h.call(t, "sue", http.MethodGet, "/v1/queues", "")).Items
		if len(queues) != 1 || queues[0].Waiting != 3 || queues[0].OldestWaitingSeconds < 60 || queues[0].OldestWaitingSeconds > 120 ||
			queues[0].Agents["busy"] != 1 || queues[0].Agents["logged_out"] != 1 {
			t.Errorf("queues %+v", queues)
		}
		if l := queues[0].ServiceLevel; l.AnsweredWithin != 2 || l.Ended != 3 || *l.Percent < 66 || *l.Percent > 67 || l.ThresholdSeconds != 60 {
			t.Errorf("service level %+v", l)
		}
		if r := queues[0].Replies; r.InTarget != 3 || r.Answered != 4 || *r.Percent != 75 || r.TargetSeconds != 300 {
			t.Errorf("replies %+v", r)
		}
		var order []routing.ConversationID
		cursor := ""
		for range 2 {
			page := decoded[list[waitingView]](t, h.call(t, "sue", http.MethodGet, "/v1/queues/support/waiting?limit=1"+cursor, ""))
			order = append(order, page.Items[0].Conversation.ID)
			if len(page.Items[0].WaitingFor) == 0 {
				t.Errorf("%s waits for nothing", page.Items[0].Conversation.ID)
			}
			if page.NextCursor != nil {
				cursor = "&cursor=" + *page.NextCursor
			}
		}
		if diff := cmp.Diff([]routing.ConversationID{"cv_2", "cv_1"}, order); diff != "" {
			t.Errorf("the line: %s", diff)
		}
		wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/queues/x/waiting", ""), 404, routing.CodeNotFound)
		wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/queues/support/waiting?cursor=Y3ZfOQ", ""), 400, codeBadRequest)
		agents := decoded[list[watchedView]](t, h.call(t, "sue", http.MethodGet, "/v1/agents", "")).Items
		if len(agents) != 2 || agents[0].View != routing.ViewBusy || agents[0].Load != 2 || agents[1].View != routing.View(routing.LoggedOut) {
			t.Errorf("agents %+v", agents)
		}
	})
}

// TestAuditIsListed pages through what is written down, and has it written down that a supervisor reads a transcript.
func TestAuditIsListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	priority := 7
	h.batch(t, acme, func(b *persistence.Batch) {
		for _, a := range []routing.Audit{
			{At: noon, By: routing.Principal{Role: routing.RoleSupervisor, ID: "sue"}, Action: "prioritize", Conversation: "cv_1", Priority: &priority, Refused: routing.CodeWrongState},
			{At: noon, By: routing.Principal{Role: routing.RoleAdmin, ID: "ada"}, Action: "replace_config", Config: "e1"},
			{At: noon, By: routing.Principal{Role: routing.RoleCustomer}, Action: "opted_out", Conversation: "cv_1", Channel: "main", Message: "ms_1_1", Rule: routing.ByKeyword},
		} {
			b.Append = append(b.Append, persistence.Append{List: persistence.AuditList(string(acme)), Value: encoded(t, a)})
		}
	})
	page := decoded[list[auditView]](t, h.call(t, "sue", http.MethodGet, "/v1/audit?limit=1", ""))
	if len(page.Items) != 1 || page.Items[0].By.ID != "sue" || *page.Items[0].Priority != 7 || page.Items[0].Refused != routing.CodeWrongState || page.NextCursor == nil {
		t.Fatalf("first page %+v", page)
	}
	page = decoded[list[auditView]](t, h.call(t, "ada", http.MethodGet, "/v1/audit?limit=1&cursor="+*page.NextCursor, ""))
	if len(page.Items) != 1 || page.Items[0].Action != "replace_config" || page.NextCursor == nil {
		t.Fatalf("second page %+v", page)
	}
	page = decoded[list[auditView]](t, h.call(t, "ada", http.MethodGet, "/v1/audit?limit=1&cursor="+*page.NextCursor, ""))
	if len(page.Items) != 1 || page.Items[0].Rule != routing.ByKeyword || page.Items[0].Message != "ms_1_1" || page.Items[0].Channel != "main" || page.NextCursor != nil {
		t.Errorf("third page %+v", page)
	}
	if items := decoded[list[auditView]](t, h.call(t, "oth_er/sue", http.MethodGet, "/v1/audit", "")).Items; len(items) > 0 {
		t.Errorf("another tenant reads %+v", items)
	}
	h.keep(t, acme, conversation("1", routing.Active))
	h.call(t, "ann", http.MethodGet, "/v1/conversations/cv_1/transcript", "")
	if n := len(h.engine.commands()); n != 0 {
		t.Errorf("an agent's reading is %d commands", n)
	}
	h.call(t, "sue", http.MethodGet, "/v1/conversations/cv_1/transcript", "")
	if got := h.engine.commands(); len(got) != 1 || got[0].Command != (routing.ReadConversation{Conversation: "cv_1"}) || visible(got[0].Key) {
		t.Errorf("a supervisor's reading: %+v", got)
	}
	h.engine.on("read_conversation", func(asked) (routing.Answer, error) { return routing.Answer{}, routing.ErrUnavailable })
	wantProblem(t, h.call(t, "sue", http.MethodGet, "/v1/conversations/cv_1/transcript", ""), 503, codeUnavailable)
}
