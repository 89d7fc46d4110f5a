package simulated_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
)

var dialects = []string{"simulated", "twilio"}

// TestTextReachesSwitchyard: a phone's text arrives as a webhook that the dialect proves and reads.
func TestTextReachesSwitchyard(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			o := newOffice(t)
			api := o.open()
			ch := o.channel(dialect, api)
			id, status := o.textFrom(api, customer, ch.Number, "Hi & bye 😀", "image/jpeg")
			if status < 200 || status > 299 {
				t.Fatalf("webhook status %d", status)
			}
			got := <-o.texts
			got.At = time.Time{}
			want := carrier.Text{
				CarrierID: id, From: customer, To: ch.Number, Body: "Hi & bye 😀", Media: []carrier.Media{{ContentType: "image/jpeg"}},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if texts := o.phone(api, customer).Texts; len(texts) != 1 || texts[0].ID != id || texts[0].State != "delivered" || texts[0].Direction != "sent" {
				t.Errorf("the phone shows %+v", texts)
			}
		})
	}
}

// TestWebhookTriedAgain: a busy Switchyard gets the same text again, and a receipt too; a refusal is final.
func TestWebhookTriedAgain(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			o := newOffice(t)
			api := o.open()
			ch := o.channel(dialect, api)
			o.answers = []int{503, 429, 503}
			id, _ := o.textFrom(api, customer, ch.Number, "hello")
			if got := <-o.texts; got.CarrierID != id {
				t.Errorf("text %s, want %s", got.CarrierID, id)
			}
			o.answers = slices.Repeat([]int{503}, 7) // more than a text would get
			accepted, err := o.carriers[dialect].Send(t.Context(), ch, carrier.Outbound{Message: "ms_1", From: ch.Number, To: customer, Body: "hi"})
			if err != nil {
				t.Fatal(err)
			}
			<-o.receipts
			<-o.receipts
			o.mu.Lock()
			want := append([]string{id, id, id, id}, slices.Repeat([]string{accepted.CarrierID}, 7+2)...)
			if diff := cmp.Diff(want, o.seen); diff != "" {
				t.Errorf("ids seen (-want +got):\n%s", diff)
			}
			o.answers = []int{403}
			o.mu.Unlock()
			if _, status := o.textFrom(api, customer, ch.Number, "hello"); status != 403 {
				t.Errorf("webhook status %d, want 403", status)
			}
			if texts := o.phone(api, customer).Texts; texts[len(texts)-1].State != "failed" {
				t.Errorf("the phone shows %+v", texts)
			}
			o.answers = []int{503, 503, 503, 503, 503, 503, 500}
			if _, status := o.textFrom(api, customer, ch.Number, "hello"); status != 503 {
				t.Errorf("webhook status %d, want 503 after the last try", status)
			}
		})
	}
}

// TestReplyReachesPhone: a reply goes to the phone and its receipts come back, also when the number asks for a fault.
func TestReplyReachesPhone(t *testing.T) {
	rows := []struct {
		name, to string
		refused  bool // the first attempt, for its rate
		unknown  bool
		last     carrier.Receipt
	}{
		{name: "ordinary", to: customer, last: carrier.Receipt{State: carrier.ReceiptDelivered}},
		{name: "unreachable", to: "+14155550404", last: carrier.Receipt{State: carrier.ReceiptFailed, Class: carrier.ClassUnreachable}},
		{name: "refused once", to: "+14155550429", refused: true, last: carrier.Receipt{State: carrier.ReceiptDelivered}},
		{name: "answer lost", to: "+14155550500", unknown: true, last: carrier.Receipt{State: carrier.ReceiptDelivered}},
	}
	for _, dialect := range dialects {
		for _, row := range rows {
			t.Run(dialect+" "+row.name, func(t *testing.T) {
				o := newOffice(t)
				api := o.open()
				ch := o.channel(dialect, api)
				message := carrier.Outbound{Message: "ms_1", From: ch.Number, To: row.to, Body: "On its way 😀"}
				accepted, err := o.carriers[dialect].Send(t.Context(), ch, message)
				var failed *carrier.SendError
				if errors.As(err, &failed) && failed.Retryable && failed.After == time.Second && row.refused {
					accepted, err = o.carriers[dialect].Send(t.Context(), ch, message)
				}
				if errors.As(err, &failed) != row.unknown || (row.unknown && !failed.Unknown) {
					t.Fatalf("Send: %v, want unknown = %t", err, row.unknown)
				}
				first, last := <-o.receipts, <-o.receipts
				if first.State != carrier.ReceiptSent || first.Message != "ms_1" || last.Message != "ms_1" {
					t.Errorf("receipts %+v, %+v", first, last)
				}
				if !row.unknown && last.CarrierID != accepted.CarrierID {
					t.Errorf("receipt for %s, want %s", last.CarrierID, accepted.CarrierID)
				}
				if last.State != row.last.State || last.Class != row.last.Class {
					t.Errorf("last receipt %+v, want %+v", last, row.last)
				}
				if f, finds := o.carriers[dialect].(carrier.Finder); finds {
					message := carrier.Outbound{From: message.From, To: message.To, Body: message.Body}
					if sent, err := f.Sent(t.Context(), ch, last.CarrierID); err != nil || sent != message {
						t.Errorf("asked for the text: %+v, %v", sent, err)
					}
					if _, err := f.Sent(t.Context(), ch, "SM00000000000000000000000000000000"); err == nil {
						t.Error("a text that nobody sent is told of")
					}
				}
				texts := o.phone(api, row.to).Texts
				if len(texts) != 1 || texts[0].Text != message.Body || texts[0].State != string(row.last.State) {
					t.Errorf("the phone shows %+v", texts)
				}
			})
		}
	}
}

