package carriertest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"switchyard/api/carrier"
)

// Vector is a request with a proof that a carrier, or its own library, made, or one that is near to it and false.
type Vector struct {
	About string
	// At is the verifier's clock in Unix seconds.
	At        int64
	Secret    string
	PublicKey string `json:"public_key"`
	Method    string // POST when empty
	URL       string
	Header    map[string]string
	Body      string
	Genuine   bool
}

// Clock is the verifier's clock.
func (v Vector) Clock() time.Time { return time.Unix(v.At, 0) }

// Vectors checks a carrier against a file of at least so many vectors. Using makes the carrier and the channel for one.
func Vectors(t *testing.T, file string, least int, using func(Vector) (carrier.Carrier, carrier.Channel)) {
	t.Helper()
	data, err := os.ReadFile(file) //nolint:gosec // a test names it
	if err != nil {
		t.Fatal(err)
	}
	var vectors []Vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < least {
		t.Fatalf("%d vectors, want at least %d", len(vectors), least)
	}
	for _, v := range vectors {
		t.Run(v.About, func(t *testing.T) {
			u, err := url.Parse(v.URL)
			if err != nil {
				t.Fatal(err)
			}
			r := carrier.Request{Method: v.Method, URL: u, Header: http.Header{}, Body: []byte(v.Body)}
			if r.Method == "" {
				r.Method = http.MethodPost
			}
			for name, value := range v.Header {
				r.Header.Set(name, value)
			}
			c, ch := using(v)
			if err := c.Verify(ch, r); (err == nil) != v.Genuine {
				t.Errorf("Verify: %v, want genuine = %t", err, v.Genuine)
			}
		})
	}
}
