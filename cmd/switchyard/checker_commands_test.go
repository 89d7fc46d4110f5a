package main

import (
	"encoding/json"
	"fmt"

	"switchyard/actors/routing"
)

// effects are what commands have done, by the log.
type effects struct {
	accepted map[string]int // offers, with the agent
	written  map[string]int // texts of replies, with the agent
	wrapped  map[string]int // conversations that were ended, or whose post-processing was begun
	over     map[string]int // conversations that ended
}

func (b *books) effects() effects {
	e := effects{accepted: map[string]int{}, written: map[string]int{}, wrapped: map[string]int{}, over: map[string]int{}}
	for _, l := range b.log {
		by := ""
		if l.By != nil {
			by = l.By.ID
		}
		switch ev := l.Event.(type) {
		case routing.OfferEnded:
			if ev.Outcome == routing.OutcomeAccepted {
				e.accepted[by+" "+string(ev.Offer)]++
			}
		case routing.MessageAdded:
			if ev.Message.Direction == routing.Outbound {
				e.written[by+" "+ev.Message.Text]++
			}
		case routing.PostProcessingStarted:
			e.wrapped[string(l.Conversation)]++
		case routing.ConversationEnded:
			e.wrapped[string(l.Conversation)]++
			e.over[string(l.Conversation)]++
		}
	}
	return e
}

// checkCommands: a command that was answered 2xx took effect, once where it can be told; one that was refused did not. What
// nobody has answered may have done either. A key gets one answer for ever.
func (h history) checkCommands() []string {
	if h.books == nil {
		return nil
	}
	var wrong []string
	did := h.books.effects()
	answers := map[string]saidCommand{}
	for _, c := range h.commands {
		if !c.done() && !c.refused() {
			continue
		}
		if c.key != "" {
			before, asked := answers[c.agent+" "+c.key]
			if asked && before.status != c.status {
				wrong = append(wrong, fmt.Sprintf("%s %s with one key is answered %d and %d", c.method, c.path, before.status, c.status))
			}
			answers[c.agent+" "+c.key] = c
		}
		times, once := did.of(c)
		if c.done() && (times == 0 || once && times > 1) || c.refused() && once && times > 0 {
			wrong = append(wrong, fmt.Sprintf("%s %s by %s is answered %d and took effect %d times", c.method, c.path, c.agent, c.status, times))
		}
	}
	return wrong
}

// of is how often a command took effect, and whether that is its own doing alone.
func (e effects) of(c saidCommand) (times int, once bool) {
	switch id, verb := c.command(); verb {
	case "accept":
		return e.accepted[c.agent+" "+id], true
	case "messages":
		var said struct{ Text string }
		if err := json.Unmarshal([]byte(c.body), &said); err != nil {
			return 0, false
		}
		return e.written[c.agent+" "+said.Text], true
	case "end":
		return e.wrapped[id], false
	case "wrap_up":
		return e.over[id], false
	}
	if c.done() {
		return 1, false // not to be seen in the log
	}
	return 0, false
}
