package main

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"

	"switchyard/actors/measures"
)

// exposed is one metric as /metrics shows it.
type exposed struct {
	kind, help string
	series     map[string]bool // names with labels, without values
}

// scrape reads what a node's /metrics shows, by name; histograms' series are those of their counts.
func scrape(t testing.TB, ops string) map[string]exposed {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, ops+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all := map[string]exposed{}
	var now string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, help, _ := strings.Cut(text, " ")
			now = name
			all[now] = exposed{help: help, series: map[string]bool{}}
			continue
		}
		if text, ok := strings.CutPrefix(line, "# TYPE "); ok {
			of := all[now]
			_, of.kind, _ = strings.Cut(text, " ")
			all[now] = of
			continue
		}
		series := line[:strings.LastIndexByte(line, ' ')]
		name, labels, _ := strings.Cut(series, "{")
		if all[now].kind != "histogram" || name == now+"_count" {
			all[now].series[now+"{"+strings.TrimSuffix(labels, "}")] = true
		}
	}
	return all
}

// exposition is all that a node shows: it is scraped until everything is there that is defined, and a
// further scrape brings nothing new. An actor that is busy answers the next scrape, not this one.
func exposition(t testing.TB, ops string) map[string]exposed {
	t.Helper()
	all, missing := map[string]exposed{}, ""
	t.Cleanup(func() {
		if missing != "" {
			t.Logf("%s is defined, and not there", missing)
		}
	})
	eventually(t, "everything that is defined is there", func() bool {
		missing = ""
		fresh := false
		for name, one := range scrape(t, ops) {
			if _, known := all[name]; !known {
				all[name], fresh = exposed{one.kind, one.help, map[string]bool{}}, true
			}
			for series := range one.series {
				fresh = fresh || !all[name].series[series]
				all[name].series[series] = true
			}
		}
		for _, m := range measures.All() {
			if _, shown := all[m.Name]; !shown {
				missing = m.Name
			}
		}
		return !fresh && missing == ""
	})
	return all
}

// TestMetricsAreTheDefined holds what a node shows against the definitions, both ways.
func TestMetricsAreTheDefined(t *testing.T) {
	t.Parallel()
	c := newCentreWith(t, nil, 2, 2, measures.Options{PerAgent: true})
	is := exposition(t, addressOf(c.service.ops))
	for _, m := range measures.All() {
		got, shown := is[m.Name]
		delete(is, m.Name)
		if shown && (got.kind != string(m.Kind) || got.help != m.Help) {
			t.Errorf("%s is shown as a %s, %q", m.Name, got.kind, got.help)
		}
		for series := range got.series {
			_, text, _ := strings.Cut(series, "{")
			var labels []string
			for pair := range strings.SplitSeq(text, ",") {
				if name, _, ok := strings.Cut(pair, "="); ok {
					labels = append(labels, name)
				}
			}
			want := slices.Sorted(slices.Values(m.Labels))
			if !slices.Equal(labels, want) {
				t.Errorf("%s has the labels %v, want %v", m.Name, labels, want)
			}
		}
	}
	for name := range is {
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			t.Errorf("%s is shown, and not defined in package measures", name)
		}
	}
}
