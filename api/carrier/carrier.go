// Package carrier speaks with the companies that carry texts. A [Carrier] is one company's dialect: how it proves that a
// webhook is its own, what its fields mean, what answer it wants, how a text is handed to it and which of its errors mean
// what. A carrier holds no state of ours and takes no decision; it translates.
package carrier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Carrier is one carrier's dialect. Implementations are values without mutable state, safe for concurrent use.
type Carrier interface {
	// Name is the {carrier} of the webhook path and of a channel's configuration.
	Name() string
	// Setup is what a channel of this carrier needs in the configuration.
	Setup() Setup
	// Window is how long one of the carrier's message ids is remembered: [WindowTimed], or [WindowUntimed] where the signature
	// carries no time stamp, since then the window is all that stops a replay.
	Window() time.Duration
	// Verify proves that the request was made by the carrier for this channel. It looks at the raw body, before anything is
	// parsed, tries every active secret, and compares in constant time. Any error is [ErrSignature], or [ErrUnsigned].
	Verify(ch Channel, r Request) error
	// Inbound reads the texts of a verified request; none is no error. A body it cannot read is [ErrMalformed]. A request may
	// hold texts and reports on either path, by the carrier's habit or a mis-set address, so both are asked on both.
	Inbound(ch Channel, r Request) ([]Text, error)
	// Receipts reads the delivery reports of a verified request; none is no error. A body it cannot read is [ErrMalformed].
	Receipts(ch Channel, r Request) ([]Receipt, error)
	// Ack is the answer that the carrier wants to a good request on the texts' path, or on the receipts' path.
	Ack(receipts bool) Ack
	// Send hands one text to the carrier, once. It never retries. A failure is always a [*SendError].
	Send(ctx context.Context, ch Channel, m Outbound) (Accepted, error)
}

// Lister is a carrier that lists what it has received: what was missed while nobody could take it is found there.
type Lister interface {
	// Received lists the texts to the channel's number since a time, oldest first. A failure is a [*SendError].
	Received(ctx context.Context, ch Channel, since time.Time) ([]Text, error)
}

// Finder is a carrier that can be asked for a text that it has sent.
type Finder interface {
	// Sent is the text that the carrier knows by its id, with our message id where the carrier gives that back. A failure is a
	// [*SendError], also that there is no such text in the channel's account.
	Sent(ctx context.Context, ch Channel, id string) (Outbound, error)
}

// Channel is what a carrier needs to know of a configured channel.
type Channel struct {
	ID     string
	Number string // E.164
	// Account is the carrier's account id.
	Account string
	// Application is what of the account sends: an application, a profile or a channel, as the carrier calls it.
	Application string
	// Secrets are the active secrets that prove webhooks, the current one first; two while one is being replaced.
	Secrets []string
	// PublicKeys are the same where the carrier signs with a key of its own.
	PublicKeys []string
	// APIKey proves our calls of the carrier's API where that takes another secret than webhooks do; see Credential.
	APIKey string
	// APIBase replaces the carrier's own API address when set; no trailing slash.
	APIBase string
	// WebhookURL and ReceiptURL are the public addresses of this channel's webhooks as the carrier knows them. They come from
	// the configured public URL, never from a request's Host header.
	WebhookURL, ReceiptURL string
}

// Request is a webhook call as it arrived. URL is the public one (from configuration) with the query of the call.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte

	form *form // what [ReadForm] found, for all that ask; nil: it is read each time
}

// ReadOnce is r whose form is taken apart once, however many of its copies are asked for it, one after the other.
func (r Request) ReadOnce() Request {
	r.form = new(form)
	return r
}

// Text is one inbound text. Body is the text as the customer wrote it, valid UTF-8 or made so.
type Text struct {
	CarrierID string // the carrier's message id; never empty
	From, To  string
	Body      string
	Media     []Media
	// At is the carrier's own time of the text, zero when it gives none.
	At time.Time
	// OptOut is the carrier's own verdict on the text where it gives one: "stop", "start", "help" or "".
	OptOut string
	// Part says that this is one part of a long text, which the carrier leaves to us to join; nil for a whole text.
	Part *Part
}

// Part is the place of a text within a long one: the parts of one long text between two numbers have the same reference.
type Part struct {
	Ref    string
	Number int // from 1
	Total  int // at most [PartsMost]
}

// PartsMost is how many parts a long text can have (3GPP TS 23.040 §9.2.3.24.1: one octet).
const PartsMost = 255

// NewPart checks the place of a part; one that cannot be is [ErrMalformed].
func NewPart(ref string, number, total int) (*Part, error) {
	if ref == "" || len(ref) > partRefLongest || number < 1 || number > total || total > PartsMost {
		return nil, fmt.Errorf("%w: there is no such part of a long text", ErrMalformed)
	}
	return &Part{ref, number, total}, nil
}

const partRefLongest = 64

// Media is an attachment that Switchyard names but never fetches.
type Media struct {
	ContentType string
}

