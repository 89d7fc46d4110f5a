package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakesAreShown makes the mistakes in the documented configuration that would let conversations wait for ever, or be offered to
// nobody: each is refused with its line and column, and with what to write instead.
func TestMistakesAreShown(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(filepath.Join(repositoryRoot, "docs", "tenant.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name     string
		was, is  string
		at       string // where it is, in what is written instead
		path     string
		mistaken string
	}{
		{
			"an unknown skill", "skills: [{skill: orders, level: 50}]", "skills: [{skill: ordres, level: 50}]", "ordres",
			"queues[0].skills[0].skill", `there is no skill "ordres"; add it to skills or write one that is there`,
		},
		{
			"a queue without agents", "queues:\n  - id: support", "queues:\n  - id: night\n  - id: support", "night",
			"queues[0].id", "no agent serves it; write it under an agent's queues, or an overflow {when: no_agents, …} for what comes here",
		},
		{
			"hours that overlap", `{days: [sat], from: "10:00", to: "16:00"}`, `{days: [sat, fri], from: "10:00", to: "16:00"}`, "{days: [sat, fri]",
			"schedules[0].open[1]", "10:00 to 16:00 overlaps other hours of fri; write each time once",
		},
		{
			"a rule that no text reaches", "    account: AC0", "      - {name: late, keywords: [bill], priority: 3}\n    account: AC0", "{name: late",
			"channels[0].rules[3]", "no text comes this far: channels[0].rules[1] (invoices) holds whenever this does; put this one before it, or take one out",
		},
		{
			"seven conversations", "capacity: 6", "capacity: 7", "7",
			"agents[0].capacity", "7 is out of range; write 1 to 6 conversations, or leave it out for 4",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(string(sound), row.was, row.is, 1)
			begin := strings.Index(text, row.is) + strings.Index(row.is, row.at)
			line := strings.Count(text[:begin], "\n") + 1
			column := begin - strings.LastIndex(text[:begin], "\n")
			path := filepath.Join(t.TempDir(), "centre.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := command(t, "", "config", "validate", path)
			want := fmt.Sprintf("%s: line %d, column %d: %s\n", row.path, line, column, row.mistaken)
			if code != exitFailure || !strings.HasSuffix(stderr, want) || strings.Count(stderr, "line ") != 1 {
				t.Errorf("exit %d, said %q, want %q", code, stderr, want)
			}
		})
	}
}
