package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's scheme is HMAC-SHA1
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"switchyard/api/carrier"
)

const signatureHeader = "X-Twilio-Signature"

// Verify implements [carrier.Carrier]. Twilio's signature is the base64 of HMAC-SHA1(secret, URL and sorted parameters). The
// URL is tried with and without its port, since Twilio's own systems do not agree on it.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	given, err := base64.StdEncoding.Strict().DecodeString(r.Header.Get(signatureHeader))
	if err != nil || len(given) != sha1.Size {
		return carrier.ErrSignature
	}
	tail, ok := signedTail(r)
	if !ok {
		return carrier.ErrSignature
	}
	for _, address := range signedURLs(r.URL) {
		if carrier.HMAC(ch.Secrets, sha1.New, given, []byte(address), tail) {
			return nil
		}
	}
	return carrier.ErrSignature
}

// Sign is the X-Twilio-Signature of a form posted to address (without fragment), as Twilio makes it. It is for those who
// play Twilio's part.
func Sign(secret, address string, parameters url.Values) string {
	var f carrier.Form
	for key, values := range parameters {
		for _, value := range values {
			f = append(f, carrier.Field{Key: key, Value: value})
		}
	}
	return base64.StdEncoding.EncodeToString(carrier.Digest(secret, sha1.New, []byte(address), signed(f)))
}

// signedTail is what follows the URL in the signed text. A body that is no form is covered by its hash in the signed URL
// instead; it is not ok when that hash is wrong.
func signedTail(r carrier.Request) (tail []byte, ok bool) {
	if r.Method == http.MethodGet {
		return nil, true
	}
	if strings.Contains(r.URL.RawQuery, "bodySHA256=") {
		want, err := hex.DecodeString(r.URL.Query().Get("bodySHA256"))
		sum := sha256.Sum256(r.Body)
		return nil, err == nil && hmac.Equal(want, sum[:])
	}
	f, _ := carrier.ParseForm(string(r.Body))
	return signed(f), true
}

// signed is each parameter's key and value in the order of the keys; a repeated key counts each of its values once, in
// their order, as Twilio's own libraries do. It reorders f.
func signed(f carrier.Form) []byte {
	f.Sort()
	size := 0
	for _, p := range f {
		size += len(p.Key) + len(p.Value)
	}
	b := make([]byte, 0, size)
	for i, p := range f {
		if i > 0 && p == f[i-1] {
			continue
		}
		b = append(b, p.Key...)
		b = append(b, p.Value...)
	}
	return b
}

// signedURLs are the forms in which Twilio may have signed the address: as configured, and with its port dropped or the
// scheme's own added.
func signedURLs(u *url.URL) [2]string {
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	other := u.Host
	switch port := u.Port(); {
	case port != "":
		other = strings.TrimSuffix(other, ":"+port)
	case u.Scheme == "http":
		other += ":80"
	default:
		other += ":443"
	}
	return [2]string{u.Scheme + "://" + u.Host + path, u.Scheme + "://" + other + path}
}
