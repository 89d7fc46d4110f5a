package simulated

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"switchyard/actors/sms"
	"switchyard/api/carrier/twilio"
)

// serveTwilio answers as Twilio's Messages resource does.
func (n *Network) serveTwilio(w http.ResponseWriter, r *http.Request) {
	sid := r.PathValue("sid")
	user, secret, _ := r.BasicAuth()
	if user != sid || !n.isAccount(sid, secret) {
		twilioError(w, http.StatusUnauthorized, 20003, "Authenticate")
		return
	}
	if err := r.ParseForm(); err != nil {
		twilioError(w, http.StatusBadRequest, 20001, "The request is not a form")
		return
	}
	h := handedOver{
		from: r.PostForm.Get("From"), to: r.PostForm.Get("To"), text: r.PostForm.Get("Body"), receiptURL: r.PostForm.Get("StatusCallback"),
	}
	line, ok := n.lines[h.from]
	switch {
	case !isNumber(h.to):
		twilioError(w, http.StatusBadRequest, 21211, "The 'To' number is not a valid phone number")
		return
	case !ok || line.Carrier != twilio.Name || line.Account != sid:
		twilioError(w, http.StatusBadRequest, 21606, "The 'From' number cannot send texts for this account")
		return
	case h.text == "":
		twilioError(w, http.StatusBadRequest, 21602, "Message body is required")
		return
	case utf8.RuneCountInString(h.text) > textMost:
		twilioError(w, http.StatusBadRequest, 21617, "The message body exceeds the 1600 character limit")
		return
	case h.receiptURL != "" && !line.ownReceipts(h.receiptURL):
		twilioError(w, http.StatusBadRequest, 21609, "The 'StatusCallback' is not the channel's own receipt address")
		return
	case n.phones.blocks(h.to, line.Number):
		twilioError(w, http.StatusBadRequest, 21610, "Attempt to send to unsubscribed recipient")
		return
	}
	h.id = line.newID(false)
	switch n.take(line, h) {
	case crowded:
		w.Header().Set("Retry-After", "1")
		twilioError(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
	case takenUnsaid:
		panic(http.ErrAbortHandler) // breaks the connection, as the number asks for
	case taken:
		writeJSON(w, http.StatusCreated, twilioMessage(sid, h))
	}
}

// serveTwilioText answers as Twilio's Message resource does, as long as the phone remembers the text.
func (n *Network) serveTwilioText(w http.ResponseWriter, r *http.Request) {
	sid := r.PathValue("sid")
	user, secret, _ := r.BasicAuth()
	if user != sid || !n.isAccount(sid, secret) {
		twilioError(w, http.StatusUnauthorized, 20003, "Authenticate")
		return
	}
	id := strings.TrimSuffix(r.PathValue("file"), ".json")
	text, found := n.phones.find(id)
	if line := n.lines[text.From]; !found || line.Carrier != twilio.Name || line.Account != sid {
		twilioError(w, http.StatusNotFound, 20404, "The requested resource was not found")
		return
	}
	writeJSON(w, http.StatusOK, twilioMessage(sid, handedOver{id: id, from: text.From, to: text.To, text: text.Text}))
}

func (n *Network) isAccount(sid, secret string) bool {
	for _, l := range n.ordered {
		if l.Carrier == twilio.Name && l.Account == sid && same(secret, l.Secret) {
			return true
		}
	}
	return false
}

func twilioError(w http.ResponseWriter, status, code int, message string) {
	writeJSON(w, status, map[string]any{
		"code": code, "message": message, "status": status, "more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}

func twilioMessage(sid string, h handedOver) map[string]any {
	now := time.Now().UTC().Format(time.RFC1123Z)
	uri := "/2010-04-01/Accounts/" + sid + "/Messages/" + h.id
	return map[string]any{
		"account_sid": sid, "api_version": "2010-04-01", "body": h.text, "date_created": now, "date_sent": nil, "date_updated": now,
		"direction": "outbound-api", "error_code": nil, "error_message": nil, "from": h.from, "messaging_service_sid": nil,
		"num_media": "0", "num_segments": strconv.Itoa(segments(h.text)), "price": nil, "price_unit": nil, "sid": h.id,
		"status": "queued", "subresource_uris": map[string]string{"media": uri + "/Media.json"}, "to": h.to, "uri": uri + ".json",
	}
}

// segments is how many parts a text takes on the air; an empty one takes one.
func segments(text string) int { return max(sms.Count(strings.ToValidUTF8(text, "?")).Count, 1) }
