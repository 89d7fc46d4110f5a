package actors

import (
	"switchyard/actors/routing"
	"switchyard/persistence"
)

// chronicle is what the store must hold once a conversation has taken the steps, of which there is one at the least: the conversation
// itself, hot until it is quiet, its log, its indexes, the thread's memory, and what desktops hear.
func chronicle(steps []routing.Step, thread routing.Thread) (writes, error) {
	was, is := steps[0].Was, steps[len(steps)-1].Is
	var w writes
	tenant, id := string(is.Tenant), string(is.ID)
	if err := w.place(was, is); err != nil {
		return w, err
	}
	for _, s := range steps {
		e := s.Envelope
		if err := w.list(persistence.LogList(tenant, id), e); err != nil {
			return w, err
		}
		if made, ok := e.Event.(routing.OfferMade); ok && !made.Decision.At.IsZero() {
			if err := w.notice(persistence.DecisionStream(tenant), e); err != nil {
				return w, err
			}
		}
		if move, moved := s.Move(); moved {
			if err := w.notice(persistence.DecisionStream(tenant), routing.Moved{Conversation: is.ID, Move: move}); err != nil {
				return w, err
			}
		}
	}
	if was.State == "" {
		w.index(persistence.PastKey(tenant, is.CustomerNumber, id))
	}
	for _, h := range was.Holdings() {
		if !is.HeldBy(h.Agent) {
			w.drop(persistence.HeldKey(tenant, string(h.Agent), id))
		}
	}
	for _, h := range is.Holdings() {
		if !was.HeldBy(h.Agent) {
			w.index(persistence.HeldKey(tenant, string(h.Agent), id))
		}
	}
	if parked := is.State == routing.Parked; parked != (was.State == routing.Parked) {
		if parked {
			w.index(persistence.ParkedKey(tenant, string(is.Agent), id))
		} else {
			w.drop(persistence.ParkedKey(tenant, string(was.Agent), id))
		}
	}
	if is.Agent != "" && is.Agent != was.Agent {
		w.index(persistence.HadKey(tenant, string(is.Agent), id))
	}
	if err := w.remember(was, is, thread); err != nil {
		return w, err
	}
	for _, n := range routing.Notices(steps) {
		if err := w.notice(persistence.DeskStream(tenant, string(n.Audience)), n); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (w *writes) place(was, is *routing.Conversation) error {
	tenant, id := string(is.Tenant), string(is.ID)
	if !is.Over() {
		return w.record(persistence.HotConversationKey(tenant, id), is)
	}
	if !was.Over() {
		w.drop(persistence.HotConversationKey(tenant, id))
	}
	return w.record(persistence.ConversationKey(tenant, id), is)
}

// remember keeps what outlives the conversation: the thread's opt-out and last conversation, and since when its agent is
// idle.
func (w *writes) remember(was, is *routing.Conversation, thread routing.Thread) error {
	tenant := string(is.Tenant)
	ended := is.State == routing.Ended && was.State != routing.Ended
	if ended || is.OptedOut != was.OptedOut && was.State != "" || was.State == "" && is.OptedOut != thread.OptedOut {
		key := persistence.ThreadKey(tenant, string(is.Channel), is.CustomerNumber)
		if err := w.record(key, thread.After(*is)); err != nil {
			return err
		}
	}
	for _, h := range was.Holdings() {
		if h.Slot != routing.SlotOffer && !is.HeldBy(h.Agent) {
			if err := w.record(persistence.IdleKey(tenant, string(h.Agent)), is.StateSince); err != nil {
				return err
			}
		}
	}
	return nil
}
