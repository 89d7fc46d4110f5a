package carrier

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MeaningOfStatus is what the HTTP status of a refusal says where its body says nothing.
func MeaningOfStatus(status int) Meaning {
	switch status {
	case http.StatusTooManyRequests:
		return Meaning{ClassRate, "too many requests"}
	case http.StatusUnauthorized, http.StatusForbidden:
		return Meaning{ClassAuth, "account or key refused"}
	}
	return Meaning{ClassUnknown, "refused without a reason"}
}

// authPause is when credentials that were refused are tried again.
const authPause = 30 * time.Second

// Refused makes the error of a text that was surely not accepted. It is worth another try when the carrier is only in a hurry, or when our
// credentials were refused, which people can set right meanwhile. An empty code is the HTTP status.
func Refused(answer Answer, code string, m Meaning) *SendError {
	if code == "" {
		code = strconv.Itoa(answer.Status)
	}
	e := &SendError{Class: m.Class, Code: code, Detail: m.Words}
	switch m.Class {
	case ClassRate:
		e.Retryable, e.After = true, answer.RetryAfter()
	case ClassAuth:
		e.Retryable, e.After = true, authPause
	case ClassNone, ClassInvalid, ClassUnreachable, ClassLandline, ClassOptedOut, ClassBlocked, ClassRegistered, ClassExpired, ClassCarrier,
		ClassUnknown:
	}
	return e
}

// HandOver makes the call that hands a text to the carrier. Read says what the answer means: the carrier's id of the text, or the
// refusal. An answer in which read finds neither leaves the outcome unknown.
func (c Caller) HandOver(req *http.Request, read func(Answer) (id string, refusal *SendError)) (Accepted, error) {
	answer, err := c.Call(req)
	if err != nil {
		return Accepted{}, err
	}
	id, refusal := read(answer)
	switch {
	case refusal != nil:
		return Accepted{}, refusal
	case answer.Status >= http.StatusBadRequest:
		return Accepted{}, Refused(answer, "", MeaningOfStatus(answer.Status))
	case id == "":
		return Accepted{}, &SendError{
			Class: ClassCarrier, Code: strconv.Itoa(answer.Status), Unknown: true, Detail: "accepted, but no id could be read",
		}
	}
	return Accepted{CarrierID: id}, nil
}

// NewRequest makes a call of path at the channel's api_base, or at usual where the channel has none.
func NewRequest(ctx context.Context, ch Channel, method, usual, path, contentType string, body []byte) (*http.Request, error) {
	base := ch.APIBase
	if base == "" {
		base = usual
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
	if err != nil || req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return nil, &SendError{Class: ClassCarrier, Detail: "set the channel's api_base to an http or https address"}
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept", JSONType)
	return req, nil
}

// NewJSONRequest makes a POST of a value of strings, numbers and lists, which always encodes.
func NewJSONRequest(ctx context.Context, ch Channel, usual, path string, value any) (*http.Request, error) {
	body, _ := json.Marshal(value)
	return NewRequest(ctx, ch, http.MethodPost, usual, path, JSONType, body)
}

// Unready is the error of a channel that lacks what sending needs, of which nothing was sent.
func Unready(fields string) *SendError {
	return &SendError{Class: ClassAuth, Detail: "set the channel's " + fields}
}

// Credential is what our calls of the carrier's API are proven with: the API key where the carrier has one besides the secret of its
// webhooks, else the current secret; empty when there is none.
func (ch Channel) Credential() string {
	if ch.APIKey != "" || len(ch.Secrets) == 0 {
		return ch.APIKey
	}
	return ch.Secrets[0]
}

// ReceiptsFor is the address for one message's receipts: it brings our id of the message back.
func (ch Channel) ReceiptsFor(message string) string {
	if ch.ReceiptURL == "" {
		return ""
	}
	mark := "?"
	if strings.Contains(ch.ReceiptURL, "?") {
		mark = "&"
	}
	return ch.ReceiptURL + mark + messageParameter + "=" + url.QueryEscape(message)
}

// messageParameter holds our message id in the address of a receipt.
const messageParameter = "message"

// MessageOf is our message id in the address of a receipt, as [Channel.ReceiptsFor] put it there.
func (r Request) MessageOf() string {
	f, _ := ParseForm(r.URL.RawQuery)
	return f.Get(messageParameter)
}

// WithoutPlus is a number as carriers take it that want no plus.
func WithoutPlus(number string) string { return strings.TrimPrefix(number, "+") }
