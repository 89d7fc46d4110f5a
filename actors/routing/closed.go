package routing

import (
	"fmt"
	"strings"
	"time"
)

// ClosedPolicy says what becomes of conversations while their queue is closed.
type ClosedPolicy struct {
	Then  Then    `json:"then,omitempty"`  // wait for the opening (default), go to another queue, or become a case
	Queue QueueID `json:"queue,omitempty"` // the other one
	// Reply is sent to the customer, once per conversation and closure; {opens} stands for when the queue opens. Empty: none.
	Reply string `json:"reply,omitempty"`
}

// Then is what becomes of conversations that nobody of their queue is to be asked for.
type Then string

// What may become of them.
const (
	ThenWait  Then = "wait"
	ThenQueue Then = "queue"
	ThenCase  Then = "case"
)

// Ask is what a line asks of a waiting conversation.
type Ask struct {
	Conversation ConversationID
	Command      ConversationCommand
}

func (*Ask) effect() {}

// Keep gives the line the hours of its queue; nil: it is always open. Open lets them take effect.
func (l *Line) Keep(hours *Calendar) { l.hours = hours }

// closed says whether the queue is closed now. When that has changed, the next Tick, which is due, looks at all who wait.
func (l *Line) closed(now time.Time) bool {
	if !l.turns.IsZero() && !now.Before(l.turns) {
		l.turn(now)
	}
	return l.shutUp
}

// shut says what becomes of a waiting conversation while the queue is closed.
func (l *Line) shut(mail *Mail, now time.Time, w *waiter) {
	p := l.queue.Closed
	if p == nil || w.aside() {
		return
	}
	if p.Reply != "" {
		l.ask(mail, w, Inform{
			Notice: "closed until " + stamp(l.opens), Text: strings.ReplaceAll(p.Reply, "{opens}", l.clock(l.opens)),
		})
	}
	switch p.Then {
	case ThenQueue:
		l.ask(mail, w, Divert{From: l.Queue, To: p.Queue, Reason: RequeueClosed})
	case ThenCase:
		if due := w.Entered.Add(caseDelay); now.Before(due) {
			w.until = earlier(w.until, due)
			l.alarms.set(w)
			l.expect(w.until)
		} else {
			l.ask(mail, w, Divert{From: l.Queue, Case: true, Reason: RequeueClosed})
		}
	case ThenWait, ThenReply, "":
	}
}

func (l *Line) ask(mail *Mail, w *waiter, cmd ConversationCommand) {
	mail.Add(&Ask{w.Conversation, cmd})
}

// turn takes note that the queue has opened or closed.
func (l *Line) turn(now time.Time) {
	shut := !l.hours.Open(now)
	l.turned = l.turned || shut != l.shutUp
	l.shutUp, l.turns, l.opens = shut, l.hours.Next(now), time.Time{}
	if shut {
		l.opens = l.turns
	}
}

// clock is a moment as the queue's customers read it.
func (l *Line) clock(at time.Time) string {
	if at.IsZero() || l.hours == nil {
		return "later"
	}
	return at.In(l.hours.zone).Format("Mon 2 Jan 15:04")
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// whyClosed says until when the queue is closed.
func (l *Line) whyClosed() string {
	if l.opens.IsZero() {
		return fmt.Sprintf("queue %s is closed, and its schedule has no day on which it opens", l.Queue)
	}
	return fmt.Sprintf("queue %s is closed until %s (%s)", l.Queue, l.clock(l.opens), l.hours.zone)
}
