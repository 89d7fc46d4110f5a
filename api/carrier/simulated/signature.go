package simulated

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"switchyard/api/carrier"
)

const signatureHeader = "X-Simulated-Signature"

// Verify implements [carrier.Carrier]. The header is t=<Unix seconds>,v1=<hex of HMAC-SHA256(secret, "t.body")>.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	stamp, proof, ok := strings.Cut(r.Header.Get(signatureHeader), ",v1=")
	stamp, hasTime := strings.CutPrefix(stamp, "t=")
	at, timeErr := strconv.ParseInt(stamp, 10, 64)
	given, proofErr := hex.DecodeString(proof)
	if !ok || !hasTime || timeErr != nil || proofErr != nil {
		return carrier.ErrSignature
	}
	if !carrier.Fresh(c.now(), time.Unix(at, 0)) || !carrier.HMAC(ch.Secrets, sha256.New, given, signed(stamp, r.Body)...) {
		return carrier.ErrSignature
	}
	return nil
}

// Sign is the X-Simulated-Signature of a webhook's body at a time, as the network makes it.
func Sign(secret string, at time.Time, body []byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(carrier.Digest(secret, sha256.New, signed(stamp, body)...))
}

func signed(stamp string, body []byte) [][]byte { return [][]byte{[]byte(stamp), {'.'}, body} }
