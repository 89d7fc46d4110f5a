package measures

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options is what an operator may choose.
type Options struct {
	// Native also shows histograms as native ones. Prometheus before 3 with native histograms enabled then drops the classic ones, on
	// which the dashboards are built.
	Native bool
	// PerAgent also shows [PerAgent], three series for each agent.
	PerAgent bool
}

// Instruments makes what counts, by the definitions, and registers it.
type Instruments struct {
	registerer prometheus.Registerer
	options    Options
}

// NewInstruments makes instruments that are registered with r.
func NewInstruments(r prometheus.Registerer, o Options) Instruments { return Instruments{r, o} }

func register[C prometheus.Collector](i Instruments, c C) C {
	i.registerer.MustRegister(c)
	return c
}

// Counter counts a measure without labels.
func (i Instruments) Counter(name string) prometheus.Counter {
	m := Of(name)
	return register(i, prometheus.NewCounter(prometheus.CounterOpts{Name: m.Name, Help: m.Help}))
}

// Counters counts a measure by its labels.
func (i Instruments) Counters(name string) *prometheus.CounterVec {
	m := Of(name)
	return register(i, prometheus.NewCounterVec(prometheus.CounterOpts{Name: m.Name, Help: m.Help}, m.Labels))
}

// Gauge shows a measure without labels.
func (i Instruments) Gauge(name string) prometheus.Gauge {
	m := Of(name)
	return register(i, prometheus.NewGauge(prometheus.GaugeOpts{Name: m.Name, Help: m.Help}))
}

// Gauges shows a measure by its labels.
func (i Instruments) Gauges(name string) *prometheus.GaugeVec {
	m := Of(name)
	return register(i, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: m.Name, Help: m.Help}, m.Labels))
}

// Histogram observes a measure without labels.
func (i Instruments) Histogram(name string) prometheus.Histogram {
	return register(i, prometheus.NewHistogram(i.bounds(Of(name))))
}

// Histograms observes a measure by its labels.
func (i Instruments) Histograms(name string) *prometheus.HistogramVec {
	m := Of(name)
	return register(i, prometheus.NewHistogramVec(i.bounds(m), m.Labels))
}

// Waits observes a measure of queues, whose bounds contain their thresholds.
func (i Instruments) Waits(name string) *Waits {
	m := Of(name)
	return register(i, &Waits{labels: m.Labels, opts: i.bounds(m), queues: map[string]*waited{}})
}

func (i Instruments) bounds(m Measure) prometheus.HistogramOpts {
	o := prometheus.HistogramOpts{Name: m.Name, Help: m.Help, Buckets: m.Buckets}
	if i.options.Native {
		o.NativeHistogramBucketFactor = 1.1
		o.NativeHistogramMaxBucketNumber = 160
		o.NativeHistogramMinResetDuration = time.Hour
	}
	return o
}

// Desc describes a measure to who collects it when it is asked for.
func Desc(name string) *prometheus.Desc {
	m := Of(name)
	return prometheus.NewDesc(m.Name, m.Help, m.Labels, nil)
}

// Collected is a value of a counter or a gauge, for a collector. The labels' values are in the order of their names.
func Collected(name string, value float64, labels ...string) prometheus.Metric {
	kind := prometheus.GaugeValue
	if Of(name).Kind == Counter {
		kind = prometheus.CounterValue
	}
	return prometheus.MustNewConstMetric(Desc(name), kind, value, labels...)
}
