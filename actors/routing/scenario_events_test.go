package routing

import (
	"fmt"
	"strings"
	"time"
)

// hear writes an event down as people read it.
func (s *scenario) hear(e Envelope, c Conversation) {
	if s.names[e.Conversation] == "" {
		s.begun = append(s.begun, e.Conversation)
		s.names[e.Conversation] = fmt.Sprintf("c%d", len(s.begun))
	}
	s.say("%s %s%s", s.names[e.Conversation], e.Type, s.detail(e, c))
}

func (s *scenario) detail(e Envelope, c Conversation) string {
	switch ev := e.Event.(type) {
	case Started:
		text := " in " + string(ev.Queue)
		if ev.Rule != "" {
			text += ", by rule " + ev.Rule
		}
		if ev.Priority != 0 {
			text += fmt.Sprintf(", priority %d", ev.Priority)
		}
		if ev.LinkedTo != "" {
			text += ", linked to " + s.names[ev.LinkedTo]
		}
		if ev.LastAgent != "" {
			text += ", last with " + string(ev.LastAgent)
		}
		if ev.OptedOut {
			text += ", opted out"
		}
		return text
	case MessageAdded:
		text := " " + describeMessage(*ev.Message)
		if ev.Raw != "" {
			text += fmt.Sprintf(", raw %q", ev.Raw)
		}
		return text
	case MessageGrown:
		return fmt.Sprintf(" #%d part %d of %d: %q", ev.Seq, ev.Part.Number, ev.Part.Total, ev.Text)
	case MessageAdvanced:
		return fmt.Sprintf(" #%d %s%s", ev.Seq, ev.State, describeAdvance(e.At, ev))
	case MessagesRead:
		return fmt.Sprintf(" up to #%d", ev.Seq)
	case OfferMade:
		text := fmt.Sprintf(" to %s (%s, %v)", ev.Offer.Agent, ev.Offer.Reason, ev.Offer.ExpiresAt.Sub(e.At))
		if ev.Decision.At.IsZero() {
			return text + ", as well"
		}
		return text + ": " + describeDecision(ev.Decision)
	case OfferEnded:
		return fmt.Sprintf(" at %s: %s %s", ev.Agent, ev.Outcome, ev.Reason)
	case CustomerAttached:
		return " " + string(ev.Customer)
	case PostProcessingStarted:
		return fmt.Sprintf(" for %v", ev.Until.Sub(e.At))
	case PostProcessingExtended:
		return fmt.Sprintf(", %v left", ev.Until.Sub(e.At))
	case WrappedUp:
		return " as " + ev.Disposition
	case Returned:
		return fmt.Sprintf(", waiting since the text came, last with %s", c.LastAgent)
	case Requeued:
		text := ": " + string(ev.Reason)
		if ev.Agent != "" {
			text = ", taken from " + string(ev.Agent) + text
		}
		if ev.Queue != "" {
			text += ", to " + string(ev.Queue)
		}
		return text
	case TransferStarted:
		return " to " + string(ev.Agent) + string(ev.Queue)
	case Prioritized:
		return fmt.Sprintf(" to %d", ev.Priority)
	case ConversationTaken:
		return " by " + string(ev.By)
	case TransferEnded:
		return ": " + string(ev.Outcome)
	case Reopened, ConversationParked, ConversationEnded:
		return ", " + string(c.Agent)
	case DispositionAwaited:
		return ", " + string(c.Agent) + " is told to choose one"
	case OptedOut:
		if ev.Rule != ByKeyword && ev.Rule != ByCarrier {
			return ", by " + string(ev.Rule)
		}
	case CaseSaved, OptedIn, OptOutAsked, OptOutDismissed:
	}
	return ""
}

func describeMessage(m Message) string {
	text := fmt.Sprintf("#%d %s %s %q", m.Seq, m.Direction, m.Kind, m.Text)
	if m.Whisper {
		text += ", whispered by " + string(m.Agent)
	}
	if m.State != "" {
		text += fmt.Sprintf(", %s (%s, %d)", m.State, m.Encoding, m.Segments)
	}
	return text
}

func describeAdvance(now time.Time, ev MessageAdvanced) string {
	text := ""
	if ev.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", ev.Attempt)
	}
	if ev.Failure != nil {
		text += fmt.Sprintf(", %s %s", ev.Failure.Class, ev.Failure.Detail)
	}
	if ev.NotBefore != nil {
		text += fmt.Sprintf(", again in %v", ev.NotBefore.Sub(now))
	}
	return text
}

// describeDecision lists the candidates: the chosen one first, the others with what is against them.
func describeDecision(d Decision) string {
	var all []string
	for _, c := range d.Candidates {
		text := string(c.Agent)
		if c.Level != 0 {
			text += fmt.Sprintf(" %d", c.Level)
		}
		if c.IdleSeconds != nil {
			text += fmt.Sprintf(" idle %ds", *c.IdleSeconds)
		}
		switch {
		case c.ExcludedBy != "":
			text += " no, " + c.Detail
		case c.Detail != "":
			text += ", " + c.Detail
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}
