// Package simulated is a carrier that needs no account, in two halves. [Carrier] is its dialect, spoken by Switchyard like
// any other carrier's: signed JSON webhooks and a JSON API. [Network] is the other end: an in-process phone network, on
// whose phones one plays customers. The network also speaks Twilio's dialect, so that the Twilio path runs for
// real on one machine. It is a toy for trying things out: it forgets everything when it ends, and whoever reaches it may
// text as anybody.
package simulated

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"switchyard/api/carrier"
)

// Name is the name of the simulated carrier's dialect, in paths and in a channel's configuration.
const Name = "simulated"

// Carrier speaks the simulated carrier's dialect. It holds no mutable state and is safe for concurrent use.
type Carrier struct {
	caller carrier.Caller
	now    func() time.Time
}

var _ carrier.Carrier = Carrier{}

// New makes the carrier. It calls the API through the transport of client (nil means the default one); now is the clock that
// the age of a signature is measured by.
func New(client *http.Client, now func() time.Time) Carrier {
	return Carrier{caller: carrier.NewCaller(client), now: now}
}

// Name implements [carrier.Carrier].
func (Carrier) Name() string { return Name }

// Window implements [carrier.Carrier]: 24 hours, since the signature carries the time.
func (Carrier) Window() time.Duration { return carrier.WindowTimed }

// Setup implements [carrier.Carrier].
func (Carrier) Setup() carrier.Setup {
	return carrier.Setup{AnswersKeywords: true, Needs: []carrier.Need{
		{Field: carrier.NeedSecret, Write: "write env:NAME, file:PATH or the secret itself"},
	}}
}

// Ack implements [carrier.Carrier].
func (Carrier) Ack(bool) carrier.Ack { return carrier.Ack{Status: http.StatusNoContent} }

// handOver is the body of a call to the API: one text to send.
type handOver struct {
	Message    string `json:"message"`
	From       string `json:"from"`
	To         string `json:"to"`
	Text       string `json:"text"`
	ReceiptURL string `json:"receipt_url,omitempty"`
}

// refusal is the API's no.
type refusal struct {
	Class  carrier.Class `json:"class"`
	Detail string        `json:"detail"`
}

// accepted is the API's yes.
type accepted struct {
	ID string `json:"id"`
}

// Send implements [carrier.Carrier]: POST {APIBase}/messages with the current secret as bearer token, answered 202 {id}.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if len(ch.Secrets) == 0 {
		return carrier.Accepted{}, carrier.Unready("secret")
	}
	text := handOver{Message: m.Message, From: m.From, To: m.To, Text: m.Body, ReceiptURL: ch.ReceiptURL}
	req, err := carrier.NewJSONRequest(ctx, ch, "", "/messages", text)
	if err != nil {
		return carrier.Accepted{}, err
	}
	req.Header.Set("Authorization", "Bearer "+ch.Secrets[0])
	return c.caller.HandOver(req, read)
}

// read reads an answer: the text's id, or why it was refused.
func read(answer carrier.Answer) (string, *carrier.SendError) {
	if answer.Status >= http.StatusBadRequest {
		return "", refused(answer, strconv.Itoa(answer.Status))
	}
	var yes accepted
	_ = json.Unmarshal(answer.Body, &yes) // without an id the outcome is unknown
	return yes.ID, nil
}

func refused(answer carrier.Answer, code string) *carrier.SendError {
	var no refusal
	if json.Unmarshal(answer.Body, &no) != nil {
		no = refusal{}
	}
	e := &carrier.SendError{Class: no.Class.Known(), Code: code, Detail: no.Detail}
	switch answer.Status {
	case http.StatusTooManyRequests:
		e.Class, e.Retryable, e.After = carrier.ClassRate, true, answer.RetryAfter()
	case http.StatusUnauthorized:
		e = carrier.Refused(answer, code, carrier.Meaning{Class: carrier.ClassAuth, Words: no.Detail})
	}
	return e
}
