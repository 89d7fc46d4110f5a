package carriertest_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchyard/api/carrier"
	"switchyard/api/carrier/messagebird"
	"switchyard/api/carrier/plivo"
	"switchyard/api/carrier/telnyx"
	"switchyard/api/carrier/twilio"
	"switchyard/api/carrier/vonage"
)

// rounds is how many requests each carrier's own library judges.
const rounds = 60

// question is what one of the libraries is asked; see testdata/vendors/judge.cjs.
type question map[string]any

// judge asks the carriers' own libraries, which .ci/install installs.
func judge[A any](t *testing.T, questions []question) []A {
	t.Helper()
	text, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "judge.cjs")
	cmd.Dir = "testdata/vendors"
	cmd.Stdin = bytes.NewReader(text)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the carriers' libraries cannot be asked; run .ci/install: %v\n%.2000s", err, &complaints)
	}
	var answers []A
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %v", len(answers), len(questions), err)
	}
	return answers
}

// guesser makes texts that are hard on signatures, the same in each run.
type guesser struct{ *rand.Rand }

func newGuesser(seed uint64) guesser { return guesser{rand.New(rand.NewPCG(seed, 1))} }

func (g guesser) text() string {
	letters := []string{"a", "Z", "0", " ", "+", "&", "=", "%", "%41", "?", "#", ";", ".", ",", "/", "\\", "\"", "'", "<", "é", "☎", "😀", "\n", "ß", "漢", "~", "*"}
	var b strings.Builder
	for range g.IntN(24) {
		b.WriteString(letters[g.IntN(len(letters))])
	}
	return b.String()
}

func (g guesser) form() url.Values {
	keys := []string{"Text", "From", "To", "Body", "MessageUUID", "MessageSid", "A", "AB", "a", "b-c", "NumMedia"}
	values := url.Values{}
	for range 1 + g.IntN(8) {
		values.Set(keys[g.IntN(len(keys))], g.text())
	}
	return values
}

func posted(t *testing.T, address, kind, body string) carrier.Request {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return carrier.Request{Method: http.MethodPost, URL: u, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body)}
}

func flat(values url.Values) map[string]string {
	params := map[string]string{}
	for key := range values {
		params[key] = values.Get(key)
	}
	return params
}

// agree checks that the carrier's verdict is the library's.
func agree(t *testing.T, about string, err error, genuine, want bool) {
	t.Helper()
	if genuine != want {
		t.Errorf("%s: the library says %t, want %t", about, genuine, want)
	}
	if (err == nil) != genuine {
		t.Errorf("%s: Verify says %v, the library %t", about, err, genuine)
	}
}

// TestTwilioLibrary: what Twilio's library signs passes, what we sign passes there, and neither passes when it is changed.
func TestTwilioLibrary(t *testing.T) {
	const secret, address = "12345", "https://sms.example.com/webhooks/twilio/main?message=ms_1"
	g := newGuesser(1)
	var forms []url.Values
	var questions, ours []question
	for range rounds {
		form := g.form()
		forms = append(forms, form)
		questions = append(questions, question{"ask": "twilioSign", "secret": secret, "url": address, "params": flat(form)})
		signature := twilio.Sign(secret, address, form)
		ours = append(ours, question{"ask": "twilio", "secret": secret, "url": address, "params": flat(form), "signature": signature})
		changed := flat(form)
		changed["Body"] += "x"
		ours = append(ours, question{"ask": "twilio", "secret": secret, "url": address, "params": changed, "signature": signature})
	}
	for i, signature := range judge[string](t, questions) {
		for _, body := range []string{forms[i].Encode(), forms[i].Encode() + "&x=y"} {
			r := posted(t, address, carrier.FormType, body)
			r.Header.Set("X-Twilio-Signature", signature)
			err := twilio.New(nil).Verify(carrier.Channel{Secrets: []string{"old", secret}}, r)
			agree(t, body, err, !strings.HasSuffix(body, "&x=y"), !strings.HasSuffix(body, "&x=y"))
		}
	}
	for i, genuine := range judge[bool](t, ours) {
		if genuine != (i%2 == 0) {
			t.Errorf("the library says %t of our signature of %v", genuine, ours[i]["params"])
		}
	}
}

// TestTelnyxLibrary: Telnyx's library and we agree on what is signed with a key.
func TestTelnyxLibrary(t *testing.T) {
	seed := sha256.Sum256([]byte("a key"))
	key := ed25519.NewKeyFromSeed(seed[:])
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	g, now := newGuesser(2), time.Now()
	var requests []carrier.Request
	var questions []question
	for i := range rounds {
		text, _ := json.Marshal(g.text())
		body := fmt.Sprintf(`{"data":{"event_type":"message.received","payload":{"id":"%d","text":%s}}}`, i, text)
		at := now
		if i%5 == 4 {
			at = at.Add(-time.Hour) // too old
		}
		stamp := strconv.FormatInt(at.Unix(), 10)
		signature := base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(stamp+"|"+body)))
		if i%3 == 2 {
			body += " " // changed
		}
		r := posted(t, "https://sms.example.com/webhooks/telnyx/main", carrier.JSONType, body)
		r.Header.Set("Telnyx-Signature-Ed25519", signature)
		r.Header.Set("Telnyx-Timestamp", stamp)
		requests = append(requests, r)
		questions = append(questions, question{
			"ask": "telnyx", "body": body, "key": public, "headers": map[string]string{"telnyx-signature-ed25519": signature, "telnyx-timestamp": stamp},
		})
	}
	for i, genuine := range judge[bool](t, questions) {
		err := telnyx.New(nil, time.Now).Verify(carrier.Channel{PublicKeys: []string{public}}, requests[i])
		agree(t, string(requests[i].Body), err, genuine, i%3 != 2 && i%5 != 4)
	}
}

