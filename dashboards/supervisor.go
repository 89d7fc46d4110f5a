package dashboards

import "switchyard/actors/measures"

// supervisor is the page of who leads the shift: how the customers fare now and in the chosen time, and what the agents do.
func supervisor() Dashboard {
	return Dashboard{
		UID: "switchyard-supervisor", Title: "Switchyard: supervisor", Description: "How customers wait and agents work, now and in the chosen time.",
		Rows: []Row{
			{"Now", supervisorNow()},
			{"In the chosen time", supervisorRange()},
			{"Queues", supervisorQueues()},
			{"The course of the day", supervisorCourse()},
		},
	}
}

func supervisorNow() []Panel {
	s := chosen()
	return []Panel{
		number("Waiting", Count, s.now(measures.QueueWaiting, ""), "Customers who wait for an agent now, those that ring included.", atMost(10, 30)...),
		number("Longest wait", Seconds, s.now(measures.LongestWait, ""), "How long the customer has waited who waits longest now.", atMost(60, 300)...),
		number("Waiting too long", Count, s.now(measures.WaitingOverThreshold, ""), "Customers who have waited longer than their queue's service level and still do.", atMost(1, 5)...),
		number("Agents ready", Count, s.now(measures.Agents, "", `state=~"available|busy|post_processing"`), "Agents who are available, with conversations or without."),
		number("Agents away", Count, s.now(measures.Agents, "", `state=~"busy_stop_new|on_break|working_offline"`), "Agents who are signed in and take nothing new: no more, on break, or at other work."),
		number("Conversations", Count, s.now(measures.Conversations, "", `state="active"`), "Conversations that agents have now."),
	}
}

func supervisorRange() []Panel {
	s := chosen()
	return []Panel{
		number("Service level", Share, s.serviceLevel(wholeRange, ""), "Of the customers whose wait is decided: how many an agent took within the queue's service level. "+
			"Who waits longer than that already counts as not in time; who gave up within 5 seconds does not count.", atLeast(.7, .8)...),
		number("Speed of answer", Seconds, s.answerSpeed(wholeRange, ""), "How long those waited on average whom an agent took (ASA).", atMost(60, 300)...),
		number("Abandoned", Share, s.abandonment(wholeRange, ""), "Customers who gave up, or waited as long as the queue lets anybody, of those whose wait is decided.", atMost(.05, .1)...),
		number("Replies in time", Share, s.repliesInTime(wholeRange, ""), "Of all turns of customers that were answered, not only the first: how many within the queue's reply target.", atLeast(.7, .8)...),
		number("Occupancy", Share, s.occupancy(wholeRange), "How much of the places of agents who take conversations was taken. Above 85 % people tire.", atMost(.85, .95)...),
		number("Opt-outs", Count, s.grown(measures.OptOuts, wholeRange, ""), "Customers who wrote STOP or the like."),
	}
}

func supervisorQueues() []Panel {
	s, q := chosen(), measures.LabelQueue
	return []Panel{{
		Title: "Queues", Kind: Table, Width: 24, Unit: Count,
		Description: "A line for each queue. Waiting, longest and ready are now, all others in the chosen time. An agent of two queues is ready in both.",
		Queries: []Query{
			{Expr: s.now(measures.QueueWaiting, q), Legend: "Waiting"},
			{Expr: s.now(measures.LongestWait, q), Legend: "Longest", Unit: Seconds},
			{Expr: s.now(measures.QueueAgents, q, `state=~"available|busy|post_processing"`), Legend: "Ready"},
			{Expr: s.grown(measures.QueueEntries, wholeRange, q), Legend: "Entered"},
			{Expr: s.grown(measures.QueueEntriesEnded, wholeRange, q, `outcome="answered"`), Legend: "Answered"},
			{Expr: s.serviceLevel(wholeRange, q), Legend: "Service level", Unit: Share},
			{Expr: s.now(measures.QueueThreshold, q), Legend: "Within", Unit: Seconds},
			{Expr: s.answerSpeed(wholeRange, q), Legend: "Speed of answer", Unit: Seconds},
			{Expr: s.abandonment(wholeRange, q), Legend: "Abandoned", Unit: Share},
			{Expr: s.repliesInTime(wholeRange, q), Legend: "Replies in time", Unit: Share},
			{Expr: s.now(measures.ReplyTarget, q), Legend: "Reply target", Unit: Seconds},
		},
	}}
}

func supervisorCourse() []Panel {
	s, q := chosen(), measures.LabelQueue
	return []Panel{
		stack("Waiting", Count, "Customers who wait, by queue.", Query{Expr: s.now(measures.QueueWaiting, q), Legend: "{{queue}}"}),
		lines("Longest wait", Seconds, "The longest wait of those who wait, by queue.", Query{Expr: s.now(measures.LongestWait, q), Legend: "{{queue}}"}),
		lines("Service level", Share, "Service level of the quarter hour before each moment, by queue.", Query{Expr: s.serviceLevel(quarter, q), Legend: "{{queue}}"}),
		stack("Entered", Count, "Entries into queues in the quarter hour before each moment.", Query{Expr: s.grown(measures.QueueEntries, quarter, q), Legend: "{{queue}}"}),
		stack("Agents", Count, "What agents are doing, each counted once.", Query{Expr: s.now(measures.Agents, measures.LabelState), Legend: "{{state}}"}),
		stack("Conversations", Count, "Open conversations: waiting, ringing, with agents, silent, being wrapped up.", Query{Expr: s.now(measures.Conversations, measures.LabelState), Legend: "{{state}}"}),
		lines("Conversations for each busy agent", Count, "Active conversations for each agent who has at least one.",
			Query{Expr: ratio(s.now(measures.Conversations, "", `state="active"`), s.now(measures.Agents, "", `state=~"busy|busy_stop_new"`)), Legend: "concurrency"}),
		lines("First reply", Seconds, "How long half and nine tenths of customers waited for an agent's first words, from their first text.",
			Query{Expr: s.quantile("0.5", measures.FirstResponse, ""), Legend: "half"},
			Query{Expr: s.quantile("0.9", measures.FirstResponse, ""), Legend: "nine of ten"}),
		lines("Every reply", Seconds, "The same for every turn of a customer, from the oldest text that was not answered.",
			Query{Expr: s.quantile("0.5", measures.Response, ""), Legend: "half"},
			Query{Expr: s.quantile("0.9", measures.Response, ""), Legend: "nine of ten"}),
		lines("Replies in time", Share, "Replies within the queue's reply target, in the quarter hour before each moment.", Query{Expr: s.repliesInTime(quarter, q), Legend: "{{queue}}"}),
		lines("Occupancy", Share, "How much of the agents' places was taken.", Query{Expr: s.occupancy(quarter), Legend: "occupancy"}),
		stack("What customers wait for", Seconds, "Seconds of waiting by what was waited for, in the quarter hour before each moment.",
			Query{Expr: s.grown(measures.WaitReasons, quarter, measures.LabelReason), Legend: "{{reason}}"}),
		stack("What agents do", Seconds, "Agents' time in the quarter hour before each moment, by what they were doing.",
			Query{Expr: s.grown(measures.AgentStateSeconds, quarter, measures.LabelState), Legend: "{{state}}"}),
	}
}
