package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/persistence"
)

// pages reads a whole list, page by page, and names its items.
func pages[T any](t *testing.T, h *house, who, path string, name func(T) string) []string {
	t.Helper()
	names := []string{}
	for cursor := ""; ; {
		p := decoded[list[T]](t, h.call(t, who, http.MethodGet, path+"limit=2&cursor="+cursor, ""))
		for _, item := range p.Items {
			names = append(names, name(item))
		}
		if p.NextCursor == nil || len(names) > 100 {
			return names
		}
		cursor = *p.NextCursor
	}
}

func TestConversationLists(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		c := conversation(id, routing.Active)
		switch id {
		case "2":
			c.Agent = "bob"
		case "3":
			c = conversation(id, routing.Queued)
			c.Queue = "sales"
		case "4", "5":
			c = conversation(id, routing.Ended)
		case "6":
			c.CustomerNumber = "+14155550999"
		}
		h.keep(t, acme, c)
	}
	id := func(c conversationView) string { return strings.TrimPrefix(string(c.ID), "cv_") }
	for _, test := range []struct{ who, query, want string }{
		{"ann", "?", "1 6 4 5"},
		{"bob", "?", "2"},
		{"sue", "?", "1 2 3 6 4 5"},
		{"ada", "?state=ended&", "4 5"},
		{"sue", "?queue=sales&", "3"},
		{"sue", "?agent=bob&", "2"},
		{"sue", "?customer_number=%2B14155550999&", "6"},
		{"ann", "?state=active&", "1 6"},
		{"sue", "?customer_number=%2B14155550123&state=ended&", "4 5"},
	} {
		if diff := cmp.Diff(test.want, strings.Join(pages(t, h, test.who, "/v1/conversations"+test.query, id), " ")); diff != "" {
			t.Errorf("%s at %s (-want +got):\n%s", test.who, test.query, diff)
		}
	}
	for _, bad := range []string{"state=asleep", "limit=0", "limit=201", "limit=x", "cursor=***", "customer_number=12"} {
		wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/conversations?"+bad, ""), 400, codeBadRequest)
	}
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		h.keepCustomer(t, acme, id, "+1415555010"+map[string]string{"a": "1", "b": "2", "c": "1", "d": "1"}[id])
	}
	name := func(c customerView) string { return string(c.ID) }
	for query, want := range map[string]string{
		"?": "cu_a cu_b cu_c cu_d", "?number=%2B14155550101&": "cu_a cu_c cu_d", "?q=carla+B&": "cu_b", "?q=0102&": "cu_b", "?q=nobody&": "",
		"?number=%2B14155550101&q=c&": "cu_a cu_c cu_d",
	} {
		if got := strings.Join(pages(t, h, "ann", "/v1/customers"+query, name), " "); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	if c := decoded[customerView](t, h.call(t, "ann", http.MethodGet, "/v1/customers/cu_a", "")); c.OpenCases != 1 || c.Attributes == nil {
		t.Errorf("customer = %+v", c)
	}
	cases := pages(t, h, "ann", "/v1/customers/cu_a/cases?", func(k caseView) string { return string(k.ID) })
	if diff := cmp.Diff([]string{"ca_aclosed", "ca_aopen"}, cases); diff != "" {
		t.Error(diff)
	}
	if k := decoded[caseView](t, h.call(t, "ann", http.MethodGet, "/v1/cases/ca_aopen", "")); k.Subject != "Broken kettle" || k.FollowUpAt.IsZero() {
		t.Errorf("case = %+v", k)
	}
}

// TestCustomerHistory shows an agent the past of the customer on its desk, and nobody else's.
func TestCustomerHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.keepCustomer(t, acme, "1", customerNumber)
	past, foreign := conversation("1", routing.Ended), conversation("2", routing.Ended)
	past.Agent, foreign.Agent = "ann", "bob"
	h.keep(t, acme, past)
	h.keep(t, acme, foreign)
	id := func(c conversationView) string { return string(c.ID) }
	history := func() string {
		return strings.Join(pages(t, h, "ann", "/v1/customers/cu_1/conversations?", id), " ")
	}
	if got := history(); got != "cv_1" {
		t.Errorf("with nothing on the desk the history is %q", got)
	}
	h.keep(t, acme, conversation("3", routing.Offered))
	if got := history(); got != "cv_1 cv_2 cv_3" {
		t.Errorf("with the customer on the desk the history is %q", got)
	}
}

func TestTranscriptPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := conversation("1", routing.Active)
	var log []routing.Event
	for seq := 1; seq <= 5; seq++ {
		log = append(log, routing.MessageAdded{Message: new(inbound(c.ID, seq, "text"))})
	}
	log = append(log, routing.MessageAdded{Message: new(reply(c.ID, 6, routing.MessageQueued))}, routing.MessageAdvanced{Seq: 6, State: routing.MessageDelivered})
	h.keep(t, acme, c, log...)
	got := pages(t, h, "ann", "/v1/conversations/cv_1/transcript?", func(m messageView) string { return string(m.ID) + string(m.State) })
	if diff := cmp.Diff("ms_1_1 ms_1_2 ms_1_3 ms_1_4 ms_1_5 ms_1_6delivered", strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c, idle := conversation("1", routing.Queued), 7
	h.keep(t, acme, c, routing.Started{ID: c.ID, Queue: "sales", Rule: "vip"}, routing.Requeued{Reason: routing.RequeueOverflow, Queue: "support"}, routing.OfferMade{
		Offer: &routing.Offer{ID: "of_1_1", Agent: "ann"},
		Decision: routing.Decision{At: noon, Queue: "support", Rule: "level_then_idle", Considered: 2, Candidates: []routing.Candidate{
			{Agent: "ann", Chosen: true, Level: 80, IdleSeconds: &idle}, {Agent: "bob", ExcludedBy: routing.ExcludedBySkill, Detail: "skill billing 0 < 50"},
		}},
	})
	v := decoded[explainView](t, h.call(t, "sue", http.MethodGet, "/v1/conversations/cv_1/explain", ""))
	if len(v.Decisions) != 1 || !v.Decisions[0].Candidates[0].Chosen || v.Decisions[0].Candidates[1].ExcludedBy != "skill" {
		t.Errorf("decisions = %+v", v.Decisions)
	}
	if v.Rule != "vip" || len(v.Moves) != 1 || v.Moves[0].From != "sales" || v.Moves[0].To != "support" || v.Moves[0].Reason != routing.RequeueOverflow {
		t.Errorf("by %q, then %+v", v.Rule, v.Moves)
	}
	if len(v.WaitingFor) != 1 || v.WaitingFor[0].For != routing.WaitNobodySigned {
		t.Errorf("waits for %+v", v.WaitingFor)
	}
}

func TestFAQsAndSegments(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := func(f faqView) string { return f.ID }
	for query, want := range map[string]string{"?": "hours refund", "?q=DAYS&": "refund", "?queue=support&": "hours", "?queue=sales&": "hours refund"} {
		if got := strings.Join(pages(t, h, "ann", "/v1/faqs"+query, id), " "); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	v := decoded[segmentsView](t, h.call(t, "ann", http.MethodPost, "/v1/segments", `{"text":"it’s 😀"}`))
	if v.Encoding != "UCS-2" || v.Count != 1 || len(v.NotPlain) != 1 || len(v.NotGSM7) != 2 || v.Repaired != "" {
		t.Errorf("segments = %+v", v)
	}
	if v := decoded[segmentsView](t, h.call(t, "ann", http.MethodPost, "/v1/segments", `{"text":"it’s"}`)); v.Repaired != "it's" {
		t.Errorf("segments = %+v", v)
	}
}

// TestFAQsForAConversation: an answer comes as it would be sent, and is counted so.
func TestFAQsForAConversation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := sample(acme)
	c.FAQs = []routing.FAQ{{ID: "hours", Title: "Hours", Text: "Hello {customer}, " + strings.Repeat("x", 135) + ", {agent}"}}
	h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e2"})
	h.server.refresh()
	known, unknown, theirs := conversation("1", routing.Active), conversation("2", routing.Active), conversation("3", routing.Active)
	known.Customer = h.keepCustomer(t, acme, "1", customerNumber).ID
	unknown.CustomerNumber, theirs.CustomerNumber, theirs.Agent = "+14155550002", "+14155550004", "bob"
	for _, c := range []routing.Conversation{known, unknown, theirs} {
		h.keep(t, acme, c)
	}
	for query, want := range map[string]struct{ begins, ends string }{
		"":                   {"Hello {customer}, x", "{agent}"},
		"?conversation=cv_1": {"Hello Carla, x", "x, Ann"},
		"?conversation=cv_2": {"Hello, x", "x, Ann"},
	} {
		v := decoded[list[faqView]](t, h.call(t, "ann", http.MethodGet, "/v1/faqs"+query, "")).Items[0]
		if !strings.HasPrefix(v.Text, want.begins) || !strings.HasSuffix(v.Text, want.ends) || v.Segments != sms.Count(v.Text).Count {
			t.Errorf("%q: %q, %d segments", query, v.Text, v.Segments)
		}
	}
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/faqs?conversation=cv_3", ""), 403, routing.CodeForbidden)
	wantProblem(t, h.call(t, "ann", http.MethodGet, "/v1/faqs?conversation=cv_9", ""), 404, routing.CodeNotFound)
}

