package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"

	"switchyard/api/carrier"
)

const (
	signatureHeader = "Telnyx-Signature-Ed25519"
	timeHeader      = "Telnyx-Timestamp"
)

// Verify implements [carrier.Carrier]. The signature is the base64 of Ed25519 over "<Unix seconds>|<body>". The query is not covered.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	stamp := r.Header.Get(timeHeader)
	at, ok := carrier.Unix(stamp)
	given, err := base64.StdEncoding.DecodeString(r.Header.Get(signatureHeader))
	if !ok || err != nil || !carrier.Fresh(c.now(), at) {
		return carrier.ErrSignature
	}
	signed := append([]byte(stamp+"|"), r.Body...)
	for _, text := range ch.PublicKeys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, given) {
			return nil
		}
	}
	return carrier.ErrSignature
}
