package vonagesms

import (
	"crypto/md5"  //nolint:gosec // Vonage's schemes
	"crypto/sha1" //nolint:gosec // Vonage's schemes
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strings"
	"time"

	"switchyard/api/carrier"
)

// oldest is the age of a signature that is still good. Its time is that of the text and not of the call, and Vonage repeats a call for
// a day: a shorter age would lose what came in while Switchyard was down. The text's id is remembered for longer.
const oldest = 48 * time.Hour

const signatureParameter = "sig"

// read reads the parameters: the query of a GET, a form, or an object in JSON.
func read(r carrier.Request) (carrier.Form, error) {
	if r.Method == http.MethodGet || !r.Is(carrier.JSONType) {
		return carrier.ReadForm(r)
	}
	var fields map[string]carrier.Scalar
	if err := json.Unmarshal(r.Body, &fields); err != nil {
		return nil, fmt.Errorf("%w: the body is not the JSON of a webhook", carrier.ErrMalformed)
	}
	f := make(carrier.Form, 0, len(fields))
	for key, value := range fields {
		f = append(f, carrier.Field{Key: key, Value: string(value)})
	}
	return f, nil
}

// Verify implements [carrier.Carrier]. The parameter sig is the hash, in one of five ways, of all others in their order. Which way is set
// up with the account and follows from its length.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	f, err := read(r)
	if err != nil {
		return carrier.ErrSignature
	}
	given, err := hex.DecodeString(f.Get(signatureParameter))
	at, ok := carrier.Unix(f.Get("timestamp"))
	age := c.now().Sub(at)
	if err != nil || !ok || age > oldest || age < -carrier.Tolerance {
		return carrier.ErrSignature
	}
	text := signed(f)
	switch len(given) {
	case md5.Size:
		if carrier.HMAC(ch.Secrets, md5.New, given, text) || appended(ch.Secrets, given, text) {
			return nil
		}
	case sha1.Size, sha256.Size, sha512.Size:
		algorithms := map[int]func() hash.Hash{sha1.Size: sha1.New, sha256.Size: sha256.New, sha512.Size: sha512.New}
		if carrier.HMAC(ch.Secrets, algorithms[len(given)], given, text) {
			return nil
		}
	}
	return carrier.ErrSignature
}

// appended is the oldest way: the MD5 of the text and the secret after it.
func appended(secrets []string, given, text []byte) bool {
	for _, secret := range secrets {
		sum := md5.Sum(append(slices.Clip(text), secret...)) //nolint:gosec // Vonage's scheme
		if secret != "" && subtle.ConstantTimeCompare(sum[:], given) == 1 {
			return true
		}
	}
	return false
}

// signed is &key=value of each parameter but the signature, by key; what would end a value early is an underscore in it.
func signed(f carrier.Form) []byte {
	f = slices.Clone(f)
	f.Sort()
	var b []byte
	unmark := strings.NewReplacer("&", "_", "=", "_")
	for _, p := range f {
		if p.Key == signatureParameter {
			continue
		}
		b = append(b, '&')
		b = append(b, p.Key...)
		b = append(b, '=')
		b = append(b, unmark.Replace(p.Value)...)
	}
	return b
}
