package main

import (
	"cmp"
	"fmt"
	"slices"

	"switchyard/actors/routing"
)

// check says what is wrong with a history: what always has to hold, seen from outside.
func (h history) check() []string {
	var wrong []string
	for _, rule := range []func(history) []string{
		history.checkTexts, history.checkOrder, history.checkCapacity, history.checkWaiting, history.checkReplies,
		history.checkLog, history.checkBooks, history.checkSending, history.checkCommands, history.checkStreams,
		history.checkReports, history.checkReported,
	} {
		wrong = append(wrong, rule(h)...)
	}
	return wrong
}

// checkTexts: every text that was taken is in exactly one transcript, once; one that was not is nowhere, or once as well,
// since its answer may have been lost. Each text of a test is unique.
func (h history) checkTexts() []string {
	var wrong []string
	found := map[string]int{}
	for _, t := range h.transcripts {
		for i, m := range t.messages {
			if m.Seq != i+1 {
				wrong = append(wrong, fmt.Sprintf("%s: message %d has sequence number %d", t.ID, i+1, m.Seq))
			}
			if m.asks() {
				found[m.Text]++
			}
		}
	}
	for _, s := range h.sent {
		n := found[s.Text]
		delete(found, s.Text)
		if n > 1 || (s.taken && n == 0) {
			wrong = append(wrong, fmt.Sprintf("text %q, taken %t, is in the transcripts %d times", s.Text, s.taken, n))
		}
	}
	for text := range found {
		wrong = append(wrong, fmt.Sprintf("text %q was never sent", text))
	}
	return wrong
}

type phoneThread struct{ number, channel string }

// checkOrder: what a phone sent to a number stands in the transcripts in that order. Conversations' ids order by time. A text
// that was not taken may have come late all the same, and stands anywhere.
func (h history) checkOrder() []string {
	channels := map[string]string{}
	for _, ch := range h.tenant.Channels {
		channels[ch.Number] = string(ch.ID)
	}
	sent, loose := map[phoneThread][]string{}, map[phoneThread][]string{}
	for _, s := range h.sent {
		key := phoneThread{s.From, channels[s.To]}
		if s.taken {
			sent[key] = append(sent[key], s.Text)
		} else {
			loose[key] = append(loose[key], s.Text)
		}
	}
	inOrder := slices.Clone(h.transcripts)
	slices.SortFunc(inOrder, func(a, b readTranscript) int { return cmp.Compare(a.ID, b.ID) })
	var wrong []string
	for _, t := range inOrder {
		key := phoneThread{t.CustomerNumber, t.Channel}
		for _, m := range t.messages {
			if !m.asks() || slices.Contains(loose[key], m.Text) {
				continue
			}
			at := slices.Index(sent[key], m.Text)
			if at < 0 {
				wrong = append(wrong, fmt.Sprintf("%s: text %q is out of order, or another phone's", t.ID, m.Text))
				continue
			}
			sent[key] = sent[key][at+1:]
		}
	}
	return wrong
}

// checkCapacity: at no moment of its stream an agent holds more than it can.
func (h history) checkCapacity() []string {
	var wrong []string
	for agent, steps := range h.steps {
		profile, _ := h.tenant.Agent(routing.AgentID(agent))
		held := map[string]bool{}
		for i, s := range steps {
			if s.anew {
				clear(held)
				for _, c := range s.all {
					held[c] = true
				}
			} else if s.holds {
				held[s.conversation] = true
			} else {
				delete(held, s.conversation)
			}
			if len(held) > profile.Capacity {
				wrong = append(wrong, fmt.Sprintf("%s holds %d conversations after event %d and can hold %d", agent, len(held), i+1, profile.Capacity))
				break
			}
		}
	}
	for agent, d := range h.desks {
		if holds := len(d.Offers) + len(d.Conversations); holds != d.Agent.Load || holds > d.Agent.Capacity {
			wrong = append(wrong, fmt.Sprintf("%s shows load %d of %d and %d conversations", agent, d.Agent.Load, d.Agent.Capacity, holds))
		}
	}
	return wrong
}

// checkWaiting: in the quiet nobody waits whom a free agent could take.
func (h history) checkWaiting() []string {
	var wrong []string
	for _, t := range h.transcripts {
		if t.State != stateQueued {
			continue
		}
		queue, _ := h.tenant.Queue(routing.QueueID(t.Queue))
		for _, p := range h.tenant.Members(queue.ID) {
			d, seen := h.desks[string(p.ID)]
			if seen && d.Agent.Status == "available" && d.Agent.Load < d.Agent.Capacity && masters(p, queue) {
				wrong = append(wrong, fmt.Sprintf("%s waits in %s beside %s, who holds %d of %d", t.ID, t.Queue, p.ID, d.Agent.Load, d.Agent.Capacity))
				break
			}
		}
	}
	return wrong
}

func masters(p routing.Profile, q routing.Queue) bool {
	return !slices.ContainsFunc(q.Skills, func(n routing.Need) bool { return p.Skills[n.Skill] < n.Level })
}

// checkReplies: every reply that was accepted is in exactly one transcript and was delivered once; where the outcome is
// unknown, at most once. A phone gets nothing else.
func (h history) checkReplies() []string {
	var wrong []string
	arrived := map[string]int{}
	for _, texts := range h.received {
		for _, text := range texts {
			arrived[text]++
		}
	}
	written := map[string]int{}
	for _, t := range h.transcripts {
		for _, m := range t.messages {
			if m.Direction != "outbound" {
				continue
			}
			written[m.ID]++
			n := arrived[m.Text]
			delete(arrived, m.Text)
			if settled := m.State == "delivered" && n == 1; !settled && (m.State != "unknown" || n > 1) {
				wrong = append(wrong, fmt.Sprintf("reply %q is %s and arrived %d times", m.Text, m.State, n))
			}
		}
	}
	for _, r := range h.replies {
		if written[r.ID] != 1 {
			wrong = append(wrong, fmt.Sprintf("reply %q is in the transcripts %d times", r.Text, written[r.ID]))
		}
	}
	for text := range arrived {
		wrong = append(wrong, fmt.Sprintf("a phone got %q, which nobody wrote", text))
	}
	return wrong
}
