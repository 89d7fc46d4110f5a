package actors

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
)

// metrics are this room's numbers, as package measures defines them. Labels are bounded by the configuration or by closed sets of words.
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
	wait          *measures.Waits
	offers        *prometheus.CounterVec
	storms        *prometheus.CounterVec
	offerResponse *measures.Waits
	firstResponse *measures.Waits
	response      *measures.Waits
	replies       *prometheus.CounterVec
	repliesInTime *prometheus.CounterVec
	unanswered    *prometheus.CounterVec
	handle        *measures.Waits
	wrapUp        *measures.Waits
	parked        *prometheus.CounterVec
	requeued      *prometheus.CounterVec
	transfers     *prometheus.CounterVec

	messages   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	segments   *prometheus.CounterVec
	held       *prometheus.GaugeVec
	optOuts    *prometheus.CounterVec
	orphans    *prometheus.CounterVec
}

func newMetrics(i measures.Instruments) *metrics {
	m := &metrics{
		inputs: i.Counters(measures.Inputs), refusals: i.Counters(measures.Refusals), commits: i.Counter(measures.Commits),
		commitTime: i.Histogram(measures.CommitTime), batchSize: i.Histogram(measures.CommitBatchSize), fenced: i.Counter(measures.CommitsFenced),
		retried: i.Counter(measures.CommitRetries), recovery: i.Histogram(measures.Recovery), handOvers: i.Counter(measures.HandOvers),
		panics: i.Counter(measures.Panics), dead: i.Counter(measures.DeadInputs), undelivered: i.Counter(measures.Undelivered),
		violations: i.Counter(measures.CapacityViolations),

		entries: i.Counters(measures.QueueEntries), ended: i.Counters(measures.QueueEntriesEnded), inTime: i.Counters(measures.AnsweredInTime),
		shortAbandons: i.Counters(measures.ShortAbandoned), wait: i.Waits(measures.QueueWait), offers: i.Counters(measures.Offers),
		storms: i.Counters(measures.Storms), offerResponse: i.Waits(measures.OfferResponse), firstResponse: i.Waits(measures.FirstResponse),
		response: i.Waits(measures.Response), replies: i.Counters(measures.Replies), repliesInTime: i.Counters(measures.RepliesInTarget),
		unanswered: i.Counters(measures.Unanswered), handle: i.Waits(measures.Handle), wrapUp: i.Waits(measures.WrapUp),
		parked: i.Counters(measures.Parked), requeued: i.Counters(measures.Requeued), transfers: i.Counters(measures.Transfers),

		messages: i.Counters(measures.Messages), deliveries: i.Counters(measures.Deliveries), segments: i.Counters(measures.Segments),
		held: i.Gauges(measures.ChannelHeld), optOuts: i.Counters(measures.OptOuts), orphans: i.Counters(measures.Orphans),
	}
	m.begin()
	return m
}

// begin creates the series at 0 that no configuration has a say in.
func (m *metrics) begin() {
	for _, kind := range routing.CommandTypes() {
		m.inputs.WithLabelValues(kind)
	}
	for _, code := range routing.Codes() {
		m.refusals.WithLabelValues(string(code))
	}
	for _, direction := range []routing.Direction{routing.Inbound, routing.Outbound} {
		for _, kind := range []routing.Kind{routing.KindSMS, routing.KindAuto, routing.KindNote, routing.KindSystem} {
			m.messages.WithLabelValues(string(direction), string(kind))
		}
	}
}

// declare creates every series of a configuration at 0, so that the first increment is seen.
func (m *metrics) declare(t *routing.Tenant) {
	for _, q := range t.Queues {
		m.declareQueue(q)
	}
	for _, c := range t.Channels {
		m.segments.WithLabelValues(string(c.ID))
		m.optOuts.WithLabelValues(string(c.ID))
		for _, s := range []routing.MessageState{routing.MessageSent, routing.MessageDelivered} {
			m.deliveries.WithLabelValues(c.Carrier, string(s), "")
		}
		for _, result := range orphanResults() {
			m.orphans.WithLabelValues(c.Carrier, result)
		}
		for _, class := range failureClasses() {
			m.held.WithLabelValues(string(c.ID), class)
			m.deliveries.WithLabelValues(c.Carrier, string(routing.MessageFailed), class)
			m.deliveries.WithLabelValues(c.Carrier, string(routing.MessageUnknown), class)
		}
	}
}

func (m *metrics) declareQueue(q routing.Queue) {
	id := string(q.ID)
	for _, c := range []*prometheus.CounterVec{m.entries, m.inTime, m.shortAbandons, m.storms, m.parked, m.replies, m.repliesInTime, m.unanswered} {
		c.WithLabelValues(id)
	}
	outcomes := []string{"answered", "abandoned", "expired", "overflowed", "withdrawn"}
	for _, outcome := range outcomes {
		m.ended.WithLabelValues(id, outcome)
	}
	m.wait.Declare(id, []float64{q.ServiceLevel().Seconds()}, outcomes...)
	for _, o := range []routing.Outcome{
		routing.OutcomeAccepted, routing.OutcomeRejected, routing.OutcomeLapsed, routing.OutcomeWithdrawn, routing.OutcomeTaken,
	} {
		m.offers.WithLabelValues(id, string(o))
	}
	for _, h := range []*measures.Waits{m.firstResponse, m.response} {
		h.Declare(id, []float64{q.ReplyTarget().Seconds()})
	}
	m.transfers.WithLabelValues(id, "agent")
	m.transfers.WithLabelValues(id, "queue")
	for _, r := range routing.RequeueReasons() {
		m.requeued.WithLabelValues(id, string(r))
	}
	for _, h := range []*measures.Waits{m.offerResponse, m.handle, m.wrapUp} {
		h.Declare(id, nil)
	}
}

