package carriertest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"switchyard/api/carrier/carriertest"
)

// TestClientStaysOnLoopback: no table can reach a real carrier by mistake.
func TestClientStaysOnLoopback(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	rows := map[string]bool{server.URL: true, "https://api.twilio.com": false, "http://192.0.2.1": false, "http://127.0.0.1.example.com": false}
	for address, reached := range rows {
		t.Run(address, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := carriertest.Client(t).Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			refused := err != nil && strings.Contains(err.Error(), "loopback addresses only")
			if refused == reached {
				t.Errorf("Do: %v, want reached = %t", err, reached)
			}
		})
	}
}
