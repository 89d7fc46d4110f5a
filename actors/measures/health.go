package measures

import "slices"

// How the engine is.
const (
	Inputs             = "switchyard_inputs_total"
	Refusals           = "switchyard_refusals_total"
	InboxDepth         = "switchyard_inbox_depth"
	InboxOldest        = "switchyard_inbox_oldest_seconds"
	DeadInputs         = "switchyard_dead_inputs_total"
	Panics             = "switchyard_panics_total"
	Undelivered        = "switchyard_undelivered_messages_total"
	CapacityViolations = "switchyard_capacity_violations_total"
	PartitionsServed   = "switchyard_partitions_served"
	NodesLiving        = "switchyard_nodes_living"
	HandOvers          = "switchyard_hand_overs_total"
	Recovery           = "switchyard_recovery_seconds"
)

func engine() []Measure {
	return []Measure{
		counter(Inputs, "Inputs worked off, by type.", LabelType),
		counter(Refusals, "Commands refused, by code.", LabelCode),
		part(InboxDepth, "Inputs that a node has read and not worked off."),
		whole(InboxOldest, "Age of the oldest of them, since it was accepted; 0 when there is none."),
		counter(DeadInputs, "Inputs that could not be worked off and were moved to the dead-letter list."),
		counter(Panics, "Panics caught in actors; each is a bug."),
		counter(Undelivered, "Messages to actors that were gone; they happen when a partition leaves a node."),
		counter(CapacityViolations, "Conversations beyond an agent's capacity; always 0, anything else is a bug."),
		part(PartitionsServed, "Partitions that a node serves."),
		whole(NodesLiving, "Nodes that share the store, as far as a node knows."),
		counter(HandOvers, "Partitions handed over to another node."),
		histogram(Recovery, "From owning a partition to serving it.", fast()),
	}
}

// How the store answers.
const (
	Commits         = "switchyard_commits_total"
	CommitTime      = "switchyard_commit_seconds"
	CommitBatchSize = "switchyard_commit_batch_size"
	CommitsFenced   = "switchyard_commits_fenced_total"
	CommitRetries   = "switchyard_commit_retries_total"
)

func store() []Measure {
	return []Measure{
		counter(Commits, "Batches committed."),
		histogram(CommitTime, "Time of one commit, retries included.", fast()),
		histogram(CommitBatchSize, "Units of work in one commit.", doubling(1, 10)),
		counter(CommitsFenced, "Commits refused because another node has the partition."),
		counter(CommitRetries, "Commits repeated because their outcome was unknown."),
	}
}

// How the face answers.
const (
	HTTPRequests  = "switchyard_http_requests_total"
	HTTPDuration  = "switchyard_http_request_duration_seconds"
	SSEStreams    = "switchyard_sse_streams"
	SSEEvents     = "switchyard_sse_events_total"
	SSEResumes    = "switchyard_sse_resumes_total"
	SSEUnsent     = "switchyard_sse_write_errors_total"
	EventDelivery = "switchyard_event_delivery_seconds"
)

func face() []Measure {
	return []Measure{
		counter(HTTPRequests, "HTTP requests by route and class of status.", LabelMethod, LabelRoute, LabelStatus),
		histogram(HTTPDuration, "Time to answer HTTP requests; streams are not among them.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}, LabelRoute),
		part(SSEStreams, "Desktops that listen to a node."),
		counter(SSEEvents, "Events written to desktops and wallboards, by type.", LabelType),
		counter(SSEResumes, "Streams opened with a cursor, by whether it could be continued (ok) or not (reset).", LabelResult),
		counter(SSEUnsent, "Streams cut because a write failed or took too long."),
		histogram(EventDelivery, "Time from an event's happening to its being written to the desktop.",
			[]float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60}),
	}
}

// fast are the bounds of what takes between a tenth of a millisecond and three seconds.
func fast() []float64 { return doubling(0.0001, 16) }

func doubling(first float64, n int) []float64 {
	return slices.Collect(func(yield func(float64) bool) {
		for range n {
			if !yield(first) {
				return
			}
			first *= 2
		}
	})
}
