package twilio_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/twilio"
)

// TestReceived: what the number has received since a time is read from all pages of the list, oldest first.
func TestReceived(t *testing.T) {
	message := func(sid, direction, body, at string) string {
		return fmt.Sprintf(`{"sid":%q,"direction":%q,"from":%q,"to":%q,"body":%q,"num_media":"0","date_created":%q,"status":"received"}`, sid, direction, customer, business, body, at)
	}
	const one, two = "SM00000000000000000000000000000001", "MM00000000000000000000000000000002"
	pages := map[string]string{
		"": `{"messages":[` + message(one, "inbound", "later", "Thu, 15 Jan 2026 12:00:09 +0000") + `,` + message(one, "outbound-api", "ours", "Thu, 15 Jan 2026 12:00:09 +0000") + `],
			"next_page_uri":"/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json?Page=1"}`,
		"1": `{"messages":[` + message(two, "inbound", "earlier", "Thu, 15 Jan 2026 12:00:00 +0000") + `,` + message(one, "inbound", "before", "Thu, 15 Jan 2026 11:59:59 +0000") + `,` +
			message("x", "inbound", "no id", "Thu, 15 Jan 2026 12:00:00 +0000") + `],"next_page_uri":null}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, secret, _ := r.BasicAuth()
		q := r.URL.Query()
		if user != channel().Account || secret != channel().Secrets[0] {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if q.Get("Page") == "" && (q.Get("To") != business || q.Get("DateSent>") != "2026-01-15") {
			t.Errorf("asked for %s", r.URL.RawQuery)
		}
		_, _ = io.WriteString(w, pages[q.Get("Page")])
	}))
	defer server.Close()
	ch := channel()
	ch.APIBase = server.URL
	since := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	got, err := twilio.New(carriertest.Client(t)).Received(t.Context(), ch, since)
	want := []carrier.Text{
		{CarrierID: two, From: customer, To: business, Body: "earlier", At: since},
		{CarrierID: one, From: customer, To: business, Body: "later", At: since.Add(9 * time.Second)},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	pages[""] = "<html>"
	var failed *carrier.SendError
	if _, err := twilio.New(carriertest.Client(t)).Received(t.Context(), ch, since); !errors.As(err, &failed) || failed.Class != carrier.ClassCarrier {
		t.Errorf("a list that cannot be read: %v", err)
	}
	ch.Secrets = []string{"another"}
	if _, err := twilio.New(carriertest.Client(t)).Received(t.Context(), ch, since); !errors.As(err, &failed) || failed.Class != carrier.ClassAuth {
		t.Errorf("another secret: %v", err)
	}
}

// TestSent: a text is read by the carrier's id.
func TestSent(t *testing.T) {
	const sid = "SM00000000000000000000000000000001"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, secret, _ := r.BasicAuth(); user != channel().Account || secret != channel().Secrets[0] {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path != "/2010-04-01/Accounts/"+channel().Account+"/Messages/"+sid+".json" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":20404,"message":"not found","status":404}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"sid":%q,"direction":"outbound-api","from":%q,"to":%q,"body":"Hello.","num_media":"0","status":"delivered"}`, sid, business, customer)
	}))
	defer server.Close()
	ch := channel()
	ch.APIBase = server.URL
	c := twilio.New(carriertest.Client(t))
	if got, err := c.Sent(t.Context(), ch, sid); err != nil || got != (carrier.Outbound{From: business, To: customer, Body: "Hello."}) {
		t.Errorf("%+v, %v", got, err)
	}
	var failed *carrier.SendError
	for _, id := range []string{"SM00000000000000000000000000000002", "../../other", ""} {
		if _, err := c.Sent(t.Context(), ch, id); !errors.As(err, &failed) || failed.Unknown || failed.Retryable {
			t.Errorf("%s: %v", id, err)
		}
	}
	ch.Account = ""
	if _, err := c.Sent(t.Context(), ch, sid); !errors.As(err, &failed) || failed.Class != carrier.ClassAuth {
		t.Errorf("without an account: %v", err)
	}
}
