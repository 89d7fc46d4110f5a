package measures

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// shown is a histogram as a scrape shows it.
type shown struct {
	bounds []float64
	within map[float64]uint64
	count  uint64
	native bool
}

// histograms is the series of the registry's only measure, by their labels.
func histograms(t *testing.T, r prometheus.Gatherer) map[string]shown {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]shown{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			key := ""
			for _, l := range m.GetLabel() {
				key += fmt.Sprintf("%s=%s ", l.GetName(), l.GetValue())
			}
			h := m.GetHistogram()
			is := shown{within: map[float64]uint64{}, count: h.GetSampleCount(), native: h.Schema != nil}
			for _, b := range h.GetBucket() {
				is.bounds = append(is.bounds, b.GetUpperBound())
				is.within[b.GetUpperBound()] = b.GetCumulativeCount()
			}
			series[key] = is
		}
	}
	return series
}

// TestThresholdsAreBounds: what was within a queue's service level is a bucket of its own, whatever the service level is.
func TestThresholdsAreBounds(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	w := NewInstruments(r, Options{}).Waits(QueueWait)
	w.Declare("support", []float64{25, 60}, "answered", "expired")
	w.Declare("billing", []float64{60}, "answered", "expired")
	w.Observe(24, "support", "answered")
	w.Observe(26, "support", "answered")
	w.Declare("support", []float64{25}, "answered", "expired") // as a configuration does that changes something else
	series := histograms(t, r)
	if len(series) != 4 {
		t.Fatalf("%d series", len(series))
	}
	support := series["outcome=answered queue=support "]
	if want := slices.Insert(WaitBuckets(), 4, 25); !cmp.Equal(want, support.bounds) || !cmp.Equal(WaitBuckets(), series["outcome=answered queue=billing "].bounds) {
		t.Fatalf("support has the bounds %v", support.bounds)
	}
	if support.within[25] != 1 || support.count != 2 {
		t.Errorf("%d of %d were in time, want 1 of 2", support.within[25], support.count)
	}

	w.Declare("support", []float64{40}, "answered", "expired")
	w.Observe(39, "support", "answered")
	support = histograms(t, r)["outcome=answered queue=support "]
	if got := support.bounds; !slices.Contains(got, 25) || !slices.Contains(got, 40) || !slices.IsSorted(got) {
		t.Errorf("after a change of the threshold the bounds are %v", got)
	}
	if support.count != 1 {
		t.Errorf("after a change of the threshold %d are counted, want 1: a histogram cannot be sorted again", support.count)
	}
}

// TestNative: with the option there are exponential buckets beside the classic ones.
func TestNative(t *testing.T) {
	t.Parallel()
	for _, native := range []bool{false, true} {
		r := prometheus.NewRegistry()
		w := NewInstruments(r, Options{Native: native}).Waits(Handle)
		w.Declare("support", nil)
		w.Observe(7, "support")
		h := histograms(t, r)["queue=support "]
		if h.native != native || len(h.bounds) != len(WaitBuckets()) {
			t.Errorf("native %t, shown as one %t, with %d classic buckets", native, h.native, len(h.bounds))
		}
	}
}
