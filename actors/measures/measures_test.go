package measures

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDefinitions looks whether the list keeps to Prometheus's and our own rules.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	labels := map[string]bool{}
	for _, l := range Labels() {
		labels[l.Name] = false
	}
	all := All()
	if !slices.IsSortedFunc(all, func(a, b Measure) int { return compare(a.Name, b.Name) }) {
		t.Error("the list is not sorted")
	}
	word := regexp.MustCompile(`^switchyard(_[a-z]+)+$`)
	for i, m := range all {
		if i > 0 && all[i-1].Name == m.Name {
			t.Errorf("%s is defined twice", m.Name)
		}
		if Of(m.Name).Help != m.Help {
			t.Errorf("%s is not found by its name", m.Name)
		}
		total := strings.HasSuffix(m.Name, "_total")
		if !word.MatchString(m.Name) || total != (m.Kind == Counter) {
			t.Errorf("%s is no name of a %s", m.Name, m.Kind)
		}
		if !strings.HasSuffix(m.Help, ".") {
			t.Errorf("%s is defined by half a sentence: %q", m.Name, m.Help)
		}
		if (m.Kind == Histogram) != (len(m.Buckets) > 0) || !slices.IsSorted(m.Buckets) {
			t.Errorf("%s has buckets %v", m.Name, m.Buckets)
		}
		if m.Kind != Gauge && m.Across != Sum {
			t.Errorf("%s is counted, and of several nodes the %s is taken", m.Name, m.Across)
		}
		for _, l := range m.Labels {
			if _, known := labels[l]; !known {
				t.Errorf("%s has a label %s that nobody bounds", m.Name, l)
			}
			labels[l] = true
		}
	}
	for l, used := range labels {
		if !used {
			t.Errorf("nothing has the label %s", l)
		}
	}
}

// TestUnknownName: a name that is not defined must not begin to count.
func TestUnknownName(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a name that is not defined is taken")
		}
	}()
	Of("switchyard_nothing_total")
}
