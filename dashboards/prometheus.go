package dashboards

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// The form of Prometheus's rule files.
type (
	ruleFile struct {
		Groups []ruleGroup `yaml:"groups"`
	}
	ruleGroup struct {
		Name     string `yaml:"name"`
		Interval string `yaml:"interval"`
		Rules    []rule `yaml:"rules"`
	}
	rule struct {
		Record      string            `yaml:"record,omitempty"`
		Alert       string            `yaml:"alert,omitempty"`
		Expr        string            `yaml:"expr"`
		For         string            `yaml:"for,omitempty"`
		Labels      map[string]string `yaml:"labels,omitempty"`
		Annotations map[string]string `yaml:"annotations,omitempty"`
	}
)

// Rules is the rule file: what is recorded, then the alerts, some of which build on it.
func Rules() ([]byte, error) {
	records := ruleGroup{Name: "switchyard", Interval: "15s"}
	for _, r := range Records() {
		records.Rules = append(records.Rules, rule{Record: r.Name, Expr: r.Expr})
	}
	alerts := ruleGroup{Name: "switchyard-alerts", Interval: "15s"}
	for _, a := range Alerts() {
		alerts.Rules = append(alerts.Rules, rule{
			Alert: a.Name, Expr: a.Expr, For: a.For, Labels: map[string]string{"severity": string(a.Severity)},
			Annotations: map[string]string{"summary": a.Summary, "action": a.Action},
		})
	}
	b, err := yaml.Marshal(ruleFile{[]ruleGroup{records, alerts}})
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return append([]byte("# Written by `go test ./dashboards -update` from rules.go; change it there.\n"), b...), nil
}
