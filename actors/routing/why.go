package routing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Brief lets the line leave out what it says for readers only, where there are none: the candidates of its decisions, and the count of
// what was waited for. What it decides is the same.
func (l *Line) Brief() { l.brief = true }

// decision writes down why w goes to the chosen members, from the very seats that the match looked at.
func (l *Line) decision(now time.Time, w *waiter, chosen []*seat) Decision {
	d := Decision{At: now, Queue: l.Queue, Rule: string(l.queue.Rule()), Needs: w.asks, Considered: len(l.order)}
	if w.byRight {
		d.Rule = ruleLastAgent
	}
	if l.brief {
		return d
	}
	d.Candidates = make([]Candidate, 0, min(len(l.order), CandidatesKept))
	for _, s := range chosen {
		c := l.candidate(now, w, s)
		c.Chosen, c.ExcludedBy, c.Detail = true, "", ""
		d.Candidates = append(d.Candidates, c)
	}
	for _, s := range l.order {
		if len(d.Candidates) >= CandidatesKept {
			break
		}
		if !slices.Contains(chosen, s) {
			d.Candidates = append(d.Candidates, l.candidate(now, w, s))
		}
	}
	return d
}

// candidate says how a member stands to w.
func (l *Line) candidate(now time.Time, w *waiter, s *seat) Candidate {
	a := s.Agent
	c := Candidate{Agent: a}
	level, lacking := s.entry.meets(w.asks)
	switch {
	case s.Status != Available:
		c.ExcludedBy, c.Detail = ExcludedByStatus, "status "+string(s.Status)
	case s.Gone:
		c.ExcludedBy, c.Detail = ExcludedByGone, "desktop lost"
	case lacking != nil:
		c.ExcludedBy = ExcludedBySkill
		c.Detail = fmt.Sprintf("skill %s %d < %d", lacking.Skill, level, lacking.Level)
	case a == w.Holder:
		c.ExcludedBy, c.Detail = ExcludedByHolder, "has it already, and transfers it"
	case !s.CoolingUntil.IsZero():
		c.ExcludedBy, c.Detail = ExcludedByPenalty, "missed an offer; no new ones until "+utc(s.CoolingUntil)
	case s.free() <= 0 && s.ramping():
		c.ExcludedBy = ExcludedByRampUp
		c.Detail = fmt.Sprintf("%d of %d slots open so far in this shift, the next at %s", s.Open, s.Capacity, utc(s.OpensAt))
	case s.free() <= 0 && w.beaten[a] != "":
		c.ExcludedBy, c.Detail = ExcludedByQueueOrder, fmt.Sprintf("took a conversation of queue %s first", w.beaten[a])
	case s.free() <= 0:
		c.ExcludedBy, c.Detail = ExcludedBySlots, taken(s.Load+s.asked, s.Capacity)
	case l.kept(now, w, s):
		c.ExcludedBy, c.Detail = ExcludedByLastAgent, fmt.Sprintf("%s knows the customer and has the first right", w.LastAgent)
	case w.refusedBy(a):
		c.ExcludedBy, c.Detail = ExcludedByRefusal, "rejected or missed it; others are tried first"
	}
	if lacking == nil {
		c.Level = level
		if _, missed := s.entry.meets(w.wishes); missed != nil && c.Detail == "" {
			c.Detail = fmt.Sprintf("without the preferred %s ≥ %d", missed.Skill, missed.Level)
		}
	}
	if s.Staffed() && s.idle() && !s.IdleSince.IsZero() {
		idle := int(now.Sub(s.IdleSince) / time.Second)
		c.IdleSeconds = &idle
	}
	return c
}

// taken says that so many of an agent's slots are taken. All of them is what most candidates of most decisions are told, so
// that it is not put together anew each time.
func taken(n, of int) string {
	if n == of && n <= MaxCapacity {
		return [...]string{
			"0 of 0 taken", "1 of 1 taken", "2 of 2 taken", "3 of 3 taken", "4 of 4 taken", "5 of 5 taken", "6 of 6 taken",
		}[n]
	}
	return fmt.Sprintf("%d of %d taken", n, of)
}

// Why says what a conversation in the line waits for now, what matters most first; nil when it is not in the line.
func (l *Line) Why(now time.Time, c ConversationID) []Wait {
	w := l.waiting[c]
	if w == nil {
		return nil
	}
	switch reason := l.reason(now, w); reason {
	case WaitOffer:
		if !w.aside() {
			return []Wait{{reason, "about to be offered"}}
		}
		return []Wait{{reason, "about to be offered to " + string(w.invited[0].agent)}}
	case WaitSchedule:
		return []Wait{{reason, l.whyClosed()}}
	case WaitHold:
		return []Wait{{reason, "many agents missed offers at once; the queue holds until " + utc(l.holdUntil)}}
	case WaitNoMembers:
		return []Wait{{reason, fmt.Sprintf("queue %s has no agents", l.Queue)}}
	case WaitNobodySigned:
		if _, serves := l.seats[w.Holder]; serves {
			return []Wait{{reason, fmt.Sprintf("none of the queue's %d agents besides %s, who has it, is available", len(l.order)-1, w.Holder)}}
		}
		return []Wait{{reason, fmt.Sprintf("none of the queue's %d agents is available", len(l.order))}}
	case WaitSkill:
		return []Wait{{reason, fmt.Sprintf("none of %d available agents has %s", l.able(w).staffed, describe(w.asks))}}
	default:
		return l.able(w).waits(w)
	}
}

