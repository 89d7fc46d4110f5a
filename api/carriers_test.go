package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/persistence"
)

// add gives acme more channels.
func (h *house) add(t *testing.T, channels ...routing.Channel) {
	t.Helper()
	c := sample(acme)
	c.Channels = append(c.Channels, channels...)
	h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e2"})
	h.server.refresh()
}

// numbers are two numbers of one Bandwidth application, which has one webhook for both.
func numbers() []routing.Channel {
	one := routing.Channel{ID: "bw-one", Carrier: "bandwidth", Number: "+14155550110", Queue: "support", Account: "1", Application: "2", APIKey: "k", Secret: "hook:pass"}
	two := one
	two.ID, two.Number = "bw-two", "+14155550111"
	foreign := one
	foreign.ID, foreign.Number, foreign.Secret = "bw-foreign", "+14155550112", "hook:other"
	return []routing.Channel{one, two, foreign}
}

func (h *house) bandwidth(t *testing.T, body string) *httptest.ResponseRecorder {
	t.Helper()
	return h.call(t, "", http.MethodPost, "/webhooks/bandwidth/bw-one", body, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("hook:pass")))
}

func bandwidthText(id, from, to string) string {
	return `{"type":"message-received","message":{"id":"` + id + `","owner":"` + to + `","direction":"in","from":"` + from + `","text":"hi"}}`
}

// TestMixedCall: texts and reports of one call are all taken, a text to another number by that number's channel.
func TestMixedCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, numbers()...)
	body := "[" + strings.Join([]string{
		bandwidthText("1", customerNumber, "+14155550110"),
		`{"type":"message-delivered","message":{"id":"9","direction":"out","tag":"ms_1_2"}}`,
		bandwidthText("2", customerNumber, "+14155550111"),
		bandwidthText("3", "ACME", "+14155550110"), // cannot be answered
	}, ",") + "]"
	if w := h.bandwidth(t, body); w.Code != http.StatusNoContent {
		t.Fatalf("answer is %d: %s", w.Code, w.Body)
	}
	text := func(channel routing.ChannelID, id string) asked {
		return asked{
			Tenant: acme, Key: "bandwidth/" + string(channel) + "/" + id, Window: carrier.WindowUntimed,
			Command: routing.ReceiveText{Channel: channel, From: customerNumber, Body: "hi", CarrierID: id},
		}
	}
	want := []asked{text("bw-one", "1"), text("bw-two", "2"), {
		Tenant: acme, Key: "bandwidth/bw-one/r/9/delivered", Window: carrier.WindowUntimed,
		Command: routing.ReceiveReceipt{Message: "ms_1_2", CarrierID: "9", State: routing.MessageDelivered},
	}}
	if diff := cmp.Diff(want, h.engine.commands()); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
}

// TestNothingOfABadCall: a call of which a part cannot be taken brings nothing at all.
func TestNothingOfABadCall(t *testing.T) {
	t.Parallel()
	good := bandwidthText("1", customerNumber, "+14155550110")
	for name, bad := range map[string]string{
		"a sender that is none":            bandwidthText("2", "not a number at all", "+14155550110"),
		"a receiver that is none":          bandwidthText("2", customerNumber, "12"),
		"a number that nobody has":         bandwidthText("2", customerNumber, "+14155550119"),
		"a number with another secret":     bandwidthText("2", customerNumber, "+14155550112"),
		"a number of another carrier":      bandwidthText("2", customerNumber, "+14155550101"),
		"an event without an id":           `{"type":"message-received","message":{}}`,
		"an event that is none":            `7`,
		"lists without end":                strings.Repeat("[", 60<<10),
		"an id that is longer than a text": bandwidthText(strings.Repeat("x", 70<<10), customerNumber, "+14155550110"),
	} {
		h := newHouse(t)
		h.add(t, numbers()...)
		w := h.bandwidth(t, "["+good+","+bad+"]")
		if w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge || len(h.engine.commands()) != 0 {
			t.Errorf("%s: answer is %d, %d commands", name, w.Code, len(h.engine.commands()))
		}
	}
}

// TestUnsignedComesAgain: a carrier that sends again, signed, what was answered with an error of ours gets one.
func TestUnsignedComesAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, routing.Channel{ID: "von", Carrier: "vonage", Number: "+14155550110", Queue: "support", Account: "a", APIKey: "k", Secret: "s"})
	w := h.call(t, "", http.MethodPost, "/webhooks/vonage/von", `{"message_uuid":"1"}`)
	wantProblem(t, w, http.StatusServiceUnavailable, codeUnavailable)
	w = h.call(t, "", http.MethodPost, "/webhooks/vonage/von", `{"message_uuid":"1"}`, "Authorization", "Bearer x.y.z")
	wantProblem(t, w, http.StatusForbidden, routing.CodeForbidden)
}

