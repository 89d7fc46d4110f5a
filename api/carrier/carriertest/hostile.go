package carriertest

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"switchyard/api/carrier"
)

// hostile: what no carrier would send is refused as malformed, or says nothing; it never breaks the parser, also when it is signed.
func (s Suite) hostile(t *testing.T) {
	c := s.New(Client(t))
	const large = 60 << 10
	bodies := map[string]string{
		"nothing":                     "",
		"null":                        "null",
		"a number":                    "1",
		"deep lists":                  strings.Repeat("[", large),
		"deep objects":                strings.Repeat(`{"a":`, large/5),
		"deep lists in a text":        `{"text":` + strings.Repeat("[", large/2) + strings.Repeat("]", large/2) + "}",
		"many parameters":             strings.Repeat("a=b&", large/4),
		"one long word":               strings.Repeat("x", large),
		"not UTF-8":                   strings.Repeat("\xff\xfe", large/2),
		"a list of nothing":           "[" + strings.Repeat("{},", large/3-1) + "{}]",
		"fields of the wrong kind":    `{"data":[],"results":{},"payload":7,"message":{},"from":[],"to":true,"text":{},"body":[],"type":0}`,
		"a list of the wrong kind":    `[7,"x",null,[],{"type":"message-received","message":[]}]`,
		"results of the wrong kind":   `{"results":[7,null,{"from":{}}]}`,
		"escapes that are not broken": "%00=%00&From=%ff&To=%25",
	}
	for name, body := range bodies {
		for _, kind := range []string{carrier.FormType, carrier.JSONType, "text/plain", "image/png", ""} {
			t.Run(name+" as "+kind, func(t *testing.T) {
				row := Inbound{ContentType: kind, Body: body}
				if texts := s.read(t, c, row); len(texts) != 0 {
					t.Errorf("read %d texts from nothing", len(texts))
				}
			})
		}
	}
	row := s.Inbound[0]
	row.ContentType = "image/png"
	t.Run("a good text of another content type", func(t *testing.T) {
		if texts := s.read(t, c, row); len(texts) != 0 {
			t.Errorf("read %d texts", len(texts))
		}
	})
}

// read puts a signed row before the carrier on both paths and holds what it makes of it against what must always hold.
func (s Suite) read(t *testing.T, c carrier.Carrier, row Inbound) []carrier.Text {
	t.Helper()
	ch := s.proven(s.Channel.Secrets)
	r := row.request(t, ch)
	s.Sign(&r, s.Channel.Secrets[0])
	before := bytes.Clone(r.Body)
	_ = c.Verify(ch, r)
	texts, err := c.Inbound(ch, r)
	receipts, receiptsErr := c.Receipts(ch, r)
	for _, err := range []error{err, receiptsErr} {
		if err != nil && !errors.Is(err, carrier.ErrMalformed) {
			t.Fatalf("error %v, want %v or none", err, carrier.ErrMalformed)
		}
	}
	if err != nil && texts != nil || receiptsErr != nil && receipts != nil {
		t.Fatal("an error and something read")
	}
	for _, text := range texts {
		if text.CarrierID == "" || text.From == "" || text.To == "" || !utf8.ValidString(text.Body) || len(text.Media) > carrier.MediaMost {
			t.Fatalf("read %+v", text)
		}
		if p := text.Part; p != nil && (p.Ref == "" || p.Number < 1 || p.Number > p.Total || p.Total > carrier.PartsMost) {
			t.Fatalf("read part %+v", *p)
		}
	}
	for _, receipt := range receipts {
		failed := receipt.State == carrier.ReceiptFailed
		if receipt.CarrierID == "" && receipt.Message == "" || failed != (receipt.Class != carrier.ClassNone) || !utf8.ValidString(receipt.Detail) {
			t.Fatalf("read %+v", receipt)
		}
	}
	if !bytes.Equal(before, r.Body) {
		t.Fatal("the request was changed")
	}
	return texts
}

// Fuzz checks that no webhook breaks the parser, and what it reads is whole. The rows of the suite are the seeds.
func (s Suite) Fuzz(f *testing.F) {
	for _, row := range s.Inbound {
		f.Add(row.Method == http.MethodGet, row.ContentType, row.Query, row.Body)
	}
	f.Fuzz(func(t *testing.T, get bool, kind, query, body string) {
		row := Inbound{ContentType: kind, Query: query, Body: body}
		if get {
			row.Method, row.Body = http.MethodGet, ""
		}
		s.read(t, s.New(nil), row)
	})
}

// webhookMost is what a webhook may cost on one core.
const webhookMost = 100 * time.Microsecond

// Benchmark is what each inbound text costs: the proof and the reading of the suite's first row. It reports how many times as fast
// as promised that is.
func (s Suite) Benchmark(b *testing.B) {
	ch, c := s.proven(s.Channel.Secrets), s.New(nil)
	r := s.Inbound[0].request(b, ch)
	s.Sign(&r, s.Channel.Secrets[0])
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Verify(ch, r); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Inbound(ch, r); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Receipts(ch, r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(webhookMost)*float64(b.N)/float64(b.Elapsed()), "vs_100us")
}
