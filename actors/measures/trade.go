package measures

// What queues' lines tell.
const (
	QueueEntries         = "switchyard_queue_entries_total"
	QueueEntriesEnded    = "switchyard_queue_entries_ended_total"
	AnsweredInTime       = "switchyard_queue_answered_in_service_level_total"
	ShortAbandoned       = "switchyard_queue_short_abandoned_total"
	QueueThreshold       = "switchyard_queue_service_level_threshold_seconds"
	QueueWait            = "switchyard_queue_wait_seconds"
	QueueWaiting         = "switchyard_queue_waiting"
	LongestWait          = "switchyard_queue_longest_wait_seconds"
	WaitingOverThreshold = "switchyard_queue_waiting_over_threshold"
	QueueAgents          = "switchyard_queue_agents"
	ExpectedWait         = "switchyard_queue_expected_wait_seconds"
	ExpectedWaitBar      = "switchyard_queue_expected_wait_bar_seconds"
	Estimates            = "switchyard_queue_estimates_total"
	EstimatesHeld        = "switchyard_queue_estimates_held_total"
	EstimatesOff         = "switchyard_queue_estimates_off_seconds_total"
	WaitReasons          = "switchyard_wait_reason_seconds_total"
	Storms               = "switchyard_queue_storms_total"
)

func lines() []Measure {
	return []Measure{
		counter(QueueEntries, "Entries into a queue: new conversations, transfers to it and returns to it, each an entry of its own.", LabelQueue),
		counter(QueueEntriesEnded, "Queue entries that ended, by how: answered (accepted by an agent), abandoned (by the customer), "+
			"expired (the longest wait that the queue allows), overflowed (to another queue or a case), withdrawn (ended or moved by somebody).", LabelQueue, LabelOutcome),
		counter(AnsweredInTime, "Queue entries accepted within their queue's service level threshold.", LabelQueue),
		counter(ShortAbandoned, "Queue entries abandoned within 5 s; they do not count against the service level.", LabelQueue),
		whole(QueueThreshold, "The wait within which an accept is in time, as configured now.", LabelQueue),
		waits(QueueWait, "From a queue entry to its end, by how it ended; ringing and missed offers included.", LabelQueue, LabelOutcome),
		part(QueueWaiting, "Conversations that wait for an agent now, those that ring included.", LabelQueue),
		whole(LongestWait, "How long the conversation has waited that waits longest now, those that ring included; 0 when none does.", LabelQueue),
		part(WaitingOverThreshold, "Conversations that have waited longer than the service level threshold and still do.", LabelQueue),
		part(QueueAgents, "Members of a queue by what they are doing. An agent of two queues counts in both.", LabelQueue, LabelState),
		whole(ExpectedWait, "The expected wait of who comes now and finds nobody free; 0 until five have got an agent who had waited for one.", LabelQueue),
		whole(ExpectedWaitBar, "Four waits of five are this near to the expected one; 0 as long as that is.", LabelQueue),
		counter(Estimates, "Expected waits of conversations that have got an agent since.", LabelQueue),
		counter(EstimatesHeld, "Those of them that were right within their error bar.", LabelQueue),
		counter(EstimatesOff, "By how much they were off in all.", LabelQueue),
		counter(WaitReasons, "Conversations' waiting time by what they waited for.", LabelQueue, LabelReason),
		counter(Storms, "Times that more than half of a queue's agents missed offers within a minute.", LabelQueue),
	}
}

// What becomes of conversations.
const (
	Offers          = "switchyard_offers_total"
	OfferResponse   = "switchyard_offer_response_seconds"
	FirstResponse   = "switchyard_first_response_seconds"
	Response        = "switchyard_response_seconds"
	Replies         = "switchyard_replies_total"
	RepliesInTarget = "switchyard_replies_in_target_total"
	ReplyTarget     = "switchyard_queue_reply_target_seconds"
	Unanswered      = "switchyard_unanswered_total"
	Handle          = "switchyard_handle_seconds"
	WrapUp          = "switchyard_wrapup_seconds"
	Parked          = "switchyard_parked_total"
	Requeued        = "switchyard_requeued_total"
	Transfers       = "switchyard_transfers_total"
	Conversations   = "switchyard_conversations"
)

