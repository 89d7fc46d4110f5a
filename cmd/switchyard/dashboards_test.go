package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestDashboardsExport writes what watches a contact centre, as an operator does.
func TestDashboardsExport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "watch")
	for _, row := range []struct {
		args []string
		want int
	}{
		{[]string{"export", dir}, exitOK},
		{[]string{"export"}, exitUsage},
		{[]string{"export", dir, "more"}, exitUsage},
		{[]string{"export", filepath.Join(dir, "compose.yaml")}, exitFailure},
		{[]string{}, exitUsage},
	} {
		var out, complaints bytes.Buffer
		if code := run(context.Background(), append([]string{"switchyard", "dashboards"}, row.args...), strings.NewReader(""), &out, &complaints); code != row.want {
			t.Errorf("%v: exit %d, %s", row.args, code, complaints.String())
		}
	}
	for _, path := range []string{"grafana/dashboards/switchyard-supervisor.json", "prometheus/switchyard.rules.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			t.Error(err)
		}
	}
}

// composition is what we use of the form of compose.yaml. It is read strictly: a field that is misspelt is none of these.
type composition struct {
	Name     string              `yaml:"name"`
	Node     any                 `yaml:"x-node"`
	Settings any                 `yaml:"x-settings"`
	Services map[string]composed `yaml:"services"`
	Volumes  map[string]any      `yaml:"volumes"`
}

type composed struct {
	Image       string            `yaml:"image"`
	Build       map[string]string `yaml:"build"`
	Command     []string          `yaml:"command"`
	Restart     string            `yaml:"restart"`
	DependsOn   any               `yaml:"depends_on"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Healthcheck map[string]any    `yaml:"healthcheck"`
}

// TestComposition holds compose.yaml against this repository: its files are there, its settings are flags, and Prometheus watches its
// nodes. No engine runs it here.
func TestComposition(t *testing.T) {
	t.Parallel()
	const dir = "../../dashboards/"
	read := func(name string, into any) {
		t.Helper()
		raw, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalWithOptions(raw, into, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var c composition
	read("compose.yaml", &c)
	var settings []string
	for _, f := range serveCommand().Flags {
		settings = append(settings, "SWITCHYARD_"+strings.ToUpper(strings.ReplaceAll(f.Names()[0], "-", "_")))
	}
	var nodes []string
	for name, s := range c.Services {
		if _, tag, _ := strings.Cut(s.Image, ":"); tag == "" && s.Build == nil {
			t.Errorf("%s: the image %s has no version", name, s.Image)
		}
		for variable := range s.Environment {
			if strings.HasPrefix(variable, "SWITCHYARD_") && !slices.Contains(settings, variable) {
				t.Errorf("%s: %s is no setting of switchyard serve", name, variable)
			}
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, err := os.Stat(dir + from); strings.HasPrefix(from, ".") && err != nil {
				t.Errorf("%s: %v", name, err)
			} else if _, named := c.Volumes[from]; !strings.HasPrefix(from, ".") && !named {
				t.Errorf("%s: there is no volume %s", name, from)
			}
		}
		if s.Build != nil {
			nodes = append(nodes, name+s.Environment["SWITCHYARD_OPS_LISTEN"][strings.LastIndexByte(s.Environment["SWITCHYARD_OPS_LISTEN"], ':'):])
			if _, err := os.Stat(filepath.Join(dir, s.Build["context"], s.Build["dockerfile"])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	var p struct {
		Global  any      `yaml:"global"`
		Rules   []string `yaml:"rule_files"`
		Scrapes []struct {
			Job     string                `yaml:"job_name"`
			Targets []map[string][]string `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	read("prometheus/prometheus.yaml", &p)
	slices.Sort(nodes)
	if got := p.Scrapes[0].Targets[0]["targets"]; !slices.Equal(got, nodes) {
		t.Errorf("Prometheus watches %v, the nodes are %v", got, nodes)
	}
}
