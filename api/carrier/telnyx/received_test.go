package telnyx_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/telnyx"
)

// TestReceived: of what the number has received since a time, the texts whose webhook has not succeeded are asked for one by one.
func TestReceived(t *testing.T) {
	record := func(id, direction, to, at, webhook string) string {
		return fmt.Sprintf(`{"record_type":"message_detail_record","uuid":%q,"direction":%q,"cld":%q,"created_at":%q,"delivery_status":%q}`, id, direction, to, at, webhook)
	}
	list := func(pages int, records ...string) string {
		return fmt.Sprintf(`{"data":[%s],"meta":{"total_pages":%d}}`, strings.Join(records, ","), pages)
	}
	stored := func(id, to, at, more string) string {
		return fmt.Sprintf(`{"data":{"id":%q,"direction":"inbound","from":{"phone_number":%q},"to":[{"phone_number":%q}],"text":"Hi %s","received_at":%q%s}}`, id, customer, to, id, at, more)
	}
	const noon, later = "2026-01-15T12:00:00Z", "2026-01-15T12:00:09Z"
	answers := map[string]string{
		"1": list(2, record("a", "inbound", business, later, "failed: 503"), record("taken", "inbound", business, noon, "success: webhook succeeded"),
			record("ours", "outbound", business, noon, ""), record("other", "inbound", "+14155550177", noon, ""), record("before", "inbound", business, "2026-01-15T11:59:59Z", "")),
		"2": list(2, record("b", "inbound", business, noon, ""), record("", "inbound", business, noon, ""), record("gone", "inbound", business, noon, ""),
			`{"uuid":"odd","direction":"inbound","cld":"`+business+`","created_at":"`+later+`","delivery_status":7}`),
		"a":    stored("a", business, later, `,"media":[{"content_type":"image/png"}]`),
		"b":    stored("b", business, "", ""),
		"gone": stored("gone", "+14155550177", noon, ""),
		"odd":  `{"data":{}}`,
	}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		q := r.URL.Query()
		key := strings.TrimPrefix(r.URL.Path, "/v2/messages/")
		if r.URL.Path == "/v2/detail_records" {
			key = q.Get("page[number]")
			if q.Get("filter[record_type]") != "messaging" || q.Get("filter[direction]") != "inbound" || q.Get("filter[cld]") != business || q.Get("filter[created_at][gte]") != "2026-01-15" {
				t.Errorf("asked for %s", r.URL.RawQuery)
			}
		}
		if r.Header.Get("Authorization") != "Bearer KEY1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if answers[key] == "" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		_, _ = io.WriteString(w, answers[key])
	}))
	defer server.Close()
	ch := suite().Channel
	ch.APIBase = server.URL
	since := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	c := telnyx.New(carriertest.Client(t), time.Now)
	got, err := c.Received(t.Context(), ch, since)
	want := []carrier.Text{
		{CarrierID: "b", From: customer, To: business, Body: "Hi b", At: since},
		{CarrierID: "a", From: customer, To: business, Body: "Hi a", At: since.Add(9 * time.Second), Media: []carrier.Media{{ContentType: "image/png"}}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || asked != 6 {
		t.Errorf("%v, %d calls (-want +got):\n%s", err, asked, diff)
	}
	var failed *carrier.SendError
	answers["a"] = "<html>"
	if _, err := c.Received(t.Context(), ch, since); !errors.As(err, &failed) || failed.Class != carrier.ClassCarrier {
		t.Errorf("a text that cannot be read: %v", err)
	}
	ch.APIKey = "another"
	if _, err := c.Received(t.Context(), ch, since); !errors.As(err, &failed) || failed.Class != carrier.ClassAuth {
		t.Errorf("another key: %v", err)
	}
	ch.APIKey, ch.Secrets = "", nil
	if _, err := c.Received(t.Context(), ch, since); !errors.As(err, &failed) || failed.Detail == "" {
		t.Errorf("no key: %v", err)
	}
}

// TestSent: a text is read by the carrier's id, with our own where Telnyx says where its reports go to; not from another's address.
func TestSent(t *testing.T) {
	own := suite().Channel.ReceiptURL + "?message=ms_1_2"
	for address, message := range map[string]string{own: "ms_1_2", "": "", "https://other.example.com/receipts?message=ms_1_2": ""} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v2/messages/c9" || r.Header.Get("Authorization") != "Bearer KEY1" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = fmt.Fprintf(w, `{"data":{"id":"c9","from":{"phone_number":%q},"to":[{"phone_number":%q}],"text":"Hello.","webhook_url":%q}}`, business, customer, address)
		}))
		ch := suite().Channel
		ch.APIBase = server.URL
		c := telnyx.New(carriertest.Client(t), time.Now)
		got, err := c.Sent(t.Context(), ch, "c9")
		if want := (carrier.Outbound{Message: message, From: business, To: customer, Body: "Hello."}); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
		var failed *carrier.SendError
		if _, err := c.Sent(t.Context(), ch, "c8"); !errors.As(err, &failed) || failed.Class != carrier.ClassAuth {
			t.Errorf("another text: %v", err)
		}
		ch.APIKey, ch.Secrets = "", nil
		if _, err := c.Sent(t.Context(), ch, "c9"); !errors.As(err, &failed) {
			t.Errorf("without a key: %v", err)
		}
		server.Close()
	}
}
