package simulated

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchyard/api/carrier"
	"switchyard/api/carrier/twilio"
)

// triesMost is how often a webhook is tried: with pauses that double from 100 ms it gives up after about three seconds.
const triesMost = 6

// backoffMost is how long a pause between two tries can become.
const backoffMost = 2 * time.Second

// call is one webhook call, the same at each try but for the time in its signature.
type call struct {
	address     string
	contentType string
	body        []byte
	sign        func(h http.Header)
}

// textCall is the webhook of a text from a phone, in the line's dialect.
func (l Line) textCall(id string, at time.Time, t typed, verdict string) call {
	if l.Carrier != twilio.Name {
		return l.jsonCall(l.WebhookURL, webhook{ID: id, From: t.From, To: t.To, Text: t.Text, Media: t.Media, At: &at})
	}
	form := url.Values{
		"MessageSid": {id}, "SmsSid": {id}, "SmsMessageSid": {id}, "AccountSid": {l.Account}, "ApiVersion": {"2010-04-01"},
		"From": {t.From}, "To": {t.To}, "Body": {t.Text}, "SmsStatus": {"received"},
		"NumMedia": {strconv.Itoa(len(t.Media))}, "NumSegments": {strconv.Itoa(segments(t.Text))},
	}
	for i, kind := range t.Media {
		form.Set("MediaContentType"+strconv.Itoa(i), kind)
		form.Set("MediaUrl"+strconv.Itoa(i), "https://media.invalid/"+id+"/"+strconv.Itoa(i))
	}
	if verdict != "" {
		form.Set("OptOutType", verdict)
	}
	return l.formCall(l.WebhookURL, form)
}

// receiptCall is the webhook of a delivery report, in the line's dialect.
func (l Line) receiptCall(h handedOver, state string, why failure) call {
	if l.Carrier != twilio.Name {
		return l.jsonCall(h.receiptURL, webhook{ID: h.id, Message: h.message, State: state, Class: why.class, Detail: why.detail})
	}
	form := url.Values{
		"MessageSid": {h.id}, "SmsSid": {h.id}, "AccountSid": {l.Account}, "ApiVersion": {"2010-04-01"},
		"From": {l.Number}, "To": {h.to}, "MessageStatus": {state}, "SmsStatus": {state},
	}
	if why.class != carrier.ClassNone {
		for _, key := range []string{"MessageStatus", "SmsStatus"} {
			form.Set(key, "undelivered")
		}
		form.Set("ErrorCode", why.code)
	}
	return l.formCall(h.receiptURL, form)
}

func (l Line) jsonCall(address string, w webhook) call {
	body, _ := json.Marshal(w) // strings and times always encode
	return call{address, "application/json", body, func(h http.Header) {
		h.Set(signatureHeader, Sign(l.Secret, time.Now(), body))
	}}
}

func (l Line) formCall(address string, form url.Values) call {
	return call{address, "application/x-www-form-urlencoded", []byte(form.Encode()), func(h http.Header) {
		h.Set("X-Twilio-Signature", twilio.Sign(l.Secret, address, form))
	}}
}

// deliver makes the call until it is answered for good or so many tries are used up, and returns the last status; 0 when nobody
// answered.
func (n *Network) deliver(c call, tries int) (status int) {
	wait := n.backoff
	for try := 1; ; try++ {
		status = n.post(c)
		again := status == 0 || status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests
		if !again || try == tries || !n.pause(wait) {
			return status
		}
		wait = min(2*wait, backoffMost)
	}
}

func (n *Network) post(c call) (status int) {
	req, err := http.NewRequestWithContext(n.ctx, http.MethodPost, c.address, bytes.NewReader(c.body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", c.contentType)
	c.sign(req.Header)
	resp, err := n.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, bodyMost)) // so that the connection can be used again
	return resp.StatusCode
}

// ownReceipts tells whether an address is the line's own receipt address, with any query: the network calls nobody else.
func (l Line) ownReceipts(address string) bool {
	before, _, _ := strings.Cut(address, "?")
	own, _, _ := strings.Cut(l.ReceiptURL, "?")
	return before == own
}
