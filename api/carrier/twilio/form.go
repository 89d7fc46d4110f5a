package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"switchyard/api/carrier"
)

const formType = "application/x-www-form-urlencoded"

// field is one parameter of a form, decoded.
type field struct{ key, value string }

// form is a webhook's parameters in the order of arrival. Twilio adds parameters without notice, so unknown ones are kept
// and ignored.
type form []field

// parseForm splits text into its parameters. A broken escape is kept as written, and whole is false.
func parseForm(text string) (f form, whole bool) {
	f, whole = make(form, 0, strings.Count(text, "&")+1), true
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, keyOK := unescape(key)
		value, valueOK := unescape(value)
		whole = whole && keyOK && valueOK
		f = append(f, field{key, value})
	}
	return f, whole
}

func unescape(s string) (string, bool) {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return s, false
	}
	return decoded, true
}

// get is the first value of key, valid UTF-8 or made so; empty when there is none.
func (f form) get(key string) string {
	for _, p := range f {
		if p.key == key {
			return strings.ToValidUTF8(p.value, "\uFFFD")
		}
	}
	return ""
}

// webhookForm reads the parameters of a webhook: the query of a GET, the body of anything else.
func webhookForm(r carrier.Request) (form, error) {
	text := string(r.Body)
	if r.Method == http.MethodGet {
		text = r.URL.RawQuery
	} else if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), formType) {
		return nil, fmt.Errorf("%w: Content-Type is not %s", carrier.ErrMalformed, formType)
	}
	f, whole := parseForm(text)
	if !whole {
		return nil, fmt.Errorf("%w: the form holds a broken %% escape", carrier.ErrMalformed)
	}
	return f, nil
}

// Lengths of Twilio's ids: two letters and 32 hexadecimal digits.
const (
	sidLength = 34
	idLongest = 64
)

// messageSid reads the id of the message. Twilio signs keys and values without a mark between them, so a captured request
// can be cut anew to let the id swallow what follows it and pass as a new message: an id that goes on after a whole one is
// refused.
func (f form) messageSid() (string, error) {
	sid := f.get("MessageSid")
	switch {
	case sid == "":
		return "", fmt.Errorf("%w: MessageSid is missing", carrier.ErrMalformed)
	case len(sid) > idLongest, len(sid) > sidLength && isSid(sid[:sidLength]):
		return "", fmt.Errorf("%w: MessageSid is too long", carrier.ErrMalformed)
	}
	return sid, nil
}

func isSid(s string) bool {
	if s[:2] != "SM" && s[:2] != "MM" {
		return false
	}
	return strings.Trim(s[2:], "0123456789abcdefABCDEF") == ""
}
