package sinch

import (
	"encoding/json"
	"strings"
	"time"

	"switchyard/api/carrier"
)

// webhook is the body of a call: a text, a report on one text, or a report's summary.
type webhook struct {
	Type       string
	ID         string
	From, To   carrier.Scalar
	Body       json.RawMessage
	SentAt     string `json:"sent_at"`
	ReceivedAt string `json:"received_at"`

	Batch     string `json:"batch_id"`
	Status    string
	Code      carrier.Scalar
	Reference string `json:"client_reference"`
	Statuses  []struct {
		Code   carrier.Scalar
		Status string
	}
}

// mediaBody is the body of a text with attachments.
type mediaBody struct {
	Subject, Message string
	Media            []struct {
		ContentType string `json:"content_type"`
		URL         string
	}
}

func read(r carrier.Request) (webhook, error) {
	var w webhook
	if err := carrier.ReadJSON(r, &w); err != nil {
		return w, err
	}
	if w.Type == "" {
		return w, carrier.Lacking("type is")
	}
	return w, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	w, err := read(r)
	if err != nil || !strings.HasPrefix(w.Type, "mo_") {
		return nil, err
	}
	text := carrier.Text{CarrierID: w.ID, From: string(w.From), To: string(w.To), At: carrier.Time(w.SentAt, time.RFC3339)}
	if text.CarrierID == "" || text.From == "" || text.To == "" {
		return nil, carrier.Lacking("id, from or to is")
	}
	if text.At.IsZero() {
		text.At = carrier.Time(w.ReceivedAt, time.RFC3339)
	}
	switch w.Type {
	case "mo_text":
		var body carrier.Scalar
		_ = json.Unmarshal(w.Body, &body) // without a body the text is empty
		text.Body = string(body)
	case "mo_media":
		text.Body, text.Media = w.media()
	default: // binary, or something new: it is named
		text.Media = []carrier.Media{{ContentType: "application/octet-stream"}}
	}
	return []carrier.Text{text}, nil
}

func (w webhook) media() (string, []carrier.Media) {
	var body mediaBody
	_ = json.Unmarshal(w.Body, &body) // without a body there is nothing to name
	var media []carrier.Media
	for _, m := range body.Media[:min(len(body.Media), carrier.MediaMost)] {
		kind := carrier.Media{ContentType: m.ContentType}
		if kind.ContentType == "" {
			kind = carrier.MediaAt(m.URL)
		}
		media = append(media, kind)
	}
	return strings.TrimPrefix(body.Subject+"\n"+body.Message, "\n"), media
}

// Receipts implements [carrier.Carrier]. A batch of ours has one text, so a summary tells of that one. Our own message id comes back as
// the reference.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	w, err := read(r)
	if err != nil || strings.HasPrefix(w.Type, "mo_") {
		return nil, err
	}
	if w.Batch == "" {
		return nil, carrier.Lacking("batch_id is")
	}
	if w.Status == "" && len(w.Statuses) == 1 {
		w.Status, w.Code = w.Statuses[0].Status, w.Statuses[0].Code
	}
	receipt := carrier.Receipt{Message: w.Reference, CarrierID: w.Batch}
	switch w.Status {
	case "Dispatched":
		receipt.State = carrier.ReceiptSent
	case "Delivered":
		receipt.State = carrier.ReceiptDelivered
	case "Expired":
		receipt.State, receipt.Class, receipt.Detail = carrier.ReceiptFailed, carrier.ClassExpired, "not delivered in time"
	case "Failed", "Rejected", "Aborted", "Cancelled", "Deleted":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = meanings.Failure(strings.ToLower(w.Status), string(w.Code))
	default: // queued, or nobody knows
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}
