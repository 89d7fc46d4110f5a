package actors

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
)

// waitBuckets are the classic buckets for waits, in seconds. They must contain every service-level threshold in use.
var waitBuckets = []float64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600} //nolint:gochecknoglobals // a constant table

// metrics are this room's numbers. Labels are bounded by the configuration or by closed sets of words.
type metrics struct {
	inputs      *prometheus.CounterVec
	refusals    *prometheus.CounterVec
	commits     prometheus.Counter
	commitTime  prometheus.Histogram
	batchSize   prometheus.Histogram
	fenced      prometheus.Counter
	retried     prometheus.Counter
	recovery    prometheus.Histogram
	handOvers   prometheus.Counter
	panics      prometheus.Counter
	dead        prometheus.Counter
	undelivered prometheus.Counter
	violations  prometheus.Counter

	entries       *prometheus.CounterVec
	ended         *prometheus.CounterVec
	inTime        *prometheus.CounterVec
	shortAbandons *prometheus.CounterVec
	threshold     *prometheus.GaugeVec
	wait          *prometheus.HistogramVec
	offers        *prometheus.CounterVec
	storms        *prometheus.CounterVec
	offerResponse *prometheus.HistogramVec
	firstResponse *prometheus.HistogramVec
	response      *prometheus.HistogramVec
	replies       *prometheus.CounterVec
	repliesInTime *prometheus.CounterVec
	replyTarget   *prometheus.GaugeVec
	unanswered    *prometheus.CounterVec
	handle        *prometheus.HistogramVec
	wrapUp        *prometheus.HistogramVec
	messages      *prometheus.CounterVec
	deliveries    *prometheus.CounterVec
	segments      *prometheus.CounterVec
	outbox        *prometheus.GaugeVec
	held          *prometheus.GaugeVec
	optOuts       *prometheus.CounterVec
	parked        *prometheus.CounterVec
	requeued      *prometheus.CounterVec
	transfers     *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := engineMetrics()
	m.trade()
	reg.MustRegister(m.inputs, m.refusals, m.commits, m.commitTime, m.batchSize, m.fenced, m.retried, m.recovery, m.handOvers,
		m.panics, m.dead, m.undelivered, m.violations, m.entries, m.ended, m.inTime, m.shortAbandons, m.threshold, m.wait, m.offers, m.storms, m.offerResponse,
		m.firstResponse, m.response, m.replies, m.repliesInTime, m.replyTarget, m.unanswered, m.handle, m.wrapUp, m.messages, m.deliveries, m.segments, m.outbox,
		m.held, m.optOuts, m.parked, m.requeued, m.transfers)
	return m
}

func counter(name, help string) prometheus.CounterOpts {
	return prometheus.CounterOpts{Namespace: "switchyard", Name: name, Help: help}
}

func gauge(name, help string) prometheus.GaugeOpts {
	return prometheus.GaugeOpts{Namespace: "switchyard", Name: name, Help: help}
}

func seconds(name, help string) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Namespace: "switchyard", Name: name, Help: help, Buckets: waitBuckets}
}

func engineMetrics() *metrics {
	fast := prometheus.ExponentialBuckets(0.0001, 2, 16)
	return &metrics{
		inputs:   prometheus.NewCounterVec(counter("inputs_total", "Inputs worked off, by type."), []string{"type"}),
		refusals: prometheus.NewCounterVec(counter("refusals_total", "Commands refused, by code."), []string{"code"}),
		commits:  prometheus.NewCounter(counter("commits_total", "Batches committed.")),
		commitTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "switchyard", Name: "commit_seconds", Help: "Time of one commit, retries included.", Buckets: fast,
		}),
		batchSize: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "switchyard", Name: "commit_batch_size", Help: "Units of work in one commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		fenced:  prometheus.NewCounter(counter("commits_fenced_total", "Commits refused because the partition was lost.")),
		retried: prometheus.NewCounter(counter("commit_retries_total", "Commits repeated because their outcome was unknown.")),
		recovery: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "switchyard", Name: "recovery_seconds", Help: "From owning a partition to serving it.", Buckets: fast,
		}),
		handOvers:   prometheus.NewCounter(counter("hand_overs_total", "Partitions handed over to another node.")),
		panics:      prometheus.NewCounter(counter("panics_total", "Panics caught in actors; each is a bug.")),
		dead:        prometheus.NewCounter(counter("dead_inputs_total", "Inputs moved to the dead-letter list.")),
		undelivered: prometheus.NewCounter(counter("undelivered_messages_total", "Messages to actors that were gone.")),
		violations: prometheus.NewCounter(counter("capacity_violations_total",
			"Conversations beyond an agent's capacity; always 0, anything else is a bug.")),
	}
}

