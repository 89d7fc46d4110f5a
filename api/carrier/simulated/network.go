package simulated

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"switchyard/api/carrier/twilio"
)

// Bounds of the network.
const (
	underwayMost   = 8192 // texts on their way to phones at once
	bodyMost       = 64 << 10
	textMost       = 1600 // characters
	webhookTimeout = 15 * time.Second
	backoffDefault = 100 * time.Millisecond
)

// Line is a channel as the carrier knows it: a business number and where its webhooks go.
type Line struct {
	ID string
	// Carrier is the dialect that this line speaks: "simulated" or "twilio".
	Carrier string
	Number  string // E.164
	Account string // twilio only
	Secret  string
	// WebhookURL and ReceiptURL are Switchyard's addresses, exactly as its public_url makes them, since Twilio signs them.
	WebhookURL, ReceiptURL string
}

// Config is what a network is made of.
type Config struct {
	Channels []Line
	// Client reaches the webhooks; nil means one of the network's own. Redirects are not followed.
	Client *http.Client
	// Logger may be nil.
	Logger *slog.Logger
	// Pace is the time between two steps of a delivery (accepted, sent, delivered); zero is allowed.
	Pace time.Duration
	// Backoff is the pause before a refused webhook is tried again; it doubles each time, up to two seconds. Zero means 100 ms.
	Backoff time.Duration
	// ReportTries is how often a delivery report is tried before it is given up. Zero means six times, as a text is.
	ReportTries int
}

// Network is a phone network in memory. It serves, relative to where it is mounted (mount it with [http.StripPrefix]):
//
//	GET  /lines               the business numbers
//	POST /texts               {from, to, text, media?}: a phone texts a business → 202 {id, webhook_status}
//	GET  /phones/{number}     what a phone has sent and received
//	POST /messages            the simulated carrier's API
//	GET  /twilio/2010-04-01/Accounts/{sid}/Messages/{id}.json   a text that was handed over
//	POST /twilio/2010-04-01/Accounts/{sid}/Messages.json   Twilio's; a channel's api_base is the part before /2010-04-01
//
// The end of a destination's number chooses a fault: 0404 cannot be reached (failed, Twilio's 30003); 0429 is refused with
// 429 every other time; 0500 is taken, but the connection breaks before the answer, and the receipts settle it later.
//
// A webhook that answers 429 or 503, or cannot be reached, is tried again with the same id for about three seconds; a delivery
// report as long as the configuration says.
type Network struct {
	lines   map[string]Line // by number
	ordered []Line
	phones  *phones
	client  *http.Client
	log     *slog.Logger
	pace    time.Duration
	backoff time.Duration
	reports int // how often one is tried
	routes  *http.ServeMux

	// underway holds a place for each text on its way to a phone.
	underway chan struct{}
	ctx      context.Context //nolint:containedctx // the life of the network, ended by Close
	end      context.CancelFunc

	mu      sync.Mutex
	closed  bool
	working sync.WaitGroup
}

var _ http.Handler = (*Network)(nil)

// NewNetwork makes a network of these lines, with no phones yet. Close ends it.
func NewNetwork(c Config) (*Network, error) {
	n := &Network{
		lines:    map[string]Line{},
		ordered:  c.Channels,
		phones:   newPhones(),
		client:   webhookClient(c.Client),
		log:      c.Logger,
		pace:     c.Pace,
		backoff:  c.Backoff,
		reports:  cmp.Or(c.ReportTries, triesMost),
		underway: make(chan struct{}, underwayMost),
	}
	for _, l := range c.Channels {
		if err := l.validate(); err != nil {
			return nil, err
		}
		if other, taken := n.lines[l.Number]; taken {
			return nil, fmt.Errorf("simulated: channels %s and %s have the same number; give each its own", other.ID, l.ID)
		}
		n.lines[l.Number] = l
	}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	if n.backoff <= 0 {
		n.backoff = backoffDefault
	}
	n.ctx, n.end = context.WithCancel(context.Background())
	n.routes = n.mux()
	return n, nil
}

var errLine = errors.New("simulated: channel cannot be simulated")

func (l Line) validate() error {
	switch {
	case l.Carrier != Name && l.Carrier != twilio.Name:
		return fmt.Errorf("%w: %s has carrier %q; it must be %q or %q", errLine, l.ID, l.Carrier, Name, twilio.Name)
	case !isNumber(l.Number):
		return fmt.Errorf("%w: the number of %s is not E.164", errLine, l.ID)
	case l.Secret == "":
		return fmt.Errorf("%w: %s has no secret", errLine, l.ID)
	case l.WebhookURL == "" || l.ReceiptURL == "":
		return fmt.Errorf("%w: %s lacks its webhook addresses", errLine, l.ID)
	}
	return nil
}

// numberPattern is E.164 in form; whether somebody holds the number is not the network's concern.
var numberPattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

func isNumber(s string) bool { return numberPattern.MatchString(s) }

// webhookClient uses the transport of base, or one of its own that keeps enough connections for a busy demonstration.
func webhookClient(base *http.Client) *http.Client {
	own := &http.Client{Timeout: webhookTimeout}
	if base != nil {
		own.Transport = base.Transport
	} else {
		own.Transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return own
}

func (n *Network) mux() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /lines", n.serveLines)
	m.HandleFunc("POST /texts", n.serveTexts)
	m.HandleFunc("GET /phones/{number}", n.servePhone)
	m.HandleFunc("POST /messages", n.serveMessages)
	m.HandleFunc("GET /twilio/2010-04-01/Accounts/{sid}/Messages/{file}", n.serveTwilioText)
	m.HandleFunc("POST /twilio/2010-04-01/Accounts/{sid}/Messages.json", n.serveTwilio)
	return m
}

// ServeHTTP implements [http.Handler].
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !n.begin() {
		problem(w, http.StatusServiceUnavailable, "the simulated network has ended")
		return
	}
	defer n.working.Done()
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	n.routes.ServeHTTP(w, r)
}

// Close ends the network: calls under way are given up, and all its goroutines are gone when it returns.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.end()
	n.working.Wait()
	n.client.CloseIdleConnections()
}

// begin counts a piece of work that Close waits for; it is not begun once the network is closed.
func (n *Network) begin() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return false
	}
	n.working.Add(1)
	return true
}

// pause waits, and tells whether the network still lives.
func (n *Network) pause(d time.Duration) bool {
	if d <= 0 {
		return n.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-n.ctx.Done():
		return false
	}
}

// newID makes a carrier's message id in the line's dialect; Twilio's has 34 characters.
func (l Line) newID(media bool) string {
	hex := strings.ReplaceAll(uuid.NewString(), "-", "")
	switch {
	case l.Carrier != twilio.Name:
		return "sim_" + hex
	case media:
		return "MM" + hex
	}
	return "SM" + hex
}
