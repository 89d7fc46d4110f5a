package dashboards

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cases is where the alerts' cases are committed, for promtool.
const cases = "prometheus/switchyard.rules_test.yaml"

// alarm is one alert's case: series by the minute, and when it must and must not fire. Each fires in its time, does not before,
// and recovers.
type alarm struct {
	alert  string
	series []string // "series values", as promtool writes values: 0+1x10 _x5 …
	fires  string
	quiet  []string // before, after, and what is near to it
	labels map[string]string
	// beside are other series for which the same alert must never fire, at any of the times.
	beside []string
}

func alarms() []alarm {
	support := map[string]string{"queue": "support"}
	return []alarm{
		{
			alert: "QueueUnstaffed", fires: "14m", quiet: []string{"5m", "11m", "25m"}, labels: support,
			series: []string{
				`switchyard_queue_waiting{instance="a",queue="support"} 3x30`,
				`switchyard_queue_agents{instance="a",queue="support",state="available"} 1x9 0x9 1x20`,
				`switchyard_queue_agents{instance="a",queue="support",state="on_break"} 2x30`,
			},
			beside: []string{
				`switchyard_queue_waiting{instance="b",queue="night"} 3x30`, // closed, by its schedule
				`switchyard_queue_agents{instance="b",queue="night",state="available"} 0x30`,
				`switchyard_wait_reason_seconds_total{instance="b",queue="night",reason="schedule"} 0+180x30`,
				`switchyard_queue_waiting{instance="b",queue="empty"} 0x30`,
				`switchyard_queue_agents{instance="b",queue="empty",state="available"} 0x30`,
			},
		},
		{
			alert: "ServiceLevelLow", fires: "35m", quiet: []string{"15m", "19m", "75m"}, labels: support,
			series: []string{
				`switchyard_queue_entries_ended_total{instance="a",queue="support",outcome="answered"} 0+2x80`,
				`switchyard_queue_answered_in_service_level_total{instance="a",queue="support"} 0+2x18 36+1x20 57+2x40`,
				`switchyard_queue_short_abandoned_total{instance="a",queue="support"} 0x80`,
				`switchyard_queue_waiting_over_threshold{instance="a",queue="support"} 0x80`,
			},
			beside: []string{
				`switchyard_queue_entries_ended_total{instance="a",queue="few",outcome="answered"} 0 0 0 0 0 1 1 1 1 1 2x70`, // too few to tell
				`switchyard_queue_answered_in_service_level_total{instance="a",queue="few"} 0x80`,
				`switchyard_queue_short_abandoned_total{instance="a",queue="few"} 0x80`,
				`switchyard_queue_waiting_over_threshold{instance="a",queue="few"} 0x80`,
			},
		},
		{
			alert: "LongestWaitHigh", fires: "13m", quiet: []string{"5m", "10m", "20m"}, labels: support,
			series: []string{
				`switchyard_queue_longest_wait_seconds{instance="a",queue="support"} 60x9 301x6 0x20`,
				`switchyard_queue_service_level_threshold_seconds{instance="a",queue="support"} 60x40`,
			},
			beside: []string{
				`switchyard_queue_longest_wait_seconds{instance="a",queue="slow"} 301x40`,
				`switchyard_queue_service_level_threshold_seconds{instance="a",queue="slow"} 120x40`,
			},
		},
		{
			alert: "OfferTimeoutsHigh", fires: "35m", quiet: []string{"15m", "20m", "75m"}, labels: support,
			series: []string{
				`switchyard_offers_total{instance="a",queue="support",outcome="accepted"} 0+2x80`,
				`switchyard_offers_total{instance="a",queue="support",outcome="lapsed"} 0x18 0+2x20 42x50`,
			},
			beside: []string{
				`switchyard_offers_total{instance="a",queue="few",outcome="accepted"} 0x80`,
				`switchyard_offers_total{instance="a",queue="few",outcome="lapsed"} 0x30 1x10 2x40`,
			},
		},
		{
			alert: "DeliveryFailuresHigh", fires: "40m", quiet: []string{"15m", "20m", "90m"}, labels: map[string]string{"provider": "twilio"},
			series: []string{
				`switchyard_deliveries_total{instance="a",provider="twilio",status="delivered",class=""} 0+4x100`,
				`switchyard_deliveries_total{instance="a",provider="twilio",status="failed",class="blocked"} 0x18 0+2x20 42x70`,
			},
			beside: []string{
				`switchyard_deliveries_total{instance="a",provider="kannel",status="delivered",class=""} 0+20x100`,
				`switchyard_deliveries_total{instance="a",provider="kannel",status="failed",class="blocked"} 0+1x100`,
			},
		},
		{
			alert: "OptOutSpike", fires: "415m", quiet: []string{"390m", "399m", "470m"}, labels: map[string]string{"channel": "main"},
			series: []string{`switchyard_opt_outs_total{instance="a",channel="main"} 0x399 9x100`},
			beside: []string{`switchyard_opt_outs_total{instance="a",channel="busy"} 0+0.2x500`}, // as many all day long
		},
		{
			alert: "WebhookRejects", fires: "16m", quiet: []string{"9m", "11m", "40m"}, labels: map[string]string{"carrier": "twilio", "result": "signature"},
			series: []string{`switchyard_webhooks_total{instance="a",carrier="twilio",result="signature"} 0x9 0+2x8 18x40`},
			beside: []string{
				`switchyard_webhooks_total{instance="a",carrier="twilio",result="accepted"} 0+50x60`,
				`switchyard_webhooks_total{instance="a",carrier="twilio",result="malformed"} 0x9 1x50`,
			},
		},
		{
			alert: "OutboxStuck", fires: "13m", quiet: []string{"5m", "10m", "20m"}, labels: map[string]string{"channel": "main"},
			series: []string{`switchyard_outbox_oldest_seconds{instance="a",channel="main"} 0x7 60 120 130 190 250 310 370 0x20`},
			beside: []string{`switchyard_outbox_oldest_seconds{instance="a",channel="other"} 90x40`},
		},
		{
			alert: "ChannelRefused", fires: "12m", quiet: []string{"5m", "9m", "20m"}, labels: map[string]string{"channel": "main"},
			series: []string{`switchyard_channel_held{instance="a",channel="main",class="auth"} 0x9 1x5 0x20`},
			beside: []string{
				`switchyard_channel_held{instance="a",channel="main",class="carrier"} 1x40`, // it is away
				`switchyard_channel_held{instance="b",channel="other",class="auth"} 0x40`,
			},
		},
		{
			alert: "SSEResetsHigh", fires: "30m", quiet: []string{"15m", "19m", "60m"}, labels: map[string]string{},
			series: []string{
				`switchyard_sse_resumes_total{instance="a",result="ok"} 0+4x70`,
				`switchyard_sse_resumes_total{instance="a",result="reset"} 0x18 0+3x15 48x50`,
			},
		},
		{
			alert: "NoReadyNode", fires: "12m", quiet: []string{"5m", "10m", "20m"}, labels: map[string]string{},
			series: []string{
				`switchyard_partitions_served{instance="a"} 8x9 stale _x4 16x20`, // gone, and back
				`switchyard_partitions_served{instance="b"} 8x9 0x5 0x20`,
			},
		},
		{
			alert: "InvariantViolated", fires: "12m", quiet: []string{"5m", "9m", "40m"}, labels: map[string]string{"what": "panic"},
			series: []string{
				`switchyard_panics_total{instance="a"} 0x9 1x50`,
				`switchyard_capacity_violations_total{instance="a"} 0x60`,
				`switchyard_dead_inputs_total{instance="a"} 0x60`,
			},
		},
	}
}

