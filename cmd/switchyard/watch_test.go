package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchyard/actors/measures"
	"switchyard/api/desktop"
	"switchyard/dashboards"
	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// watched is two nodes on one Redis, each of which serves a contact centre that plays the same shift.
type watched struct {
	t      *testing.T
	nodes  []*service
	shifts []*watchedShift
	began  time.Time
	before []map[string]exposed // what each node showed before the shift
	total  map[string]float64   // of both shifts, counted by hand
}

// turnOfMoves is how often a node looks for partitions that are another's to serve, and lets some of them go.
const turnOfMoves = 250 * time.Millisecond

// TestWatch lets a real Prometheus watch a shift on two nodes. Every panel and rule must have an answer that is a number; what they
// say must be what was counted by hand, and what the reports say.
func TestWatch(t *testing.T) {
	t.Parallel()
	w := &watched{t: t, began: time.Now(), total: map[string]float64{}}
	w.open()
	var ops []string
	for _, n := range w.nodes {
		ops = append(ops, n.ops.Addr().String())
		w.before = append(w.before, exposition(t, addressOf(n.ops)))
	}
	p := newObservatory(t, ops...)
	for _, s := range w.shifts {
		s.play()
	}
	for name, n := range watchedTotals() {
		w.total[name] = n * float64(len(w.shifts))
	}
	w.refused()
	for _, s := range w.shifts {
		s.ring()
	}
	w.settled(p)
	t.Run("series are there from the beginning", func(*testing.T) { w.wasThere() })
	t.Run("numbers", func(t *testing.T) { w.numbers(t, p) })
	t.Run("reports", func(t *testing.T) { w.reports(t, p) })
	t.Run("panels", func(t *testing.T) { w.panels(t, p) })
	t.Run("rules", func(t *testing.T) { w.rules(t, p) })
}

// open starts the nodes, and installs a contact centre at each.
func (w *watched) open() {
	t := w.t
	server := redistest.New(t, t.TempDir())
	for range 2 {
		store, err := redis.Open(t.Context(), server.URL(), redis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts := serviceConfig{
			store: store, pages: desktop.New(), listener: loopback(t), ops: loopback(t), log: slog.New(slog.DiscardHandler),
			metrics: measures.Options{PerAgent: true},
		}
		if parts.publicURL = addressOf(parts.listener); len(w.nodes) > 0 {
			parts.publicURL = w.nodes[0].publicURL // the same on all nodes: carriers sign it
		}
		s, err := newService(parts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), testPatience)
			defer cancel()
			if err := s.stop(ctx); err != nil {
				t.Error(err)
			}
		})
		if err := s.start(t.Context(), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		w.nodes = append(w.nodes, s)
	}
	owner := func(part int) string {
		name, _ := server.Try("hget", "switchyard:{p"+strconv.Itoa(part)+"}:own", "node") // none while it moves
		text, _ := name.(string)
		return text
	}
	owners, changed := make([]string, w.nodes[0].store.Partitions()), time.Now()
	eventually(t, "both nodes serve, and no partition has moved for long", func() bool {
		names := map[string]bool{}
		for part := range owners {
			name := owner(part)
			if name != owners[part] {
				owners[part], changed = name, time.Now()
			}
			names[name] = true
		}
		return len(names) == len(w.nodes) && !names[""] && time.Since(changed) > 8*turnOfMoves
	})
	taken := map[string]bool{}
	for i := 0; len(w.shifts) < len(w.nodes); i++ {
		id := fmt.Sprintf("shift%d", i)
		part := persistence.PartitionOf(id, w.nodes[0].store.Partitions())
		if node := owner(part); node != "" && !taken[node] {
			taken[node] = true
			w.hire(id, w.nodes[len(w.shifts)])
		}
	}
}

// hire installs a contact centre, whose people talk to one node whoever serves it, and signs them in.
func (w *watched) hire(id string, node *service) {
	t := w.t
	tenant := watchedTenant(testTenant(t, "", 2, 6), id)
	o := newOutsideOf(t, node.publicURL, tenant, nil, func(h http.Handler) http.Handler { return h })
	o.base = addressOf(node.listener)
	if err := node.install(t.Context(), o.tenant, documentOf(t, o.tenant), ""); err != nil {
		t.Fatal(err)
	}
	s := &watchedShift{outside: o, talks: map[string]string{}}
	s.first, s.second = o.signIn("agent-0"), o.signIn("agent-1")
	w.shifts = append(w.shifts, s)
}

