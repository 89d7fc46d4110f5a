package messagebird

import (
	"crypto/sha256"
	"strings"
	"time"

	"switchyard/api/carrier"
)

const (
	tokenHeader     = "Messagebird-Signature-Jwt"
	signatureHeader = "Messagebird-Signature"
	timeHeader      = "Messagebird-Request-Timestamp"

	// skew is how far clocks may differ, as MessageBird's own libraries have it.
	skew = time.Second
)

// Verify implements [carrier.Carrier]. The token holds the time, the hash of the address and, where there is one, of the body. The older
// signature, which MessageBird still makes for accounts that have not changed, covers time, query and body.
func (c Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	token := r.Header.Get(tokenHeader)
	if token == "" {
		return c.verifyOlder(ch, r)
	}
	var claims struct {
		Issuer      string `json:"iss"`
		NotBefore   int64  `json:"nbf"`
		Expires     int64  `json:"exp"`
		AddressHash string `json:"url_hash"`
		BodyHash    string `json:"payload_hash"`
	}
	if err := carrier.ReadJWT(token, ch.Secrets, &claims); err != nil {
		return err
	}
	now := c.now()
	bodyHash := ""
	if len(r.Body) > 0 {
		bodyHash = carrier.HashHex(r.Body)
	}
	switch {
	case claims.Issuer != "MessageBird",
		claims.Expires == 0,
		now.Add(skew).Before(time.Unix(claims.NotBefore, 0)),
		now.Add(-skew).After(time.Unix(claims.Expires, 0)),
		claims.AddressHash != carrier.HashHex([]byte(r.URL.String())),
		claims.BodyHash != bodyHash:
		return carrier.ErrSignature
	}
	return nil
}

func (c Carrier) verifyOlder(ch carrier.Channel, r carrier.Request) error {
	stamp := r.Header.Get(timeHeader)
	at, ok := carrier.Unix(stamp)
	if !ok || !carrier.Fresh(c.now(), at) {
		return carrier.ErrSignature
	}
	given := carrier.Base64SHA256(r.Header.Get(signatureHeader))
	signed := []byte(stamp + "\n" + sortedQuery(r.URL.RawQuery) + "\n")
	if !carrier.HMAC(ch.Secrets, sha256.New, given, signed, carrier.SHA256(r.Body)) {
		return carrier.ErrSignature
	}
	return nil
}

// sortedQuery is the query with its pairs in the order of their keys, as they are written.
func sortedQuery(query string) string {
	var f carrier.Form
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		f = append(f, carrier.Field{Key: key, Value: value})
	}
	if query == "" {
		return ""
	}
	f.Sort()
	var b strings.Builder
	for i, p := range f {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Key + "=" + p.Value)
	}
	return b.String()
}
