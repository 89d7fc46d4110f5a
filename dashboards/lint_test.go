package dashboards

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"switchyard/actors/measures"
)

// expression is one query, by where it stands.
type expression struct {
	where, expr string
	panel       *Panel // nil in a rule
}

func expressions() []expression {
	var all []expression
	for _, d := range All() {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					all = append(all, expression{d.UID + ", " + p.Title + ", " + q.Legend, q.Expr, &p})
				}
			}
		}
	}
	for _, r := range Records() {
		all = append(all, expression{where: r.Name, expr: r.Expr})
	}
	for _, a := range Alerts() {
		all = append(all, expression{where: a.Name, expr: a.Expr})
	}
	return all
}

// selector is one selection of series in an expression, with what stands around it.
type selector struct{ before, name, matchers, window string }

var selecting = regexp.MustCompile(`\b(switchyard_[a-z_]+|process_[a-z_]+|go_[a-z_]+)(\{[^}]*\})?(\[[^\]]+\])?`)

func selectors(expr string) []selector {
	var all []selector
	for _, at := range selecting.FindAllStringSubmatchIndex(expr, -1) {
		if at[0] > 0 && expr[at[0]-1] == ':' || at[1] < len(expr) && expr[at[1]] == ':' {
			continue // the name of a recording rule
		}
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return expr[at[2*i]:at[2*i+1]]
		}
		all = append(all, selector{expr[:at[0]], part(1), part(2), part(3)})
	}
	return all
}

// measured is the measure that a selector selects, and the suffix of its series.
func measured(name string) (m measures.Measure, suffix string, ok bool) {
	for _, m := range measures.All() {
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			if name == m.Name+suffix && (suffix != "") == (m.Kind == measures.Histogram) {
				return m, suffix, true
			}
		}
	}
	return m, "", false
}

// TestLint holds every expression against what goes wrong with such: the rules of Grafana's dashboard linter, but for those about
// instances, which are wrong here, and our own about nodes.
func TestLint(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, e := range expressions() {
		for _, s := range selectors(e.expr) {
			if !strings.HasPrefix(s.name, "switchyard_") {
				continue
			}
			m, suffix, known := measured(s.name)
			if !known {
				t.Errorf("%s: %s is not measured", e.where, s.name)
				continue
			}
			used[m.Name] = true
			for _, wrong := range lint(e, s, m, suffix) {
				t.Errorf("%s: %s: %s", e.where, s.name, wrong)
			}
		}
	}
	for _, m := range measures.All() {
		if !used[m.Name] && !slices.Contains(measures.PerAgent(), m.Name) {
			t.Errorf("%s is measured, and neither a panel nor a rule shows it", m.Name)
		}
	}
}

func lint(e expression, s selector, m measures.Measure, suffix string) []string {
	var wrong []string
	complain := func(when bool, what string) {
		if when {
			wrong = append(wrong, what)
		}
	}
	ever := m.Name == measures.Recovery && s.window == "" // a node has recovered before it is scraped first, which increase() does not see
	grows := m.Kind != measures.Gauge && !ever
	complain(grows != (s.window != ""), "what only grows is looked at over a window, and nothing else")
	complain(grows && !strings.HasSuffix(s.before, "(increase(") && !strings.HasSuffix(s.before, "(rate("), "what only grows is to be increased or rated before it is summed")
	around := strings.TrimSuffix(strings.TrimSuffix(s.before, "increase("), "rate(")
	aggregated := regexp.MustCompile(`(\w+)(?: by \([a-z_, ]+\))? \($`).FindStringSubmatch(around)
	complain(aggregated == nil || aggregated[1] != string(m.Across), "of several nodes it is the "+string(m.Across)+", by no instance")
	complain(strings.Contains(s.matchers, "instance"), "no query names an instance")
	complain(suffix == "_bucket" && !strings.Contains(s.before, "histogram_quantile("), "buckets are for quantiles")
	if e.panel == nil {
		complain(strings.Contains(s.matchers+s.window, "$"), "rules know no variables")
		return wrong
	}
	complain(!strings.Contains(s.matchers, `job=~"$job"`), "the job is not chosen")
	complain(slices.Contains(m.Labels, "queue") != strings.Contains(s.matchers, `queue=~"$queue"`), "the queue is not chosen, or cannot be")
	if once := e.panel.Kind == Stat || e.panel.Kind == Table; grows {
		complain(once && s.window != "["+wholeRange+"]", "a number is of the whole range")
	}
	return wrong
}

// TestPanels: each says what it is and in what unit, has a place, and is drawn with colours in ascending order.
func TestPanels(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, d := range All() {
		if ids[d.UID] || !strings.HasPrefix(d.UID, "switchyard-") || d.Title == "" || d.Description == "" {
			t.Errorf("dashboard %q", d.UID)
		}
		ids[d.UID] = true
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				whole := p.Title != "" && strings.HasSuffix(p.Description, ".") && p.Unit != "" && p.Kind != "" && len(p.Queries) > 0 && p.Width > 0 && p.Width <= gridWidth
				if !whole || !slices.IsSortedFunc(p.Steps, func(a, b Step) int { return int(1000 * (a.From - b.From)) }) {
					t.Errorf("%s: %+v", d.UID, p)
				}
				for _, q := range p.Queries {
					if q.Legend == "" {
						t.Errorf("%s: %s: a series has no name", d.UID, p.Title)
					}
				}
			}
		}
		places(t, d)
	}
}

// places looks whether any panel covers another.
func places(t *testing.T, d Dashboard) {
	raw, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var p page
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, f := range p.Panels {
		for x := range f.GridPos.W {
			for y := range f.GridPos.H {
				at := fmt.Sprint(f.GridPos.X+x, f.GridPos.Y+y)
				if taken[at] != "" || f.GridPos.X+x >= gridWidth {
					t.Fatalf("%s: %s covers %s", d.UID, f.Title, taken[at])
				}
				taken[at] = f.Title
			}
		}
	}
}

// TestPanelsAreExplained: docs/supervisors.md says of every panel, and of every alert, what it means.
func TestPanelsAreExplained(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../docs/supervisors.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for line := range strings.Lines(strings.ToLower(string(raw))) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") {
			explained = append(explained, strings.Split(strings.TrimPrefix(cells[0], "| "), ", ")...)
		}
	}
	for _, d := range All() {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				if !slices.Contains(explained, strings.ToLower(p.Title)) {
					t.Errorf("%s: nothing says what %q means", d.Title, p.Title)
				}
			}
		}
	}
	for _, a := range Alerts() {
		if !slices.Contains(explained, strings.ToLower(a.Name)) {
			t.Errorf("nothing says what %q means", a.Name)
		}
	}
}

// TestPrometheusReadsThem: Prometheus's own tool accepts the rules, the configuration and every expression.
func TestPrometheusReadsThem(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "rules", "--lint=all", "--lint-fatal", "prometheus/switchyard.rules.yaml")
	promtool(t, "check", "config", "prometheus/prometheus.yaml")
	var b strings.Builder
	b.WriteString("groups: [{name: all, rules: [\n")
	for i, e := range expressions() {
		fmt.Fprintf(&b, "{record: 'a%d', expr: '%s'},\n", i, plain(e.expr))
	}
	b.WriteString("]}]\n")
	path := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", "--lint=none", path)
}

// plain puts values in the place of Grafana's variables.
func plain(expr string) string {
	return strings.NewReplacer(wholeRange, "1h", step, "1m", "$job", ".+", "$queue", ".+").Replace(expr)
}

func promtool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