// refused posts a call that no carrier has signed.
func (w *watched) refused() {
	address := addressOf(w.nodes[1].listener) + "/webhooks/simulated/" + string(w.shifts[0].tenant.Channels[0].ID)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader("{}"))
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		w.t.Fatalf("a call that nobody has signed is answered %d", resp.StatusCode)
	}
}

// settled finds a moment by which Prometheus has seen the last receipts counted, twice, and before which it has missed nothing for a
// while: neither a node, whose series then end, nor a queue that did not answer the node in time. All is asked as of that moment.
func (w *watched) settled(p *observatory) {
	last := map[string]float64{
		`min(min_over_time(up[5s]))`:                                     1,
		`sum(changes(scrape_samples_scraped[5s]))`:                       0,
		`min(count_over_time(up[` + rateInterval + `])) >= bool 2`:       1,
		"sum(" + measures.Deliveries + `{status="delivered"} offset 2s)`: w.total["delivered"],
		"sum(" + measures.Deliveries + `{status="failed"} offset 2s)`:    w.total["failed"],
		"sum(" + measures.Conversations + `{state="active"} offset 2s)`:  w.total["active"],
		"sum(" + measures.QueueWaiting + " offset 2s)":                   w.total["waiting"],
	}
	seen := map[string]float64{}
	w.t.Cleanup(func() {
		if !maps.Equal(seen, last) {
			w.t.Logf("Prometheus has seen %v, not %v", seen, last)
		}
	})
	p.moment = time.Now()
	eventually(w.t, "Prometheus has seen the whole shift", func() bool {
		if !p.over() {
			return false
		}
		for expr := range last {
			seen[expr], _ = p.number(expr)
		}
		if maps.Equal(seen, last) {
			return true
		}
		p.moment = time.Now()
		return false
	})
}

// wasThere: no series has come with the shift.
func (w *watched) wasThere() {
	for _, n := range w.nodes {
		for name, is := range scrape(w.t, addressOf(n.ops)) {
			if !strings.HasPrefix(name, "switchyard_") {
				continue
			}
			for series := range is.series {
				there := slices.ContainsFunc(w.before, func(was map[string]exposed) bool { return was[name].series[series] }) // a partition may have moved
				if !there {
					w.t.Errorf("%s was not there at 0", series)
				}
			}
		}
	}
}

// numbers compares what Prometheus has with what was counted by hand: exactly as it stands, and nearly as a panel asks for it.
func (w *watched) numbers(t *testing.T, p *observatory) {
	queue := func(name, queue string, matchers ...string) string {
		return "sum(" + name + "{" + strings.Join(append(matchers, `queue="`+queue+`"`), ",") + "})"
	}
	sum := func(name, matchers string) string { return "sum(" + name + "{" + matchers + "})" }
	for what, expr := range map[string]string{
		"sent":      sum(measures.Deliveries, `status="sent"`),
		"delivered": sum(measures.Deliveries, `status="delivered"`),
		"failed":    sum(measures.Deliveries, `status="failed",class="unreachable"`),
		"opt-outs":  sum(measures.OptOuts, ""),
		"texts in":  sum(measures.Messages, `direction="inbound",kind="sms"`),
		"active":    sum(measures.Conversations, `state="active"`),
		"waiting":   sum(measures.QueueWaiting, ""),
		"busy":      sum(measures.Agents, `state="busy"`),

		"entered support":    queue(measures.QueueEntries, "support"),
		"entered billing":    queue(measures.QueueEntries, "billing"),
		"answered support":   queue(measures.QueueEntriesEnded, "support", `outcome="answered"`),
		"answered billing":   queue(measures.QueueEntriesEnded, "billing", `outcome="answered"`),
		"abandoned support":  queue(measures.QueueEntriesEnded, "support", `outcome="abandoned"`),
		"in time support":    queue(measures.QueueWait+"_bucket", "support", `outcome="answered"`, `le="137"`),
		"in time billing":    queue(measures.AnsweredInTime, "billing"),
		"accepted support":   queue(measures.Offers, "support", `outcome="accepted"`),
		"accepted billing":   queue(measures.Offers, "billing", `outcome="accepted"`),
		"replies support":    queue(measures.Replies, "support"),
		"replies billing":    queue(measures.Replies, "billing"),
		"in target support":  queue(measures.Response+"_bucket", "support", `le="241"`),
		"in target billing":  queue(measures.RepliesInTarget, "billing"),
		"unanswered support": queue(measures.Unanswered, "support"),
		"unanswered billing": queue(measures.Unanswered, "billing"),
		"to agents support":  queue(measures.Transfers, "support", `kind="agent"`),
		"wrap-ups support":   queue(measures.WrapUp+"_count", "support"),
	} {
		if got, err := p.number(expr); err != nil || got != w.total[what] {
			t.Errorf("%s: %v, counted by hand %v (%v)", what, got, w.total[what], err)
		}
	}
	for title, want := range map[string]float64{
		"Waiting": w.total["waiting"], "Conversations": w.total["active"], "Agents ready": w.total["busy"], "Agents away": 0,
		"Service level": 1, "Replies in time": 1, "Abandoned": 0, "Opt-outs": w.total["opt-outs"],
		"Not delivered": w.total["failed"] / (w.total["failed"] + w.total["delivered"]), "Calls refused": 1, "Dead letters": 0,
	} {
		panel := panelOf(title)
		got, err := p.number(w.asked(panel.Queries[0].Expr))
		near := 0.0
		if strings.Contains(panel.Queries[0].Expr, "increase") { // which extrapolates by a scrape or so, of the few that a short shift has
			near = 0.3 * math.Max(1, want)
		}
		if title == "Abandoned" || title == "Service level" { // who gave up on a busy machine may have waited for more than 5 seconds
			near = 0.25
		}
		if err != nil || math.Abs(got-want) > near {
			t.Errorf("panel %s shows %v, counted by hand %v (%v)", title, got, want, err)
		}
	}
}

