package bird

import (
	"time"

	"switchyard/api/carrier"
)

// event is the body of a webhook.
type event struct {
	Event   string
	Payload struct {
		ID       string
		Sender   party
		Receiver party
		Body     struct {
			Type  string
			Text  struct{ Text string }
			Image struct{ Images []attachment }
			File  struct{ Files []attachment }
		}
		Reference string
		Status    string
		Reason    string
		CreatedAt string
		Failure   struct{ Code carrier.Scalar }
	}
}

// party is a phone (a contact, or the first of several) or a number of ours (a connector).
type party struct {
	Contact   identified
	Contacts  []identified
	Connector identified
}

type identified struct{ IdentifierValue string }

type attachment struct{ MediaURL, ContentType string }

func (p party) number() string {
	switch {
	case p.Contact.IdentifierValue != "":
		return p.Contact.IdentifierValue
	case len(p.Contacts) > 0 && p.Contacts[0].IdentifierValue != "":
		return p.Contacts[0].IdentifierValue
	}
	return p.Connector.IdentifierValue
}

const (
	inbound  = "sms.inbound"
	outbound = "sms.outbound"
)

func read(r carrier.Request) (event, error) {
	var e event
	if err := carrier.ReadJSON(r, &e); err != nil {
		return e, err
	}
	if e.Event == "" || (e.Event == inbound || e.Event == outbound) && e.Payload.ID == "" {
		return e, carrier.Lacking("event or payload.id is")
	}
	return e, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is another event. Where the event does not name the
// number that was texted, it is the channel's: the webhook has an address of its own.
func (Carrier) Inbound(ch carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	e, err := read(r)
	if err != nil || e.Event != inbound {
		return nil, err
	}
	p := e.Payload
	text := carrier.Text{
		CarrierID: p.ID, From: p.Sender.number(), To: p.Receiver.number(), Body: p.Body.Text.Text, At: carrier.Time(p.CreatedAt, time.RFC3339),
	}
	if text.To == "" {
		text.To = ch.Number
	}
	if text.From == "" {
		return nil, carrier.Lacking("payload.sender is")
	}
	for _, list := range [...][]attachment{p.Body.Image.Images, p.Body.File.Files} {
		for _, a := range list[:min(len(list), carrier.MediaMost-len(text.Media))] {
			text.Media = append(text.Media, a.media())
		}
	}
	return []carrier.Text{text}, nil
}

func (a attachment) media() carrier.Media {
	if a.ContentType != "" {
		return carrier.Media{ContentType: a.ContentType}
	}
	return carrier.MediaAt(a.MediaURL)
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as the reference.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	e, err := read(r)
	if err != nil || e.Event != outbound {
		return nil, err
	}
	p := e.Payload
	receipt := carrier.Receipt{Message: p.Reference, CarrierID: p.ID}
	switch p.Status {
	case "sent":
		receipt.State = carrier.ReceiptSent
	case "delivered", "read":
		receipt.State = carrier.ReceiptDelivered
	case "delivery_failed", "sending_failed", "rejected", "deleted":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = meanings.Failure(p.Status, string(p.Failure.Code))
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
