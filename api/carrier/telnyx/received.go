package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchyard/api/carrier"
)

var (
	_ carrier.Lister = Carrier{}
	_ carrier.Finder = Carrier{}
)

const (
	pagesMost = 50 // of a list; far more than a number receives in some hours
	perPage   = 50
)

// page is a page of the list of an account's detail records, which hold no texts.
type page struct {
	Data []listed
	Meta struct {
		Pages int `json:"total_pages"`
	}
}

// listed is a message in the list.
type listed struct {
	ID        string `json:"uuid"`
	Direction string
	To        string         `json:"cld"`
	Created   string         `json:"created_at"`
	Webhook   carrier.Scalar `json:"delivery_status"` // of its webhook, such as "success: webhook succeeded"
}

// Received implements [carrier.Lister]: the texts whose webhook has not succeeded. Others have been taken, and Telnyx gives a text
// away only by itself.
func (c Carrier) Received(ctx context.Context, ch carrier.Channel, since time.Time) ([]carrier.Text, error) {
	if ch.Credential() == "" {
		return nil, carrier.Unready("api_key")
	}
	missed, err := c.missed(ctx, ch, since)
	if err != nil {
		return nil, err
	}
	var texts []carrier.Text
	for _, m := range missed {
		var found struct{ Data payload }
		if err := c.get(ctx, ch, "/v2/messages/"+url.PathEscape(m.ID), &found); err != nil {
			return nil, err
		}
		text := found.Data.inbound(ch)
		if text.At.IsZero() {
			text.At = m.at()
		}
		if text.CarrierID == m.ID && found.Data.Direction != "outbound" && text.To == ch.Number && text.From != "" {
			texts = append(texts, text)
		}
	}
	slices.SortStableFunc(texts, func(a, b carrier.Text) int { return a.At.Compare(b.At) })
	return texts, nil
}

// Sent implements [carrier.Finder]. Our id is in the address that reports go to, if Telnyx tells it.
func (c Carrier) Sent(ctx context.Context, ch carrier.Channel, id string) (carrier.Outbound, error) {
	if ch.Credential() == "" {
		return carrier.Outbound{}, carrier.Unready("api_key")
	}
	var found struct{ Data payload }
	if err := c.get(ctx, ch, "/v2/messages/"+url.PathEscape(id), &found); err != nil {
		return carrier.Outbound{}, err
	}
	m := found.Data
	sent := carrier.Outbound{From: m.From.Number, Body: m.Text}
	if len(m.To) > 0 {
		sent.To = m.To[0].Number
	}
	if reports, err := url.Parse(m.WebhookURL); err == nil && strings.HasPrefix(m.WebhookURL, ch.ReceiptURL) {
		sent.Message = carrier.Request{URL: reports}.MessageOf()
	}
	return sent, nil
}

// missed lists what came to the number since a time and was not taken, oldest first.
func (c Carrier) missed(ctx context.Context, ch carrier.Channel, since time.Time) ([]listed, error) {
	query := url.Values{
		"filter[record_type]": {"messaging"}, "filter[direction]": {"inbound"}, "filter[cld]": {ch.Number},
		"filter[created_at][gte]": {since.UTC().Format(time.DateOnly)}, "sort": {"created_at"}, "page[size]": {strconv.Itoa(perPage)},
	}
	var missed []listed
	for n := 1; n <= pagesMost; n++ {
		query.Set("page[number]", strconv.Itoa(n))
		var p page
		if err := c.get(ctx, ch, "/v2/detail_records?"+query.Encode(), &p); err != nil {
			return nil, err
		}
		for _, m := range p.Data {
			taken := strings.HasPrefix(string(m.Webhook), "success")
			if m.ID != "" && m.Direction == "inbound" && m.To == ch.Number && !taken && !m.at().Before(since) {
				missed = append(missed, m)
			}
		}
		if n >= p.Meta.Pages {
			break
		}
	}
	return missed, nil
}

func (m listed) at() time.Time { return carrier.Time(m.Created, time.RFC3339) }

// get reads what the API has at a path.
func (c Carrier) get(ctx context.Context, ch carrier.Channel, path string, into any) error {
	req, err := carrier.NewRequest(ctx, ch, http.MethodGet, apiBase, path, "", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+ch.Credential())
	answer, err := c.caller.Call(req)
	if err != nil {
		return err
	}
	if answer.Status >= http.StatusBadRequest {
		_, refusal := accepted(answer)
		if refusal == nil {
			refusal = meanings.Refusal(answer, "")
		}
		return refusal
	}
	if json.Unmarshal(answer.Body, into) != nil {
		return &carrier.SendError{Class: carrier.ClassCarrier, Code: strconv.Itoa(answer.Status), Detail: "the list cannot be read"}
	}
	return nil
}