// reports compares both with what the reports say of the two contact centres.
func (w *watched) reports(t *testing.T, p *observatory) {
	said := map[string]float64{}
	for _, s := range w.shifts {
		sam := s.signIn("sam")
		for _, report := range []string{"queues", "deliveries"} {
			var answer struct{ Items []map[string]any }
			ask := url.Values{"from": {w.began.Truncate(15 * time.Minute).UTC().Format(time.RFC3339)}, "to": {time.Now().Truncate(15 * time.Minute).Add(15 * time.Minute).UTC().Format(time.RFC3339)}}
			s.ok(sam.call(t.Context(), http.MethodGet, "/v1/reports/"+report+"?"+ask.Encode(), "", nil, &answer))
			for _, row := range answer.Items {
				for column, v := range row {
					if n, is := v.(float64); is {
						of := ""
						if q, is := row["queue"].(string); is {
							of = " " + q
						}
						said[column+of] += n
					}
				}
			}
		}
	}
	for column, what := range map[string]string{
		"entered": "entered", "answered": "answered", "answered_in_service_level": "in time", "replies": "replies", "replies_in_target": "in target",
		"offers_accepted": "accepted", "unanswered": "unanswered",
	} {
		for _, queue := range []string{" support", " billing"} {
			if said[column+queue] != w.total[what+queue] {
				t.Errorf("the reports say %v %s%s, counted by hand %v", said[column+queue], column, queue, w.total[what+queue])
			}
		}
	}
	for column, what := range map[string]string{
		"abandoned support": "abandoned support", "transfers_to_agents support": "to agents support", "wrap_ups support": "wrap-ups support",
		"opt_outs support": "opt-outs", "delivered": "delivered", "failed": "failed", "texts_in support": "",
	} {
		want, counted := w.total[what]
		if counted && said[column] != want {
			t.Errorf("the reports say %v %s, counted by hand %v", said[column], column, want)
		}
	}
	for column, expr := range map[string]string{
		"short_abandoned support": "sum(" + measures.ShortAbandoned + "{queue=\"support\"})",
		"wait_seconds support":    "sum(" + measures.QueueWait + `_sum{queue="support",outcome="answered"})`,
		"reply_seconds support":   "sum(" + measures.Response + `_sum{queue="support"})`,
		"segments":                "sum(" + measures.Segments + ")",
	} {
		if got, err := p.number(expr); err != nil || math.Abs(got-said[column]) > 0.001 {
			t.Errorf("%s: Prometheus has %v, the reports say %v (%v)", column, got, said[column], err)
		}
	}
}

func panelOf(title string) dashboards.Panel {
	for _, d := range dashboards.All() {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				if p.Title == title && p.Kind == dashboards.Stat {
					return p
				}
			}
		}
	}
	return dashboards.Panel{Queries: []dashboards.Query{{Expr: "no panel " + title}}}
}
