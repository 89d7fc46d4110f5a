package twilio

import (
	"fmt"
	"strconv"
	"strings"

	"switchyard/api/carrier"
)

// mediaMost is how many attachments Twilio allows on one text.
const mediaMost = 10

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a delivery report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	f, err := webhookForm(r)
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
		From:      f.get("From"),
		To:        f.get("To"),
		// Body is taken as it stands: one that looks like base64 may be just what the customer wrote.
		Body:   f.get("Body"),
		Media:  f.media(),
		OptOut: f.optOut(),
	}
	if text.From == "" || text.To == "" {
		return nil, fmt.Errorf("%w: From or To is missing", carrier.ErrMalformed)
	}
	return []carrier.Text{text}, nil
}

// Receipts implements [carrier.Carrier]. A request holds one report, or none when it tells of a state that Switchyard does
// not keep, or is a text. Our own message id comes back in the address of the callback.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	f, err := webhookForm(r)
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
	receipt := carrier.Receipt{Message: r.URL.Query().Get("message"), CarrierID: sid, State: state}
	if state == carrier.ReceiptFailed {
		receipt.Class, receipt.Detail = failure(f.status(), f.get("ErrorCode"))
	}
	return []carrier.Receipt{receipt}, nil
}

// status is the state that the request tells; texts carry none or "received".
func (f form) status() string {
	if status := f.get("MessageStatus"); status != "" {
		return status
	}
	return f.get("SmsStatus")
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
	n, err := strconv.Atoi(f.get("NumMedia"))
	if err != nil || n <= 0 {
		return nil
	}
	media := make([]carrier.Media, 0, min(n, mediaMost))
	for i := range min(n, mediaMost) {
		kind := f.get("MediaContentType" + strconv.Itoa(i))
		if kind == "" {
			kind = "application/octet-stream"
		}
		media = append(media, carrier.Media{ContentType: kind})
	}
	return media
}

// optOut is the verdict of Twilio's Advanced Opt-Out, when the account uses it.
func (f form) optOut() string {
	switch verdict := strings.ToLower(f.get("OptOutType")); verdict {
	case "stop", "start", "help":
		return verdict
	}
	return ""
}
