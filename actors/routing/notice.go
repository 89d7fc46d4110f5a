package routing

import "time"

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
}

// Notices says who hears what when the envelopes have made the conversation is out of was. Only the agent who holds the
// conversation hears of it, and the one who held it hears that it is gone.
func Notices(was, is Conversation, envelopes []Envelope) []Notice {
	var notices []Notice
	c := was
	for _, e := range envelopes {
		next := c.Apply(e.At, e.Event)
		notices = appendNotices(notices, c, next, e)
		c = next
	}
	if len(envelopes) == 0 {
		return nil
	}
	at := envelopes[len(envelopes)-1].At
	for _, agent := range [...]AgentID{is.Holder(), was.Holder()} {
		if agent != "" && (agent == is.Holder() || is.Holder() != was.Holder()) && !heard(notices, agent) {
			notices = append(notices, Notice{Audience: agent, Type: NoticeConversationUpdated, At: at, Conversation: &is})
		}
	}
	for _, agent := range [...]AgentID{was.Holder(), is.Holder()} {
		if agent != "" && was.Holder() != is.Holder() {
			notices = append(notices, Notice{Audience: agent, Type: NoticeAgentUpdated, At: at})
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

func appendNotices(notices []Notice, was, is Conversation, e Envelope) []Notice {
	holder := is.Holder()
	switch ev := e.Event.(type) {
	case OfferMade:
		offer := ev.Offer
		notices = append(notices, Notice{Audience: offer.Agent, Type: NoticeOfferMade, At: e.At, Offer: &offer, Conversation: &is})
	case OfferEnded:
		if was.Ringing != nil {
			notices = append(notices, Notice{
				Audience: ev.Agent, Type: NoticeOfferEnded, At: e.At, Offer: was.Ringing, Outcome: ev.Outcome,
			})
		}
	case MessageAdded:
		if holder != "" {
			m := ev.Message
			notices = append(notices, Notice{Audience: holder, Type: NoticeMessageAdded, At: e.At, Message: &m})
		}
	case MessageGrown:
		if m, known := was.grown(ev); known && holder != "" {
			notices = append(notices, Notice{Audience: holder, Type: NoticeMessageUpdated, At: e.At, Message: &m})
		}
	case MessageAdvanced:
		agent := holder
		if agent == "" {
			agent = is.Agent // who had it still wants to know whether the last reply arrived
		}
		if out, known := was.outgoing(ev.Seq); known && agent != "" {
			m := out.Message
			m.State, m.Failure = ev.State, ev.Failure
			notices = append(notices, Notice{Audience: agent, Type: NoticeMessageUpdated, At: e.At, Message: &m})
		}
	case Started, MessagesRead, Reopened, CustomerAttached, CaseSaved, PostProcessingStarted, PostProcessingExtended, WrappedUp,
		ConversationEnded, OptedOut, OptedIn:
	}
	return notices
}