// failureClasses are what a carrier's error may mean: the words of package carrier, which this room does not know.
func failureClasses() []string {
	return []string{
		"rate", "auth", "invalid", "unreachable", "landline", "opted_out", "blocked", "unregistered", "expired", "carrier", classUnknown,
	}
}

// classUnknown is the class of a failure without a reason, or with one that is none of the others.
const classUnknown = "unknown"

// classOf keeps the label a closed set.
func classOf(f *routing.Failure) string {
	switch {
	case f == nil:
		return classUnknown
	case slices.Contains(failureClasses(), f.Class):
		return f.Class
	}
	return classUnknown
}

// observe counts what one commit made happen to a conversation of this carrier. Queue is each queue as it is configured now.
func (m *metrics) observe(steps []routing.Step, queue func(routing.QueueID) routing.Queue, provider string) {
	for _, s := range steps {
		m.countEntries(s, queue)
		m.count(s.Was, s.Is, s.Envelope, queue, provider)
		m.countTimes(s.Was, s.Is, s.At)
	}
}

func (m *metrics) countEntries(s routing.Step, queue func(routing.QueueID) routing.Queue) {
	if entered := s.EntryBegins(); entered != "" {
		m.entries.WithLabelValues(string(entered)).Inc()
	}
	entry, ended := s.EntryEnds()
	if !ended {
		return
	}
	id, outcome := string(entry.Queue), string(entry.Outcome)
	m.wait.Observe(entry.Waited.Seconds(), id, outcome)
	m.ended.WithLabelValues(id, outcome).Inc()
	if entered := queue(entry.Queue); entry.Outcome == routing.EntryAnswered && entry.Waited <= entered.ServiceLevel() {
		m.inTime.WithLabelValues(id).Inc()
	}
	if entry.Outcome == routing.EntryAbandoned && entry.Waited < reports.ShortAbandon {
		m.shortAbandons.WithLabelValues(id).Inc()
	}
}

func (m *metrics) count(was, is *routing.Conversation, e routing.Envelope, queue func(routing.QueueID) routing.Queue, provider string) {
	switch ev := e.Event.(type) {
	case routing.MessageAdded:
		m.countMessage(was, ev.Message, queue)
	case routing.MessageAdvanced:
		if ev.State != routing.MessageQueued && ev.State != routing.MessageSending {
			class := ""
			if ev.State == routing.MessageFailed || ev.State == routing.MessageUnknown {
				class = classOf(ev.Failure)
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
		if ev.Rule != routing.ByElsewhere { // it is counted there
			m.optOuts.WithLabelValues(string(is.Channel)).Inc()
		}
	case routing.ConversationEnded:
		if !was.UnansweredSince.IsZero() {
			m.unanswered.WithLabelValues(string(was.Queue)).Inc()
		}
	case routing.Started, routing.Returned, routing.TransferEnded, routing.ConversationTaken, routing.PostProcessingStarted,
		routing.OfferMade, routing.MessageGrown, routing.MessagesRead, routing.Reopened, routing.CustomerAttached,
		routing.CaseSaved, routing.PostProcessingExtended, routing.DispositionAwaited, routing.WrappedUp, routing.OptedIn,
		routing.OptOutAsked, routing.OptOutDismissed, routing.Erased,
		routing.Prioritized:
	}
}

// match counts the orphans that have found their texts.
func (m *metrics) match(heeded []routing.Orphan) {
	for _, o := range heeded {
		m.orphans.WithLabelValues(o.Carrier, orphanMatched).Inc()
	}
}

// countTimes measures how long somebody talked when that somebody no longer does, and how long the wrap-up took.
func (m *metrics) countTimes(was, is *routing.Conversation, at time.Time) {
	took := at.Sub(was.StateSince).Seconds()
	if was.State == routing.Active && (is.State != routing.Active || is.Agent != was.Agent) {
		m.handle.Observe(took, string(was.Queue))
	}
	if was.State == routing.PostProcessing && is.State == routing.Ended {
		m.wrapUp.Observe(took, string(was.Queue))
	}
}

// countOffer counts an offer in the queue that made it.
func (m *metrics) countOffer(was *routing.Conversation, ev routing.OfferEnded, at time.Time) {
	queue := string(was.Queue)
	if was.Transfer != nil && was.Transfer.Queue != "" {
		queue = string(was.Transfer.Queue)
	}
	m.offers.WithLabelValues(queue, string(ev.Outcome)).Inc()
	if offer, rang := was.Ring(ev.Offer); rang && (ev.Outcome == routing.OutcomeAccepted || ev.Outcome == routing.OutcomeRejected) {
		m.offerResponse.Observe(at.Sub(offer.OfferedAt).Seconds(), queue)
	}
}

func (m *metrics) countMessage(was *routing.Conversation, msg *routing.Message, queue func(routing.QueueID) routing.Queue) {
	m.messages.WithLabelValues(string(msg.Direction), string(msg.Kind)).Inc()
	if msg.Direction != routing.Outbound || msg.State == "" {
		return
	}
	m.segments.WithLabelValues(string(was.Channel)).Add(float64(msg.Segments))
	if msg.Kind == routing.KindSMS && !was.UnansweredSince.IsZero() {
		took := msg.At.Sub(was.UnansweredSince).Seconds()
		m.response.Observe(took, string(was.Queue))
		m.replies.WithLabelValues(string(was.Queue)).Inc()
		if its := queue(was.Queue); took <= its.ReplyTarget().Seconds() {
			m.repliesInTime.WithLabelValues(string(was.Queue)).Inc()
		}
		if !was.UnansweredSince.After(was.CreatedAt) {
			m.firstResponse.Observe(took, string(was.Queue))
		}
	}
}
