package carrier

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// FormType is the content type of a form.
const FormType = "application/x-www-form-urlencoded"

// Field is one parameter of a form, decoded.
type Field struct{ Key, Value string }

// Form is a webhook's parameters in the order of arrival. Carriers add parameters without notice, so unknown ones are kept and
// ignored.
type Form []Field

// ParseForm splits text into its parameters. A broken escape is kept as written, and whole is false.
func ParseForm(text string) (f Form, whole bool) {
	f, whole = make(Form, 0, strings.Count(text, "&")+1), true
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
		f = append(f, Field{key, value})
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

// Get is the first value of key, valid UTF-8 or made so; empty when there is none.
func (f Form) Get(key string) string {
	for _, p := range f {
		if p.Key == key {
			return Readable(p.Value)
		}
	}
	return ""
}

// Sort orders the parameters by key, then by value.
func (f Form) Sort() {
	slices.SortFunc(f, func(a, b Field) int {
		if order := strings.Compare(a.Key, b.Key); order != 0 {
			return order
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// form is a form that has been read, or is to be.
type form struct {
	read   bool
	fields Form
	err    error
}

// ReadForm reads the parameters of a webhook: the query of a GET, the body of anything else. A failure is [ErrMalformed]. Nobody
// changes what it returns.
func ReadForm(r Request) (Form, error) {
	if r.form == nil {
		return readForm(r)
	}
	if !r.form.read {
		f, err := readForm(r)
		*r.form = form{read: true, fields: f, err: err}
	}
	return r.form.fields, r.form.err
}

func readForm(r Request) (Form, error) {
	text := string(r.Body)
	if r.Method == http.MethodGet {
		text = r.URL.RawQuery
	} else if !r.Is(FormType) {
		return nil, fmt.Errorf("%w: Content-Type is not %s", ErrMalformed, FormType)
	}
	f, whole := ParseForm(text)
	if !whole {
		return nil, fmt.Errorf("%w: the form holds a broken %% escape", ErrMalformed)
	}
	return f, nil
}

// Is says whether the body is of a content type, whatever its parameters.
func (r Request) Is(contentType string) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), contentType)
}

// Readable is s, valid UTF-8 or made so.
func Readable(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
