package carrier

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// JSONType is the content type of JSON.
const JSONType = "application/json"

// ReadJSON reads the body of a webhook into a value. Carriers add fields without notice, so unknown ones are ignored; invalid UTF-8
// is made valid. A failure is [ErrMalformed].
func ReadJSON(r Request, into any) error {
	if !r.Is(JSONType) {
		return fmt.Errorf("%w: Content-Type is not %s", ErrMalformed, JSONType)
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		return fmt.Errorf("%w: the body is not the JSON of a webhook", ErrMalformed)
	}
	return nil
}

// Lacking is the error of a request that lacks one of the named fields.
func Lacking(fields string) error {
	return fmt.Errorf("%w: %s missing", ErrMalformed, fields)
}

// Time reads a carrier's time in one of the layouts; zero when it is in none of them, since a text counts more than its time.
func Time(s string, layouts ...string) time.Time {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// Scalar is a JSON string, or a number or truth value as it is written; empty for anything else. Carriers are not firm about which
// fields are numbers.
type Scalar string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Scalar) UnmarshalJSON(b []byte) error {
	*s = ""
	switch {
	case b[0] == '"':
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		*s = Scalar(text)
	case b[0] != '{' && b[0] != '[' && string(b) != "null":
		*s = Scalar(b)
	}
	return nil
}

// MediaAt is an attachment of which only the address is known: its content type is what the address ends in.
func MediaAt(address string) Media {
	path, _, _ := strings.Cut(address, "?")
	_, extension, _ := cutLast(path, '.')
	kind, known := map[string]string{
		"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "heic": "image/heic",
		"mp3": "audio/mpeg", "amr": "audio/amr", "mp4": "video/mp4", "3gp": "video/3gpp", "pdf": "application/pdf", "vcf": "text/vcard",
		"smil": "application/smil", "txt": "text/plain",
	}[strings.ToLower(extension)]
	if !known {
		kind = "application/octet-stream"
	}
	return Media{ContentType: kind}
}

// MediaMost bounds the attachments of one text that are named.
const MediaMost = 10
