package carrier

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tolerance is how far the time in a signature may be from ours, either way.
const Tolerance = 300 * time.Second

// Windows of [Carrier.Window]: with a time in the signature, and without one.
const (
	WindowTimed   = 24 * time.Hour
	WindowUntimed = 7 * 24 * time.Hour
)

// Fresh says whether the time in a signature is near enough to now.
func Fresh(now, at time.Time) bool {
	age := now.Sub(at)
	return age <= Tolerance && age >= -Tolerance
}

// Unix reads a time stamp in whole Unix seconds.
func Unix(stamp string) (time.Time, bool) {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

// HMAC says whether given is the HMAC of the parts, one after the other, with one of the secrets. It compares in constant time. An
// empty secret is one that everybody knows: it proves nothing.
func HMAC(secrets []string, algorithm func() hash.Hash, given []byte, parts ...[]byte) bool {
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(given, Digest(secret, algorithm, parts...)) {
			return true
		}
	}
	return false
}

// Digest is the HMAC of the parts, one after the other.
func Digest(secret string, algorithm func() hash.Hash, parts ...[]byte) []byte {
	mac := hmac.New(algorithm, []byte(secret))
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(make([]byte, 0, mac.Size()))
}

// Base64SHA256 decodes the base64 of an HMAC-SHA256; nil when it is none.
func Base64SHA256(s string) []byte {
	given, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(given) != sha256.Size {
		return nil
	}
	return given
}

// Known says whether given is one of the secrets. It compares in constant time.
func Known(secrets []string, given string) bool {
	known := false
	for _, secret := range secrets {
		// Lengths may leak, contents may not.
		known = known || secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(given)) == 1
	}
	return known
}

// Authorized says whether the request's Authorization header is what one of the secrets asks for: the header as it stands, a bearer
// token, or Basic with the secret as user:password, or as the password of any user when the secret holds no colon.
func Authorized(secrets []string, header http.Header) bool {
	given := header.Get("Authorization")
	if given == "" {
		return false
	}
	if Known(secrets, given) {
		return true
	}
	scheme, credential, _ := strings.Cut(given, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return Known(secrets, credential)
	case strings.EqualFold(scheme, "Basic"):
		pair, err := base64.StdEncoding.DecodeString(credential)
		if err != nil {
			return false
		}
		_, password, _ := strings.Cut(string(pair), ":")
		return Known(secrets, string(pair)) || !strings.Contains(password, ":") && Known(secrets, password)
	}
	return false
}

// SHA256 is the hash of b as bytes.
func SHA256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