// TestPlivoLibrary: Plivo's library and we agree on both versions of the signature.
func TestPlivoLibrary(t *testing.T) {
	const secret, nonce, address = "a token", "31627761595286130198", "https://sms.example.com/webhooks/plivo/main/receipts?message=ms_1"
	g := newGuesser(3)
	var requests []carrier.Request
	var questions []question
	sign := func(text string) string {
		return base64.StdEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(text+nonce)))
	}
	for i := range rounds {
		form := g.form()
		f, _ := carrier.ParseForm(form.Encode())
		f.Sort()
		signed := address + "."
		for _, p := range f {
			signed += p.Key + p.Value
		}
		v3, v2 := sign(signed+"."), sign("https://sms.example.com/webhooks/plivo/main/receipts")
		if i%3 == 2 {
			form.Set("To", form.Get("To")+"x")
		}
		r := posted(t, address, carrier.FormType, form.Encode())
		r.Header.Set("X-Plivo-Signature-V3", v3)
		r.Header.Set("X-Plivo-Signature-V3-Nonce", nonce)
		requests = append(requests, r)
		questions = append(questions, question{"ask": "plivoV3", "method": "POST", "url": address, "nonce": nonce, "secret": secret, "signature": v3, "params": flat(form)})
		r = posted(t, address, carrier.FormType, form.Encode())
		if i%2 == 1 {
			v2 = strings.ToLower(v2)
		}
		r.Header.Set("X-Plivo-Signature-V2", v2)
		r.Header.Set("X-Plivo-Signature-V2-Nonce", nonce)
		requests = append(requests, r)
		questions = append(questions, question{"ask": "plivoV2", "url": address, "nonce": nonce, "secret": secret, "signature": v2})
	}
	for i, genuine := range judge[bool](t, questions) {
		want := i/2%3 != 2
		if i%2 == 1 {
			want = i/2%2 == 0
		}
		agree(t, string(requests[i].Body), plivo.New(nil).Verify(carrier.Channel{Secrets: []string{secret}}, requests[i]), genuine, want)
	}
}

// token is a JSON web token of claims.
func token(secret string, claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(carrier.Digest(secret, sha256.New, []byte(signed)))
}

// TestTokenLibraries: Vonage's and MessageBird's libraries and we agree on tokens.
func TestTokenLibraries(t *testing.T) {
	const address = "https://sms.example.com/webhooks/x/main?a=b%20c"
	g, now := newGuesser(4), time.Now()
	var requests []carrier.Request
	var questions []question
	for i := range rounds {
		body, secret := g.text()+"x", "a secret of 32 bytes, or of more!"
		signedBy := secret
		if i%3 == 2 {
			signedBy = "another secret"
		}
		v := token(signedBy, map[string]any{"iss": "Vonage", "iat": now.Unix(), "jti": "1", "payload_hash": carrier.HashHex([]byte(body))})
		r := posted(t, address, carrier.JSONType, body)
		r.Header.Set("Authorization", "Bearer "+v)
		requests = append(requests, r)
		questions = append(questions, question{"ask": "vonage", "token": v, "secret": secret})

		m := token(signedBy, map[string]any{
			"iss": "MessageBird", "nbf": now.Unix(), "exp": now.Unix() + 60, "jti": "1", "url_hash": carrier.HashHex([]byte(address)), "payload_hash": carrier.HashHex([]byte(body)),
		})
		if i%5 == 4 {
			body += "y"
		}
		r = posted(t, address, carrier.FormType, body)
		r.Header.Set("MessageBird-Signature-JWT", m)
		requests = append(requests, r)
		questions = append(questions, question{"ask": "messagebird", "token": m, "secret": secret, "url": address, "body": body})
	}
	ch := carrier.Channel{Secrets: []string{"old", "a secret of 32 bytes, or of more!"}}
	for i, genuine := range judge[bool](t, questions) {
		want := i/2%3 != 2
		if i%2 == 0 {
			agree(t, "vonage", vonage.New(nil, time.Now).Verify(ch, requests[i]), genuine, want)
			continue
		}
		agree(t, "messagebird "+string(requests[i].Body), messagebird.New(nil, time.Now).Verify(ch, requests[i]), genuine, want && i/2%5 != 4)
	}
}
