package simulated_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/twilio"
)

const (
	account     = "AC00000000000000000000000000000001"
	twilioLine  = "+18005550199"
	lineSecret  = "line secret"
	networkPath = "/simulated"
)

// office stands in for Switchyard at the webhooks: it proves and reads each call with the real dialects.
type office struct {
	t        *testing.T
	server   *httptest.Server
	carriers map[string]carrier.Carrier

	mu       sync.Mutex
	answers  []int // statuses to give before all is well
	seen     []string
	texts    chan carrier.Text
	receipts chan carrier.Receipt
}

func newOffice(t *testing.T) *office {
	t.Helper()
	client := carriertest.Client(t)
	o := &office{
		t: t, texts: make(chan carrier.Text, 64), receipts: make(chan carrier.Receipt, 64),
		carriers: map[string]carrier.Carrier{"simulated": simulated.New(client, time.Now), "twilio": twilio.New(client)},
	}
	o.server = httptest.NewServer(o)
	t.Cleanup(o.server.Close)
	return o
}

// channel is a configured channel as Switchyard knows it; its API is a network's.
func (o *office) channel(dialect, api string) carrier.Channel {
	base := o.server.URL + "/webhooks/" + dialect + "/main"
	ch := carrier.Channel{
		ID: "main", Number: business, Account: account, Secrets: []string{lineSecret},
		APIBase: api + networkPath, WebhookURL: base, ReceiptURL: base + "/receipts",
	}
	if dialect == "twilio" {
		ch.Number, ch.APIBase = twilioLine, api+networkPath+"/twilio"
	}
	return ch
}

func (o *office) line(dialect string) simulated.Line {
	ch := o.channel(dialect, "")
	return simulated.Line{
		ID: dialect, Carrier: dialect, Number: ch.Number, Account: account, Secret: lineSecret,
		WebhookURL: ch.WebhookURL, ReceiptURL: ch.ReceiptURL,
	}
}

// ServeHTTP implements [http.Handler].
func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	parts := strings.Split(r.URL.Path, "/") // "", webhooks, dialect, main, [receipts]
	c := o.carriers[parts[2]]
	public, _ := url.Parse(o.server.URL + r.URL.RequestURI())
	call := carrier.Request{Method: r.Method, URL: public, Header: r.Header, Body: body}
	ch := o.channel(parts[2], "")
	if err := c.Verify(ch, call); err != nil {
		o.t.Errorf("%s: %v", r.URL, err)
	}
	texts, textsErr := c.Inbound(ch, call)
	receipts, receiptsErr := c.Receipts(ch, call)
	if textsErr != nil || receiptsErr != nil {
		o.t.Errorf("%s: %v, %v", r.URL, textsErr, receiptsErr)
	}
	o.mu.Lock()
	for _, text := range texts {
		o.seen = append(o.seen, text.CarrierID)
	}
	for _, receipt := range receipts {
		o.seen = append(o.seen, receipt.CarrierID)
	}
	if len(o.answers) > 0 {
		status := o.answers[0]
		o.answers = o.answers[1:]
		o.mu.Unlock()
		w.WriteHeader(status)
		return
	}
	o.mu.Unlock()
	for _, text := range texts {
		o.texts <- text
	}
	for _, receipt := range receipts {
		o.receipts <- receipt
	}
	w.WriteHeader(c.Ack(len(parts) > 4).Status)
}

// open starts a network with a line of each dialect and returns its address.
func (o *office) open() (api string) {
	o.t.Helper()
	network, err := simulated.NewNetwork(simulated.Config{
		Channels:    []simulated.Line{o.line("simulated"), o.line("twilio")},
		Client:      carriertest.Client(o.t),
		Backoff:     time.Millisecond,
		ReportTries: 8,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix(networkPath, network))
	o.t.Cleanup(server.Close)
	o.t.Cleanup(network.Close)
	return server.URL
}

// phoneView is what GET /phones/{number} answers.
type phoneView struct {
	Number  string
	Blocked []string
	Texts   []struct {
		ID, Direction, From, To, Text, State, Detail string
		Media                                        []string
	}
}

func (o *office) phone(api, number string) phoneView {
	o.t.Helper()
	var view phoneView
	if status := o.call(http.MethodGet, api+networkPath+"/phones/"+url.PathEscape(number), "", &view); status != http.StatusOK {
		o.t.Fatalf("GET phones: %d", status)
	}
	return view
}

// textFrom plays a phone; it returns the id and the webhook's status.
func (o *office) textFrom(api, from, to, text string, media ...string) (id string, webhookStatus int) {
	o.t.Helper()
	body, _ := json.Marshal(map[string]any{"from": from, "to": to, "text": text, "media": media})
	var answer struct {
		ID            string
		WebhookStatus int `json:"webhook_status"`
	}
	if status := o.call(http.MethodPost, api+networkPath+"/texts", string(body), &answer); status != http.StatusAccepted {
		o.t.Fatalf("POST texts: %d", status)
	}
	return answer.ID, answer.WebhookStatus
}

func (o *office) call(method, address, body string, into any) (status int) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, address, bytes.NewBufferString(body))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := carriertest.Client(o.t).Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		o.t.Fatalf("%s %s: %v", method, address, err)
	}
	return resp.StatusCode
}
