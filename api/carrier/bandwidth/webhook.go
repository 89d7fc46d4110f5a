package bandwidth

import (
	"time"

	"switchyard/api/carrier"
)

// event is one of the list that a webhook brings.
type event struct {
	Type      string
	Time      string
	To        string
	ErrorCode carrier.Scalar
	Message   struct {
		ID        string
		Owner     string
		Direction string
		Time      string
		From      string
		Text      string
		Tag       string
		Media     []string
	}
}

const received = "message-received"

func read(r carrier.Request) ([]event, error) {
	var events []event
	if err := carrier.ReadJSON(r, &events); err != nil {
		return nil, err
	}
	if events == nil {
		return nil, carrier.Lacking("the list of events is")
	}
	for _, e := range events {
		if e.Type == "" || e.Message.ID == "" {
			return nil, carrier.Lacking("type or message.id is")
		}
	}
	return events, nil
}

// Inbound implements [carrier.Carrier]. A request holds any number of events, texts among reports. Of a group message each of our
// numbers gets an event and an id of its own; the number is the owner.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	events, err := read(r)
	var texts []carrier.Text
	for _, e := range events {
		if e.Type != received || e.Message.Direction == "out" {
			continue
		}
		text := carrier.Text{
			CarrierID: e.Message.ID, From: e.Message.From, To: e.Message.Owner, Body: e.Message.Text,
			At: carrier.Time(e.Message.Time, time.RFC3339),
		}
		if text.To == "" {
			text.To = e.To
		}
		if text.From == "" || text.To == "" {
			return nil, carrier.Lacking("message.from or message.owner is")
		}
		for _, address := range e.Message.Media[:min(len(e.Message.Media), carrier.MediaMost)] {
			text.Media = append(text.Media, carrier.MediaAt(address))
		}
		texts = append(texts, text)
	}
	return texts, err
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as the tag.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	events, err := read(r)
	var receipts []carrier.Receipt
	for _, e := range events {
		receipt := carrier.Receipt{Message: e.Message.Tag, CarrierID: e.Message.ID}
		switch e.Type {
		case "message-sending":
			receipt.State = carrier.ReceiptSent
		case "message-delivered", "message-read":
			receipt.State = carrier.ReceiptDelivered
		case "message-failed":
			if e.ErrorCode == reportMissing {
				continue // nobody knows; a text that was sent stays so
			}
			receipt.State = carrier.ReceiptFailed
			receipt.Class, receipt.Detail = meanings.Failure("failed", string(e.ErrorCode))
		default:
			continue
		}
		receipts = append(receipts, receipt)
	}
	return receipts, err
}

// reportMissing is the code of a text on which no report came in time.
const reportMissing = "9902"
