package api

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/api/carrier/bandwidth"
	"switchyard/api/carrier/bird"
	"switchyard/api/carrier/eightbyeight"
	"switchyard/api/carrier/infobip"
	"switchyard/api/carrier/kannel"
	"switchyard/api/carrier/messagebird"
	"switchyard/api/carrier/plivo"
	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/sinch"
	"switchyard/api/carrier/telnyx"
	"switchyard/api/carrier/twilio"
	"switchyard/api/carrier/vonage"
	"switchyard/api/carrier/vonagesms"
	"switchyard/persistence/memory"
)

const hookSecret = "user:secret"

// player plays a carrier: the text that it would bring from a number, and its own proof of whatever it brings.
type player struct {
	dialect carrier.Carrier
	kind    string
	text    func(from, body string) string
	// prove puts the proof on a request, and may change its body for that.
	prove func(h http.Header, address *url.URL, kind, body string) string
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

type fields = map[string]any

func basic(h http.Header, _ *url.URL, _, body string) string {
	h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(hookSecret)))
	return body
}

func mac(parts ...string) string {
	return base64.StdEncoding.EncodeToString(carrier.Digest(hookSecret, sha256.New, []byte(strings.Join(parts, ""))))
}

func webToken(claims fields) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(jsonOf(claims)))
	return signed + "." + encode(carrier.Digest(hookSecret, sha256.New, []byte(signed)))
}

func signingKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// signed is the proof that Vonage's older API puts among the parameters; what is neither JSON nor a form bears none.
func signed(_ http.Header, _ *url.URL, kind, body string) string {
	params := map[string]string{}
	if kind == carrier.JSONType {
		if json.Unmarshal([]byte(body), &params) != nil || params == nil {
			return body
		}
	} else {
		parsed, _ := carrier.ParseForm(body)
		for _, f := range parsed {
			params[f.Key] = f.Value
		}
	}
	params["timestamp"] = strconv.FormatInt(time.Now().Unix(), 10)
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(params)) {
		b.WriteString("&" + key + "=" + strings.NewReplacer("&", "_", "=", "_").Replace(params[key]))
	}
	sig := hex.EncodeToString(carrier.Digest(hookSecret, sha256.New, []byte(b.String())))
	if kind == carrier.JSONType {
		params["sig"] = sig
		return jsonOf(params)
	}
	return body + "&timestamp=" + params["timestamp"] + "&sig=" + sig
}

