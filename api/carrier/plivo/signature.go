package plivo

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"

	"switchyard/api/carrier"
)

// The headers of the signatures. The Ma ones are made with the token of the main account, where a subaccount has the number.
const (
	headerV2     = "X-Plivo-Signature-V2"
	headerMainV2 = "X-Plivo-Signature-Ma-V2"
	nonceV2      = "X-Plivo-Signature-V2-Nonce"
	headerV3     = "X-Plivo-Signature-V3"
	headerMainV3 = "X-Plivo-Signature-Ma-V3"
	nonceV3      = "X-Plivo-Signature-V3-Nonce"
)

// Verify implements [carrier.Carrier]. Version 3 covers the parameters and is asked for where it is there; version 2, which is what
// Plivo documents for texts, covers the address and a nonce.
func (Carrier) Verify(ch carrier.Channel, r carrier.Request) error {
	signatures, nonce, signed := []string{headerV3, headerMainV3}, nonceV3, signedV3
	if r.Header.Get(headerV3) == "" && r.Header.Get(headerMainV3) == "" {
		signatures, nonce, signed = []string{headerV2, headerMainV2}, nonceV2, signedV2
	}
	once := r.Header.Get(nonce)
	if once == "" {
		return carrier.ErrSignature
	}
	text := []byte(signed(r) + once)
	for _, name := range signatures {
		for given := range strings.SplitSeq(r.Header.Get(name), ",") {
			if carrier.HMAC(ch.Secrets, sha256.New, carrier.Base64SHA256(strings.TrimSpace(given)), text) {
				return nil
			}
		}
	}
	return carrier.ErrSignature
}

func signedV2(r carrier.Request) string { return address(r.URL) }

func address(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// signedV3 is the address, the query with its pairs sorted, and the form's sorted keys and values, with marks between them. A call by
// GET has one query and no form.
func signedV3(r carrier.Request) string {
	query, _ := carrier.ParseForm(r.URL.RawQuery)
	var parameters carrier.Form
	if r.Method != http.MethodGet {
		parameters, _ = carrier.ParseForm(string(r.Body))
	}
	query.Sort()
	parameters.Sort()
	var b strings.Builder
	b.WriteString(address(r.URL))
	if len(query)+len(parameters) > 0 {
		b.WriteByte('?')
	}
	for i, p := range query {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Key + "=" + p.Value)
	}
	if len(query) > 0 && len(parameters) > 0 {
		b.WriteByte('.')
	}
	for _, p := range parameters {
		b.WriteString(p.Key + p.Value)
	}
	b.WriteByte('.')
	return b.String()
}
