package dashboards

import "switchyard/actors/measures"

// delivery follows texts to carriers and back.
func delivery() Dashboard {
	s := chosen()
	channel, class, provider := measures.LabelChannel, measures.LabelClass, measures.LabelProvider
	return Dashboard{
		UID: "switchyard-delivery", Title: "Switchyard: delivery and carriers", Description: "What becomes of texts, and how carriers behave.",
		Rows: []Row{
			{"In the chosen time", []Panel{
				number("Not delivered", Share, s.deliveryFailures(wholeRange, ""), "Texts that failed, of those whose fate is known.", atMost(.03, .1)...),
				number("Fate unknown", Count, s.grown(measures.Deliveries, wholeRange, "", `status="unknown"`), "Texts of which the carrier did not say whether it had taken them. They are never sent again; a receipt may tell."),
				number("Waiting to be sent", Count, s.now(measures.OutboxWaiting, ""), "Texts that are to be handed to a carrier now.", atMost(20, 200)...),
				number("Oldest of them", Seconds, s.now(measures.OutboxOldest, ""), "How long the oldest of them has waited.", atMost(30, 300)...),
				number("Channels held", Count, s.now(measures.ChannelHeld, ""), "Channels whose carrier takes no texts now.", atMost(1, 1)...),
				number("Calls refused", Count, s.grown(measures.Webhooks, wholeRange, "", rejected()), "Carriers' calls that were refused: wrong signature, unknown channel, unreadable, to a number that is not the channel's.", atMost(1, 20)...),
			}},
			{"Texts to customers", []Panel{
				stack("How far texts came", Count, "Steps of texts in the quarter hour before each moment.", Query{Expr: s.grown(measures.Deliveries, quarter, measures.LabelStatus), Legend: "{{status}}"}),
				lines("Not delivered", Share, "Texts that failed, of those whose fate is known, by carrier.", Query{Expr: s.deliveryFailures(quarter, provider), Legend: "{{provider}}"}),
				stack("Why texts failed", Count, "Failed texts by what the carrier's error means.", Query{Expr: s.grown(measures.Deliveries, quarter, class, `status=~"failed|unknown"`), Legend: "{{class}}"}),
				stack("Segments", Count, "Segments of texts to customers, which is what carriers charge.", Query{Expr: s.grown(measures.Segments, quarter, channel), Legend: "{{channel}}"}),
				lines("Waiting to be sent", Count, "Texts that are to be handed to a carrier.", Query{Expr: s.now(measures.OutboxWaiting, channel), Legend: "{{channel}}"}),
				lines("Oldest of them", Seconds, "How long the oldest of them has waited.", Query{Expr: s.now(measures.OutboxOldest, channel), Legend: "{{channel}}"}),
				lines("Channels held", Count, "1 while the channel's carrier takes no texts, else 0.", Query{Expr: s.now(measures.ChannelHeld, channel), Legend: "{{channel}}"}),
				stack("Why channels are held", Count, "Channels that are held, by why: auth is a credential to be set right.", Query{Expr: s.now(measures.ChannelHeld, class), Legend: "{{class}}"}),
			}},
			{"Texts from customers", []Panel{
				stack("Messages", Count, "What was added to transcripts.", Query{Expr: s.grown(measures.Messages, quarter, "direction, kind"), Legend: "{{direction}} {{kind}}"}),
				stack("Carriers' calls", Count, "Calls, and texts and reports in them, by what became of them.", Query{Expr: s.grown(measures.Webhooks, quarter, measures.LabelResult), Legend: "{{result}}"}),
				stack("Reports by the carrier's id alone", Count, "Reports that did not bring our own id: known at once, kept until the text is known by the carrier's (matched), or in vain (expired, displaced).",
					Query{Expr: s.grown(measures.Orphans, quarter, measures.LabelResult), Legend: "{{result}}"}),
				stack("Calls refused", Count, "Refused calls by carrier and reason.", Query{Expr: s.grown(measures.Webhooks, quarter, "carrier, result", rejected()), Legend: "{{carrier}} {{result}}"}),
				lines("Opt-outs", Count, "Customers who wrote STOP or the like, by channel.", Query{Expr: s.grown(measures.OptOuts, quarter, channel), Legend: "{{channel}}"}),
				lines("Opt-outs for 1000 conversations", Count, "The same, for a thousand entries into queues in the chosen time.",
					Query{Expr: "1000 * " + ratio(s.grown(measures.OptOuts, wholeRange, ""), s.grown(measures.QueueEntries, wholeRange, "")), Legend: "opt-outs"}),
			}},
		},
	}
}

// rejected are the results of carriers' calls that were not taken because something about them is wrong.
func rejected() string { return `result=~"signature|malformed|misdirected|unknown_channel"` }
