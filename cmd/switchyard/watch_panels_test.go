package main

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchyard/dashboards"
)

// rateInterval is what Grafana would take for a rate: some looks of Prometheus.
const rateInterval = "4s"

// asked puts in the place of Grafana's variables what Grafana would.
func (w *watched) asked(expr string) string {
	whole := strconv.Itoa(int(time.Since(w.began).Seconds())+5) + "s"
	return strings.NewReplacer("$__range", whole, "$__rate_interval", rateInterval, "$job", "switchyard", "$queue", ".+").Replace(expr)
}

// panels asks for every query of every panel as Grafana does.
func (w *watched) panels(t *testing.T, p *observatory) {
	asked := 0
	for _, d := range dashboards.All() {
		for _, row := range d.Rows {
			for _, panel := range row.Panels {
				for _, q := range panel.Queries {
					asked++
					answer, err := p.query(w.asked(q.Expr))
					if panel.Kind == dashboards.Series || panel.Kind == dashboards.Stack {
						answer, err = p.course(w.asked(q.Expr), w.began)
					}
					if wrong := sound(answer, err); wrong != "" {
						t.Errorf("%s, %s, %s: %s\n%s", d.Title, panel.Title, q.Legend, wrong, w.asked(q.Expr))
					}
				}
			}
		}
	}
	t.Logf("%d queries", asked)
}

// sound says what is wrong with an answer.
func sound(answer []answered, err error) string {
	if err != nil {
		return err.Error()
	}
	if len(answer) == 0 {
		return "nothing"
	}
	for _, s := range answer {
		for _, v := range s.values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Sprintf("%v is no number", s.labels)
			}
			if v < 0 {
				return fmt.Sprintf("%v is %v, less than nothing", s.labels, v)
			}
		}
	}
	return ""
}

// compared is what an alert compares: its expression, with the comparisons saying 0 or 1 in the place of leaving out what does not
// fulfil them. What it leaves out by `unless` stays; a guard against a division by nothing, which is in brackets, does as well.
func compared(expr string) string {
	condition, _, _ := strings.Cut(expr, " unless ")
	return regexp.MustCompile(` (==|>=|<=|>|<) ([^ ,)]+)([^)]|$)`).ReplaceAllString(condition, " $1 bool $2$3")
}

// rules looks at what Prometheus made of the rules: each is evaluated, what is recorded is a number, what alerts compare are numbers,
// what they look at is there, and none of them fires.
func (w *watched) rules(t *testing.T, p *observatory) {
	var answer struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError, State string }
		}
	}
	health := map[string]string{}
	eventually(t, "all rules are evaluated", func() bool {
		if err := p.get("/api/v1/rules", nil, &answer); err != nil {
			t.Fatal(err)
		}
		for _, g := range answer.Groups {
			for _, r := range g.Rules {
				health[r.Name] = strings.Join(strings.Fields(r.Health+" "+r.LastError+" "+r.State), " ")
			}
		}
		return !slices.ContainsFunc(slices.Collect(maps.Values(health)), func(h string) bool { return strings.HasPrefix(h, "unknown") })
	})
	for _, r := range dashboards.Records() {
		answer, err := p.query(r.Name)
		if wrong := sound(answer, err); wrong != "" || health[r.Name] != "ok" {
			t.Errorf("%s: %s, %s", r.Name, wrong, health[r.Name])
		}
	}
	for _, a := range dashboards.Alerts() {
		if health[a.Name] != "ok inactive" && health[a.Name] != "ok pending" { // a few seconds may look worse than they are
			t.Errorf("%s is %q", a.Name, health[a.Name])
		}
		if wrong := sound(p.query(compared(a.Expr))); wrong != "" {
			t.Errorf("%s compares %s in\n%s", a.Name, wrong, compared(a.Expr))
		}
		for _, selects := range regexp.MustCompile(`(?:[a-z]+:)?switchyard[_:][a-z0-9_:]+(?:\{[^}]*\})?`).FindAllString(a.Expr, -1) {
			if found, err := p.query(selects); err != nil || len(found) == 0 {
				t.Errorf("%s looks at %s, which is not there (%v)", a.Name, selects, err)
			}
		}
	}
}