// TestChannelNeeds: each carrier's channel must have what that carrier needs, and is told what to write.
func TestChannelNeeds(t *testing.T) {
	t.Parallel()
	channel := func(lines ...string) string {
		return strings.Replace(document, "    carrier: simulated\n    number: \"+14155550100\"\n    queue: support\n    secret: new-secret\n",
			"    number: \"+14155550100\"\n    queue: support\n    "+strings.Join(lines, "\n    ")+"\n", 1)
	}
	for name, test := range map[string]struct {
		source string
		want   string // path: words; empty: valid
	}{
		"twilio":                         {channel("carrier: twilio", "account: AC1", "secret: s"), ""},
		"twilio without account":         {channel("carrier: twilio", "secret: s"), "channels[0].account: Account SID"},
		"telnyx":                         {channel("carrier: telnyx", "public_key: K", "api_key: k"), ""},
		"telnyx, key as secret":          {channel("carrier: telnyx", "public_key: K", "secret: k"), ""},
		"telnyx, both keys":              {channel("carrier: telnyx", "public_keys: [K, L]", "secret: k"), ""},
		"telnyx without public key":      {channel("carrier: telnyx", "secret: k"), "channels[0].public_key: portal"},
		"telnyx without API key":         {channel("carrier: telnyx", "public_key: K"), "channels[0].api_key: API key"},
		"three public keys":              {channel("carrier: telnyx", "public_keys: [K, L, M]", "secret: k"), "channels[0].public_keys: too many"},
		"an empty public key":            {channel("carrier: telnyx", "public_keys: [K, '']", "secret: k"), "channels[0].public_keys[1]: is missing"},
		"vonage takes no secret for key": {channel("carrier: vonage", "account: a", "secret: s"), "channels[0].api_key: API secret"},
		"bandwidth without application":  {channel("carrier: bandwidth", "account: a", "api_key: k", "secret: s"), "channels[0].application: application"},
		"no secret":                      {channel("carrier: vonage", "account: a", "api_key: k"), "channels[0].secret: is missing"},
		"vonage lists no texts":          {channel("carrier: vonage", "account: a", "api_key: k", "secret: s", "recover_hours: 3"), "channels[0].recover_hours: leave it out"},
		"nobody's":                       {channel("carrier: pigeon", "secret: s"), "channels[0].carrier: simulated, telnyx, twilio, vonage or vonage_sms"},
	} {
		_, err := ParseTenant([]byte(test.source), "", spoken()...)
		var refusal *routing.Error
		switch path, words, _ := strings.Cut(test.want, ": "); {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want == "":
		case !errors.As(err, &refusal) || len(refusal.Problems) != 1:
			t.Errorf("%s: %v", name, err)
		case refusal.Problems[0].Path != path || !strings.Contains(refusal.Problems[0].Message, words) || !strings.Contains(refusal.Problems[0].Message, "line 1"):
			t.Errorf("%s: %+v", name, refusal.Problems[0])
		}
	}
}

// TestLint points out what is valid and asks for care.
func TestLint(t *testing.T) {
	t.Parallel()
	c := sample(acme)
	silent := numbers()[0] // signs nothing, and answers no keywords
	answered := silent
	answered.ID, answered.Number, answered.KeywordReplies = "bw-2", "+442071838750", routing.RepliesEngine
	left := silent
	left.ID, left.Number, left.KeywordReplies = "bw-3", "+14155550119", routing.RepliesCarrier
	nobody := left
	nobody.ID, nobody.Number, nobody.KeywordReplies = "bw-4", "+14155550118", routing.RepliesNone
	c.Channels = append(c.Channels, silent, answered, left, nobody)
	c.Destinations = []string{"US"}
	c.FAQs = []routing.FAQ{{Text: "Hello {customer} {custmer}, {agent} {}"}}
	var got []string
	for _, w := range Lint(c, spoken()...) {
		got = append(got, w.Path)
	}
	want := []string{
		"channels[4].number", "channels[3].carrier", "channels[3].keyword_replies", "channels[4].number", "channels[4].carrier", "channels[5].carrier",
		"channels[5].keyword_replies", "channels[6].carrier", "keywords", "faqs[0].text",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// TestKeysAreResolved: the keys of a channel come from where the configuration says.
func TestKeysAreResolved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, routing.Channel{
		ID: "tel", Carrier: "telnyx", Number: "+14155550110", Queue: "support", PublicKey: "new", PublicKeys: []string{"old"}, APIKey: "key", Application: "profile",
	}, routing.Channel{ID: "tel-2", Carrier: "telnyx", Number: "+14155550111", Queue: "support", PublicKey: "new", APIKey: "env:NOWHERE"})
	_, got, err := h.server.Channel(t.Context(), acme, "tel")
	want := carrier.Channel{
		ID: "tel", Number: "+14155550110", Application: "profile", PublicKeys: []string{"new", "old"}, APIKey: "key",
		WebhookURL: "https://sms.example.com/webhooks/telnyx/tel", ReceiptURL: "https://sms.example.com/webhooks/telnyx/tel/receipts",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, _, err := h.server.Channel(t.Context(), acme, "tel-2"); err == nil || !strings.Contains(err.Error(), "api_key") {
		t.Errorf("a channel without its key: %v", err)
	}
}

// TestPart: the place of a part comes to the core with its text.
func TestPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, routing.Channel{ID: "von", Carrier: "vonage_sms", Number: "+14155550110", Queue: "support", Account: "a", APIKey: "k", Secret: "s"})
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	fields := []string{"concat=true", "concat-part=2", "concat-ref=23", "concat-total=3", "messageId=1", "msisdn=14155550123", "text=hi", "timestamp=" + stamp, "to=14155550110"}
	signed := "&" + strings.Join(fields, "&")
	sig := hex.EncodeToString(carrier.Digest("s", sha256.New, []byte(signed)))
	w := h.call(t, "", http.MethodGet, "/webhooks/vonage_sms/von?"+strings.Join(fields, "&")+"&sig="+sig, "")
	if w.Code != http.StatusOK {
		t.Fatalf("answer is %d: %s", w.Code, w.Body)
	}
	want := routing.ReceiveText{
		Channel: "von", From: "+14155550123", Body: "hi", CarrierID: "1", Part: &routing.Part{Ref: "23", Number: 2, Total: 3},
	}
	if diff := cmp.Diff(routing.Command(want), h.engine.commands()[0].Command); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
}