// players are all carriers. They text to the number without its plus where the real ones do.
func players() []player {
	const to = "14155550110"
	now := func() string { return strconv.FormatInt(time.Now().Unix(), 10) }
	return []player{
		{twilio.New(nil), carrier.FormType, func(from, body string) string {
			return form("MessageSid", "SM00000000000000000000000000000001", "From", from, "To", "+"+to, "Body", body)
		}, func(h http.Header, u *url.URL, _, body string) string {
			values, _ := url.ParseQuery(body)
			h.Set("X-Twilio-Signature", twilio.Sign(hookSecret, u.String(), values))
			return body
		}},
		{telnyx.New(nil, time.Now), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"data": fields{"event_type": "message.received", "payload": fields{
				"id": "1", "direction": "inbound", "from": fields{"phone_number": from}, "to": []fields{{"phone_number": "+" + to}}, "text": body,
			}}})
		}, func(h http.Header, _ *url.URL, _, body string) string {
			at := now()
			h.Set("Telnyx-Timestamp", at)
			h.Set("Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(ed25519.Sign(signingKey(), []byte(at+"|"+body))))
			return body
		}},
		{vonage.New(nil, time.Now), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"message_uuid": "1", "channel": "sms", "message_type": "text", "to": to, "from": from, "text": body, "timestamp": "2026-01-15T12:00:00Z"})
		}, func(h http.Header, _ *url.URL, _, body string) string {
			h.Set("Authorization", "Bearer "+webToken(fields{"iss": "Vonage", "iat": time.Now().Unix(), "jti": "1", "payload_hash": carrier.HashHex([]byte(body)), "api_key": "a"}))
			return body
		}},
		{vonagesms.New(nil, time.Now), carrier.FormType, func(from, body string) string {
			return form("messageId", "1", "msisdn", from, "to", to, "text", body, "type", "text")
		}, signed},
		{bandwidth.New(nil), carrier.JSONType, func(from, body string) string {
			return jsonOf([]fields{{"type": "message-received", "message": fields{"id": "1", "owner": "+" + to, "direction": "in", "from": from, "text": body}}})
		}, basic},
		{plivo.New(nil), carrier.FormType, func(from, body string) string {
			return form("MessageUUID", "1", "From", from, "To", to, "Type", "sms", "Text", body)
		}, func(h http.Header, u *url.URL, _, body string) string {
			h.Set("X-Plivo-Signature-V2-Nonce", "1")
			h.Set("X-Plivo-Signature-V2", mac(u.Scheme, "://", u.Host, u.Path, "1"))
			return body
		}},
		{sinch.New(nil, time.Now), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"type": "mo_text", "id": "1", "from": from, "to": to, "body": body})
		}, func(h http.Header, _ *url.URL, _, body string) string {
			at := now()
			h.Set("x-sinch-webhook-signature", mac(body, ".1.", at))
			h.Set("x-sinch-webhook-signature-algorithm", "HmacSHA256")
			h.Set("x-sinch-webhook-signature-nonce", "1")
			h.Set("x-sinch-webhook-signature-timestamp", at)
			return body
		}},
		{messagebird.New(nil, time.Now), carrier.FormType, func(from, body string) string {
			return form("id", "1", "originator", from, "recipient", to, "body", body)
		}, func(h http.Header, u *url.URL, _, body string) string {
			claims := fields{"iss": "MessageBird", "nbf": time.Now().Unix(), "exp": time.Now().Unix() + 60, "jti": "1", "url_hash": carrier.HashHex([]byte(u.String()))}
			if body != "" {
				claims["payload_hash"] = carrier.HashHex([]byte(body))
			}
			h.Set("MessageBird-Signature-JWT", webToken(claims))
			return body
		}},
		{bird.New(nil, time.Now), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"service": "channels", "event": "sms.inbound", "payload": fields{
				"id": "1", "sender": fields{"contact": fields{"identifierValue": from}},
				"receiver": fields{"connector": fields{"identifierValue": "+" + to}}, "body": fields{"type": "text", "text": fields{"text": body}},
			}})
		}, func(h http.Header, u *url.URL, _, body string) string {
			at, sum := now(), sha256.Sum256([]byte(body))
			h.Set("messagebird-request-timestamp", at)
			h.Set("messagebird-signature", mac(at, "\n", u.String(), "\n", string(sum[:])))
			return body
		}},
		{eightbyeight.New(nil), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"namespace": "SMS", "eventType": "inbound_message_received", "payload": fields{"umid": "1", "source": from, "destination": "+" + to, "body": body}})
		}, func(h http.Header, _ *url.URL, _, body string) string {
			h.Set("Authorization", hookSecret)
			return body
		}},
		{infobip.New(nil), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"results": []fields{{"messageId": "1", "from": from, "to": to, "text": body}}})
		}, basic},
		{kannel.New(nil), `text/plain; charset="UTF-8"`, func(_, body string) string { return body }, func(_ http.Header, u *url.URL, _, body string) string {
			u.RawQuery += "&secret=" + url.QueryEscape(hookSecret)
			return body
		}},
		{simulated.New(nil, time.Now), carrier.JSONType, func(from, body string) string {
			return jsonOf(fields{"id": "1", "from": from, "to": "+" + to, "text": body})
		}, func(h http.Header, _ *url.URL, _, body string) string {
			h.Set("X-Simulated-Signature", simulated.Sign(hookSecret, time.Now(), []byte(body)))
			return body
		}},
	}
}

// brought calls the carrier's webhook with its own proof. Kannel brings numbers in the address.
func (h *house) brought(t testing.TB, p player, kind, from, body string) int {
	t.Helper()
	address, err := url.Parse("https://sms.example.com/webhooks/" + p.dialect.Name() + "/one")
	if err != nil {
		t.Fatal(err)
	}
	if p.dialect.Name() == kannel.Name {
		address.RawQuery = form("id", "1", "from", from, "to", "+14155550110")
	}
	header := http.Header{}
	body = p.prove(header, address, kind, body)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, address.RequestURI(), strings.NewReader(body))
	r.Header = header
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w.Code
}

