package vonagesms

import (
	"fmt"
	"strconv"

	"switchyard/api/carrier"
)

// timeLayout is how the time of a text is written, in UTC.
const timeLayout = "2006-01-02 15:04:05"

func readWebhook(r carrier.Request) (f carrier.Form, id string, err error) {
	f, err = read(r)
	if err != nil {
		return nil, "", err
	}
	id = f.Get("messageId")
	if id == "" {
		return nil, "", carrier.Lacking("messageId is")
	}
	return f, id, nil
}

func isReport(f carrier.Form) bool { return f.Get("status") != "" }

// Inbound implements [carrier.Carrier]. A request holds one text or one part of a long one, or none when it is a report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	f, id, err := readWebhook(r)
	if err != nil || isReport(f) {
		return nil, err
	}
	text := carrier.Text{
		CarrierID: id, From: f.Get("msisdn"), To: f.Get("to"), Body: f.Get("text"), At: carrier.Time(f.Get("message-timestamp"), timeLayout),
	}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("msisdn or to is")
	}
	if f.Get("type") == "binary" {
		text.Body, text.Media = "", []carrier.Media{{ContentType: "application/octet-stream"}}
	}
	if f.Get("concat") == "true" {
		text.Part, err = part(f)
	}
	if err != nil {
		return nil, err
	}
	return []carrier.Text{text}, nil
}

func part(f carrier.Form) (*carrier.Part, error) {
	number, numberErr := strconv.Atoi(f.Get("concat-part"))
	total, totalErr := strconv.Atoi(f.Get("concat-total"))
	if numberErr != nil || totalErr != nil {
		return nil, fmt.Errorf("%w: concat-part or concat-total is no number", carrier.ErrMalformed)
	}
	return carrier.NewPart(f.Get("concat-ref"), number, total)
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as client-ref. Each part of a long text has a report and an id of
// its own; the first part's counts.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	f, id, err := readWebhook(r)
	if err != nil || !isReport(f) {
		return nil, err
	}
	receipt := carrier.Receipt{Message: f.Get("client-ref"), CarrierID: id}
	switch status := f.Get("status"); status {
	case "accepted", "buffered":
		receipt.State = carrier.ReceiptSent
	case "delivered":
		receipt.State = carrier.ReceiptDelivered
	case "expired":
		receipt.State, receipt.Class, receipt.Detail = carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time"
	case "failed", "rejected":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = reasons.Failure(status, f.Get("err-code"))
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
