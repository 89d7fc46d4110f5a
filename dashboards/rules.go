package dashboards

import (
	"switchyard/actors/measures"
)

// Record is a recording rule: an expression that Prometheus evaluates all the time and keeps under a name.
type Record struct{ Name, Expr string }

// Records are the measures of docs/metrics.md that are ratios, over the last quarter hour, for one's own rules and pages. They keep to
// the convention level:metric:operation.
func Records() []Record {
	s, queue := everyone(), measures.LabelQueue
	return []Record{
		{"queue:switchyard_service_level:ratio15m", s.serviceLevel(quarter, queue)},
		{"queue:switchyard_answer_speed_seconds:mean15m", s.answerSpeed(quarter, queue)},
		{"queue:switchyard_abandonment:ratio15m", s.abandonment(quarter, queue)},
		{"queue:switchyard_replies_in_target:ratio15m", s.repliesInTime(quarter, queue)},
		{"queue:switchyard_offers_missed:ratio15m", s.missed(quarter, queue)},
		{"provider:switchyard_deliveries_failed:ratio15m", s.deliveryFailures(quarter, measures.LabelProvider)},
		{"switchyard:occupancy:ratio15m", s.occupancy(quarter)},
	}
}

// Severity says how soon somebody has to look.
type Severity string

// The severities.
const (
	Page Severity = "page" // now
	Warn Severity = "warn" // during the shift
)

// Alert is a rule that tells somebody.
type Alert struct {
	Name, Expr, For string
	Severity        Severity
	// Summary says what is wrong, and Action what to do. Labels of the expression may stand in them as {{ $labels.queue }}.
	Summary, Action string
}

// Alerts are the alerts that supervisors and operators get.
func Alerts() []Alert { return append(floorAlerts(), engineAlerts()...) }

// open leaves out queues that are closed by their schedule: what waits there waits for the morning.
func open(condition string) string {
	return condition + " unless on (queue) sum by (queue) (increase(" + everyone().of(measures.WaitReasons, "", `reason="schedule"`) + "[5m])) > 0"
}

func floorAlerts() []Alert {
	s, q := everyone(), measures.LabelQueue
	return []Alert{
		{
			Name: "QueueUnstaffed", For: "2m", Severity: Page,
			Expr:    open(s.now(measures.QueueWaiting, q) + " > 0 and on (queue) " + s.now(measures.QueueAgents, q, `state=~"available|busy|post_processing"`) + " == 0"),
			Summary: "Customers wait in {{ $labels.queue }} and no agent of it takes conversations",
			Action:  "Have somebody sign in, or let the queue overflow to another.",
		},
		{
			Name: "ServiceLevelLow", For: "5m", Severity: Warn,
			Expr:    open("queue:switchyard_service_level:ratio15m < 0.8 and on (queue) (" + s.decided(quarter, q) + ") >= 10"),
			Summary: "Less than four of five customers of {{ $labels.queue }} are taken in time",
			Action:  "Look at what customers wait for; move agents or let the queue overflow.",
		},
		{
			Name: "LongestWaitHigh", For: "1m", Severity: Warn,
			Expr:    open(s.now(measures.LongestWait, q) + " > 5 * " + s.now(measures.QueueThreshold, q)),
			Summary: "A customer of {{ $labels.queue }} has waited five times the service level",
			Action:  "Look at the line on the wallboard: the explanation of the oldest says what it waits for.",
		},
		{
			Name: "OfferTimeoutsHigh", For: "5m", Severity: Warn,
			Expr:    "queue:switchyard_offers_missed:ratio15m > 0.3 and on (queue) " + s.decidedOffers(quarter, q) + " >= 10",
			Summary: "Agents of {{ $labels.queue }} miss three of ten offers",
			Action:  "Agents may be away from their desks with the status available, or their desktops do not ring.",
		},
		{
			Name: "DeliveryFailuresHigh", For: "5m", Severity: Warn,
			Expr: s.deliveryFailures("30m", measures.LabelProvider) + " > 0.1 and on (provider) " +
				s.decidedTexts("30m", measures.LabelProvider) + " >= 20",
			Summary: "More than one of ten texts over {{ $labels.provider }} fails",
			Action:  "The dashboard of deliveries shows why; blocked or unregistered is for the carrier's support.",
		},
		{
			Name: "OptOutSpike", For: "0s", Severity: Warn,
			Expr: s.grown(measures.OptOuts, "1h", measures.LabelChannel) + " >= 5 and on (channel) " +
				s.grown(measures.OptOuts, "1h", measures.LabelChannel) + " > 3 * " + s.grown(measures.OptOuts, "6h", measures.LabelChannel) + " / 6",
			Summary: "Many customers of {{ $labels.channel }} opt out",
			Action:  "Read what was sent to them: a wrong automatic text is the usual reason.",
		},
	}
}

func engineAlerts() []Alert {
	s := everyone()
	found := func(name, what string) string {
		return `label_replace(` + s.grown(name, quarter, "") + ` > 0, "what", "` + what + `", "", "")`
	}
	return []Alert{
		{
			Name: "WebhookRejects", For: "2m", Severity: Page,
			Expr:    s.grown(measures.Webhooks, "10m", "carrier, result", rejected()) + " >= 5",
			Summary: "Calls of {{ $labels.carrier }} are refused: {{ $labels.result }}",
			Action:  "Customers' texts may be lost. signature: the channel's secret or --public-url is wrong; unknown_channel: the address at the carrier is.",
		},
		{
			Name: "OutboxStuck", For: "1m", Severity: Page,
			Expr:    s.now(measures.OutboxOldest, measures.LabelChannel) + " > 120",
			Summary: "Replies over {{ $labels.channel }} have waited for two minutes",
			Action:  "switchyard_channel_held says whether the carrier refuses them, and why; else the number's rate is too low for the traffic.",
		},
		{
			Name: "ChannelRefused", For: "0s", Severity: Page,
			Expr:    s.now(measures.ChannelHeld, measures.LabelChannel, `class="auth"`) + " > 0",
			Summary: "The carrier of {{ $labels.channel }} refuses our credentials, and replies wait",
			Action:  "Put the channel's account or secret right in the configuration; what waits leaves by itself, within the hour after which it fails.",
		},
		{
			Name: "SSEResetsHigh", For: "5m", Severity: Warn,
			Expr: ratio(s.grown(measures.SSEResumes, "10m", "", `result="reset"`), s.grown(measures.SSEResumes, "10m", "")) +
				" > 0.2 and " + s.grown(measures.SSEResumes, "10m", "") + " >= 10",
			Summary: "One of five desktops that come back has to read everything anew",
			Action:  "Streams break for long: look at the proxy's time-outs and buffering, and at the network.",
		},
		{
			Name: "NoReadyNode", For: "30s", Severity: Page,
			Expr:    "(" + s.now(measures.PartitionsServed, "") + " or vector(0)) == 0",
			Summary: "No node serves anything",
			Action:  "Look whether a node runs, what its /readyz says, and whether the store answers.",
		},
		{
			Name: "InvariantViolated", For: "0s", Severity: Page,
			Expr:    found(measures.CapacityViolations, "capacity") + " or " + found(measures.Panics, "panic") + " or " + found(measures.DeadInputs, "dead letter"),
			Summary: "What must never happen has happened: {{ $labels.what }}",
			Action:  "This is a bug; the log says more. Nothing is lost: a dead letter is kept, a conversation that panicked was read again.",
		},
	}
}
