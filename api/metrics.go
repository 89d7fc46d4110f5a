package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
)

// metrics are the numbers of this room, as package measures defines them. Labels come from closed sets: routes, carriers, the words below.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	webhooks *prometheus.CounterVec
	served   map[string]bool // "method route" of what the router takes

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
	hookUnroutable  = "unroutable"  // a sender that cannot be answered, a report without an id
	hookUnavailable = "unavailable"
	hookBlocked     = "blocked" // from a number on the tenant's block list
	hookLimited     = "limited" // from a number that texts too often
)

func newMetrics(i measures.Instruments) *metrics {
	m := &metrics{
		requests: i.Counters(measures.HTTPRequests), duration: i.Histograms(measures.HTTPDuration), webhooks: i.Counters(measures.Webhooks),
		streams: i.Gauge(measures.SSEStreams), events: i.Counters(measures.SSEEvents), resumes: i.Counters(measures.SSEResumes),
		unsent: i.Counter(measures.SSEUnsent), delivery: i.Histogram(measures.EventDelivery), served: map[string]bool{},
	}
	for _, event := range []string{
		eventHello, eventPing, eventReset, eventSuperseded, eventLogout, eventFloor,
		string(routing.NoticeOfferMade), string(routing.NoticeOfferEnded), string(routing.NoticeConversationUpdated), string(routing.NoticeMessageAdded),
		string(routing.NoticeMessageUpdated), string(routing.NoticeAgentUpdated), string(routing.NoticeNotice),
	} {
		m.events.WithLabelValues(event)
	}
	m.resumes.WithLabelValues(resumed)
	m.resumes.WithLabelValues(eventReset)
	m.webhooks.WithLabelValues(noCarrier, hookUnknown)
	return m
}

// declare creates the series at 0 of a carrier that channels are configured for, so that the first call is seen.
func (m *metrics) declare(carrier string) {
	for _, result := range []string{
		hookAccepted, hookUnknown, hookSignature, hookMalformed, hookMisdirected, hookUnroutable, hookUnavailable, hookBlocked, hookLimited,
	} {
		m.webhooks.WithLabelValues(carrier, result)
	}
}

// declareRoutes creates the series at 0 of what the router takes, and of what it does not.
func (m *metrics) declareRoutes(routes []*echo.Route) {
	for _, r := range routes {
		m.declareRoute(method(r.Method), r.Path)
	}
	for _, did := range methods() {
		m.declareRoute(did, unmatched)
	}
}

func (m *metrics) declareRoute(method, route string) {
	m.served[method+" "+route] = true
	for status := http.StatusOK; status <= http.StatusInternalServerError; status += 100 {
		m.requests.WithLabelValues(method, route, statusClass(status))
	}
	m.duration.WithLabelValues(route)
}

// noCarrier stands for every word that is no carrier's name.
const noCarrier = "unknown"

// resumed is what became of a stream that could be continued; of the others it was eventReset.
const resumed = "ok"