// TestStop: on a Twilio line the carrier itself heeds STOP and START, answers once, and says so in the webhook.
func TestStop(t *testing.T) {
	o := newOffice(t)
	api := o.open()
	ch := o.channel("twilio", api)
	send := func() error {
		_, err := o.carriers["twilio"].Send(t.Context(), ch, carrier.Outbound{Message: "ms_1", From: ch.Number, To: customer, Body: "hi"})
		return err
	}
	steps := []struct {
		text, optOut string
		blocked      bool
		shown        int // texts on the phone afterwards
	}{
		{"yes", "", false, 1},
		{" Stop ", "stop", true, 3},
		{"STOP", "stop", true, 4},
		{"hello", "", true, 5},
		{"help", "help", true, 7},
		{"start", "start", false, 9},
	}
	for _, step := range steps {
		o.textFrom(api, customer, ch.Number, step.text)
		if got := <-o.texts; got.OptOut != step.optOut {
			t.Errorf("%q: opt-out %q, want %q", step.text, got.OptOut, step.optOut)
		}
		view := o.phone(api, customer)
		if len(view.Texts) != step.shown || (len(view.Blocked) == 1) != step.blocked {
			t.Errorf("%q: the phone shows %d texts and blocks %v; want %d, %t", step.text, len(view.Texts), view.Blocked, step.shown, step.blocked)
		}
		if !step.blocked {
			continue
		}
		var failed *carrier.SendError
		if err := send(); !errors.As(err, &failed) || failed.Class != carrier.ClassOptedOut || failed.Retryable {
			t.Errorf("%q: Send: %v, want opted_out", step.text, err)
		}
	}
	if err := send(); err != nil {
		t.Errorf("Send after START: %v", err)
	}
}

// TestStopOnSimulatedLine: there, keywords are Switchyard's work.
func TestStopOnSimulatedLine(t *testing.T) {
	o := newOffice(t)
	api := o.open()
	o.textFrom(api, customer, business, "STOP")
	if got := <-o.texts; got.Body != "STOP" || got.OptOut != "" {
		t.Errorf("text %+v", got)
	}
	if view := o.phone(api, customer); len(view.Texts) != 1 || len(view.Blocked) != 0 {
		t.Errorf("the phone shows %+v", view)
	}
}

// TestPhonesRefuse: what cannot be played is refused with a reason.
func TestPhonesRefuse(t *testing.T) {
	o := newOffice(t)
	api := o.open() + networkPath
	rows := []struct {
		name, method, path, body string
		want                     int
	}{
		{"no such business", "POST", "/texts", `{"from":"+14155550100","to":"+19995550100","text":"x"}`, http.StatusNotFound},
		{"no such number", "POST", "/texts", `{"from":"me","to":"` + business + `","text":"x"}`, http.StatusBadRequest},
		{"a business texts itself", "POST", "/texts", `{"from":"` + business + `","to":"` + business + `","text":"x"}`, http.StatusBadRequest},
		{"unknown field", "POST", "/texts", `{"from":"+14155550100","to":"` + business + `","body":"x"}`, http.StatusBadRequest},
		{"not JSON", "POST", "/texts", `x`, http.StatusBadRequest},
		{"not a phone", "GET", "/phones/me", ``, http.StatusBadRequest},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var answer struct{ Detail string }
			if status := o.call(row.method, api+row.path, row.body, &answer); status != row.want || answer.Detail == "" {
				t.Errorf("status %d, detail %q; want %d and a reason", status, answer.Detail, row.want)
			}
		})
	}
}
