package infobip

import (
	"strings"
	"time"

	"switchyard/api/carrier"
)

// webhook is the body of a call: any number of texts and reports.
type webhook struct {
	Results []result
}

// result is a text (it has a receiver and no status) or a report.
type result struct {
	ID           carrier.Scalar `json:"messageId"`
	From         carrier.Scalar
	Sender       carrier.Scalar
	To           carrier.Scalar
	Text         string
	Message      []content // of a text with attachments
	ReceivedAt   string
	CallbackData string
	Status       *status
	Error        struct{ Name string }
}

type status struct{ GroupName, Name string }

// content is a part of a text with attachments.
type content struct {
	ContentType string
	Value, URL  string
}

// timeLayout is how Infobip writes a time, which is not RFC 3339.
const timeLayout = "2006-01-02T15:04:05.999-0700"

func read(r carrier.Request) ([]result, error) {
	var w webhook
	if err := carrier.ReadJSON(r, &w); err != nil {
		return nil, err
	}
	if w.Results == nil {
		return nil, carrier.Lacking("results are")
	}
	for _, one := range w.Results {
		if one.ID == "" {
			return nil, carrier.Lacking("messageId is")
		}
	}
	return w.Results, nil
}

// Inbound implements [carrier.Carrier]. A request holds any number of texts and reports. The text is taken as it was written: the
// field cleanText lacks the keyword.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	results, err := read(r)
	var texts []carrier.Text
	for _, one := range results {
		if one.Status != nil {
			continue
		}
		text := carrier.Text{CarrierID: string(one.ID), From: string(one.From), To: string(one.To), Body: one.Text}
		if text.From == "" {
			text.From = string(one.Sender)
		}
		if text.From == "" || text.To == "" {
			return nil, carrier.Lacking("from or to is")
		}
		text.At = carrier.Time(one.ReceivedAt, timeLayout, time.RFC3339)
		for _, c := range one.Message {
			switch {
			case c.URL == "" && c.Value != "":
				text.Body = strings.TrimPrefix(text.Body+"\n"+c.Value, "\n")
			case len(text.Media) < carrier.MediaMost:
				text.Media = append(text.Media, carrier.Media{ContentType: c.ContentType})
			}
		}
		texts = append(texts, text)
	}
	return texts, err
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as the callback's data.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	results, err := read(r)
	var receipts []carrier.Receipt
	for _, one := range results {
		if one.Status == nil {
			continue
		}
		receipt := carrier.Receipt{Message: one.CallbackData, CarrierID: string(one.ID)}
		switch one.Status.GroupName {
		case "PENDING":
			receipt.State = carrier.ReceiptSent
		case "DELIVERED":
			receipt.State = carrier.ReceiptDelivered
		case "UNDELIVERABLE", "EXPIRED", "REJECTED":
			receipt.State = carrier.ReceiptFailed
			receipt.Class, receipt.Detail = one.failure()
		default:
			continue
		}
		receipts = append(receipts, receipt)
	}
	return receipts, err
}

// failure reads a report of a text that will not arrive: the error's name says most, then the status's, then its group's.
func (one result) failure() (carrier.Class, string) {
	for _, name := range [...]string{one.Error.Name, one.Status.Name, one.Status.GroupName} {
		if _, known := meanings[name]; known {
			return meanings.Failure("failed", name)
		}
	}
	return meanings.Failure("failed", one.Error.Name)
}