func work() []Measure {
	return []Measure{
		counter(Offers, "Offers that ended, by how: accepted, rejected, lapsed (missed), withdrawn, taken (by another of those who were asked).", LabelQueue, LabelOutcome),
		waits(OfferResponse, "From an offer to its accept or reject.", LabelQueue),
		waits(FirstResponse, "From a conversation's first text to its first reply by an agent.", LabelQueue),
		waits(Response, "From the oldest text that is not answered to the agent's reply.", LabelQueue),
		counter(Replies, "Customers' turns that an agent answered. What the engine sends by itself is no answer.", LabelQueue),
		counter(RepliesInTarget, "Those of them that were answered within the queue's reply target.", LabelQueue),
		whole(ReplyTarget, "The time within which a reply is in time, as configured now.", LabelQueue),
		counter(Unanswered, "Conversations that ended with a turn that no agent answered.", LabelQueue),
		waits(Handle, "From accept, or the customer's return in post-processing, until the agent no longer talks; wrap-up excluded.", LabelQueue),
		waits(WrapUp, "Post-processing.", LabelQueue),
		counter(Parked, "Conversations parked because the customer was silent.", LabelQueue),
		counter(Requeued, "Conversations taken from an agent and put back, by reason.", LabelQueue, LabelReason),
		counter(Transfers, "Transfers begun, by the queue that they came from and whom they were to.", LabelQueue, LabelKind),
		part(Conversations, "Open conversations.", LabelState),
	}
}

// What agents do.
const (
	Agents             = "switchyard_agents"
	AgentStateSeconds  = "switchyard_agent_state_seconds_total"
	AgentSlotSeconds   = "switchyard_agent_slot_seconds_total"
	AgentConversations = "switchyard_agent_conversations"
	AgentFreeSlots     = "switchyard_agent_free_slots"
	AgentAvailable     = "switchyard_agent_available"
)

// PerAgent is the measures that are only there where the operator asks for them.
func PerAgent() []string { return []string{AgentConversations, AgentFreeSlots, AgentAvailable} }

func people() []Measure {
	return []Measure{
		part(Agents, "Agents by what they are doing, each once.", LabelState),
		counter(AgentStateSeconds, "Agents' time by what they were doing.", LabelState),
		counter(AgentSlotSeconds, "Time of agents' slots: taken, by an offer, a conversation or its wrap-up; free, of an agent who takes conversations.", LabelUse),
		part(AgentConversations, "An agent's slots that are taken.", LabelTenant, LabelAgent),
		part(AgentFreeSlots, "An agent's slots that are free; none unless available.", LabelTenant, LabelAgent),
		part(AgentAvailable, "1 when an agent is available and the desktop is there, with a free slot or without; else 0.", LabelTenant, LabelAgent),
	}
}

// What becomes of texts.
const (
	Messages      = "switchyard_messages_total"
	Deliveries    = "switchyard_deliveries_total"
	Segments      = "switchyard_segments_total"
	OutboxWaiting = "switchyard_outbox_waiting"
	OutboxOldest  = "switchyard_outbox_oldest_seconds"
	ChannelHeld   = "switchyard_channel_held"
	OptOuts       = "switchyard_opt_outs_total"
	Orphans       = "switchyard_orphan_receipts_total"
	Webhooks      = "switchyard_webhooks_total"
)

func texts() []Measure {
	return []Measure{
		counter(Messages, "Messages added to transcripts.", LabelDirection, LabelKind),
		counter(Deliveries, "Outbound texts by how far they came, once for each step: sent (the carrier has it), delivered, failed, unknown (the carrier "+
			"may have it), with the class of the failure.", LabelProvider, LabelStatus, LabelClass),
		counter(Segments, "Segments of outbound texts.", LabelChannel),
		part(OutboxWaiting, "Outbound texts that wait to be handed to their carrier.", LabelChannel),
		whole(OutboxOldest, "Age of the oldest of them; 0 when there is none.", LabelChannel),
		part(ChannelHeld, "Channels whose carrier takes no texts now, by the class of its refusal.", LabelChannel, LabelClass),
		counter(OptOuts, "Customers who opted out.", LabelChannel),
		counter(Orphans, "Reports that named their text by the carrier's id alone, by what became of them: known (the text was known by it), kept (it was "+
			"not), and of those that were kept: matched (the text became known), expired (it did not in 24 hours), displaced (a channel had 1,000).",
			LabelProvider, LabelResult),
		counter(Webhooks, "Carriers' webhook calls, and texts and reports in them, by what became of them.", LabelCarrier, LabelResult),
	}
}
