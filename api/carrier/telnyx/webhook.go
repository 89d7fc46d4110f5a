package telnyx

import (
	"time"

	"switchyard/api/carrier"
)

// event is the body of a webhook. A field's case does not matter to the decoder.
type event struct {
	Data struct {
		Type       string `json:"event_type"`
		OccurredAt string `json:"occurred_at"`
		Payload    payload
	}
}

// payload is a message, in a webhook and where one is asked for.
type payload struct {
	ID         string
	Direction  string
	From       party
	To         []party
	Text       string
	ReceivedAt string `json:"received_at"`
	WebhookURL string `json:"webhook_url"`
	Media      []struct {
		ContentType string `json:"content_type"`
	}
	Errors []struct{ Code carrier.Scalar }
}

type party struct {
	Number string `json:"phone_number"`
	Status string
}

const received = "message.received"

func read(r carrier.Request) (event, error) {
	var e event
	if err := carrier.ReadJSON(r, &e); err != nil {
		return e, err
	}
	if e.Data.Type == "" || e.Data.Payload.ID == "" {
		return e, carrier.Lacking("data.event_type or data.payload.id is")
	}
	return e, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is another event.
func (Carrier) Inbound(ch carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	e, err := read(r)
	if err != nil || e.Data.Type != received || e.Data.Payload.Direction == "outbound" {
		return nil, err
	}
	text := e.Data.Payload.inbound(ch)
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("from or to is")
	}
	if text.At.IsZero() {
		text.At = carrier.Time(e.Data.OccurredAt, time.RFC3339)
	}
	return []carrier.Text{text}, nil
}

// inbound is the message as a text that the channel received.
func (p payload) inbound(ch carrier.Channel) carrier.Text {
	text := carrier.Text{
		CarrierID: p.ID, From: p.From.Number, To: addressed(p.To, ch.Number), Body: p.Text, At: carrier.Time(p.ReceivedAt, time.RFC3339),
	}
	for _, m := range p.Media[:min(len(p.Media), carrier.MediaMost)] {
		text.Media = append(text.Media, carrier.Media{ContentType: m.ContentType})
	}
	return text
}

// addressed is the number of ours among the receivers, of whom a group message has several; else the first.
func addressed(to []party, ours string) string {
	for _, p := range to {
		if p.Number == ours {
			return ours
		}
	}
	if len(to) == 0 {
		return ""
	}
	return to[0].Number
}

// Receipts implements [carrier.Carrier]. Our own message id comes back in the address, which is not signed: a report on another text
// of ours than its id says is refused where the text's own id is known.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	e, err := read(r)
	if err != nil || e.Data.Type == received || len(e.Data.Payload.To) == 0 {
		return nil, err
	}
	p := e.Data.Payload
	status := p.To[0].Status
	state, ok := receiptState(status)
	if !ok {
		return nil, nil
	}
	receipt := carrier.Receipt{Message: r.MessageOf(), CarrierID: p.ID, State: state}
	if state == carrier.ReceiptFailed {
		code := ""
		if len(p.Errors) > 0 {
			code = string(p.Errors[0].Code)
		}
		receipt.Class, receipt.Detail = meanings.Failure(status, code)
	}
	return []carrier.Receipt{receipt}, nil
}

// receiptState maps Telnyx's states. A delivery that the network does not confirm stays sent.
func receiptState(status string) (carrier.ReceiptState, bool) {
	switch status {
	case "sent", "delivery_unconfirmed":
		return carrier.ReceiptSent, true
	case "delivered":
		return carrier.ReceiptDelivered, true
	case "sending_failed", "delivery_failed":
		return carrier.ReceiptFailed, true
	}
	return "", false
}
