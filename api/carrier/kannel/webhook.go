package kannel

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"

	"switchyard/api/carrier"
)

// webhook is a call of get-url, post-url or dlr-url: its parameters, and the text as bytes.
type webhook struct {
	carrier.Form
	from, to string
	text     string
	charset  string
	udh      string
}

func read(r carrier.Request) (webhook, error) {
	f, whole := carrier.ParseForm(r.URL.RawQuery)
	if !whole {
		return webhook{}, fmt.Errorf("%w: the address holds a broken %% escape", carrier.ErrMalformed)
	}
	w := webhook{Form: f, from: f.Get("from"), to: f.Get("to"), text: raw(f, "text"), charset: f.Get("charset"), udh: raw(f, "udh")}
	if r.Method == http.MethodGet {
		return w, nil
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "text/plain" && kind != "application/octet-stream" {
		return w, fmt.Errorf("%w: Content-Type is not that of post-url", carrier.ErrMalformed)
	}
	w.text, w.charset = string(r.Body), parameters["charset"]
	if w.from == "" {
		w.from = r.Header.Get("X-Kannel-From")
	}
	if w.to == "" {
		w.to = r.Header.Get("X-Kannel-To")
	}
	if w.udh == "" {
		header, _ := carrier.ParseForm("udh=" + r.Header.Get("X-Kannel-Udh"))
		w.udh = raw(header, "udh")
	}
	return w, nil
}

// raw is a parameter's bytes as they came.
func raw(f carrier.Form, key string) string {
	for _, p := range f {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

func (w webhook) isReport() bool { return w.Get("type") != "" }

// binary is the coding of a text that is none.
const binary = "1"

// Inbound implements [carrier.Carrier]. A request holds one text, or none when it is a report. Kannel joins long texts; where it is
// told not to, the parts' header says what belongs together.
func (Carrier) Inbound(_ carrier.Channel, r carrier.Request) ([]carrier.Text, error) {
	w, err := read(r)
	if err != nil || w.isReport() {
		return nil, err
	}
	text := carrier.Text{CarrierID: w.Get("id"), From: w.from, To: w.to}
	if text.CarrierID == "" || text.From == "" || text.To == "" {
		return nil, carrier.Lacking("id, from or to is")
	}
	if w.Get("coding") == binary {
		text.Media = []carrier.Media{{ContentType: "application/octet-stream"}}
	} else {
		text.Body = decoded(w.text, w.charset)
	}
	if at, ok := carrier.Unix(w.Get("epoch")); ok {
		text.At = at.UTC()
	}
	text.Part, err = partOf(w.udh)
	if err != nil {
		return nil, err
	}
	return []carrier.Text{text}, nil
}

// decoded is the text in UTF-8. Kannel gives UTF-8 with mo-recode, and what came over the air without it.
func decoded(text, charset string) string {
	switch strings.ToUpper(charset) {
	case "UTF-16BE", "UCS-2", "UCS2":
		units := make([]uint16, 0, len(text)/2)
		for i := 0; i+1 < len(text); i += 2 {
			units = append(units, uint16(text[i])<<8|uint16(text[i+1]))
		}
		return string(utf16.Decode(units))
	case "ISO-8859-1", "LATIN1":
		runes := make([]rune, 0, len(text))
		for i := range len(text) {
			runes = append(runes, rune(text[i]))
		}
		return string(runes)
	}
	return carrier.Readable(text)
}

// The concatenation elements of a user data header (3GPP TS 23.040 §9.2.3.24.1 and .8), with references of one byte and of two.
const (
	concatenated8  = 0x00
	concatenated16 = 0x08
)

// partOf reads the place of a part from its user data header; nil when the text is a whole one.
func partOf(udh string) (*carrier.Part, error) {
	if udh == "" {
		return nil, nil //nolint:nilnil // no header, no part
	}
	elements := udh[1:]
	for len(elements) >= 2 {
		kind, size := elements[0], int(elements[1])
		if len(elements) < 2+size {
			break
		}
		data := elements[2 : 2+size]
		elements = elements[2+size:]
		if kind == concatenated8 && size == 3 || kind == concatenated16 && size == 4 {
			ref, place := data[:size-2], data[size-2:]
			return carrier.NewPart(fmt.Sprintf("%x", ref), int(place[1]), int(place[0]))
		}
	}
	return nil, nil //nolint:nilnil // another header, no part
}

// Receipts implements [carrier.Carrier]. Kannel gives a text no id of its own: ours is in dlr-url. What the carrier behind it calls the
// text differs from report to report and is not kept.
func (Carrier) Receipts(_ carrier.Channel, r carrier.Request) ([]carrier.Receipt, error) {
	w, err := read(r)
	if err != nil || !w.isReport() {
		return nil, err
	}
	receipt := carrier.Receipt{Message: r.MessageOf()}
	if receipt.Message == "" {
		return nil, carrier.Lacking("message is")
	}
	switch w.Get("type") {
	case "1":
		receipt.State = carrier.ReceiptDelivered
	case "2", "16":
		receipt.State = carrier.ReceiptFailed
		receipt.Class, receipt.Detail = failure(w.Get("reply"))
	case "4", "8":
		receipt.State = carrier.ReceiptSent
	default:
		return nil, nil
	}
	return []carrier.Receipt{receipt}, nil
}

// failure reads the carrier's words about a text that will not arrive: NACK/<SMPP status>/…, or the text of an SMPP receipt.
func failure(reply string) (carrier.Class, string) {
	if nack, ok := strings.CutPrefix(reply, "NACK/"); ok {
		status, _, _ := strings.Cut(nack, "/")
		return statuses.Failure("rejected", status)
	}
	for word := range strings.FieldsSeq(reply) {
		if state, ok := strings.CutPrefix(word, "stat:"); ok {
			return states.Failure("failed", state)
		}
	}
	return statuses.Failure("failed", "")
}

//nolint:gochecknoglobals // constant tables
var (
	// statuses are the SMPP 3.4 statuses (§5.1.3) that say something about a text.
	statuses = carrier.NewCodes(`
0x00000008 carrier      the carrier's system failed
0x0000000a unregistered the channel's number is not valid for this carrier
0x0000000b invalid      the customer's number is not valid
0x00000014 rate         the carrier's queue is full
0x00000045 carrier      the carrier could not take the text
0x00000058 rate         too many requests
`)
	// states are the final states in the text of an SMPP receipt (SMPP 3.4, appendix B).
	states = carrier.NewCodes(`
DELETED unknown     deleted by the carrier
EXPIRED expired     not delivered in time
REJECTD blocked     rejected by the customer's carrier
UNDELIV unreachable the text could not be delivered
UNKNOWN unknown     the carrier does not know the text any more
`)
)
