package openid

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// keys are those with which the provider signs. A signature that none of them has made has them fetched anew, though not often: whoever
// sends signatures of nobody does not have the provider called each time.
type keys struct {
	provider *Provider
	url      string

	asking  chan struct{} // full while what follows is used, and they are fetched
	known   []crypto.PublicKey
	fetched time.Time // when that was last tried
	failed  *AwayError
}

// signatures looks at one ID token's signature.
type signatures struct {
	keys *keys
	away *AwayError // why it could not be looked at
}

// VerifySignature implements [oidc.KeySet].
func (s *signatures) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	known, at, err := s.keys.after(ctx, time.Time{})
	if err != nil {
		s.away = err
		return nil, err
	}
	payload, wrong := (&oidc.StaticKeySet{PublicKeys: known}).VerifySignature(ctx, token)
	if wrong == nil {
		return payload, nil
	}
	if known, _, err = s.keys.after(ctx, at); err != nil {
		s.away = err
		return nil, err
	}
	return (&oidc.StaticKeySet{PublicKeys: known}).VerifySignature(ctx, token)
}

// after are the keys, fetched later than the given time if they may be fetched by now.
func (k *keys) after(ctx context.Context, last time.Time) ([]crypto.PublicKey, time.Time, *AwayError) {
	if err := wait(ctx, k.asking); err != nil {
		return nil, last, err
	}
	defer func() { <-k.asking }()
	fresh := k.known != nil && k.fetched.After(last)
	if !fresh && (k.fetched.IsZero() || time.Since(k.fetched) >= pause) {
		k.fetch(context.WithoutCancel(ctx)) // everybody's, whoever asked
	}
	if k.known == nil {
		return nil, k.fetched, k.failed
	}
	return k.known, k.fetched, nil
}

// fetch replaces the keys. Those that are known stay while others cannot be had.
func (k *keys) fetch(ctx context.Context) {
	k.fetched = time.Now()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := k.provider.get(ctx, k.url, &set); err != nil {
		k.failed = &AwayError{"its keys cannot be had: " + err.Error()}
		return
	}
	k.known = []crypto.PublicKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) != nil || key.Use != "" && key.Use != "sig" { // of a kind for other things
			continue
		}
		switch public := key.Public().Key.(type) {
		case *rsa.PublicKey, *ecdsa.PublicKey:
			k.known = append(k.known, public)
		}
	}
}
