package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"testing"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/twilio"
)

// TestVendorSignatures: Twilio's own published signatures, and ones made by its own libraries.
func TestVendorSignatures(t *testing.T) {
	data, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		About       string
		Token       string
		SeenURL     string `json:"seen_url"`
		ContentType string `json:"content_type"`
		Body        string
		Signature   string
		Genuine     bool
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 15 {
		t.Fatalf("%d rows, want at least 15", len(rows))
	}
	for _, row := range rows {
		t.Run(row.About, func(t *testing.T) {
			r := request(t, http.MethodPost, row.SeenURL, row.Body)
			r.Header.Set("Content-Type", row.ContentType)
			r.Header.Set("X-Twilio-Signature", row.Signature)
			err := twilio.Carrier{}.Verify(carrier.Channel{Secrets: []string{"another", row.Token}}, r)
			if (err == nil) != row.Genuine {
				t.Errorf("Verify: %v, want genuine = %t", err, row.Genuine)
			}
		})
	}
}

// TestRepeatedKeys: a key's values count once each and in order, as Twilio's libraries have it.
func TestRepeatedKeys(t *testing.T) {
	ch := carrier.Channel{Secrets: []string{"12345"}}
	r := request(t, http.MethodPost, "https://sms.example.com/a", "k=2&j=x&k=1&k=2")
	r.Header.Set("X-Twilio-Signature", twilio.Sign("12345", "https://sms.example.com/ajxk1k2", nil))
	if err := (twilio.Carrier{}).Verify(ch, r); err != nil {
		t.Errorf("Verify: %v", err)
	}
}

// TestBodyHashTampered: the hash in the signed address must be that of the body.
func TestBodyHashTampered(t *testing.T) {
	const address = "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
	for name, body := range map[string]string{"another body": `{"property": "value"}`, "no body": ""} {
		t.Run(name, func(t *testing.T) {
			r := request(t, http.MethodPost, address, body)
			r.Header.Set("X-Twilio-Signature", "y77kIzt2vzLz71DgmJGsen2scGs=")
			if err := (twilio.Carrier{}).Verify(carrier.Channel{Secrets: []string{"12345"}}, r); err == nil {
				t.Error("Verify passed")
			}
		})
	}
}

func request(tb testing.TB, method, address, body string) carrier.Request {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return carrier.Request{Method: method, URL: u, Header: http.Header{}, Body: []byte(body)}
}

// BenchmarkWebhook is what each inbound text costs: the proof and the reading.
func BenchmarkWebhook(b *testing.B) {
	s := suite()
	s.Inbound = []carriertest.Inbound{{ContentType: formType, Body: form("AccountSid", s.Channel.Account, "ApiVersion", "2010-04-01", "Body", "Hi, where is my order 4711?",
		"FromCity", "SAN FRANCISCO", "FromCountry", "US", "FromState", "CA", "FromZip", "94107", "NumMedia", "0", "NumSegments", "1",
		"SmsMessageSid", sid, "SmsSid", sid, "SmsStatus", "received", "ToCity", "", "ToCountry", "US", "ToState", "CA", "ToZip", "")}}
	s.Benchmark(b)
}
