package dashboards

import "switchyard/actors/measures"

// queues looks into queues one by one.
func queues() Dashboard {
	s, q := chosen(), measures.LabelQueue
	return Dashboard{
		UID: "switchyard-queue", Title: "Switchyard: queue", Description: "One queue, or several side by side: waits, offers, handling and what goes wrong.",
		Rows: []Row{
			{"Waits", queueWaits()},
			{"Offers", []Panel{
				stack("Offers", Count, "Offers that ended, by how: accepted, rejected, lapsed (nobody answered), withdrawn, taken by another who was asked too.",
					Query{Expr: s.grown(measures.Offers, quarter, measures.LabelOutcome), Legend: "{{outcome}}"}),
				lines("Acceptance", Share, "Accepted offers, of those that were accepted, rejected or missed.", Query{Expr: s.acceptance(quarter, q), Legend: "{{queue}}"}),
				lines("Time to accept", Seconds, "How long nine tenths of offers rang before they were accepted or rejected.",
					Query{Expr: s.quantile("0.9", measures.OfferResponse, q), Legend: "{{queue}}"}),
				lines("Storms", Count, "Times that more than half of a queue's agents missed offers at once. Nobody is blamed; look at the network.",
					Query{Expr: s.grown(measures.Storms, quarter, q), Legend: "{{queue}}"}),
			}},
			{"Handling", []Panel{
				lines("Talk", Seconds, "How long an agent had a conversation on average, the customer's silences included.", Query{Expr: s.mean(measures.Handle, quarter, q), Legend: "{{queue}}"}),
				lines("Wrap-up", Seconds, "How long post-processing took on average.", Query{Expr: s.mean(measures.WrapUp, quarter, q), Legend: "{{queue}}"}),
				stack("Transfers", Count, "Transfers begun, to agents and to queues.", Query{Expr: s.grown(measures.Transfers, quarter, measures.LabelKind), Legend: "to {{kind}}"}),
				stack("Taken back", Count, "Conversations taken from an agent and put back, by reason.", Query{Expr: s.grown(measures.Requeued, quarter, measures.LabelReason), Legend: "{{reason}}"}),
				lines("Parked", Count, "Conversations parked because the customer was silent.", Query{Expr: s.grown(measures.Parked, quarter, q), Legend: "{{queue}}"}),
				lines("Left unanswered", Count, "Conversations that ended with a text that nobody had answered.", Query{Expr: s.grown(measures.Unanswered, quarter, q), Legend: "{{queue}}"}),
			}},
			{"Members", []Panel{
				stack("Members", Count, "The queue's agents by what they are doing.", Query{Expr: s.now(measures.QueueAgents, measures.LabelState), Legend: "{{state}}"}),
				stack("What customers wait for", Seconds, "Seconds of waiting by what was waited for.", Query{Expr: s.grown(measures.WaitReasons, quarter, measures.LabelReason), Legend: "{{reason}}"}),
			}},
		},
	}
}

func queueWaits() []Panel {
	s, q := chosen(), measures.LabelQueue
	return []Panel{
		lines("Wait until an agent took it", Seconds, "How long half, nine tenths and all but one of a hundred waited of those whom an agent took.",
			Query{Expr: s.quantile("0.5", measures.QueueWait, q, `outcome="answered"`), Legend: "{{queue}} half"},
			Query{Expr: s.quantile("0.9", measures.QueueWait, q, `outcome="answered"`), Legend: "{{queue}} nine of ten"},
			Query{Expr: s.quantile("0.99", measures.QueueWait, q, `outcome="answered"`), Legend: "{{queue}} 99 of 100"},
			Query{Expr: s.now(measures.QueueThreshold, q), Legend: "{{queue}} service level"}),
		stack("How waits ended", Count, "Entries that ended: answered, abandoned by the customer, expired, given away by the queue (overflowed), ended or moved by somebody (withdrawn).",
			Query{Expr: s.grown(measures.QueueEntriesEnded, quarter, measures.LabelOutcome), Legend: "{{outcome}}"}),
		lines("Waiting too long", Count, "Customers who have waited longer than the service level and still do.", Query{Expr: s.now(measures.WaitingOverThreshold, q), Legend: "{{queue}}"}),
		lines("Gave up at once", Count, "Customers who gave up within 5 seconds; they do not count.", Query{Expr: s.grown(measures.ShortAbandoned, quarter, q), Legend: "{{queue}}"}),
		lines("Expected wait", Seconds, "What a customer is told who comes now and finds nobody free, and by how much it may be wrong.",
			Query{Expr: s.now(measures.ExpectedWait, q), Legend: "{{queue}}"},
			Query{Expr: s.now(measures.ExpectedWaitBar, q), Legend: "{{queue}} more or less"}),
		lines("Were the estimates right?", Share, "Expected waits that were right within their error bar; four of five should be.",
			Query{Expr: ratio(s.grown(measures.EstimatesHeld, wholeRange, q), s.grown(measures.Estimates, wholeRange, q)), Legend: "{{queue}}"}),
		lines("Estimates were off by", Seconds, "By how much expected waits were off on average.",
			Query{Expr: ratio(s.grown(measures.EstimatesOff, wholeRange, q), s.grown(measures.Estimates, wholeRange, q)), Legend: "{{queue}}"}),
		lines("Reply target", Seconds, "The time within which a reply is in time, and how long nine tenths took.",
			Query{Expr: s.now(measures.ReplyTarget, q), Legend: "{{queue}} target"},
			Query{Expr: s.quantile("0.9", measures.Response, q), Legend: "{{queue}} nine of ten"}),
	}
}
