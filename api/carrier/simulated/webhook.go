package simulated

import (
	"encoding/json"
	"fmt"
	"mime"
	"strings"
	"time"

	"switchyard/api/carrier"
)

// webhook is the body of a call to Switchyard: a text (it has a sender) or a delivery report (it has a state).
type webhook struct {
	ID string `json:"id"`

	From  string     `json:"from,omitempty"`
	To    string     `json:"to,omitempty"`
	Text  string     `json:"text,omitempty"`
	Media []string   `json:"media,omitempty"` // content types
	At    *time.Time `json:"at,omitempty"`

	Message string        `json:"message,omitempty"`
	State   string        `json:"state,omitempty"`
	Class   carrier.Class `json:"class,omitempty"`
	Detail  string        `json:"detail,omitempty"`
}

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a delivery report.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	w, err := readWebhook(r)
	if err != nil || w.State != "" {
		return nil, err
	}
	if w.From == "" || w.To == "" {
		return nil, fmt.Errorf("%w: from or to is missing", carrier.ErrMalformed)
	}
	text := carrier.Text{CarrierID: w.ID, From: w.From, To: w.To, Body: w.Text}
	for _, kind := range w.Media {
		text.Media = append(text.Media, carrier.Media{ContentType: kind})
	}
	if w.At != nil {
		text.At = *w.At
	}
	return []carrier.Text{text}, nil
}

// Receipts implements [carrier.Carrier]. A request holds one report, or none when it is a text or tells of a state that
// Switchyard does not keep.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	w, err := readWebhook(r)
	if err != nil || w.State == "" {
		return nil, err
	}
	receipt := carrier.Receipt{Message: w.Message, CarrierID: w.ID, State: carrier.ReceiptState(w.State)}
	switch receipt.State {
	case carrier.ReceiptFailed:
		receipt.Class, receipt.Detail = w.Class.Known(), w.Detail
	case carrier.ReceiptSent, carrier.ReceiptDelivered:
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}

func readWebhook(r carrier.Request) (webhook, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return webhook{}, fmt.Errorf("%w: Content-Type is not application/json", carrier.ErrMalformed)
	}
	var w webhook
	// The decoder makes invalid UTF-8 valid.
	if err := json.Unmarshal(r.Body, &w); err != nil {
		return webhook{}, fmt.Errorf("%w: the body is not the JSON of a webhook", carrier.ErrMalformed)
	}
	if strings.TrimSpace(w.ID) == "" {
		return webhook{}, fmt.Errorf("%w: id is missing", carrier.ErrMalformed)
	}
	return w, nil
}
