package routing

import (
	"fmt"
	"strings"
	"time"

	"switchyard/actors/sms"
)

// SendPatience is how long after it was written a text is handed again to a carrier that surely did not take it. A carrier that is away
// for some minutes costs no reply; an answer that comes hours late is worse than one that is known to have failed.
const SendPatience = time.Hour

// MaxReply is the longest reply in bytes that is looked at at all; ten parts are far less.
const MaxReply = 16 << 10

func (c *Conversation) sendReply(now time.Time, p *Policy, by Principal, cmd SendReply) ([]Event, error) {
	if err := c.heldBy(by); err != nil {
		return nil, err
	}
	if c.State != Active {
		return nil, refuse(CodeWrongState, "replies need an active conversation; only the customer can bring it back from being parked or wrapped up")
	}
	if c.OptedOut {
		return nil, refuse(CodeOptedOut, "the customer has opted out; only START from the customer's phone restores texts")
	}
	if c.OptOutAsked != "" {
		return nil, refuse(CodeOptedOut, "the customer may have asked for no more texts; say first whether that is so")
	}
	if _, err := sms.Number(c.CustomerNumber); err != nil { // a record that another program wrote
		return nil, refuse(CodeInvalid, "the customer's number cannot be texted: "+err.Error())
	}
	if err := p.textable(c); err != nil {
		return nil, err
	}
	count, err := checkReply(cmd.Text)
	if err != nil {
		return nil, err
	}
	added := MessageAdded{Message: &Message{
		ID: c.ID.Message(c.Seq + 1), Seq: c.Seq + 1, Conversation: c.ID, Direction: Outbound, Kind: KindSMS, Text: cmd.Text,
		Agent: c.Agent, At: now, State: MessageQueued, Segments: count.Count, Encoding: count.Encoding, ClientRef: cmd.ClientRef,
	}}
	added.Until = c.patienceAfter(now, p, added)
	return []Event{added}, nil
}

// checkReply refuses what would not reach the customer as it was written.
func checkReply(text string) (sms.Segments, error) {
	if strings.TrimSpace(text) == "" {
		return sms.Segments{}, refuse(CodeInvalid, "the text is empty")
	}
	if len(text) > MaxReply {
		return sms.Segments{}, &Error{Code: CodeTooLong, Detail: "the text is far too long; at most 10 parts can be sent"}
	}
	if bad := sms.NotPlain(text); len(bad) > 0 {
		return sms.Segments{}, &Error{Code: CodeNotPlainText, Detail: "only plain text reaches the customer; take these characters out", Characters: bad}
	}
	count := sms.Count(text)
	if count.Count > sms.MaxSegments {
		return sms.Segments{}, &Error{
			Code:     CodeTooLong,
			Detail:   fmt.Sprintf("the text needs %d parts; at most %d can be sent, so split it into several replies", count.Count, sms.MaxSegments),
			Segments: count.Count,
		}
	}
	return count, nil
}

// beginSend decides, right before the carrier is called, whether the text still may go.
func (c *Conversation) beginSend(p *Policy, cmd BeginSend) []Event {
	out, ok := c.Outgoing(cmd.Message)
	if !ok || out.State != MessageQueued || c.head() != out.Seq {
		return nil
	}
	if (c.OptedOut || cmd.OptedOut) && out.needsConsent() {
		return []Event{out.cancelled(hasOptedOut())}
	}
	if c.OptOutAsked != "" && out.needsConsent() {
		return []Event{out.cancelled(maybeOptedOut())}
	}
	if err := p.textable(c); err != nil { // the configuration has changed since it was written
		return []Event{out.cancelled(&Failure{Class: classInvalid, Detail: err.Detail})}
	}
	// What kept it so far is known until the carrier has said something else.
	return []Event{MessageAdvanced{Seq: out.Seq, State: MessageSending, Attempt: out.Attempt + 1, Failure: out.Failure}}
}

func (c *Conversation) sendResult(now time.Time, p *Policy, cmd SendResult) []Event {
	out, ok := c.Outgoing(cmd.Message)
	if !ok || out.Attempt != cmd.Attempt || (out.State != MessageSending && out.State != MessageUnknown) {
		return nil // a receipt was faster
	}
	next := MessageAdvanced{Seq: out.Seq, State: MessageSent, CarrierID: cmd.CarrierID, Attempt: out.Attempt}
	if f := cmd.Failure; f != nil {
		failure := f.Failure
		next.State, next.Failure = MessageFailed, &failure
		switch {
		case f.Unknown:
			next.State = MessageUnknown
		case f.Retryable && out.State == MessageSending && now.Sub(out.At) < SendPatience:
			at := now.Add(max(f.After, backoff(out.Attempt)))
			next.State, next.NotBefore = MessageQueued, &at // what keeps it is seen
		}
	}
	if next.State == out.State {
		return nil
	}
	if next.State == MessageFailed {
		is := c.Apply(now, next)
		return append([]Event{next}, is.refusedFor(now, p, out.ID, next.Failure)...)
	}
	return []Event{next}
}

// backoff doubles from one second to one minute.
func backoff(attempt int) time.Duration { return min(time.Second<<min(attempt-1, 6), time.Minute) }

func (c *Conversation) resume() []Event {
	var events []Event
	for _, out := range c.Outbox {
		if out.State == MessageSending {
			events = append(events, MessageAdvanced{
				Seq: out.Seq, State: MessageUnknown, Attempt: out.Attempt,
				Failure: &Failure{Class: "unknown", Detail: "the service stopped while the carrier was being called; a receipt will tell"},
			})
		}
	}
	return events
}

// receiveReceipt moves a text forward, never back. A report on a text that was never handed over, or that names another of
// the carrier's ids, is none of ours.
func (c *Conversation) receiveReceipt(now time.Time, p *Policy, cmd ReceiveReceipt) []Event {
	out, ok := c.Outgoing(cmd.Message)
	if !ok || out.Attempt == 0 || !out.State.Advances(cmd.State) {
		return nil
	}
	if out.CarrierID != "" && cmd.CarrierID != "" && out.CarrierID != cmd.CarrierID {
		return nil
	}
	next := MessageAdvanced{Seq: out.Seq, State: cmd.State, CarrierID: cmd.CarrierID, Failure: cmd.Failure, Attempt: out.Attempt}
	is := c.Apply(now, next)
	return append([]Event{next}, is.refusedFor(now, p, out.ID, cmd.Failure)...)
}
