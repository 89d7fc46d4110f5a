package carriertest

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
)

// Inbound is one webhook call and what the carrier reads from it. The suite signs it.
type Inbound struct {
	Name string
	// Receipts says that it comes on the receipts' path.
	Receipts bool
	// Method is POST when empty.
	Method string
	// Query follows the address, without question mark.
	Query       string
	ContentType string
	Body        string
	// Want and WantReceipts are all that is read from it; a call with neither is good and says nothing new.
	Want         []carrier.Text
	WantReceipts []carrier.Receipt
	// WantErr is [carrier.ErrMalformed] or nil.
	WantErr error
}

// As gives the rows that have no content type this one.
func As(contentType string, rows []Inbound) []Inbound {
	for i := range rows {
		if rows[i].ContentType == "" {
			rows[i].ContentType = contentType
		}
	}
	return rows
}

// OnReceipts puts the rows on the receipts' path, with a query that follows its address.
func OnReceipts(query string, rows []Inbound) []Inbound {
	for i := range rows {
		rows[i].Receipts = true
		if rows[i].Query == "" {
			rows[i].Query = query
		}
	}
	return rows
}

// request is the row as it arrives, unsigned.
func (row Inbound) request(t testing.TB, ch carrier.Channel) carrier.Request {
	t.Helper()
	address := ch.WebhookURL
	if row.Receipts {
		address = ch.ReceiptURL
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("the suite's channel has a bad address: %v", err)
	}
	u.RawQuery = row.Query
	method := row.Method
	if method == "" {
		method = http.MethodPost
	}
	header := http.Header{}
	if row.ContentType != "" {
		header.Set("Content-Type", row.ContentType)
	}
	return carrier.Request{Method: method, URL: u, Header: header, Body: []byte(row.Body)}
}

func (s Suite) inbound(t *testing.T) {
	c := s.New(Client(t))
	for _, row := range s.Inbound {
		t.Run(row.Name, func(t *testing.T) {
			ch := s.proven(s.Channel.Secrets)
			r := row.request(t, ch)
			s.Sign(&r, s.Channel.Secrets[0])
			if err := c.Verify(ch, r); err != nil {
				t.Fatalf("Verify: %v", err)
			}
			texts, err := c.Inbound(ch, r)
			receipts, receiptsErr := c.Receipts(ch, r)
			if row.Receipts {
				err = receiptsErr
			}
			if !errors.Is(err, row.WantErr) {
				t.Fatalf("error %v, want %v", err, row.WantErr)
			}
			if diff := cmp.Diff(row.Want, texts); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(row.WantReceipts, receipts); diff != "" {
				t.Errorf("receipts (-want +got):\n%s", diff)
			}
		})
	}
}

// signature is the same for every carrier: nothing passes but the carrier's own proof, over these very bytes where the carrier
// does not say that its proof is weaker.
func (s Suite) signature(t *testing.T) {
	c := s.New(Client(t))
	current, old := s.Channel.Secrets[0], s.Channel.Secrets[1]
	unsigned := func(*carrier.Request, string) {}
	rows := []struct {
		name    string
		sign    func(r *carrier.Request, secret string)
		secret  string
		change  func(r *carrier.Request) // after signing
		secrets []string                 // of the channel
		want    error
	}{
		{name: "valid", secret: current, secrets: []string{current, old}},
		{name: "one secret only", secret: current, secrets: []string{current}},
		{name: "the secret that is being replaced", secret: old, secrets: []string{current, old}},
		{name: "a secret that was replaced", secret: old, secrets: []string{current}, want: carrier.ErrSignature},
		{name: "another secret", secret: "x", secrets: []string{current, old}, want: carrier.ErrSignature},
		{name: "missing", sign: unsigned, secrets: []string{current, old}, want: carrier.ErrSignature},
		{name: "an empty secret", secret: "", secrets: []string{"", ""}, want: carrier.ErrSignature},
		{name: "no secrets", secret: current, want: carrier.ErrSignature},
		{name: "body changed", secret: current, secrets: []string{current, old}, want: carrier.ErrSignature, change: func(r *carrier.Request) {
			r.Body[len(r.Body)/2] ^= 1
		}},
		{name: "body lengthened", secret: current, secrets: []string{current, old}, want: carrier.ErrSignature, change: func(r *carrier.Request) {
			r.Body = append(r.Body, "&a=b"...)
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if row.change != nil && c.Setup().Weak != "" {
				return
			}
			ch := s.proven(row.secrets)
			r := s.Inbound[0].request(t, s.Channel)
			if row.sign == nil {
				row.sign = s.Sign
			}
			row.sign(&r, row.secret)
			if row.change != nil {
				row.change(&r)
			}
			if err := c.Verify(ch, r); !errors.Is(err, row.want) {
				t.Errorf("Verify: %v, want %v", err, row.want)
			}
		})
	}
	t.Run("replayed", func(t *testing.T) { s.replayed(t, c) })
}

// replayed: an old request is refused for its age, or remembered for 7 days by its id.
func (s Suite) replayed(t *testing.T, c carrier.Carrier) {
	t.Helper()
	if s.SignStale == nil {
		if c.Window() < 7*24*time.Hour {
			t.Errorf("Window is %v: without a time in the signature it must be 7 days", c.Window())
		}
		return
	}
	ch := s.proven(s.Channel.Secrets)
	r := s.Inbound[0].request(t, ch)
	s.SignStale(&r, s.Channel.Secrets[0])
	if err := c.Verify(ch, r); !errors.Is(err, carrier.ErrSignature) {
		t.Errorf("Verify of an old request: %v, want %v", err, carrier.ErrSignature)
	}
}
