package vonage

import (
	"encoding/json"
	"strings"
	"time"

	"switchyard/api/carrier"
)

// webhook is the body of a call: a text, or the state of one of ours.
type webhook struct {
	ID        string         `json:"message_uuid"`
	From      party          `json:"from"`
	To        party          `json:"to"`
	Timestamp string         `json:"timestamp"`
	Kind      string         `json:"message_type"`
	Text      string         `json:"text"`
	Image     *attachment    `json:"image"`
	Audio     *attachment    `json:"audio"`
	Video     *attachment    `json:"video"`
	File      *attachment    `json:"file"`
	Status    string         `json:"status"`
	ClientRef carrier.Scalar `json:"client_ref"`
	Error     struct {
		Type string // an address that ends in #code
		Code carrier.Scalar
	} `json:"error"`
	// Message is the older, nested form.
	Message struct {
		Content struct{ Text string }
	} `json:"message"`
}

type attachment struct{ URL string }

// party is a number: a string, or an object in the older form.
type party string

// UnmarshalJSON implements [json.Unmarshaler].
func (p *party) UnmarshalJSON(b []byte) error {
	var older struct{ Number carrier.Scalar }
	if json.Unmarshal(b, &older) == nil && older.Number != "" {
		*p = party(older.Number)
		return nil
	}
	var number carrier.Scalar
	err := json.Unmarshal(b, &number)
	*p = party(number)
	return err
}

func read(r carrier.Request) (webhook, error) {
	var w webhook
	if err := carrier.ReadJSON(r, &w); err != nil {
		return w, err
	}
	if w.ID == "" {
		return w, carrier.Lacking("message_uuid is")
	}
	return w, nil
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	w, err := read(r)
	if err != nil || w.Status != "" {
		return nil, err
	}
	text := carrier.Text{
		CarrierID: w.ID, From: string(w.From), To: string(w.To), Body: w.Text, At: carrier.Time(w.Timestamp, time.RFC3339),
	}
	if text.From == "" || text.To == "" {
		return nil, carrier.Lacking("from or to is")
	}
	if text.Body == "" {
		text.Body = w.Message.Content.Text
	}
	for _, a := range [...]*attachment{w.Image, w.Audio, w.Video, w.File} {
		if a != nil {
			text.Media = append(text.Media, carrier.MediaAt(a.URL))
		}
	}
	return []carrier.Text{text}, nil
}

// Receipts implements [carrier.Carrier]. A request holds one report, or none when it is a text or tells nothing new.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	w, err := read(r)
	if err != nil {
		return nil, err
	}
	receipt := carrier.Receipt{Message: string(w.ClientRef), CarrierID: w.ID}
	switch w.Status {
	case "submitted":
		receipt.State = carrier.ReceiptSent
	case "delivered", "read":
		receipt.State = carrier.ReceiptDelivered
	case "rejected", "undeliverable":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = meanings.Failure(w.Status, w.code())
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}

// code is the error's code: of its own, or at the end of the address that explains it.
func (w webhook) code() string {
	if w.Error.Code != "" {
		return string(w.Error.Code)
	}
	return codeIn(w.Error.Type)
}

func codeIn(address string) string {
	_, code, _ := strings.Cut(address, "#")
	return code
}
