package measures

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/metrics.md anew")

// TestDocument: docs/metrics.md shows what is defined here, no more and no less.
func TestDocument(t *testing.T) {
	t.Parallel()
	const path, begin, end = "../../docs/metrics.md", "<!-- measures: written by TestDocument -update -->\n", "<!-- end of measures -->"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), begin)
	is, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the tables, between %q and %q", path, begin, end)
	}
	want := tables()
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if is != want {
		t.Errorf("%s does not show what package measures defines; go test ./actors/measures -run Document -update writes it", path)
	}
}

func tables() string {
	var b strings.Builder
	for _, section := range []struct {
		title    string
		measures []Measure
	}{
		{"Queues", lines()},
		{"Conversations", work()},
		{"Agents", people()},
		{"Texts", texts()},
		{"The engine", engine()},
		{"The store", store()},
		{"The face", face()},
	} {
		fmt.Fprintf(&b, "\n### %s\n\n| name | kind | labels | of several nodes | definition |\n|---|---|---|---|---|\n", section.title)
		for _, m := range section.measures {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", m.Name, m.Kind, strings.Join(m.Labels, ", "), m.Across, m.Help)
		}
	}
	b.WriteString("\n### Labels\n\n| label | values |\n|---|---|\n")
	for _, l := range Labels() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", l.Name, l.Values)
	}
	b.WriteString("\n### Buckets\n\n| histograms | bounds |\n|---|---|\n")
	for _, m := range All() {
		if m.Kind == Histogram {
			bounds := strings.Trim(fmt.Sprint(m.Buckets), "[]")
			switch m.Name {
			case QueueWait:
				bounds += ", and each queue's service level"
			case Response, FirstResponse:
				bounds += ", and each queue's reply target"
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", m.Name, bounds)
		}
	}
	return b.String() + "\n"
}
