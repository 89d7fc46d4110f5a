package carriertest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
)

// Send is one text handed to the carrier, what the carrier's API answers, and what becomes of it.
type Send struct {
	Name     string
	Text     carrier.Outbound
	Response Response
	// WantRequest is compared when it has a path.
	WantRequest Request
	Want        carrier.Accepted
	WantErr     *carrier.SendError
}

// Response is what the carrier's API does with the call.
type Response struct {
	Status int
	Header map[string]string
	Body   string
	// Fault, when set, happens instead of an answer.
	Fault Fault
}

// Faults are the rows that hold for every carrier alike: what becomes of a text when its call ends without a clear answer. Yes is
// what the carrier's API answers to a text that it takes.
func Faults(text carrier.Outbound, yes Response) []Send {
	unknown := func(code string) *carrier.SendError {
		return &carrier.SendError{Class: carrier.ClassCarrier, Code: code, Unknown: true}
	}
	cut := yes
	cut.Fault = CutOff
	long := yes
	long.Body += strings.Repeat(" ", 1<<20)
	code := strconv.Itoa(yes.Status)
	return []Send{
		{
			Name: "nobody listens", Text: text, Response: Response{Fault: Refused},
			WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Retryable: true, After: time.Second},
		},
		{Name: "given up before the call", Text: text, Response: Response{Fault: GivenUp}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Retryable: true}},
		{Name: "connection broken", Text: text, Response: Response{Fault: Broken}, WantErr: unknown("")},
		{Name: "no answer in time", Text: text, Response: Response{Fault: Silent}, WantErr: unknown("")},
		{Name: "answer cut off", Text: text, Response: cut, WantErr: unknown(code)},
		{Name: "accepted at great length", Text: text, Response: long, WantErr: unknown(code)},
		{Name: "carrier failed", Text: text, Response: Response{Status: 500, Body: "{}"}, WantErr: unknown("500")},
		{Name: "carrier's own time-out", Text: text, Response: Response{Status: 408}, WantErr: unknown("408")},
		{Name: "redirected", Text: text, Response: Response{Status: 307, Header: map[string]string{"Location": "/elsewhere"}}, WantErr: &carrier.SendError{Class: carrier.ClassCarrier, Code: "307"}},
		{Name: "rate with Retry-After", Text: text, Response: Response{Status: 429, Header: map[string]string{"Retry-After": "7"}}, WantErr: &carrier.SendError{Class: carrier.ClassRate, Code: "429", Retryable: true, After: 7 * time.Second}},
		{Name: "rate without a wait", Text: text, Response: Response{Status: 429}, WantErr: &carrier.SendError{Class: carrier.ClassRate, Code: "429", Retryable: true, After: time.Second}},
		{Name: "key refused without a word", Text: text, Response: Response{Status: 401}, WantErr: &carrier.SendError{Class: carrier.ClassAuth, Code: "401", Retryable: true, After: 30 * time.Second}},
		{Name: "a refusal in HTML", Text: text, Response: Response{Status: 404, Body: "<html>"}, WantErr: &carrier.SendError{Class: carrier.ClassUnknown, Code: "404"}},
	}
}

// Fault is a way in which a call ends without an answer.
type Fault int

// The faults.
const (
	// Answered is no fault.
	Answered Fault = iota
	// Refused: nobody listens.
	Refused
	// Broken: the connection ends after the request was read.
	Broken
	// CutOff: the answer's head comes and its body never ends properly.
	CutOff
	// Silent: the request is read and the caller gives up waiting.
	Silent
	// GivenUp: the caller gave up before the call.
	GivenUp
)

// Request is what the carrier's API must receive.
type Request struct {
	Method, Path string
	// Query is compared as a form, when it is not empty.
	Query  string
	Header map[string]string
	// Body is compared as a form or as JSON when the Content-Type is one of these, else literally.
	Body string
}

// arrived is a call as the played API saw it.
type arrived struct {
	request *http.Request
	body    string
}

func (s Suite) sends(t *testing.T) {
	for _, row := range s.Sends {
		t.Run(row.Name, func(t *testing.T) {
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			calls := make(chan arrived, 8)
			server := httptest.NewServer(row.Response.handler(calls, giveUp))
			defer server.Close()
			ch := s.proven(s.Channel.Secrets)
			ch.APIBase = server.URL
			switch row.Response.Fault {
			case Refused:
				server.Close()
			case GivenUp:
				giveUp()
			case Answered, Broken, CutOff, Silent:
			}
			got, err := s.New(Client(t)).Send(ctx, ch, row.Text)
			row.checkOutcome(t, got, err)
			row.checkCalls(t, calls)
		})
	}
}

func (r Response) handler(calls chan<- arrived, giveUp func()) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		calls <- arrived{req, string(body)}
		for name, value := range r.Header {
			w.Header().Set(name, value)
		}
		switch r.Fault {
		case Broken:
			panic(http.ErrAbortHandler)
		case CutOff:
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(r.Status)
			_, _ = io.WriteString(w, r.Body)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case Silent:
			giveUp()
			<-req.Context().Done()
		case Answered, Refused, GivenUp:
			w.WriteHeader(r.Status)
			_, _ = io.WriteString(w, r.Body)
		}
	}
}

func (row Send) checkOutcome(t *testing.T, got carrier.Accepted, err error) {
	t.Helper()
	if diff := cmp.Diff(row.Want, got); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
	if row.WantErr == nil {
		if err != nil {
			t.Errorf("Send: %v", err)
		}
		return
	}
	var failed *carrier.SendError
	if !errors.As(err, &failed) {
		t.Fatalf("Send: %v, want a *carrier.SendError", err)
	}
	if failed.Unknown && failed.Retryable {
		t.Error("an unknown outcome must not be retryable")
	}
	want := *row.WantErr
	if want.Detail == "" { // the system's own words differ from machine to machine
		want.Detail = failed.Detail
	}
	if diff := cmp.Diff(want, *failed); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func (row Send) checkCalls(t *testing.T, calls <-chan arrived) {
	t.Helper()
	want := 1
	if row.Response.Fault == Refused || row.Response.Fault == GivenUp {
		want = 0
	}
	if len(calls) != want {
		t.Fatalf("the API was called %d times, want %d: a carrier never retries", len(calls), want)
	}
	if want == 0 || row.WantRequest.Path == "" {
		return
	}
	call := <-calls
	if call.request.Method != row.WantRequest.Method || call.request.URL.Path != row.WantRequest.Path {
		t.Errorf("called %s %s, want %s %s", call.request.Method, call.request.URL.Path, row.WantRequest.Method, row.WantRequest.Path)
	}
	for name, value := range row.WantRequest.Header {
		if got := call.request.Header.Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
	if row.WantRequest.Query != "" {
		if diff := cmp.Diff(decoded(carrier.FormType, row.WantRequest.Query), decoded(carrier.FormType, call.request.URL.RawQuery)); diff != "" {
			t.Errorf("query (-want +got):\n%s", diff)
		}
	}
	kind, _, _ := mime.ParseMediaType(call.request.Header.Get("Content-Type"))
	if diff := cmp.Diff(decoded(kind, row.WantRequest.Body), decoded(kind, call.body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

// decoded makes bodies comparable that differ in order or spelling only.
func decoded(kind, body string) any {
	switch kind {
	case carrier.FormType:
		if values, err := url.ParseQuery(body); err == nil {
			return values
		}
	case carrier.JSONType:
		var value any
		if json.Unmarshal([]byte(body), &value) == nil {
			return value
		}
	}
	return body
}