func (m *metrics) trade() {
	queue := []string{"queue"}
	m.entries = prometheus.NewCounterVec(counter("queue_entries_total", "Conversations that entered a queue."), queue)
	m.ended = prometheus.NewCounterVec(counter("queue_entries_ended_total", "Queue entries that ended."), []string{"queue", "outcome"})
	m.inTime = prometheus.NewCounterVec(counter("queue_answered_in_service_level_total",
		"Conversations accepted within the queue's threshold."), queue)
	m.shortAbandons = prometheus.NewCounterVec(counter("queue_short_abandoned_total",
		"Queue entries abandoned within 5 s; they do not count against the service level."), queue)
	m.threshold = prometheus.NewGaugeVec(gauge("queue_service_level_threshold_seconds",
		"The wait within which an accept counts as in time."), queue)
	m.wait = prometheus.NewHistogramVec(seconds("queue_wait_seconds", "From entry to the entry's end."), []string{"queue", "outcome"})
	m.offers = prometheus.NewCounterVec(counter("offers_total", "Offers ended."), []string{"queue", "outcome"})
	m.storms = prometheus.NewCounterVec(counter("queue_storms_total",
		"Times that more than half of a queue's agents missed offers within a minute."), queue)
	m.offerResponse = prometheus.NewHistogramVec(seconds("offer_response_seconds", "From offer to accept or reject."), queue)
	m.firstResponse = prometheus.NewHistogramVec(seconds("first_response_seconds", "From the first text to the first reply."), queue)
	m.response = prometheus.NewHistogramVec(seconds("response_seconds", "From the oldest unanswered text to the reply."), queue)
	m.replies = prometheus.NewCounterVec(counter("replies_total", "Customers' turns that an agent answered."), queue)
	m.repliesInTime = prometheus.NewCounterVec(counter("replies_in_target_total",
		"Customers' turns that an agent answered within the queue's reply target."), queue)
	m.replyTarget = prometheus.NewGaugeVec(gauge("queue_reply_target_seconds",
		"The time within which a reply counts as in time."), queue)
	m.unanswered = prometheus.NewCounterVec(counter("unanswered_total",
		"Conversations that ended with a turn that no agent answered."), queue)
	m.handle = prometheus.NewHistogramVec(seconds("handle_seconds",
		"From accept, or the customer's return in post-processing, until the agent no longer talks; wrap-up excluded."), queue)
	m.wrapUp = prometheus.NewHistogramVec(seconds("wrapup_seconds", "Post-processing."), queue)
	m.messages = prometheus.NewCounterVec(counter("messages_total", "Messages added to transcripts."), []string{"direction", "kind"})
	m.deliveries = prometheus.NewCounterVec(counter("deliveries_total", "Outbound texts by how far they came."),
		[]string{"provider", "status", "class"})
	m.segments = prometheus.NewCounterVec(counter("segments_total", "Segments of outbound texts."), []string{"channel"})
	m.outbox = prometheus.NewGaugeVec(gauge("outbox_waiting", "Outbound texts waiting to be sent."), []string{"channel"})
	m.parked = prometheus.NewCounterVec(counter("parked_total", "Conversations parked because the customer was silent."), queue)
	m.requeued = prometheus.NewCounterVec(counter("requeued_total", "Conversations taken from an agent and put back, by reason."),
		[]string{"queue", "reason"})
	m.transfers = prometheus.NewCounterVec(counter("transfers_total", "Transfers begun, by the queue that they came from and whom they were to."),
		[]string{"queue", "kind"})
	m.held = prometheus.NewGaugeVec(gauge("channel_held", "Channels whose carrier takes no texts now, by the class of its refusal; 1 is an alert."),
		[]string{"channel", "class"})
	m.optOuts = prometheus.NewCounterVec(counter("opt_outs_total", "Customers who opted out."), []string{"channel"})
}

