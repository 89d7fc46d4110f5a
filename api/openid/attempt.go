package openid

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// AttemptTime is how long somebody has to prove to the provider who they are.
const AttemptTime = 10 * time.Minute

// secretLeast is how long a client's secret must be: whoever has what is sealed with it could try out shorter ones.
const secretLeast = 16

// Attempt is one signing in from its beginning until the provider has sent the browser back. Whoever begins it keeps it sealed.
type Attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of PKCE
	Expires  time.Time `json:"expires"`
}

// NewAttempt begins a signing in.
func NewAttempt(now time.Time) Attempt {
	return Attempt{State: random(), Nonce: random(), Verifier: random(), Expires: now.Add(AttemptTime)}
}

// random is 256 bits in 43 characters that RFC 7636 lets a verifier have.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// Began says whether the attempt is the one that the state belongs to, and still in time.
func (a Attempt) Began(state string, now time.Time) bool {
	return state != "" && subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) == 1 && now.Before(a.Expires)
}

// seal keeps attempts from being read and made up. Its key derives from the client's secret, so that every node of an installation opens
// what another has sealed, and nothing is stored for people who have not proved who they are.
type seal struct{ aead cipher.AEAD }

func newSeal(c Config) (seal, error) {
	key, err := hkdf.Key(sha256.New, []byte(c.ClientSecret), nil, "switchyard sign-in "+c.Issuer+" "+c.ClientID, 32)
	if err != nil {
		return seal{}, fmt.Errorf("derive the key of sign-ins: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, fmt.Errorf("seal of sign-ins: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return seal{}, fmt.Errorf("seal of sign-ins: %w", err)
	}
	return seal{aead}, nil
}

// Seal writes an attempt down for whoever began it; bound is what it is good for, and for nothing else.
func (p *Provider) Seal(a Attempt, bound string) string {
	text, _ := json.Marshal(a)                                                                   // strings and a time always encode
	return base64.RawURLEncoding.EncodeToString(p.seal.aead.Seal(nil, nil, text, []byte(bound))) //nolint:gosec // the cipher makes the nonce
}

// Open reads what [Provider.Seal] has written with the same bound, on this node or another; false for anything else.
func (p *Provider) Open(sealed, bound string) (Attempt, bool) {
	var a Attempt
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return a, false
	}
	text, err := p.seal.aead.Open(nil, nil, raw, []byte(bound))
	return a, err == nil && json.Unmarshal(text, &a) == nil
}
