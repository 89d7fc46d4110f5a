package measures

import (
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Waits is a histogram of each queue, for a measure whose first label is the queue. Its bounds are the measure's, and besides them the
// queue's own thresholds, so that what was in time can be read from it exactly. A threshold that comes while the service runs begins
// the queue's histogram at 0 again, as a restart does; one that a bound is already changes nothing. Bounds stay until a restart.
type Waits struct {
	labels []string
	opts   prometheus.HistogramOpts

	mu     sync.Mutex
	queues map[string]*waited
}

// waited is one queue's histogram.
type waited struct {
	bounds  []float64
	buckets *prometheus.HistogramVec // by the labels behind the queue
}

// Declare makes a queue's series, one for each of rest, the values of the second label, or one when there are none.
// Thresholds are in seconds; those that are 0 or less are none.
func (w *Waits) Declare(queue string, thresholds []float64, rest ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queues[queue]
	bounds := slices.Clone(w.opts.Buckets)
	if q != nil {
		bounds = slices.Clone(q.bounds)
	}
	for _, t := range thresholds {
		if at, is := slices.BinarySearch(bounds, t); !is && t > 0 {
			bounds = slices.Insert(bounds, at, t)
		}
	}
	if q == nil || len(bounds) != len(q.bounds) {
		q = w.bound(queue, bounds)
	}
	if len(w.labels) == 1 {
		q.buckets.WithLabelValues()
	}
	for _, value := range rest {
		q.buckets.WithLabelValues(value)
	}
}

// Observe adds what one wait took, in seconds.
func (w *Waits) Observe(seconds float64, queue string, rest ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queues[queue]
	if q == nil {
		q = w.bound(queue, w.opts.Buckets)
	}
	q.buckets.WithLabelValues(rest...).Observe(seconds)
}

func (w *Waits) bound(queue string, bounds []float64) *waited {
	opts := w.opts
	opts.Buckets = bounds
	opts.ConstLabels = prometheus.Labels{w.labels[0]: queue}
	q := &waited{bounds: bounds, buckets: prometheus.NewHistogramVec(opts, w.labels[1:])}
	w.queues[queue] = q
	return q
}

// Describe implements prometheus.Collector. Which queues there are depends on the configurations in force, so it promises nothing.
func (w *Waits) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (w *Waits) Collect(ch chan<- prometheus.Metric) {
	w.mu.Lock()
	queues := slices.Collect(maps.Values(w.queues))
	w.mu.Unlock()
	for _, q := range queues {
		q.buckets.Collect(ch)
	}
}