// ReceiptState is how far a text has come, by a carrier's report.
type ReceiptState string

// The states of a report. A carrier's finer ones are mapped onto these.
const (
	ReceiptSent      ReceiptState = "sent"
	ReceiptDelivered ReceiptState = "delivered"
	ReceiptFailed    ReceiptState = "failed"
)

// Receipt is one delivery report.
type Receipt struct {
	// Message is our message id when the report brings it back, else empty.
	Message string
	// CarrierID is the carrier's id of the text.
	CarrierID string
	State     ReceiptState
	// Class and Detail tell why it failed, when it did.
	Class  Class
	Detail string
}

// Ack is an HTTP answer.
type Ack struct {
	Status      int
	ContentType string // empty: neither it nor a body is sent
	Body        string
}

// EmptyAck is the 200 with nothing in it that most carriers want.
func EmptyAck() Ack { return Ack{Status: http.StatusOK, ContentType: "text/plain"} }

// Outbound is a text to send.
type Outbound struct {
	// Message is our message id; it goes out as correlation reference wherever the carrier takes one.
	Message string
	From    string
	To      string
	Body    string
}

// Accepted is the carrier's yes. CarrierID is empty where the carrier's API gives no id; our own then finds the receipts.
type Accepted struct {
	CarrierID string
}

// Setup is what a channel of a carrier needs in the configuration, in words for the person who writes it.
type Setup struct {
	// Needs are the fields that it cannot do without.
	Needs []Need
	// Weak says why the carrier's webhooks are less than signed, and what makes up for it; empty when they are signed.
	Weak string
	// AnswersKeywords says that the carrier itself answers STOP, START and HELP, where its account is set to.
	AnswersKeywords bool
}

// Need is a field of a channel's configuration and what to write there.
type Need struct{ Field, Write string }

// The fields that a carrier may need.
const (
	NeedAccount     = "account"
	NeedApplication = "application"
	NeedSecret      = "secret"
	NeedPublicKey   = "public_key"
	NeedAPIKey      = "api_key"
	NeedAPIBase     = "api_base"
)

// Class is what a carrier's error means to us, one of a closed set of words: it is also a metric's label.
type Class string

// The classes of failure.
const (
	ClassNone        Class = ""
	ClassRate        Class = "rate"         // too fast: not taken, may be sent again later
	ClassAuth        Class = "auth"         // our credentials were refused
	ClassInvalid     Class = "invalid"      // the carrier calls the text or a number malformed
	ClassUnreachable Class = "unreachable"  // handset or carrier cannot be reached
	ClassLandline    Class = "landline"     // the number takes no texts
	ClassOptedOut    Class = "opted_out"    // the customer has opted out with the carrier
	ClassBlocked     Class = "blocked"      // blocked or filtered
	ClassRegistered  Class = "unregistered" // our number lacks a registration
	ClassExpired     Class = "expired"      // not delivered in time
	ClassCarrier     Class = "carrier"      // the carrier's own failure
	ClassUnknown     Class = "unknown"      // no reason given, or one we do not know
)

// Classes lists the classes of failures.
func Classes() []Class {
	return []Class{
		ClassRate, ClassAuth, ClassInvalid, ClassUnreachable, ClassLandline, ClassOptedOut, ClassBlocked, ClassRegistered, ClassExpired, ClassCarrier,
		ClassUnknown,
	}
}

// Known is the class, or [ClassUnknown] for a word that is none of them: it keeps classes a closed set, whatever comes over the wire.
func (c Class) Known() Class {
	switch c {
	case ClassRate, ClassAuth, ClassInvalid, ClassUnreachable, ClassLandline, ClassOptedOut, ClassBlocked, ClassRegistered,
		ClassExpired, ClassCarrier:
		return c
	case ClassNone, ClassUnknown:
	}
	return ClassUnknown
}

// SendError says why a text was not accepted, or that it is not known whether it was.
type SendError struct {
	Class Class
	// Code is the carrier's own error code or HTTP status, for people.
	Code   string
	Detail string
	// Unknown says that the carrier may have taken the text: it must not be sent again.
	Unknown bool
	// Retryable says that the text was surely not taken and may be tried again, after After at the earliest.
	Retryable bool
	After     time.Duration
}

// Error implements error. It names no number and no text.
func (e *SendError) Error() string {
	s := "carrier: " + string(e.Class)
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Unknown {
		s += " (outcome unknown)"
	}
	return s
}

// Errors of reading a webhook.
var (
	// ErrSignature says that the request is not proven to be the carrier's.
	ErrSignature = errors.New("carrier: signature missing or wrong; check the channel's secret and public_url")
	// ErrUnsigned says that the request bears no signature, and that the carrier sends it again, signed, after an error of ours
	// (5xx). It is an [ErrSignature].
	ErrUnsigned = fmt.Errorf("%w: none", ErrSignature)
	// ErrMalformed says that the request is the carrier's but cannot be read.
	ErrMalformed = errors.New("carrier: request cannot be read")
)
