package messagebird

import (
	"net/url"
	"strings"
	"time"

	"switchyard/api/carrier"
)

func read(r carrier.Request) (f carrier.Form, id string, err error) {
	f, err = carrier.ReadForm(r)
	if err != nil {
		return nil, "", err
	}
	id = f.Get("id")
	if id == "" {
		return nil, "", carrier.Lacking("id is")
	}
	return f, id, nil
}

func isReport(f carrier.Form) bool { return f.Get("status") != "" }

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	f, id, err := read(r)
	if err != nil || isReport(f) {
		return nil, err
	}
	text := carrier.Text{
		CarrierID: id, From: f.Get("originator"), To: f.Get("recipient"), Body: f.Get("body"), Media: media(f),
		At: carrier.Time(f.Get("createdDatetime"), time.RFC3339),
	}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("originator or recipient is")
	}
	return []carrier.Text{text}, nil
}

// media names the attachments: mediaUrls, or mediaUrls[0], mediaUrls[1] and so on.
func media(f carrier.Form) []carrier.Media {
	var media []carrier.Media
	for _, p := range f {
		key, _, _ := strings.Cut(p.Key, "[")
		if key != "mediaUrls" || p.Value == "" || len(media) == carrier.MediaMost {
			continue
		}
		address, err := url.Parse(p.Value)
		if err != nil {
			address = &url.URL{}
		}
		media = append(media, carrier.MediaAt(address.Path))
	}
	return media
}

// Receipts implements [carrier.Carrier]. Our own message id comes back as the reference.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	f, id, err := read(r)
	if err != nil || !isReport(f) {
		return nil, err
	}
	receipt := carrier.Receipt{Message: f.Get("reference"), CarrierID: id}
	switch status := f.Get("status"); status {
	case "sent", "buffered":
		receipt.State = carrier.ReceiptSent
	case "delivered":
		receipt.State = carrier.ReceiptDelivered
	case "expired":
		receipt.State, receipt.Class, receipt.Detail = carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time"
	case "delivery_failed":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = meanings.Failure(status, f.Get("statusErrorCode"))
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
