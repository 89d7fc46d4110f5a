package carrier

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strings"
)

// ReadJWT proves a JSON web token in compact form, signed by HS256, HS384 or HS512 with one of the secrets, and reads its claims
// into claims. What the claims mean, and whether they hold now, is the caller's to say. Any error is [ErrSignature].
func ReadJWT(token string, secrets []string, claims any) error {
	signed, signature, ok := cutLast(token, '.')
	head, payload, split := strings.Cut(signed, ".")
	given, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if !ok || !split || err != nil {
		return ErrSignature
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	if !readPart(head, &header) {
		return ErrSignature
	}
	algorithm := hmacOf(header.Algorithm)
	if algorithm == nil || !HMAC(secrets, algorithm, given, []byte(signed)) || !readPart(payload, claims) {
		return ErrSignature
	}
	return nil
}

// hmacOf knows the algorithms with a shared secret only: a token must not choose a weaker one, and least of all none.
func hmacOf(algorithm string) func() hash.Hash {
	switch algorithm {
	case "HS256":
		return sha256.New
	case "HS384":
		return sha512.New384
	case "HS512":
		return sha512.New
	}
	return nil
}

func readPart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

func cutLast(s string, mark byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, mark)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// HashHex is the hexadecimal SHA-256 of b, as claims of tokens hold it.
func HashHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
