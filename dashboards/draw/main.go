// Command draw draws panels of the dashboards as SVG, from a Prometheus that watches a Switchyard, for the documentation: it is not
// Grafana, and shows what Grafana is given and not how Grafana looks.
//
//	go run ./dashboards/draw -prometheus http://127.0.0.1:9090 -since 5m -to docs/pictures
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"switchyard/dashboards"
)

func main() {
	prometheus := flag.String("prometheus", "http://127.0.0.1:9090", "address of the Prometheus")
	since := flag.Duration("since", 5*time.Minute, "how much of the past is drawn")
	to := flag.String("to", ".", "directory to write to")
	flag.Parse()
	if err := draw(context.Background(), *prometheus, *since, *to); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// pictures are the panels that are drawn, side by side, by the files' names.
func pictures() map[string][]string {
	return map[string][]string{
		"watch-supervisor.svg": {"Waiting", "Service level", "Agents", "Every reply"},
		"watch-queue.svg":      {"Wait until an agent took it", "Offers", "Talk", "What customers wait for"},
		"watch-delivery.svg":   {"How far texts came", "Messages"},
		"watch-engine.svg":     {"Inputs", "Commit time"},
	}
}

func draw(ctx context.Context, prometheus string, since time.Duration, to string) error {
	for file, titles := range pictures() {
		var charts []chart
		for _, title := range titles {
			panel, found := panelOf(strings.TrimSuffix(strings.TrimPrefix(file, "watch-"), ".svg"), title)
			if !found {
				return fmt.Errorf("%s: there is no panel %q", file, title)
			}
			c := chart{title: title, unit: panel.Unit, stacked: panel.Kind == dashboards.Stack}
			for _, q := range panel.Queries {
				more, err := ask(ctx, prometheus, q, since)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", file, title, err)
				}
				c.lines = append(c.lines, more...)
			}
			charts = append(charts, c)
		}
		if err := os.WriteFile(filepath.Join(to, file), []byte(svg(charts)), 0o644); err != nil { //nolint:gosec // a picture for everybody
			return err
		}
	}
	return nil
}

func panelOf(dashboard, title string) (dashboards.Panel, bool) {
	for _, d := range dashboards.All() {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				if d.UID == "switchyard-"+dashboard && p.Title == title && (p.Kind == dashboards.Series || p.Kind == dashboards.Stack) {
					return p, true
				}
			}
		}
	}
	return dashboards.Panel{}, false
}

// steps is how many points a line has.
const steps = 120

// ask asks for the course of a query, with all queues and jobs chosen.
func ask(ctx context.Context, prometheus string, q dashboards.Query, since time.Duration) ([]line, error) {
	now := time.Now()
	expr := strings.NewReplacer("$__range", strconv.Itoa(int(since.Seconds()))+"s", "$__rate_interval", "20s", "$job", ".+", "$queue", ".+").Replace(q.Expr)
	question := url.Values{
		"query": {expr}, "start": {strconv.FormatInt(now.Add(-since).Unix(), 10)}, "end": {strconv.FormatInt(now.Unix(), 10)},
		"step": {strconv.FormatFloat(since.Seconds()/steps, 'f', 3, 64)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, prometheus+"/api/v1/query_range?"+question.Encode(), http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("answer of Prometheus: %w", err)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s: %s", expr, answer.Error)
	}
	var lines []line
	for _, r := range answer.Data.Result {
		l := line{name: q.Legend}
		for label, value := range r.Metric {
			l.name = strings.ReplaceAll(l.name, "{{"+label+"}}", value)
		}
		for _, v := range r.Values {
			at, _ := v[0].(float64)
			text, _ := v[1].(string)
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, fmt.Errorf("value of %s: %w", l.name, err)
			}
			l.points = append(l.points, point{at: (at - float64(now.Add(-since).Unix())) / since.Seconds(), value: n})
			l.most = max(l.most, n)
		}
		if l.most > 0 {
			lines = append(lines, l)
		}
	}
	return lines, nil
}
