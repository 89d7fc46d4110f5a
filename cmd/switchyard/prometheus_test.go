package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// observatory is a real Prometheus, which looks at nodes every second and evaluates the rules as often.
type observatory struct {
	*child
	t    testing.TB
	base string
	// moment is what it is asked about; the zero time is now, which is another one at each question.
	moment time.Time
}

// answered is one series of an answer, with its values in order.
type answered struct {
	labels map[string]string
	values []float64
}

func newObservatory(t testing.TB, nodes ...string) *observatory {
	t.Helper()
	dir := t.TempDir()
	rules, err := os.ReadFile("../../dashboards/prometheus/switchyard.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	often := strings.ReplaceAll(string(rules), "interval: 15s", "interval: 1s")
	settings := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yaml]\n"+
		"scrape_configs:\n- {job_name: switchyard, static_configs: [{targets: ['%s']}]}\n", strings.Join(nodes, "','"))
	for name, text := range map[string]string{"rules.yaml": often, "prometheus.yaml": settings} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listen := freeAddress(t)
	p := &observatory{t: t, base: "http://" + listen}
	p.child = startProgram(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yaml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+listen, "--log.level=warn")
	eventually(t, "Prometheus looks at every node", func() bool {
		if !p.running() {
			t.Fatalf("Prometheus has ended:\n%s", p.stderr.String())
		}
		up, err := p.query(`sum(up{job="switchyard"})`)
		return err == nil && len(up) == 1 && up[0].values[0] == float64(len(nodes))
	})
	return p
}

// get asks the API and reads the data of the answer.
func (p *observatory) get(path string, ask url.Values, into any) error {
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+path+"?"+ask.Encode(), http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer := struct {
		Status, Error string
		Data          any
	}{Data: into}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s", answer.Error)
	}
	return nil
}

// over says that what there is to know of the moment changes no more: every node has been looked at, and all rules evaluated, since.
func (p *observatory) over() bool {
	since := "min(timestamp(up)) > " + seconds(p.moment)
	if looked, err := p.ask("/api/v1/query", url.Values{"query": {since}}); err != nil || len(looked) == 0 {
		return false
	}
	var rules struct {
		Groups []struct{ LastEvaluation time.Time }
	}
	if err := p.get("/api/v1/rules", nil, &rules); err != nil {
		return false
	}
	for _, g := range rules.Groups {
		if !g.LastEvaluation.After(p.moment) {
			return false
		}
	}
	return true
}

// query asks for an expression's values at the moment.
func (p *observatory) query(expr string) ([]answered, error) {
	ask := url.Values{"query": {expr}}
	if !p.moment.IsZero() {
		ask.Set("time", seconds(p.moment))
	}
	return p.ask("/api/v1/query", ask)
}

// course asks for an expression's values from a time until the moment, second by second.
func (p *observatory) course(expr string, from time.Time) ([]answered, error) {
	return p.ask("/api/v1/query_range", url.Values{"query": {expr}, "step": {"1"}, "start": {seconds(from)}, "end": {seconds(p.moment)}})
}

// seconds is a time as Prometheus is told it.
func seconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}

func (p *observatory) ask(path string, ask url.Values) ([]answered, error) {
	var answer struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
			Values [][2]any
		}
	}
	if err := p.get(path, ask, &answer); err != nil {
		return nil, err
	}
	var all []answered
	for _, r := range answer.Result {
		s := answered{labels: r.Metric}
		if r.Values == nil {
			r.Values = [][2]any{r.Value}
		}
		for _, v := range r.Values {
			number, err := strconv.ParseFloat(fmt.Sprint(v[1]), 64)
			if err != nil {
				return nil, err
			}
			s.values = append(s.values, number)
		}
		all = append(all, s)
	}
	return all, nil
}

// number is the only value of an expression; not a number when it has none, or several.
func (p *observatory) number(expr string) (float64, error) {
	all, err := p.query(expr)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("%d values", len(all))
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", expr, err)
	}
	return all[0].values[0], nil
}
