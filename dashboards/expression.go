package dashboards

import (
	"slices"
	"strings"

	"switchyard/actors/measures"
)

// Windows of expressions. The first two are Grafana's variables; few events are counted over a quarter of an hour, since a rate of a few
// an hour looks like nothing.
const (
	wholeRange = "$__range"
	step       = "$__rate_interval"
	quarter    = "15m"
)

// scope is which series an expression is about: those that are chosen in a dashboard, or all of them, in a rule.
type scope struct{ chosen bool }

func chosen() scope   { return scope{chosen: true} }
func everyone() scope { return scope{} }

// of selects the series of a measure. A suffix is a histogram's, such as _count.
func (s scope) of(name, suffix string, matchers ...string) string {
	m := measures.Of(name)
	if s.chosen {
		if slices.Contains(m.Labels, measures.LabelQueue) {
			matchers = append([]string{`queue=~"$queue"`}, matchers...)
		}
		matchers = append([]string{`job=~"$job"`}, matchers...)
	}
	if len(matchers) == 0 {
		return name + suffix
	}
	return name + suffix + "{" + strings.Join(matchers, ",") + "}"
}

func by(labels string) string {
	if labels == "" {
		return ""
	}
	return " by (" + labels + ")"
}

// now is a gauge, put together over the nodes as its definition says.
func (s scope) now(name, labels string, matchers ...string) string {
	return string(measures.Of(name).Across) + by(labels) + " (" + s.of(name, "", matchers...) + ")"
}

// grown is by how much a counter has grown over a window.
func (s scope) grown(name, window, labels string, matchers ...string) string {
	return "sum" + by(labels) + " (increase(" + s.of(name, "", matchers...) + "[" + window + "]))"
}

// rate is how fast a counter grows in a second.
func (s scope) rate(name, labels string) string {
	return "sum" + by(labels) + " (rate(" + s.of(name, "") + "[" + step + "]))"
}

// happened is how often a histogram was observed over a window.
func (s scope) happened(name, window, labels string, matchers ...string) string {
	return "sum" + by(labels) + " (increase(" + s.of(name, "_count", matchers...) + "[" + window + "]))"
}

// mean is the mean of what a histogram observed over a window.
func (s scope) mean(name, window, labels string, matchers ...string) string {
	return ratio("sum"+by(labels)+" (increase("+s.of(name, "_sum", matchers...)+"["+window+"]))", s.happened(name, window, labels, matchers...))
}

// quantile is a histogram's quantile over a quarter of an hour; nothing where nothing was observed, since no number is at least 0.
func (s scope) quantile(q, name, labels string, matchers ...string) string {
	le := "le"
	if labels != "" {
		le = labels + ", le"
	}
	return "histogram_quantile(" + q + ", sum by (" + le + ") (increase(" + s.of(name, "_bucket", matchers...) + "[" + quarter + "]))) >= 0"
}

// quantileEver is the same since the nodes started.
func (s scope) quantileEver(q, name string) string {
	return "histogram_quantile(" + q + ", sum by (le) (" + s.of(name, "_bucket") + "))"
}

// ratio is nothing where it would be divided by nothing.
func ratio(part, whole string) string { return part + " / (" + whole + " > 0)" }

// The definitions of docs/metrics.md.

// serviceLevel is answered in time, of what is decided: ended, without withdrawn and short abandoned, and waiting too long already.
func (s scope) serviceLevel(window, labels string) string {
	return ratio(s.grown(measures.AnsweredInTime, window, labels), "("+s.decided(window, labels)+" + "+s.now(measures.WaitingOverThreshold, labels)+")")
}

func (s scope) decided(window, labels string) string {
	return s.grown(measures.QueueEntriesEnded, window, labels, `outcome!="withdrawn"`) + " - " + s.grown(measures.ShortAbandoned, window, labels)
}

func (s scope) answerSpeed(window, labels string) string {
	return s.mean(measures.QueueWait, window, labels, `outcome="answered"`)
}

func (s scope) abandonment(window, labels string) string {
	return ratio("("+s.grown(measures.QueueEntriesEnded, window, labels, `outcome=~"abandoned|expired"`)+" - "+
		s.grown(measures.ShortAbandoned, window, labels)+")", "("+s.decided(window, labels)+")")
}

func (s scope) repliesInTime(window, labels string) string {
	return ratio(s.grown(measures.RepliesInTarget, window, labels), s.grown(measures.Replies, window, labels))
}

func (s scope) occupancy(window string) string {
	return ratio(s.grown(measures.AgentSlotSeconds, window, "", `use="taken"`), s.grown(measures.AgentSlotSeconds, window, ""))
}

// acceptance is accepted offers of those that were decided by the agent.
func (s scope) acceptance(window, labels string) string {
	return ratio(s.grown(measures.Offers, window, labels, `outcome="accepted"`), s.decidedOffers(window, labels))
}

func (s scope) decidedOffers(window, labels string) string {
	return s.grown(measures.Offers, window, labels, `outcome=~"accepted|rejected|lapsed"`)
}

func (s scope) missed(window, labels string) string {
	return ratio(s.grown(measures.Offers, window, labels, `outcome="lapsed"`), s.decidedOffers(window, labels))
}

func (s scope) deliveryFailures(window, labels string) string {
	return ratio(s.grown(measures.Deliveries, window, labels, `status="failed"`), s.decidedTexts(window, labels))
}

func (s scope) decidedTexts(window, labels string) string {
	return s.grown(measures.Deliveries, window, labels, `status=~"failed|delivered"`)
}
