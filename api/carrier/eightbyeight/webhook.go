package eightbyeight

import (
	"time"

	"switchyard/api/carrier"
)

// event is the body of a webhook.
type event struct {
	EventType string
	Payload   struct {
		UMID            string
		Timestamp       string
		Source          string
		Destination     string
		Body            string
		ClientMessageID string
		Status          struct {
			State     string
			ErrorCode carrier.Scalar
		}
	}
}

const (
	received = "inbound_message_received"
	changed  = "outbound_message_status_changed"
)

func read(r carrier.Request) (event, error) {
	var e event
	if err := carrier.ReadJSON(r, &e); err != nil {
		return e, err
	}
	if e.EventType == "" || (e.EventType == received || e.EventType == changed) && e.Payload.UMID == "" {
		return e, carrier.Lacking("eventType or payload.umid is")
	}
	return e, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is another event.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	e, err := read(r)
	if err != nil || e.EventType != received {
		return nil, err
	}
	p := e.Payload
	text := carrier.Text{CarrierID: p.UMID, From: p.Source, To: p.Destination, Body: p.Body, At: carrier.Time(p.Timestamp, time.RFC3339)}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("payload.source or payload.destination is")
	}
	return []carrier.Text{text}, nil
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as clientMessageId.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	e, err := read(r)
	if err != nil || e.EventType != changed {
		return nil, err
	}
	p := e.Payload
	receipt := carrier.Receipt{Message: p.ClientMessageID, CarrierID: p.UMID}
	switch p.Status.State {
	case "sent":
		receipt.State = carrier.ReceiptSent
	case "delivered", "read":
		receipt.State = carrier.ReceiptDelivered
	case "rejected", "undelivered":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = reasons.Failure(p.Status.State, string(p.Status.ErrorCode))
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