// TestUnreachableIsShown: a conversation shows why its customer cannot be answered, whether it began before the countries were listed or
// after.
func TestUnreachableIsShown(t *testing.T) {
	t.Parallel()
	r := recordsOf(newHouse(t).store, acme)
	r.home = &routing.Tenant{Destinations: []string{"US", "CA"}}
	for number, shown := range map[string]string{
		"+14155550201": "", "+14165550100": "", "+442071838750": "the customer's number is in GB, and destinations allows US, CA only", "+80012345678": "no country",
	} {
		c := conversation("1", routing.Active)
		c.CustomerNumber = number
		for _, c.Country = range []string{"", sms.Region(number)} {
			v, err := r.showConversation(t.Context(), c)
			if err != nil || !strings.Contains(v.Unreachable, shown) || (v.Unreachable == "") != (shown == "") {
				t.Errorf("%s: %q, %v", number, v.Unreachable, err)
			}
		}
	}
	r.home.Destinations = nil
	if v, err := r.showConversation(t.Context(), conversation("1", routing.Active)); err != nil || v.Unreachable != "" {
		t.Errorf("%q, %v", v.Unreachable, err)
	}
}

// TestOptOutIsShown: a conversation shows what is asked, and that its customer's number is a fixed line.
func TestOptOutIsShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	asked, fixed := conversation("1", routing.Active), conversation("2", routing.Active)
	asked.OptOutAsked, fixed.CustomerNumber = "ms_1_1", "+442071838750"
	h.keep(t, acme, asked)
	h.keep(t, acme, fixed)
	v := decoded[conversationView](t, h.call(t, "ann", http.MethodGet, "/v1/conversations/cv_1", ""))
	if v.OptOutAsked != "ms_1_1" || v.Landline {
		t.Errorf("%+v", v)
	}
	if v := decoded[conversationView](t, h.call(t, "ann", http.MethodGet, "/v1/conversations/cv_2", "")); v.OptOutAsked != "" || !v.Landline {
		t.Errorf("%+v", v)
	}
	p := wantProblem(t, h.call(t, "ann", http.MethodPost, "/v1/conversations/cv_1/opt_out", "{}"), 422, routing.CodeInvalid)
	if len(p.Errors) != 1 || p.Errors[0].Path != "opted_out" {
		t.Errorf("%+v", p)
	}
}

// TestForeignCursors guards against a list that seems to be at its end because the cursor is another list's.
func TestForeignCursors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.keep(t, acme, conversation("1", routing.Active))
	h.keep(t, acme, conversation("2", routing.Active))
	first := decoded[list[conversationView]](t, h.call(t, "ann", http.MethodGet, "/v1/conversations?limit=1", ""))
	for who, path := range map[string]string{"bob": "/v1/conversations", "sue": "/v1/conversations", "ann": "/v1/faqs"} {
		wantProblem(t, h.call(t, who, http.MethodGet, path+"?cursor="+*first.NextCursor, ""), 400, codeBadRequest)
	}
}
