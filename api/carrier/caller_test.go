package carrier_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"switchyard/api/carrier"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mute is a transport that fails without saying how far it got.
type mute struct{}

// RoundTrip implements [http.RoundTripper].
func (mute) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("it went wrong") }

// TestCallOutcome: without proof that nothing was sent, the outcome is unknown. The carriers' tables hold the other cases.
func TestCallOutcome(t *testing.T) {
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	defer plain.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	rows := []struct {
		name, address      string
		transport          http.RoundTripper
		unknown, retryable bool
	}{
		{name: "a transport that does not report", address: plain.URL, transport: mute{}, unknown: true},
		{name: "no TLS at the other end", address: strings.Replace(plain.URL, "http", "https", 1), transport: transport, retryable: true},
		{name: "a port that cannot be", address: "http://127.0.0.1:0", transport: transport, retryable: true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, row.address+"/secret-path", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = carrier.NewCaller(&http.Client{Transport: row.transport}).Call(req)
			failed, ok := errors.AsType[*carrier.SendError](err)
			if !ok || failed.Unknown != row.unknown || failed.Retryable != row.retryable {
				t.Fatalf("Call: %v, want unknown %t, retryable %t", err, row.unknown, row.retryable)
			}
			if strings.Contains(err.Error(), "secret-path") {
				t.Errorf("the error names the address: %v", err)
			}
		})
	}
}