// declare creates every series of a configuration at 0, so that the first increment is seen.
func (m *metrics) declare(t *routing.Tenant) {
	for _, q := range t.Queues {
		id := string(q.ID)
		m.entries.WithLabelValues(id)
		m.inTime.WithLabelValues(id)
		m.shortAbandons.WithLabelValues(id)
		m.storms.WithLabelValues(id)
		m.threshold.WithLabelValues(id).Set(q.ServiceLevel().Seconds())
		m.replies.WithLabelValues(id)
		m.repliesInTime.WithLabelValues(id)
		m.replyTarget.WithLabelValues(id).Set(q.ReplyTarget().Seconds())
		m.unanswered.WithLabelValues(id)
		for _, outcome := range []string{"answered", "abandoned", "expired", "overflowed", "withdrawn"} {
			m.ended.WithLabelValues(id, outcome)
			m.wait.WithLabelValues(id, outcome)
		}
		for _, o := range []routing.Outcome{
			routing.OutcomeAccepted, routing.OutcomeRejected, routing.OutcomeLapsed, routing.OutcomeWithdrawn, routing.OutcomeTaken,
		} {
			m.offers.WithLabelValues(id, string(o))
		}
		m.parked.WithLabelValues(id)
		m.transfers.WithLabelValues(id, "agent")
		m.transfers.WithLabelValues(id, "queue")
		for _, r := range routing.RequeueReasons() {
			m.requeued.WithLabelValues(id, string(r))
		}
		for _, h := range []*prometheus.HistogramVec{m.offerResponse, m.firstResponse, m.response, m.handle, m.wrapUp} {
			h.WithLabelValues(id)
		}
	}
	for _, c := range t.Channels {
		m.segments.WithLabelValues(string(c.ID))
		m.outbox.WithLabelValues(string(c.ID))
		m.optOuts.WithLabelValues(string(c.ID))
		for _, s := range []routing.MessageState{
			routing.MessageSent, routing.MessageDelivered, routing.MessageFailed, routing.MessageUnknown,
		} {
			m.deliveries.WithLabelValues(c.Carrier, string(s), "")
		}
	}
}

// observe counts what one commit made happen to a conversation of this queue and carrier.
func (m *metrics) observe(was routing.Conversation, envelopes []routing.Envelope, queue routing.Queue, provider string) {
	c := was
	for _, e := range envelopes {
		next := c.Apply(e.At, e.Event)
		m.count(c, next, e, queue, provider)
		m.countTimes(c, next, e.At)
		c = next
	}
	for _, entry := range routing.EntriesEnded(was, envelopes) {
		id, outcome := string(entry.Queue), string(entry.Outcome)
		m.wait.WithLabelValues(id, outcome).Observe(entry.Waited.Seconds())
		m.ended.WithLabelValues(id, outcome).Inc()
		if entry.Outcome == routing.EntryAnswered && entry.Waited <= queue.ServiceLevel() {
			m.inTime.WithLabelValues(id).Inc()
		}
	}
}