// ruleTests writes the cases as promtool reads them.
func ruleTests() ([]byte, error) {
	var b strings.Builder
	b.WriteString("# Written by `go test ./dashboards -update` from rules_test.go; promtool test rules runs it.\nrule_files: [switchyard.rules.yaml]\nevaluation_interval: 1m\ntests:\n")
	for _, c := range alarms() {
		i := slices.IndexFunc(Alerts(), func(a Alert) bool { return a.Name == c.alert })
		if i < 0 {
			return nil, fmt.Errorf("there is no alert %s", c.alert)
		}
		fmt.Fprintf(&b, "  - name: %s\n    interval: 1m\n    input_series:\n", c.alert)
		for _, s := range slices.Concat(c.series, c.beside) {
			series, values, _ := strings.Cut(s, "} ")
			fmt.Fprintf(&b, "      - {series: '%s}', values: '%s'}\n", series, values)
		}
		b.WriteString("    alert_rule_test:\n")
		for _, at := range c.quiet {
			fmt.Fprintf(&b, "      - {alertname: %s, eval_time: %s, exp_alerts: []}\n", c.alert, at)
		}
		labels := "severity: " + string(Alerts()[i].Severity)
		fill := func(text string) string { return text }
		for name, value := range sorted(c.labels) {
			labels += ", " + name + ": " + value
			was := fill
			fill = func(text string) string { return strings.ReplaceAll(was(text), "{{ $labels."+name+" }}", value) }
		}
		fmt.Fprintf(&b, "      - alertname: %s\n        eval_time: %s\n        exp_alerts:\n          - exp_labels: {%s}\n            exp_annotations:\n              summary: %q\n              action: %q\n",
			c.alert, c.fires, labels, fill(Alerts()[i].Summary), fill(Alerts()[i].Action))
	}
	return []byte(b.String()), nil
}

func sorted(m map[string]string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		var names []string
		for name := range m {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}

// TestAlerts lets Prometheus's own tool run the cases, of which each alert has one.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range alarms() {
		names = append(names, c.alert)
		before, after := false, false
		for _, at := range c.quiet {
			before = before || minutes(at) < minutes(c.fires)
			after = after || minutes(at) > minutes(c.fires)
		}
		if !before || !after {
			t.Errorf("%s: the case does not show that it is quiet before and recovers", c.alert)
		}
	}
	for _, a := range Alerts() {
		if !slices.Contains(names, a.Name) {
			t.Errorf("%s has no case", a.Name)
		}
		if a.Summary == "" || !strings.HasSuffix(a.Action, ".") || !regexp.MustCompile(`^[0-9]+[sm]$`).MatchString(a.For) {
			t.Errorf("%s does not say what is wrong, since when, and what to do", a.Name)
		}
	}
	promtool(t, "test", "rules", cases)
}

func minutes(at string) (n int) {
	_, _ = fmt.Sscanf(at, "%dm", &n)
	return n
}
