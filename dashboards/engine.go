package dashboards

import "switchyard/actors/measures"

// engine is the page of who runs the service.
func engine() Dashboard {
	s := chosen()
	return Dashboard{
		UID: "switchyard-engine", Title: "Switchyard: engine", Description: "Nodes, the inbox, commits, streams and HTTP, for who runs the service.",
		Rows: []Row{
			{"Must be 0", mustBeZero()},
			{"Nodes", []Panel{
				lines("Partitions served", Count, "Over all nodes this is the number of partitions; less is an outage of some tenants.", Query{Expr: s.now(measures.PartitionsServed, ""), Legend: "all nodes"}),
				lines("Nodes", Count, "Nodes that share the store.", Query{Expr: s.now(measures.NodesLiving, ""), Legend: "nodes"}),
				lines("Hand-overs", Count, "Partitions handed over in order.", Query{Expr: s.grown(measures.HandOvers, quarter, ""), Legend: "hand-overs"}),
				lines("Recovery", Seconds, "How long nine of ten partitions took from being owned to being served, since the nodes started.", Query{Expr: s.quantileEver("0.9", measures.Recovery), Legend: "nine of ten"}),
			}},
			{"Inputs", []Panel{
				lines("Inbox", Count, "Inputs that are read and not worked off.", Query{Expr: s.now(measures.InboxDepth, ""), Legend: "inputs"}),
				lines("Oldest input", Seconds, "Age of the oldest of them.", Query{Expr: s.now(measures.InboxOldest, ""), Legend: "oldest"}),
				stack("Inputs", Rate, "Inputs worked off in a second, by type.", Query{Expr: s.rate(measures.Inputs, measures.LabelType), Legend: "{{type}}"}),
				stack("Refusals", Rate, "Commands refused in a second, by code.", Query{Expr: s.rate(measures.Refusals, measures.LabelCode), Legend: "{{code}}"}),
			}},
			{"Commits", []Panel{
				lines("Commits", Rate, "Batches committed in a second.", Query{Expr: s.rate(measures.Commits, ""), Legend: "commits"}),
				lines("Commit time", Seconds, "Time of half and of all but one in a hundred commits, retries included.",
					Query{Expr: s.quantile("0.5", measures.CommitTime, ""), Legend: "half"},
					Query{Expr: s.quantile("0.99", measures.CommitTime, ""), Legend: "99 of 100"}),
				lines("Units in a commit", Count, "Units of work in one commit on average: what waits for the store shares its next write.", Query{Expr: s.mean(measures.CommitBatchSize, quarter, ""), Legend: "units"}),
				lines("Fenced and repeated", Count, "Commits that another owner's refused, and those repeated because their outcome was unknown.",
					Query{Expr: s.grown(measures.CommitsFenced, quarter, ""), Legend: "fenced"}, Query{Expr: s.grown(measures.CommitRetries, quarter, ""), Legend: "repeated"}),
			}},
			{"Streams", []Panel{
				lines("Desktops", Count, "Desktops that listen.", Query{Expr: s.now(measures.SSEStreams, ""), Legend: "desktops"}),
				stack("Events", Rate, "Events written in a second, by type.", Query{Expr: s.rate(measures.SSEEvents, measures.LabelType), Legend: "{{type}}"}),
				stack("Resumes", Count, "Streams opened with a cursor: continued (ok), or to be read anew (reset).", Query{Expr: s.grown(measures.SSEResumes, quarter, measures.LabelResult), Legend: "{{result}}"}),
				lines("Streams cut", Count, "Streams cut because a write failed or took too long.", Query{Expr: s.grown(measures.SSEUnsent, quarter, ""), Legend: "cut"}),
				lines("Delivery of events", Seconds, "From an event's happening to its being written, for half and for all but one in a hundred.",
					Query{Expr: s.quantile("0.5", measures.EventDelivery, ""), Legend: "half"},
					Query{Expr: s.quantile("0.99", measures.EventDelivery, ""), Legend: "99 of 100"}),
			}},
			{"HTTP and the process", []Panel{
				stack("Requests", Rate, "Requests in a second, by status.", Query{Expr: s.rate(measures.HTTPRequests, measures.LabelStatus), Legend: "{{status}}"}),
				lines("Time to answer", Seconds, "Time of all but one in a hundred requests, by route.", Query{Expr: s.quantile("0.99", measures.HTTPDuration, measures.LabelRoute), Legend: "{{route}}"}),
				lines("Memory", Bytes, "Resident memory of each node.", Query{Expr: `process_resident_memory_bytes{job=~"$job"}`, Legend: "{{instance}}"}),
				lines("Goroutines", Count, "Goroutines of each node.", Query{Expr: `go_goroutines{job=~"$job"}`, Legend: "{{instance}}"}),
				lines("Processor", Share, "Processor time of each node; 100 % is one core.", Query{Expr: `rate(process_cpu_seconds_total{job=~"$job"}[` + step + `])`, Legend: "{{instance}}"}),
			}},
		},
	}
}

func mustBeZero() []Panel {
	s := chosen()
	zero := func(title, name, description string) Panel {
		return number(title, Count, s.grown(name, wholeRange, ""), description, Step{0, "green"}, Step{.01, "red"})
	}
	return []Panel{
		zero("Over capacity", measures.CapacityViolations, "Conversations beyond an agent's capacity. Anything but 0 is a bug."),
		zero("Panics", measures.Panics, "Panics caught. Each is a bug; the log has the stack."),
		zero("Dead letters", measures.DeadInputs, "Inputs that could not be worked off. They are kept on the dead-letter list; the log says why."),
		number("Undelivered", Count, s.grown(measures.Undelivered, wholeRange, ""), "Messages to actors that were gone; a few are usual while a partition leaves a node."),
	}
}
