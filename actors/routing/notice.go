package routing

import (
	"slices"
	"time"
)

// NoticeType is the name of a stream's event.
type NoticeType string

// The stream's events that come from what happened (the contract's others, such as ping, come from the connection).
const (
	NoticeOfferMade           NoticeType = "offer.made"
	NoticeOfferEnded          NoticeType = "offer.ended"
	NoticeConversationUpdated NoticeType = "conversation.updated"
	NoticeMessageAdded        NoticeType = "message.added"
	NoticeMessageUpdated      NoticeType = "message.updated"
	NoticeAgentUpdated        NoticeType = "agent.updated"
	NoticeNotice              NoticeType = "notice" // something that the agent is to be told in words
)

// Notice is what one agent's desktop hears of a commit. It carries whole objects, so that hearing it twice, or hearing only
// the latest, does no harm.
type Notice struct {
	Audience     AgentID       `json:"-"`
	Type         NoticeType    `json:"type"`
	At           time.Time     `json:"at"`
	Conversation *Conversation `json:"conversation,omitempty"` // offer.made: of Offer; conversation.updated
	Offer        *Offer        `json:"offer,omitempty"`
	Outcome      Outcome       `json:"outcome,omitempty"` // offer.ended, with Offer
	Message      *Message      `json:"message,omitempty"`
	Code         string        `json:"code,omitempty"`   // notice: what it is about, for programs
	Detail       string        `json:"detail,omitempty"` // notice: for people
}

// Codes of what agents are told in words.
const (
	ToldDispositionDue = "disposition-required"
	ToldTransfer       = "transfer-" // and the outcome
	ToldRequeued       = "requeued-" // and the reason
	ToldTakenOver      = "taken-over"
)

//nolint:gochecknoglobals // a constant table
var toldRequeued = map[RequeueReason]string{
	RequeueUnanswered: "a text was left unanswered for too long; the conversation went back to the queue",
	RequeueGone:       "you were away; the conversation went back to the queue",
	RequeueReleased:   "a supervisor has put the conversation back",
	RequeueAssigned:   "a supervisor has given the conversation to somebody else",
}

// tell is a notice in words about the conversation.
func (c *Conversation) tell(to AgentID, e Envelope, code, detail string) Notice {
	is := *c
	return Notice{Audience: to, Type: NoticeNotice, At: e.At, Conversation: &is, Code: code, Detail: detail}
}

// Notices says who hears what of the steps that one commit made. Only agents on whose desk
// the conversation is hear of it, and one on whose desk it was hears that it is gone.
func Notices(steps []Step) []Notice {
	if len(steps) == 0 {
		return nil
	}
	was, is, at := steps[0].Was, steps[len(steps)-1].Is, steps[len(steps)-1].At
	if was.nobodys() && is.nobodys() && !slices.ContainsFunc(steps, isOffer) {
		return nil
	}
	var notices []Notice
	for _, s := range steps {
		notices = appendNotices(notices, s.Was, s.Is, s.Envelope)
	}
	for _, agent := range append(is.Desks(), was.Desks()...) {
		if !heard(notices, agent) {
			notices = append(notices, Notice{Audience: agent, Type: NoticeConversationUpdated, At: at, Conversation: is})
		}
	}
	for _, h := range was.Holdings() {
		if !is.HeldBy(h.Agent) {
			notices = append(notices, Notice{Audience: h.Agent, Type: NoticeAgentUpdated, At: at})
		}
	}
	for _, h := range is.Holdings() {
		if !was.HeldBy(h.Agent) {
			notices = append(notices, Notice{Audience: h.Agent, Type: NoticeAgentUpdated, At: at})
		}
	}
	return notices
}

// heard says whether the agent has been told of the conversation as it is.
func heard(notices []Notice, agent AgentID) bool {
	for _, n := range notices {
		if n.Audience == agent && n.Type == NoticeConversationUpdated {
			return true
		}
	}
	return false
}

// nobodys says that the conversation is on no desk, and that nobody had it.
func (c *Conversation) nobodys() bool { return c.Agent == "" && len(c.Holdings()) == 0 }

func isOffer(s Step) bool {
	_, made := s.Event.(OfferMade)
	return made
}

func appendNotices(notices []Notice, was, is *Conversation, e Envelope) []Notice {
	switch ev := e.Event.(type) {
	case OfferMade:
		notices = append(notices, Notice{Audience: ev.Offer.Agent, Type: NoticeOfferMade, At: e.At, Offer: ev.Offer, Conversation: is})
	case OfferEnded:
		if offer, rang := was.Ring(ev.Offer); rang {
			notices = append(notices, Notice{
				Audience: ev.Agent, Type: NoticeOfferEnded, At: e.At, Offer: &offer, Outcome: ev.Outcome,
			})
		}
	case MessageAdded:
		for _, agent := range is.Desks() {
			notices = append(notices, Notice{Audience: agent, Type: NoticeMessageAdded, At: e.At, Message: ev.Message})
		}
	case MessageGrown:
		m, known := was.grown(ev)
		for _, agent := range is.Desks() {
			if known {
				notices = append(notices, Notice{Audience: agent, Type: NoticeMessageUpdated, At: e.At, Message: &m})
			}
		}
	case MessageAdvanced:
		out, known := was.OutgoingAt(ev.Seq)
		if !known {
			break
		}
		m := out.Message
		m.State, m.Failure = ev.State, ev.Failure
		desks := is.Desks()
		if len(desks) == 0 && is.Agent != "" && !is.TakenOver { // who had it still wants to know whether the last reply arrived
			desks = append(desks, is.Agent)
		}
		for _, agent := range desks {
			notices = append(notices, Notice{Audience: agent, Type: NoticeMessageUpdated, At: e.At, Message: &m})
		}
	case Requeued:
		if was.Agent != "" && !was.TakenOver && ev.Reason != RequeueTransfer {
			notices = append(notices, is.tell(was.Agent, e, ToldRequeued+string(ev.Reason), toldRequeued[ev.Reason]))
		}
	case ConversationTaken:
		if was.HeldBy(ev.From) {
			notices = append(notices, is.tell(ev.From, e, ToldTakenOver, string(ev.By)+" has taken the conversation over"))
		}
	case TransferEnded:
		if is.State == Active && !is.TakenOver && ev.Outcome != TransferCancelled {
			notices = append(notices, is.tell(is.Agent, e, ToldTransfer+string(ev.Outcome), "nobody took the transfer; you still have the conversation"))
		}
	case DispositionAwaited:
		notices = append(notices, is.tell(is.Agent, e, ToldDispositionDue, "choose a disposition; the conversation stays until then"))
	case Started, MessagesRead, Reopened, ConversationParked, Returned, Prioritized, TransferStarted,
		CustomerAttached, CaseSaved, PostProcessingStarted, PostProcessingExtended, WrappedUp,
		ConversationEnded, OptedOut, OptedIn, OptOutAsked, OptOutDismissed, Erased:
	}
	return notices
}
