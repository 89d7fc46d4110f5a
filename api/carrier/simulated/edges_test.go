package simulated_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchyard/api/carrier"
	"switchyard/api/carrier/carriertest"
	"switchyard/api/carrier/simulated"
)

// TestTwilioAPI: the endpoint answers as Twilio does.
func TestTwilioAPI(t *testing.T) {
	o := newOffice(t)
	api := o.open()
	callback := o.channel("twilio", api).ReceiptURL
	rows := []struct {
		name   string
		change func(f url.Values)
		user   string
		secret string
		status int
		code   float64
	}{
		{name: "accepted", status: 201},
		{name: "without receipts", change: func(f url.Values) { f.Del("StatusCallback") }, status: 201},
		{name: "wrong secret", secret: "x", status: 401, code: 20003},
		{name: "another account's user", user: "AC2", status: 401, code: 20003},
		{name: "bad To", change: func(f url.Values) { f.Set("To", "12345") }, status: 400, code: 21211},
		{name: "unknown From", change: func(f url.Values) { f.Set("From", "+18885550100") }, status: 400, code: 21606},
		{name: "From of another carrier", change: func(f url.Values) { f.Set("From", business) }, status: 400, code: 21606},
		{name: "no Body", change: func(f url.Values) { f.Del("Body") }, status: 400, code: 21602},
		{name: "1600 characters", change: func(f url.Values) { f.Set("Body", strings.Repeat("é", 1600)) }, status: 201},
		{name: "1601 characters", change: func(f url.Values) { f.Set("Body", strings.Repeat("é", 1601)) }, status: 400, code: 21617},
		{name: "somebody else's callback", change: func(f url.Values) { f.Set("StatusCallback", "http://127.0.0.1:1/") }, status: 400, code: 21609},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f := url.Values{"To": {customer}, "From": {twilioLine}, "Body": {"hi 😀"}, "StatusCallback": {callback + "?message=ms_1"}}
			if row.change != nil {
				row.change(f)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
				api+networkPath+"/twilio/2010-04-01/Accounts/"+account+"/Messages.json", strings.NewReader(f.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.SetBasicAuth(or(row.user, account), or(row.secret, lineSecret))
			resp, err := carriertest.Client(t).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var answer map[string]any
			if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != row.status {
				t.Errorf("status %d, want %d", resp.StatusCode, row.status)
			}
			if code, _ := answer["code"].(float64); code != row.code {
				t.Errorf("code %v, want %v", code, row.code)
			}
			if row.status == http.StatusCreated && (len(answer["sid"].(string)) != 34 || answer["status"] != "queued") {
				t.Errorf("answer %v", answer)
			}
		})
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// TestMessagesSecret: the simulated API serves those who know the line's secret, for numbers in its dialect.
func TestMessagesSecret(t *testing.T) {
	o := newOffice(t)
	ch := o.channel("simulated", o.open())
	rows := map[string]struct{ secret, from string }{
		"wrong secret":         {"wrong", business},
		"no such number":       {lineSecret, "+18885550100"},
		"a number of Twilio's": {lineSecret, twilioLine},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			ch.Secrets = []string{row.secret}
			_, err := o.carriers["simulated"].Send(t.Context(), ch, carrier.Outbound{Message: "ms_1", From: row.from, To: customer, Body: "x"})
			var failed *carrier.SendError
			if !errors.As(err, &failed) || failed.Class != carrier.ClassAuth || failed.Code != "401" {
				t.Errorf("Send: %v, want auth 401", err)
			}
		})
	}
}

// TestLines: the business numbers are named, their secrets are not.
func TestLines(t *testing.T) {
	o := newOffice(t)
	var answer map[string]any
	o.call(http.MethodGet, o.open()+networkPath+"/lines", "", &answer)
	text, _ := json.Marshal(answer)
	want := `{"items":[{"carrier":"simulated","id":"simulated","number":"+18005550198"},{"carrier":"twilio","id":"twilio","number":"+18005550199"}]}`
	if string(text) != want {
		t.Errorf("lines %s", text)
	}
}

// TestClose: a closed network gives up what waits and refuses the rest.
func TestClose(t *testing.T) {
	o := newOffice(t)
	network, err := simulated.NewNetwork(simulated.Config{Channels: []simulated.Line{o.line("simulated")}, Pace: 1 << 62})
	if err != nil {
		t.Fatal(err)
	}
	send := func() int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/messages", strings.NewReader(`{"from":"`+business+`","to":"`+customer+`","text":"x"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+lineSecret)
		w := httptest.NewRecorder()
		network.ServeHTTP(w, r)
		return w.Code
	}
	if status := send(); status != http.StatusAccepted {
		t.Errorf("status %d, want 202", status)
	}
	network.Close()
	if status := send(); status != http.StatusServiceUnavailable {
		t.Errorf("status %d after Close, want 503", status)
	}
}

// TestNewNetworkRefuses: a line that could not work is refused at the start.
func TestNewNetworkRefuses(t *testing.T) {
	o := newOffice(t)
	rows := map[string]func(l *simulated.Line){
		"unknown dialect": func(l *simulated.Line) { l.Carrier = "pigeon" },
		"bad number":      func(l *simulated.Line) { l.Number = "12345" },
		"no secret":       func(l *simulated.Line) { l.Secret = "" },
		"no webhook":      func(l *simulated.Line) { l.WebhookURL = "" },
		"number twice":    func(l *simulated.Line) { l.Number = twilioLine },
	}
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			line := o.line("simulated")
			change(&line)
			if _, err := simulated.NewNetwork(simulated.Config{Channels: []simulated.Line{o.line("twilio"), line}}); err == nil {
				t.Error("NewNetwork took it")
			}
		})
	}
}
