package plivo

import (
	"strconv"

	"switchyard/api/carrier"
)

func read(r carrier.Request) (f carrier.Form, id string, err error) {
	f, err = carrier.ReadForm(r)
	if err != nil {
		return nil, "", err
	}
	id = f.Get("MessageUUID")
	if id == "" {
		return nil, "", carrier.Lacking("MessageUUID is")
	}
	return f, id, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a report. Plivo joins long texts.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	f, id, err := read(r)
	if err != nil || isReport(f) {
		return nil, err
	}
	text := carrier.Text{CarrierID: id, From: f.Get("From"), To: f.Get("To"), Body: f.Get("Text"), Media: media(f), OptOut: intent(f)}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("From or To is")
	}
	if text.Body == "" {
		text.Body = f.Get("Body") // of a text with attachments
	}
	return []carrier.Text{text}, nil
}

func isReport(f carrier.Form) bool {
	status := f.Get("Status")
	return status != "" && status != "received"
}

func media(f carrier.Form) []carrier.Media {
	n, err := strconv.Atoi(f.Get("MediaCount"))
	if err != nil {
		return nil
	}
	var media []carrier.Media
	for i := range min(max(n, 0), carrier.MediaMost) {
		media = append(media, carrier.MediaAt(f.Get("Media"+strconv.Itoa(i+1))))
	}
	return media
}

// intent is Plivo's own verdict on the text.
func intent(f carrier.Form) string {
	switch f.Get("MessageIntent") {
	case "optout":
		return "stop"
	case "optin":
		return "start"
	case "help":
		return "help"
	}
	return ""
}

// Receipts implements [carrier.Carrier]. Our own message id comes back in the address.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	f, id, err := read(r)
	if err != nil || !isReport(f) {
		return nil, err
	}
	receipt := carrier.Receipt{Message: r.MessageOf(), CarrierID: id}
	switch status := f.Get("Status"); status {
	case "sent":
		receipt.State = carrier.ReceiptSent
	case "delivered", "read":
		receipt.State = carrier.ReceiptDelivered
	case "failed", "undelivered", "rejected":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = meanings.Failure(status, f.Get("ErrorCode"))
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
