package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// botAgent plays an agent over the public API: it is available, accepts what rings, answers every text once, ends a
// conversation after a number of answers and wraps it up. It does one thing at a time, and begins anew from its desk whenever
// something is not as it should be.
type botAgent struct {
	client
	turns       int                        // answers before it ends a conversation
	pause       time.Duration              // before it does anything, as people do
	disposition string                     // chosen at the end; may be empty
	answer      func(messageObject) string // to a customer's text
	witness     botWitness                 // may be nil

	threads map[string]*botThread
	cursor  string // the last event that was heard
}

// botWitness looks over a bot's shoulder.
type botWitness interface {
	// looked tells what the desk shows where the stream is begun; what comes later is heard.
	looked(desk deskObject)
	heard(e event, said eventObject)
	replied(sent messageObject)
}

// botThread is what a bot remembers of a conversation until its stream has told the end of it.
type botThread struct {
	rev      int // of the conversation as it was last seen; what is older comes too late
	gone     bool
	answered int // sequence number of the last text that was answered
	turns    int
}

// botRetry is how long a bot waits before it begins anew.
const botRetry = 200 * time.Millisecond

// work plays until ctx ends.
func (b *botAgent) work(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.shift(ctx); err != nil && ctx.Err() == nil {
			wait(ctx, botRetry)
		}
	}
}

// shift looks at the whole desk and then follows its stream, from where it was left. The error is never nil.
func (b *botAgent) shift(ctx context.Context) error {
	desk, err := b.desk(ctx)
	if err != nil {
		return err
	}
	if desk.Agent.Status != "available" {
		if err := b.setStatus(ctx, "available"); err != nil {
			return err
		}
	}
	if b.cursor == "" {
		b.cursor, b.threads = desk.Cursor, map[string]*botThread{}
		if b.witness != nil {
			b.witness.looked(desk)
		}
	}
	for _, o := range desk.Offers {
		if err := b.take(ctx, o); err != nil {
			return err
		}
	}
	for _, c := range desk.Conversations {
		if err := b.see(ctx, c); err != nil {
			return err
		}
	}
	return b.listen(ctx, b.cursor, func(e event) error { return b.hear(ctx, e) })
}

// errBeginAnew says that the stream is not to be gone on with.
var errBeginAnew = errors.New("the stream wants the desk to be read anew")

func (b *botAgent) hear(ctx context.Context, e event) error {
	var said eventObject
	if err := json.Unmarshal(e.data, &said); err != nil {
		return fmt.Errorf("event %s: %w", e.name, err)
	}
	if b.witness != nil {
		b.witness.heard(e, said)
	}
	if e.id != "" {
		b.cursor = e.id
	}
	switch e.name {
	case "reset":
		b.cursor = ""
		return errBeginAnew
	case "superseded", "logout":
		return errBeginAnew
	case "offer.made":
		return b.take(ctx, *said.Offer)
	case "message.added":
		if t := b.threads[said.Message.Conversation]; t != nil && said.Message.asks() {
			return b.respond(ctx, said.Message.Conversation, t, *said.Message)
		}
	case "conversation.updated":
		err := b.see(ctx, *said.Conversation)
		if t := b.threads[said.Conversation.ID]; t != nil && t.rev == said.Conversation.Rev && t.gone {
			delete(b.threads, said.Conversation.ID)
		}
		return err
	}
	return nil
}

// take accepts an offer. One that is gone is another's.
func (b *botAgent) take(ctx context.Context, o offerObject) error {
	wait(ctx, b.pause)
	c, err := b.accept(ctx, o.ID)
	if err != nil {
		return unlessRefused(err)
	}
	return b.see(ctx, c)
}

// see does what a conversation asks for as it stands.
func (b *botAgent) see(ctx context.Context, c conversationObject) error {
	t := b.threads[c.ID]
	if t == nil {
		t = &botThread{}
		b.threads[c.ID] = t
	}
	if c.Rev < t.rev {
		return nil
	}
	t.rev, t.gone = c.Rev, false
	switch c.State {
	case stateActive:
		if c.LastMessage.asks() {
			return b.respond(ctx, c.ID, t, *c.LastMessage)
		}
	case statePostProcessing:
		over, err := b.wrapUp(ctx, c.ID, b.disposition, "")
		if err != nil {
			return unlessRefused(err)
		}
		return b.see(ctx, over)
	default:
		t.gone = true
	}
	return nil
}

// respond answers a text, once, and ends the conversation when that was enough.
func (b *botAgent) respond(ctx context.Context, conversation string, t *botThread, m messageObject) error {
	if m.Seq <= t.answered {
		return nil
	}
	wait(ctx, b.pause)
	sent, err := b.reply(ctx, conversation, b.answer(m), "answer-"+m.ID)
	if err != nil {
		return unlessRefused(err)
	}
	t.answered = m.Seq
	t.turns++
	if b.witness != nil {
		b.witness.replied(sent)
	}
	if t.turns < b.turns {
		return nil
	}
	ended, err := b.end(ctx, conversation)
	if err != nil {
		return unlessRefused(err)
	}
	return b.see(ctx, ended)
}

// unlessRefused drops a clear no, such as an offer that is gone: somebody was faster, and the stream tells the rest. What is
// not clear is returned.
func unlessRefused(err error) error {
	if no := (*refusal)(nil); errors.As(err, &no) && no.final() && no.Status != http.StatusUnauthorized {
		return nil
	}
	return err
}

// wait waits, or not so long when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
