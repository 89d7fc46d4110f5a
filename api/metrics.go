package api

import "github.com/prometheus/client_golang/prometheus"

// metrics are the numbers of this room. Labels come from closed sets: routes, carriers, the words below.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	webhooks *prometheus.CounterVec

	streams  prometheus.Gauge
	events   *prometheus.CounterVec
	resumes  *prometheus.CounterVec
	unsent   prometheus.Counter
	delivery prometheus.Histogram
}

// What became of a webhook call, or of one text or report in it.
const (
	hookAccepted    = "accepted"
	hookUnknown     = "unknown_channel"
	hookSignature   = "signature"
	hookMalformed   = "malformed"
	hookMisdirected = "misdirected" // a text to a number that is not the channel's
	hookUnroutable  = "unroutable"  // a sender that cannot be answered, a report on no text of ours
	hookUnavailable = "unavailable"
	hookBlocked     = "blocked" // from a number on the tenant's block list
	hookLimited     = "limited" // from a number that texts too often
)

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchyard_http_requests_total", Help: "HTTP requests by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchyard_http_request_duration_seconds", Help: "Time to answer HTTP requests; streams are not among them.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchyard_webhooks_total", Help: "Carriers' webhook calls by what became of them.",
		}, []string{"carrier", "result"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "switchyard_sse_streams", Help: "Desktops that listen to this process.",
		}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchyard_sse_events_total", Help: "Events written to desktops by type.",
		}, []string{"type"}),
		resumes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchyard_sse_resumes_total", Help: "Streams opened with a cursor, by whether it could be continued (ok) or not (reset).",
		}, []string{"result"}),
		unsent: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "switchyard_sse_write_errors_total", Help: "Streams cut because a write failed or took too long.",
		}),
		delivery: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "switchyard_event_delivery_seconds", Help: "Time from an event's happening to its being written to the desktop.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60},
		}),
	}
	reg.MustRegister(m.requests, m.duration, m.webhooks, m.streams, m.events, m.resumes, m.unsent, m.delivery)
	return m
}