func (m *metrics) count(was, is routing.Conversation, e routing.Envelope, queue routing.Queue, provider string) {
	if entered := was.EntryBegins(is, e.Event); entered != "" {
		m.entries.WithLabelValues(string(entered)).Inc()
	}
	switch ev := e.Event.(type) {
	case routing.MessageAdded:
		m.countMessage(was, ev.Message, queue)
	case routing.MessageAdvanced:
		if ev.State != routing.MessageQueued && ev.State != routing.MessageSending {
			class := ""
			if ev.Failure != nil {
				class = ev.Failure.Class
			}
			m.deliveries.WithLabelValues(provider, string(ev.State), class).Inc()
		}
	case routing.OfferEnded:
		m.countOffer(was, ev, e.At)
	case routing.ConversationParked:
		m.parked.WithLabelValues(string(is.Queue)).Inc()
	case routing.Requeued:
		m.requeued.WithLabelValues(string(was.Queue), string(ev.Reason)).Inc()
		if ev.Reason == routing.RequeueTransfer {
			m.transfers.WithLabelValues(string(was.Queue), "queue").Inc()
		}
	case routing.TransferStarted:
		kind := "agent"
		if ev.Queue != "" {
			kind = "queue"
		}
		m.transfers.WithLabelValues(string(was.Queue), kind).Inc()
	case routing.OptedOut:
		m.optOuts.WithLabelValues(string(is.Channel)).Inc()
	case routing.ConversationEnded:
		if !was.UnansweredSince.IsZero() {
			m.unanswered.WithLabelValues(string(was.Queue)).Inc()
		}
	case routing.Started, routing.Returned, routing.TransferEnded, routing.ConversationTaken, routing.PostProcessingStarted,
		routing.OfferMade, routing.MessageGrown, routing.MessagesRead, routing.Reopened, routing.CustomerAttached,
		routing.CaseSaved, routing.PostProcessingExtended, routing.DispositionAwaited, routing.WrappedUp, routing.OptedIn,
		routing.Prioritized:
	}
}

// countTimes measures how long somebody talked when that somebody no longer does, and how long the wrap-up took.
func (m *metrics) countTimes(was, is routing.Conversation, at time.Time) {
	took := at.Sub(was.StateSince).Seconds()
	if was.State == routing.Active && (is.State != routing.Active || is.Agent != was.Agent) {
		m.handle.WithLabelValues(string(was.Queue)).Observe(took)
	}
	if was.State == routing.PostProcessing && is.State == routing.Ended {
		m.wrapUp.WithLabelValues(string(was.Queue)).Observe(took)
	}
}

// countOffer counts an offer in the queue that made it.
func (m *metrics) countOffer(was routing.Conversation, ev routing.OfferEnded, at time.Time) {
	queue := string(was.Queue)
	if was.Transfer != nil && was.Transfer.Queue != "" {
		queue = string(was.Transfer.Queue)
	}
	m.offers.WithLabelValues(queue, string(ev.Outcome)).Inc()
	if offer, rang := was.Ring(ev.Offer); rang && (ev.Outcome == routing.OutcomeAccepted || ev.Outcome == routing.OutcomeRejected) {
		m.offerResponse.WithLabelValues(queue).Observe(at.Sub(offer.OfferedAt).Seconds())
	}
}

func (m *metrics) countMessage(was routing.Conversation, msg routing.Message, queue routing.Queue) {
	m.messages.WithLabelValues(string(msg.Direction), string(msg.Kind)).Inc()
	if msg.Direction != routing.Outbound || msg.State == "" {
		return
	}
	m.segments.WithLabelValues(string(was.Channel)).Add(float64(msg.Segments))
	if msg.Kind == routing.KindSMS && !was.UnansweredSince.IsZero() {
		took := msg.At.Sub(was.UnansweredSince).Seconds()
		m.response.WithLabelValues(string(was.Queue)).Observe(took)
		m.replies.WithLabelValues(string(was.Queue)).Inc()
		if took <= queue.ReplyTarget().Seconds() {
			m.repliesInTime.WithLabelValues(string(was.Queue)).Inc()
		}
		if !was.UnansweredSince.After(was.CreatedAt) {
			m.firstResponse.WithLabelValues(string(was.Queue)).Observe(took)
		}
	}
}
