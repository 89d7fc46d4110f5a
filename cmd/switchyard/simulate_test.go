package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// smallCentre has two queues; billing needs a skill that only ann has.
const smallCentre = `id: acme
name: Acme
skills: [accounts]
queues:
  - {id: support, service_level_seconds: 30, post_processing_seconds: 0}
  - {id: billing, skills: [{skill: accounts, level: 50}], post_processing_seconds: 30, disposition_required: true}
channels:
  - {id: help, carrier: simulated, number: "+14155550100", queue: support, secret: s}
  - {id: bills, carrier: simulated, number: "+14155550101", queue: billing, secret: s}
agents:
  - {id: ann, name: Ann, capacity: 1, queues: [billing, support], skills: {accounts: 80}}
  - {id: bob, name: Bob, capacity: 2, queues: [support]}
dispositions: [{id: solved, name: Solved}]
`

// TestSimulate: one more agent shortens the waits, beyond chance, and the same seed gives the same days.
func TestSimulate(t *testing.T) {
	t.Parallel()
	args := []string{
		"simulate", "--config", file(t, "centre.yaml", smallCentre), "--arrivals", "poisson:12", "--arrivals", "bills=poisson:5",
		"--handle", "lognormal:400,300", "--answer", "exp:5", "--patience", "exp:900", "--wrap-up", "exp:20", "--agents", "3", "--vs-agents", "4",
		"--days", "10", "--json",
	}
	code, stdout, stderr := command(t, "", args...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var report simulationReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	for _, q := range report.Queues {
		if per := float64(q.Was.Entered) / 240; math.Abs(per-map[string]float64{"support": 12, "billing": 5}[string(q.Queue)]) > 1.5 {
			t.Errorf("queue %s: %.1f conversations an hour", q.Queue, per)
		}
		if q.Was.Entered != q.Versus.Entered || q.Was.Answered+q.Was.Abandoned+q.Was.Waiting != q.Was.Entered {
			t.Errorf("queue %s: %+v; with one agent more %+v", q.Queue, q.Was, q.Versus)
		}
		if d := q.Difference["service_level"]; *d.Low < 0 || *d.Low > *d.Mean || *d.Mean > *d.High {
			t.Errorf("queue %s: one agent more makes service level better by %v, %v to %v", q.Queue, *d.Mean, *d.Low, *d.High)
		}
	}
	if _, again, _ := command(t, "", args...); again != stdout {
		t.Error("the same seed gives other days")
	}
	if _, other, _ := command(t, "", append(args, "--seed", "2")...); other == stdout {
		t.Error("another seed gives the same days")
	}
}

// TestSimulateTable: what people read.
func TestSimulateTable(t *testing.T) {
	t.Parallel()
	config := file(t, "centre.yaml", smallCentre)
	code, stdout, stderr := command(t, "", "simulate", "--config", config, "--vs", config, "--arrivals", "poisson:5", "--handle",
		"exp:300", "--shifts", "08:00-20:00,20:00-08:00", "--days", "2")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"queue support, service level within 30 s", "queue billing", "+0.0 ± 0.0", "2 days, seed 1"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// TestSimulateUsage: what is called wrongly says what to write.
func TestSimulateUsage(t *testing.T) {
	t.Parallel()
	config := file(t, "centre.yaml", smallCentre)
	good := map[string]string{"config": config, "arrivals": "poisson:5", "handle": "exp:300"}
	for _, row := range []struct{ flag, value, complaint string }{
		{"config", "", "--config is needed"},
		{"arrivals", "", "Write poisson:120"},
		{"arrivals", "poisson:often", "write poisson:120"},
		{"arrivals", "poisson:-5", "write poisson:120"},
		{"arrivals", "sales=poisson:5", "write the id of one under channels: help, bills"},
		{"handle", "", "Write exp:300"},
		{"handle", "exp:0", "write exp:300"},
		{"handle", "none", "would never end"},
		{"handle", "lognormal:300", "lognormal:300,240"},
		{"patience", "gamma:3", "exp:300"},
		{"shifts", "9 to 5", "09:00-17:30"},
		{"agents", "0", "1 or more"},
		{"days", "0", "write 1 to 10000"},
		{"events", "testdata/day.jsonl", "do not go together"},
		{"start", "monday", "2026-03-02T00:00:00+01:00"},
	} {
		args := []string{"simulate"}
		for flag, value := range good {
			if flag != row.flag {
				args = append(args, "--"+flag, value)
			}
		}
		if row.value != "" {
			args = append(args, "--"+row.flag, row.value)
		}
		code, _, stderr := command(t, "", args...)
		if code != exitUsage || !strings.Contains(stderr, row.complaint) {
			t.Errorf("--%s %s: exit code %d, %q; want %q", row.flag, row.value, code, stderr, row.complaint)
		}
	}
}

// TestSimulateProfile: traffic as on a recorded day, and a day that is none.
func TestSimulateProfile(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := command(t, "", "simulate", "--config", recordedConfigFile, "--arrivals", "profile:"+recordedDayFile,
		"--start", "2026-03-02T00:00:00Z", "--handle", "exp:60", "--days", "3")
	if code != exitOK || !strings.Contains(stdout, "queue support") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	for _, wrong := range []string{file(t, "empty.jsonl", ""), file(t, "other.jsonl", "{}\n"), file(t, "new.jsonl", `{"v":9,"type":"day"}`)} {
		code, _, stderr = command(t, "", "simulate", "--config", recordedConfigFile, "--events", wrong)
		if code != exitFailure || !strings.Contains(stderr, "recorded day") {
			t.Errorf("%s: exit code %d, %q", wrong, code, stderr)
		}
	}
}
