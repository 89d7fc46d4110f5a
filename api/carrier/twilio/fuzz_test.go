package twilio_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"switchyard/api/carrier"
	"switchyard/api/carrier/twilio"
)

// FuzzInbound: no webhook breaks the parser; what it reads is whole, and what the standard library calls a form with the
// needed parameters is read alike.
func FuzzInbound(f *testing.F) {
	f.Add(false, form("Body", "hello"))
	f.Fuzz(func(t *testing.T, get bool, raw string) {
		c, ch := twilio.New(nil), channel()
		r := request(t, http.MethodPost, ch.WebhookURL, raw)
		r.Header.Set("Content-Type", formType)
		if get {
			r.Method, r.Body, r.URL.RawQuery = http.MethodGet, nil, raw
		}
		sign(&r, ch.Secrets[0])
		_ = c.Verify(ch, r)
		texts, err := c.Inbound(ch, r)
		if err != nil && !errors.Is(err, carrier.ErrMalformed) {
			t.Fatalf("Inbound: %v", err)
		}
		for _, text := range texts {
			if text.CarrierID == "" || text.From == "" || text.To == "" || !utf8.ValidString(text.Body) {
				t.Fatalf("read %+v", text)
			}
		}
		values, parseErr := url.ParseQuery(raw)
		if parseErr == nil && len(texts) == 1 && texts[0].Body != strings.ToValidUTF8(values.Get("Body"), "\uFFFD") {
			t.Fatalf("read body %q, want %q", texts[0].Body, values.Get("Body"))
		}
		receipts, err := c.Receipts(ch, r)
		if err != nil && !errors.Is(err, carrier.ErrMalformed) {
			t.Fatalf("Receipts: %v", err)
		}
		if len(texts) > 0 && len(receipts) > 0 {
			t.Fatal("one request is both a text and a report")
		}
	})
}
