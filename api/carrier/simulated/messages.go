package simulated

import (
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"switchyard/api/carrier"
)

// handedOver is a text that Switchyard handed to the network for a phone.
type handedOver struct {
	id, message    string
	from, to, text string
	receiptURL     string // empty: no receipts wanted
}

// failure is why a text will not arrive; the zero value is none.
type failure struct {
	class  carrier.Class
	code   string // Twilio's
	detail string
}

// outcome is what the network does with a text.
type outcome int

const (
	taken       outcome = iota
	takenUnsaid         // taken, but the answer is lost
	crowded             // too fast: not taken
)

// take decides about a text by the end of its destination, and carries it when it is taken.
func (n *Network) take(line Line, h handedOver) outcome {
	if strings.HasSuffix(h.to, "0429") && n.phones.refuseEveryOther(h.to) {
		return crowded
	}
	select {
	case n.underway <- struct{}{}:
	default:
		return crowded
	}
	// The handler that calls this is itself counted, so Close cannot have passed its wait yet.
	n.working.Add(1)
	n.phones.add(h.to, phoneText{
		ID: h.id, Direction: toPhone, From: h.from, To: h.to, Text: h.text,
		At: time.Now().UTC().Truncate(time.Millisecond), State: stateUnderway,
	})
	go n.carry(line, h)
	if strings.HasSuffix(h.to, "0500") {
		return takenUnsaid
	}
	return taken
}

// carry brings a text to its phone and reports how far it has come.
func (n *Network) carry(line Line, h handedOver) {
	defer n.working.Done()
	defer func() { <-n.underway }()
	var why failure
	last := stateDelivered
	if strings.HasSuffix(h.to, "0404") {
		last, why = stateFailed, failure{carrier.ClassUnreachable, "30003", "the handset cannot be reached"}
	}
	if !n.pause(n.pace) {
		return
	}
	n.report(line, h, stateSent, failure{})
	if !n.pause(n.pace) {
		return
	}
	n.report(line, h, last, why)
}

func (n *Network) report(line Line, h handedOver, state string, why failure) {
	n.phones.settle(h.to, h.id, state, why.detail)
	if h.receiptURL == "" {
		return
	}
	if status := n.deliver(line.receiptCall(h, state, why), n.reports); status < 200 || status > 299 {
		n.log.Warn("receipt_not_taken", slog.String("channel", line.ID), slog.String("carrier_id", h.id), slog.String("state", state), slog.Int("status", status))
	}
}

// serveMessages is the simulated carrier's API.
func (n *Network) serveMessages(w http.ResponseWriter, r *http.Request) {
	var m handOver
	if err := readJSON(r, &m); err != nil {
		refuse(w, http.StatusBadRequest, carrier.ClassInvalid, err.Error())
		return
	}
	line, ok := n.lines[m.From]
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok || line.Carrier != Name || !bearer || !same(token, line.Secret):
		refuse(w, http.StatusUnauthorized, carrier.ClassAuth, "the secret is not that of the number in from")
		return
	case !isNumber(m.To):
		refuse(w, http.StatusBadRequest, carrier.ClassInvalid, "to is not a number in E.164")
		return
	case m.Text == "" || utf8.RuneCountInString(m.Text) > textMost:
		refuse(w, http.StatusBadRequest, carrier.ClassInvalid, "the text is empty or longer than 1600 characters")
		return
	case m.ReceiptURL != "" && !line.ownReceipts(m.ReceiptURL):
		refuse(w, http.StatusBadRequest, carrier.ClassInvalid, "receipt_url is not the channel's own")
		return
	}
	id := line.newID(false)
	switch n.take(line, handedOver{id: id, message: m.Message, from: m.From, to: m.To, text: m.Text, receiptURL: m.ReceiptURL}) {
	case crowded:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, carrier.ClassRate, "too many texts at once")
	case takenUnsaid:
		panic(http.ErrAbortHandler) // breaks the connection, as the number asks for
	case taken:
		writeJSON(w, http.StatusAccepted, accepted{id})
	}
}

func refuse(w http.ResponseWriter, status int, class carrier.Class, detail string) {
	writeJSON(w, status, refusal{class, detail})
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
