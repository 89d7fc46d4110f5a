package simulated

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"switchyard/api/carrier/twilio"
)

// mediaMost bounds the attachments of a text.
const mediaMost = 10

// typed is a text as somebody types it on a phone.
type typed struct {
	From  string   `json:"from"`
	To    string   `json:"to"`
	Text  string   `json:"text"`
	Media []string `json:"media"` // content types
}

// serveTexts plays a phone that texts a business.
func (n *Network) serveTexts(w http.ResponseWriter, r *http.Request) {
	var t typed
	if err := readJSON(r, &t); err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	line, ok := n.lines[t.To]
	switch {
	case !ok:
		problem(w, http.StatusNotFound, "no business has the number in to; GET lines names them")
		return
	case !isNumber(t.From) || t.From == t.To:
		problem(w, http.StatusBadRequest, "from must be a phone's number in E.164, such as +14155550100")
		return
	case utf8.RuneCountInString(t.Text) > textMost || len(t.Media) > mediaMost:
		problem(w, http.StatusBadRequest, fmt.Sprintf("a text has at most %d characters and %d attachments", textMost, mediaMost))
		return
	}
	id, status := n.text(line, t)
	writeJSON(w, http.StatusAccepted, struct {
		ID            string `json:"id"`
		WebhookStatus int    `json:"webhook_status"` // 0: nobody answered
	}{id, status})
}

// text carries a text from a phone to Switchyard and waits for its answer. The carrier itself heeds STOP, START and HELP on
// Twilio lines, as Twilio does; on the others that is Switchyard's work.
func (n *Network) text(line Line, t typed) (id string, status int) {
	id = line.newID(len(t.Media) > 0)
	at := time.Now().UTC().Truncate(time.Millisecond)
	n.phones.add(t.From, phoneText{
		ID: id, Direction: fromPhone, From: t.From, To: t.To, Text: t.Text, Media: t.Media, At: at, State: stateUnderway,
	})
	var verdict string
	if line.Carrier == twilio.Name {
		verdict = n.heed(line, t.From, t.Text)
	}
	status = n.deliver(line.textCall(id, at, t, verdict), triesMost)
	if status >= 200 && status <= 299 {
		n.phones.settle(t.From, id, stateDelivered, "")
	} else {
		n.phones.settle(t.From, id, stateFailed, fmt.Sprintf("the business answered %d", status))
		n.log.Warn("text_not_taken", slog.String("channel", line.ID), slog.String("carrier_id", id), slog.Int("status", status))
	}
	return id, status
}

// heed is what a carrier does itself about a keyword; its verdict is the OptOutType of the webhook.
func (n *Network) heed(line Line, number, text string) (verdict string) {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE":
		if n.phones.block(number, line.Number, true) {
			n.answer(line, number, "You are unsubscribed and get no more texts from this number. Reply START to get them again.")
		}
		return "STOP"
	case "START", "YES", "UNSTOP":
		// "Yes" is an ordinary answer unless it takes a STOP back.
		if !n.phones.block(number, line.Number, false) {
			return ""
		}
		n.answer(line, number, "You get texts from this number again. Reply STOP to end them.")
		return "START"
	case "HELP", "INFO":
		n.answer(line, number, "Reply STOP to unsubscribe. Message and data rates may apply.")
		return "HELP"
	}
	return ""
}

// answer is the carrier's own text to a phone; the business never sees it.
func (n *Network) answer(line Line, number, text string) {
	n.phones.add(number, phoneText{
		ID: line.newID(false), Direction: toPhone, From: line.Number, To: number, Text: text,
		At: time.Now().UTC().Truncate(time.Millisecond), State: stateDelivered,
	})
}

// servePhone shows what a phone has sent and received.
func (n *Network) servePhone(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("number")
	if !isNumber(number) {
		problem(w, http.StatusBadRequest, "the path must end in a number in E.164, such as +14155550100")
		return
	}
	texts, blocked := n.phones.read(number)
	writeJSON(w, http.StatusOK, struct {
		Number  string      `json:"number"`
		Blocked []string    `json:"blocked"`
		Texts   []phoneText `json:"texts"`
	}{number, blocked, texts})
}

// serveLines names the business numbers, without their secrets.
func (n *Network) serveLines(w http.ResponseWriter, _ *http.Request) {
	type line struct {
		ID      string `json:"id"`
		Carrier string `json:"carrier"`
		Number  string `json:"number"`
	}
	lines := []line{}
	for _, l := range n.ordered {
		lines = append(lines, line{l.ID, l.Carrier, l.Number})
	}
	writeJSON(w, http.StatusOK, struct {
		Items []line `json:"items"`
	}{lines})
}

// readJSON decodes a body that says it is JSON, which a page of another origin cannot send without being asked first.
func readJSON(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errors.New("send Content-Type: application/json")
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the body is not the expected JSON: %w", err)
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}

func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}