// able counts how those stand who could take w.
func (l *Line) able(w *waiter) able {
	var n able
	for _, s := range l.order {
		if !s.Staffed() || s.Agent == w.Holder {
			continue
		}
		n.staffed++
		if _, lacking := s.entry.meets(w.asks); lacking != nil {
			continue
		}
		n.skilled++
		switch {
		case s.free() > 0 && w.refusedBy(s.Agent):
			n.refused++
		case s.free() > 0:
			n.kept++
		case !s.CoolingUntil.IsZero():
			n.cooling++
			n.cooled = earlier(n.cooled, s.CoolingUntil)
		case s.ramping():
			n.ramping++
			n.opens = earlier(n.opens, s.OpensAt)
		case w.beaten[s.Agent] != "":
			n.beaten++
		default:
			n.full++
		}
	}
	return n
}

// able is how those stand who could take a conversation: each is counted once, besides in staffed and skilled.
type able struct {
	staffed, skilled, refused, kept, cooling, ramping, beaten, full int
	cooled, opens                                                   time.Time // when the first of cooling and of ramping may be asked
}

// waits puts it into words, what matters most first.
func (n able) waits(w *waiter) []Wait {
	all := make([]Wait, 0, 6)
	of := func(count int) string {
		if count == n.skilled {
			return fmt.Sprintf("all %d agents who could take it", count)
		}
		return fmt.Sprintf("%d of %d agents who could take it", count, n.skilled)
	}
	for _, r := range []struct {
		count  int
		reason string
		text   string
	}{
		{n.refused, WaitOthers, "the free agents refused or missed it; the others are tried first"},
		{n.kept, WaitLastAgent, string(w.LastAgent) + " knows the customer and has the first right"},
		{n.cooling, WaitPenalty, of(n.cooling) + " missed an offer a moment ago, and may be asked from " + utc(n.cooled)},
		{n.ramping, WaitRampUp, of(n.ramping) + " have just begun their shift; the next slot opens at " + utc(n.opens)},
		{n.beaten, WaitQueueOrder, describeBeaten(w.beaten)},
		{n.full, WaitSlot, of(n.full) + " are full"},
	} {
		if r.count > 0 {
			all = append(all, Wait{r.reason, r.text})
		}
	}
	return all
}

// reason is what w waits for now: the first of what Why says. It looks at all members only when some of them are kept from taking
// more by a penalty or the beginning of their shift.
func (l *Line) reason(now time.Time, w *waiter) string {
	switch {
	case w.aside():
		return WaitOffer
	case l.closed(now):
		return WaitSchedule
	case l.held(now):
		return WaitHold
	case len(l.order) == 0:
		return WaitNoMembers
	}
	holder := l.except[:0]
	if w.Holder != "" {
		holder = append(holder, w.Holder)
	}
	switch {
	case !l.roster.Staffed(nil, holder):
		return WaitNobodySigned
	case !l.roster.Staffed(w.asks, holder):
		return WaitSkill
	}
	if e, _ := l.roster.pick(LongestIdle, w.asks, holder); e != nil {
		switch {
		case l.kept(now, w, e.seat):
			return WaitLastAgent
		case len(w.Refused) > 0 && l.untried(w):
			return WaitOthers
		}
		return WaitOffer
	}
	if l.paused == 0 && len(w.beaten) == 0 {
		return WaitSlot
	}
	return l.able(w).waits(w)[0].For
}

func utc(at time.Time) string { return at.UTC().Format(time.TimeOnly) + " UTC" }

func describe(needs []Need) string {
	words := make([]string, 0, len(needs))
	for _, n := range needs {
		words = append(words, fmt.Sprintf("%s ≥ %d", n.Skill, n.Level))
	}
	return strings.Join(words, ", ")
}

// describeBeaten names one agent who took something else, and how many more did.
func describeBeaten(by map[AgentID]QueueID) string {
	if len(by) == 0 {
		return ""
	}
	first := slices.Min(slices.Collect(maps.Keys(by)))
	text := fmt.Sprintf("%s became free and took a conversation of queue %s first", first, by[first])
	if more := len(by) - 1; more > 0 {
		text += fmt.Sprintf("; %d others did as well", more)
	}
	return text
}