// playhouse is a house with one channel of the carrier.
func playhouse(t *testing.T, p player) *house {
	t.Helper()
	h := newHouseWith(t, memory.New(2), p.dialect)
	key := base64.StdEncoding.EncodeToString(signingKey().Public().(ed25519.PublicKey)) //nolint:forcetypeassert // what else
	h.add(t, routing.Channel{
		ID: "one", Carrier: p.dialect.Name(), Number: "+14155550110", Queue: "support", Account: "a", Application: "b", APIKey: "k",
		Secret: hookSecret, PublicKey: key, APIBase: "http://127.0.0.1:9",
	})
	return h
}

// TestBadInput: whatever a carrier, or somebody with its secret, brings that is no text is refused and counted, and nothing of it is
// kept, in the store or in memory.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const large = 60 << 10
	bodies := map[string]string{
		"nothing": "", "null": "null", "a number": "1", "deep lists": strings.Repeat("[", large), "deep objects": strings.Repeat(`{"a":`, large/5),
		"closed lists": strings.Repeat("[", large/2) + strings.Repeat("]", large/2), "many parameters": strings.Repeat("a=b&", large/4),
		"one long word": strings.Repeat("x", large), "no UTF-8": strings.Repeat("\xff\xfe", large/2), "more than 64 KiB": strings.Repeat("x", maxBody+1),
	}
	for _, p := range players() {
		t.Run(p.dialect.Name(), func(t *testing.T) {
			t.Parallel()
			h := playhouse(t, p)
			if code := h.brought(t, p, p.kind, customerNumber, p.text(customerNumber, "Hi")); code > 299 || len(h.engine.commands()) != 1 {
				t.Fatalf("a good text is answered %d", code)
			}
			h.engine.forget()
			refuses := func(name, kind, from, body string) {
				t.Helper()
				before := h.refused(p)
				code := h.brought(t, p, kind, from, body)
				if code < 400 || code > 499 || len(h.engine.commands()) != 0 || h.refused(p) != before+1 {
					t.Errorf("%s as %q is answered %d, %d commands, counted %v times", name, kind, code, len(h.engine.commands()), h.refused(p)-before)
				}
				h.engine.forget()
			}
			plain := p.dialect.Name() == kannel.Name // any body is a text
			for name, body := range bodies {
				for _, kind := range []string{p.kind, carrier.JSONType, carrier.FormType, "image/png", ""} {
					if !plain || kind != p.kind || len(body) > maxBody {
						refuses(name, kind, customerNumber, body)
					}
				}
			}
			refuses("a good text", "image/png", customerNumber, p.text(customerNumber, "Hi"))
			for _, from := range []string{"", "not a number at all", "+0", "123456789012345678", "+1415555012x"} {
				refuses("a text from "+from, p.kind, from, p.text(from, "Hi"))
			}
			if _, signs := p.dialect.(vonagesms.Carrier); signs {
				refuses("part 1 of 1000", p.kind, customerNumber, p.text(customerNumber, "Hi")+"&concat=true&concat-ref=7&concat-part=1&concat-total=1000")
			}
			if code := h.brought(t, p, p.kind, customerNumber, p.text(customerNumber, "x\xff\xfey")); code > 299 {
				t.Errorf("a text that is not UTF-8 is answered %d", code)
			}
		})
	}
}

func (h *house) refused(p player) float64 {
	n := 0.0
	for _, result := range []string{hookMalformed, hookSignature, hookMisdirected} {
		n += testutil.ToFloat64(h.server.metrics.webhooks.WithLabelValues(p.dialect.Name(), result))
	}
	return n
}

// TestBadInputLeavesNothing: memory is flat under bad input.
func TestBadInputLeavesNothing(t *testing.T) { //nolint:paralleltest // it measures memory
	for _, p := range players() {
		h := playhouse(t, p)
		flood := func() {
			for i := range 100 {
				h.brought(t, p, p.kind, strconv.Itoa(i)+"x", strings.Repeat("[", 60<<10))
			}
		}
		flood()
		before := heap()
		flood()
		if grown := int64(heap()) - int64(before); grown > 1<<20 {
			t.Errorf("%s: 100 bad requests leave %d bytes", p.dialect.Name(), grown)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
