package simulated

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"switchyard/api/carrier"
)

const (
	signatureHeader = "X-Simulated-Signature"
	// tolerance is how far the time in a signature may be from ours, either way.
	tolerance = 300 * time.Second
)

// Verify implements [carrier.Carrier]. The header is t=<Unix seconds>,v1=<hex of HMAC-SHA256(secret, "t.body")>.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	stamp, proof, ok := strings.Cut(r.Header.Get(signatureHeader), ",v1=")
	stamp, hasTime := strings.CutPrefix(stamp, "t=")
	at, timeErr := strconv.ParseInt(stamp, 10, 64)
	given, proofErr := hex.DecodeString(proof)
	if !ok || !hasTime || timeErr != nil || proofErr != nil {
		return carrier.ErrSignature
	}
	if age := c.now().Sub(time.Unix(at, 0)); age > tolerance || age < -tolerance {
		return carrier.ErrSignature
	}
	for _, secret := range ch.Secrets {
		// An empty secret is one that everybody knows.
		if secret != "" && hmac.Equal(given, digest(secret, stamp, r.Body)) {
			return nil
		}
	}
	return carrier.ErrSignature
}

// Sign is the X-Simulated-Signature of a webhook's body at a time, as the network makes it.
func Sign(secret string, at time.Time, body []byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(digest(secret, stamp, body))
}

func digest(secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp))
	mac.Write([]byte{'.'})
	mac.Write(body)
	return mac.Sum(make([]byte, 0, sha256.Size))
}
