package routing

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// OverflowWhen is what makes a queue give conversations away.
type OverflowWhen string

// When a queue overflows. The first four are looked at when a conversation comes; no_agents also when the last agent leaves.
const (
	WhenLength       OverflowWhen = "length"        // more than so many wait
	WhenLongestWait  OverflowWhen = "longest_wait"  // somebody has waited for more than so many seconds
	WhenExpectedWait OverflowWhen = "expected_wait" // it is expected to wait for more than so many seconds
	WhenNoAgents     OverflowWhen = "no_agents"     // no agent of the queue is signed in
	WhenMaxWait      OverflowWhen = "max_wait"      // it has waited for so many seconds itself
)

// OverflowRule says what becomes of a conversation when its queue has too much to do. The first rule that holds counts.
type OverflowRule struct {
	When  OverflowWhen `json:"when"`
	Over  int          `json:"over,omitempty"` // conversations, or seconds
	Then  Then         `json:"then"`           // queue, case or reply
	Queue QueueID      `json:"queue,omitempty"`
	// Reply is sent to the customer, with the variables of [WaitingTexts]; needed where that is all that happens.
	Reply string `json:"reply,omitempty"`
}

// ThenReply sends a text and lets the conversation wait on.
const ThenReply Then = "reply"

// WaitingTexts are sent to customers who wait. Each is off when it is empty. {position} stands for the place in the line, {minutes}
// for the expected wait and {most_minutes} for the longest that is likely; a text with the last two is sent only when that is known.
type WaitingTexts struct {
	Welcome  string        `json:"welcome,omitempty"` // at the beginning, when the queue is open
	Position *PositionText `json:"position,omitempty"`
}

// PositionText is sent once to those who have waited for so long.
type PositionText struct {
	AfterSeconds int    `json:"after_seconds"`
	Text         string `json:"text"`
}

// The notices that a line gives.
const (
	noticeWelcome  = "welcome"
	noticePosition = "position"
	noticeOverflow = "overflow"
)

// arrival is how long after its entry a conversation that comes to the line has just come. One that comes back from an offer has not.
const arrival = 5 * time.Second

// unattended says whether the queue knows what to do with conversations that no agent is there for.
func (q *Queue) unattended() bool {
	return slices.ContainsFunc(q.Overflow, func(r OverflowRule) bool { return r.When == WhenNoAgents && r.Then != ThenReply })
}

// asksFor says whether one of the queue's rules looks at that.
func (l *Line) asksFor(when OverflowWhen) bool {
	return slices.ContainsFunc(l.queue.Overflow, func(r OverflowRule) bool { return r.When == when })
}

// sign keeps count of the members who are signed in. It says whether the last one has signed out.
func (l *Line) sign(was, is bool) (deserted bool) {
	switch {
	case is && !was:
		l.signedIn++
	case was && !is:
		l.signedIn--
		return l.signedIn == 0
	}
	return false
}

// welcome greets who has just come.
func (l *Line) welcome(mail *Mail, now time.Time, w *waiter) {
	if l.opened && !l.closed(now) && l.queue.Waiting != nil && w.Offers == 0 {
		l.inform(mail, w, noticeWelcome, l.queue.Waiting.Welcome)
	}
}

// arrive sees whether the queue overflows by w, who has just come and has not found anybody.
func (l *Line) arrive(mail *Mail, now time.Time, w *waiter) {
	if w.estimate, w.estimated = l.pace.estimate(l.position(w)); l.closed(now) {
		return
	}
	for _, r := range l.queue.Overflow {
		if l.overflows(now, w, r) {
			l.overflow(mail, w, r)
			return
		}
	}
}

func (l *Line) overflows(now time.Time, w *waiter, r OverflowRule) bool {
	over := time.Duration(r.Over) * time.Second
	switch r.When {
	case WhenLength:
		return len(l.waiting) > r.Over
	case WhenLongestWait:
		return now.Sub(l.longest.first().Entered) > over // w is there at least
	case WhenExpectedWait:
		return w.estimated && w.estimate.Wait > over
	case WhenNoAgents:
		return l.signedIn == 0
	case WhenMaxWait:
	}
	return false
}

// overflow does what a rule says with w.
func (l *Line) overflow(mail *Mail, w *waiter, r OverflowRule) {
	l.inform(mail, w, noticeOverflow, r.Reply)
	reason := RequeueOverflow
	if r.When == WhenMaxWait {
		reason = RequeueMaxWait
	}
	switch r.Then {
	case ThenQueue:
		l.ask(mail, w, Divert{From: l.Queue, To: r.Queue, Reason: reason})
	case ThenCase:
		l.ask(mail, w, Divert{From: l.Queue, Case: true, Reason: reason})
	case ThenReply, ThenWait:
	}
}

// desert gives those away who wait when the last agent has signed out.
func (l *Line) desert(mail *Mail, now time.Time, waiting ...*waiter) {
	for _, r := range l.queue.Overflow {
		if r.When != WhenNoAgents || l.closed(now) {
			continue
		}
		for _, w := range waiting {
			if !w.aside() {
				l.overflow(mail, w, r)
			}
		}
		break
	}
}

// ripen lets happen what a wait alone makes happen since w was last looked at, and says whether something has. What was due while
// the queue was closed happens when it opens, to those whom nobody is free for then.
func (l *Line) ripen(mail *Mail, now time.Time, w *waiter) bool {
	if w.aside() || l.closed(now) {
		return false
	}
	ripe := false
	for _, due := range l.dues(w) {
		if !due.at.After(w.looked) || due.at.After(now) {
			continue
		}
		if ripe = true; due.rule != nil {
			l.overflow(mail, w, *due.rule)
		} else {
			l.inform(mail, w, noticePosition, l.queue.Waiting.Position.Text)
		}
	}
	if ripe {
		w.looked = now
	}
	return ripe
}

// due is a moment at which something becomes of a wait: by a rule, or the text about the position.
type due struct {
	at   time.Time
	rule *OverflowRule
}

func (l *Line) dues(w *waiter) []due {
	var all []due
	for i, r := range l.queue.Overflow {
		if r.When == WhenMaxWait {
			all = append(all, due{w.Entered.Add(time.Duration(r.Over) * time.Second), &l.queue.Overflow[i]})
		}
	}
	if p := l.queue.Waiting; p != nil && p.Position != nil {
		all = append(all, due{at: w.Entered.Add(time.Duration(p.Position.AfterSeconds) * time.Second)})
	}
	return all
}

// inform asks w to tell its customer something, unless that says more than is known.
func (l *Line) inform(mail *Mail, w *waiter, notice, text string) {
	if text == "" {
		return
	}
	place := l.position(w)
	if strings.Contains(text, "minutes}") {
		e, ok := l.pace.estimate(place)
		if !ok {
			return
		}
		text = strings.NewReplacer("{minutes}", minutes(e.Wait), "{most_minutes}", minutes(e.Most())).Replace(text)
	}
	text = strings.ReplaceAll(text, "{position}", strconv.Itoa(place))
	l.ask(mail, w, Inform{Notice: notice, Text: text})
}

// minutes is a wait in whole minutes, one at least.
func minutes(d time.Duration) string {
	return strconv.Itoa(max(1, int((d+time.Minute-1)/time.Minute)))
}

// position is the place of w in the line, 1 being next.
func (l *Line) position(w *waiter) int {
	return l.groups.ahead(w) + 1
}
