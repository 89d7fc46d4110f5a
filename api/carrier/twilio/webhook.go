package twilio

import (
	"fmt"
	"strconv"
	"strings"

	"switchyard/api/carrier"
)

// form is a webhook's parameters.
type form struct{ carrier.Form }

func readForm(r carrier.Request) (form, error) {
	f, err := carrier.ReadForm(r)
	return form{f}, err
}

// Lengths of Twilio's ids: two letters and 32 hexadecimal digits.
const (
	sidLength = 34
	idLongest = 64
)

// messageSid reads the id of the message. Twilio signs keys and values without a mark between them, so a captured request
// can be cut anew to let the id swallow what follows it and pass as a new message: an id that goes on after a whole one is
// refused.
func (f form) messageSid() (string, error) {
	sid := f.Get("MessageSid")
	switch {
	case sid == "":
		return "", carrier.Lacking("MessageSid is")
	case len(sid) > idLongest, len(sid) > sidLength && isSid(sid[:sidLength]):
		return "", fmt.Errorf("%w: MessageSid is too long", carrier.ErrMalformed)
	}
	return sid, nil
}

func isSid(s string) bool {
	if len(s) != sidLength || s[:2] != "SM" && s[:2] != "MM" {
		return false
	}
	return strings.Trim(s[2:], "0123456789abcdefABCDEF") == ""
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a delivery report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	f, err := readForm(r)
	if err != nil {
		return nil, err
	}
	if f.isReport() {
		return nil, nil
	}
	sid, err := f.messageSid()
	if err != nil {
		return nil, err
	}
	text := carrier.Text{
		CarrierID: sid,
		From:      f.Get("From"),
		To:        f.Get("To"),
		// Body is taken as it stands: one that looks like base64 may be just what the customer wrote.
		Body:   f.Get("Body"),
		Media:  f.media(),
		OptOut: f.optOut(),
	}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("From or To is")
	}
	return []carrier.Text{text}, nil
}

// Receipts implements [carrier.Carrier]. A request holds one report, or none when it tells of a state that Switchyard does
// not keep, or is a text. Our own message id comes back in the address of the callback.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	f, err := readForm(r)
	if err != nil {
		return nil, err
	}
	if !f.isReport() {
		return nil, nil
	}
	sid, err := f.messageSid()
	if err != nil {
		return nil, err
	}
	state, ok := receiptState(f.status())
	if !ok {
		return nil, nil
	}
	receipt := carrier.Receipt{Message: r.MessageOf(), CarrierID: sid, State: state}
	if state == carrier.ReceiptFailed {
		receipt.Class, receipt.Detail = meanings.Failure(f.status(), f.Get("ErrorCode"))
	}
	return []carrier.Receipt{receipt}, nil
}

// status is the state that the request tells; texts carry none or "received".
func (f form) status() string {
	if status := f.Get("MessageStatus"); status != "" {
		return status
	}
	return f.Get("SmsStatus")
}

func (f form) isReport() bool {
	switch f.status() {
	case "", "received", "receiving":
		return false
	}
	return true
}

// receiptState maps Twilio's states; those before "sent" tell nothing new.
func receiptState(status string) (carrier.ReceiptState, bool) {
	switch status {
	case "sent":
		return carrier.ReceiptSent, true
	case "delivered", "read":
		return carrier.ReceiptDelivered, true
	case "undelivered", "failed", "canceled":
		return carrier.ReceiptFailed, true
	}
	return "", false
}

func (f form) media() []carrier.Media {
	n, err := strconv.Atoi(f.Get("NumMedia"))
	if err != nil || n <= 0 {
		return nil
	}
	media := make([]carrier.Media, 0, min(n, carrier.MediaMost))
	for i := range min(n, carrier.MediaMost) {
		kind := f.Get("MediaContentType" + strconv.Itoa(i))
		if kind == "" {
			kind = "application/octet-stream"
		}
		media = append(media, carrier.Media{ContentType: kind})
	}
	return media
}

// optOut is the verdict of Twilio's Advanced Opt-Out, when the account uses it.
func (f form) optOut() string {
	switch verdict := strings.ToLower(f.Get("OptOutType")); verdict {
	case "stop", "start", "help":
		return verdict
	}
	return ""
}
