package routing

import "time"

// Decision is why a conversation was offered to whom: made by the match itself, in the same step.
type Decision struct {
	At    time.Time `json:"at"`
	Queue QueueID   `json:"queue"`
	Rule  string    `json:"rule"`
	// Needs are the skills that it asked of an agent then: less than at first, when its wait had relaxed them.
	Needs []Need `json:"needs,omitempty"`
	// Candidates are the members that were looked at, the chosen one first, then in configuration order; at most
	// [CandidatesKept].
	Candidates []Candidate `json:"candidates"`
	// Considered is how many members there were, also when not all are listed.
	Considered int `json:"considered"`
}

// CandidatesKept bounds the candidates that a decision lists.
const CandidatesKept = 20

// Candidate is one member as the match saw it. Exactly one of Chosen, ExcludedBy set, or neither: eligible, but another was
// better.
type Candidate struct {
	Agent       AgentID   `json:"agent"`
	Chosen      bool      `json:"chosen,omitempty"`
	ExcludedBy  Exclusion `json:"excluded_by,omitempty"`
	Detail      string    `json:"detail,omitempty"` // "skill billing 60 < 80"; without ExcludedBy, what it lacks of what is preferred
	Level       Level     `json:"level,omitempty"`
	IdleSeconds *int      `json:"idle_seconds,omitempty"`
}

// Move is that a conversation waited anew, in its own queue or in another one, or became a case since nobody was there for it; and why.
type Move struct {
	At     time.Time     `json:"at"`
	From   QueueID       `json:"from"`
	To     QueueID       `json:"to,omitempty"`    // empty: it became a case
	Agent  AgentID       `json:"agent,omitempty"` // who had it
	Reason RequeueReason `json:"reason"`
}

// Moved tells supervisors of a move.
type Moved struct {
	Conversation ConversationID `json:"conversation"`
	Move         Move           `json:"move"`
}

// Move says whether a step was one.
func (s Step) Move() (m Move, moved bool) {
	if e, ok := s.Event.(Requeued); ok {
		return Move{s.At, s.Was.Queue, s.Is.Queue, e.Agent, e.Reason}, true
	}
	e, _ := s.Event.(ConversationEnded)
	return Move{At: s.At, From: s.Was.Queue, Reason: e.Reason}, e.Reason != ""
}

// Moves lists why a conversation, all of whose events these are, waited anew, in order.
func Moves(envelopes []Envelope) []Move {
	moves := []Move{}
	for _, s := range new(Conversation).Steps(envelopes) {
		if m, ok := s.Move(); ok {
			moves = append(moves, m)
		}
	}
	return moves
}

// Decided is a decision with what has become of its offers so far.
type Decided struct {
	Decision
	Endings []Ending
}

// Ending is how an offer ended.
type Ending struct {
	At      time.Time
	Agent   AgentID
	Outcome Outcome
	Reason  string // the agent's, with a rejection
}

// Decisions lists why a conversation, all of whose events these are, was offered to whom, and what they made of it, in order.
func Decisions(envelopes []Envelope) []Decided {
	decisions, of := []Decided{}, map[OfferID]int{}
	for _, e := range envelopes {
		if made, ok := e.Event.(OfferMade); ok {
			if !made.Decision.At.IsZero() {
				decisions = append(decisions, Decided{Decision: made.Decision})
			}
			of[made.Offer.ID] = len(decisions) - 1 // of several offers at once the first has the decision
		}
		if ended, ok := e.Event.(OfferEnded); ok {
			if n, known := of[ended.Offer]; known && n >= 0 {
				decisions[n].Endings = append(decisions[n].Endings, Ending{e.At, ended.Agent, ended.Outcome, ended.Reason})
			}
		}
	}
	return decisions
}

// Exclusion is why a member cannot take a conversation now.
type Exclusion string

// The exclusions.
const (
	ExcludedByStatus     Exclusion = "status"          // not available
	ExcludedByGone       Exclusion = "connection"      // desktop lost beyond the grace
	ExcludedBySlots      Exclusion = "slots"           // no free place
	ExcludedBySkill      Exclusion = "skill"           // a needed skill lacking or too low
	ExcludedByQueueOrder Exclusion = "queue_order"     // took a conversation of another queue first
	ExcludedByHolder     Exclusion = "has_it"          // has it already, and transfers it
	ExcludedByLastAgent  Exclusion = "last_agent_hold" // another agent knows the customer and has the first right
	ExcludedByPenalty    Exclusion = "penalty"         // missed an offer a moment ago
	ExcludedByRampUp     Exclusion = "ramp_up"         // the shift has just begun
	ExcludedByRefusal    Exclusion = "already_refused" // rejected or missed it; others are tried first
)

// Wait is something that a waiting conversation waits for.
type Wait struct {
	For    string `json:"for"` // one of the words below
	Detail string `json:"detail"`
}

// What a conversation in a line may wait for.
const (
	WaitNoMembers    = "agents"          // nobody serves the queue
	WaitNobodySigned = "agent_available" // members exist, none is available
	WaitSkill        = "skill"           // nobody available has what it needs
	WaitSlot         = "free_slot"       // everybody who could is full
	WaitQueueOrder   = "queue_order"     // those who became free took conversations of other queues first
	WaitLastAgent    = "last_agent_hold" // the agent whom the customer knows has the first right
	WaitRampUp       = "ramp_up"         // the shifts of those who could take it have just begun
	WaitPenalty      = "penalty"         // everybody who could missed an offer a moment ago
	WaitSchedule     = "schedule"        // the queue is closed
	WaitHold         = "queue_hold"      // many agents missed offers at once
	WaitOthers       = "others_tried"    // only those who refused it are free; others are tried first
	WaitOffer        = "offer"           // about to be offered
)

// WaitReasons lists what a conversation in a line may wait for.
func WaitReasons() []string {
	return []string{
		WaitNoMembers, WaitNobodySigned, WaitSkill, WaitSlot, WaitQueueOrder, WaitLastAgent, WaitRampUp, WaitPenalty, WaitSchedule, WaitHold,
		WaitOthers, WaitOffer,
	}
}
