package twilio

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

// pagesMost bounds how many pages of a list are read: far more than a number receives in some hours.
const pagesMost = 50

// page is a page of the list of an account's messages.
type page struct {
	Messages []listed
	Next     string `json:"next_page_uri"`
}

// listed is a message in a list.
type listed struct {
	Sid       string
	Direction string
	From, To  string
	Body      string
	NumMedia  carrier.Scalar `json:"num_media"`
	Created   string         `json:"date_created"`
}

// Received implements [carrier.Lister]. What a list does not tell is the kinds of attachments.
func (c Carrier) Received(ctx context.Context, ch carrier.Channel, since time.Time) ([]carrier.Text, error) {
	query := url.Values{"To": {ch.Number}, "DateSent>": {since.UTC().Format(time.DateOnly)}, "PageSize": {"200"}}
	next := "/2010-04-01/Accounts/" + url.PathEscape(ch.Account) + "/Messages.json?" + query.Encode()
	var texts []carrier.Text
	for range pagesMost {
		var p page
		if err := c.get(ctx, ch, next, &p); err != nil {
			return nil, err
		}
		for _, m := range p.Messages {
			if text := m.text(); m.Direction == "inbound" && isSid(m.Sid) && !text.At.Before(since) {
				texts = append(texts, text)
			}
		}
		if next = p.Next; !strings.HasPrefix(next, "/") {
			break
		}
	}
	slices.SortStableFunc(texts, func(a, b carrier.Text) int { return a.At.Compare(b.At) })
	return texts, nil
}

// Sent implements [carrier.Finder]. Twilio does not give back our id, which is in the callback's address.
func (c Carrier) Sent(ctx context.Context, ch carrier.Channel, id string) (carrier.Outbound, error) {
	if !isSid(id) {
		return carrier.Outbound{}, &carrier.SendError{Class: carrier.ClassInvalid, Detail: "the id is none of Twilio's"}
	}
	var m listed
	err := c.get(ctx, ch, "/2010-04-01/Accounts/"+url.PathEscape(ch.Account)+"/Messages/"+id+".json", &m)
	return carrier.Outbound{From: m.From, To: m.To, Body: m.Body}, err
}

// get reads what the API has at a path.
func (c Carrier) get(ctx context.Context, ch carrier.Channel, path string, into any) error {
	if ch.Account == "" || len(ch.Secrets) == 0 {
		return carrier.Unready("account and secret")
	}
	req, err := carrier.NewRequest(ctx, ch, http.MethodGet, apiBase, path, "", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(ch.Account, ch.Secrets[0])
	answer, err := c.caller.Call(req)
	if err != nil {
		return err
	}
	if _, refusal := read(answer); refusal != nil {
		return refusal
	}
	if json.Unmarshal(answer.Body, into) != nil {
		return &carrier.SendError{Class: carrier.ClassCarrier, Code: strconv.Itoa(answer.Status), Detail: "the answer cannot be read"}
	}
	return nil
}

func (m listed) text() carrier.Text {
	text := carrier.Text{CarrierID: m.Sid, From: m.From, To: m.To, Body: m.Body, At: carrier.Time(m.Created, time.RFC1123Z)}
	n, _ := strconv.Atoi(string(m.NumMedia))
	for range min(max(n, 0), carrier.MediaMost) {
		text.Media = append(text.Media, carrier.Media{ContentType: "application/octet-stream"})
	}
	return text
}
