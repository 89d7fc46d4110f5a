package sms

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestNotPlain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain", "Your parcel arrives at 10:30.\r\nReply\tSTOP to end.", nil},
		{"empty", "", nil},
		{"other scripts", "Ça coûte 5 €. Привет! 你好 שלום नमस्ते", nil},
		{"joiners of other scripts", "می\u200cخواهم क्\u200dष", nil},
		{"typographer's signs", "“Yes” – it’s… fine", nil},
		{"digits and keys", "0123456789 # *", nil},
		{"signs that may be emoji but are text", "© ® ™ ↔ ☎ ☺ ✔ ❤ ‼ ㊗", nil},
		{"text style asked for", "☺\ufe0e ❤\ufe0e", nil},
		{"emoji", "Great 😀!", []string{"😀"}},
		{"older emoji", "⌚⏰☕⚡⭐", []string{"⌚", "⏰", "☕", "⚡", "⭐"}},
		{"each once in order", "😀👍😀👍", []string{"😀", "👍"}},
		{"emoji style asked for", "I ❤\ufe0f you ☎\ufe0f ©\ufe0f", []string{"❤\ufe0f", "☎\ufe0f", "©\ufe0f"}},
		{"emoji style after a letter", "a\ufe0f", nil},
		{"skin tone", "👍🏽 ☝🏽", []string{"👍🏽", "☝🏽"}},
		{"flag", "🇺🇸🇩🇪", []string{"🇺🇸", "🇩🇪"}},
		{"half a flag", "🇺", []string{"🇺"}},
		{"flag of tags", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", []string{"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"}},
		{"keycap", "1\ufe0f\u20e3 #\u20e3", []string{"1\ufe0f\u20e3", "#\u20e3"}},
		{"joined", "👨\u200d👩\u200d👧 ❤\u200d🔥", []string{"👨\u200d👩\u200d👧", "❤\u200d🔥"}},
		{"joined text signs", "⛹\u200d♀", []string{"⛹\u200d♀"}},
		{"joined to nothing", "©\u200d", []string{"©\u200d"}},
		{"newest", "\U0001fae9\U0001fac8", []string{"\U0001fae9", "\U0001fac8"}},
		{"control characters", "a\x00b\x1bc\fd\u0085e", []string{"\x00", "\x1b", "\f", "\u0085"}},
		{"pasted picture", "see \ufffc", []string{"\ufffc"}},
		{"not UTF-8", "a\xffb\xfe", []string{"\ufffd", "\ufffd"}},
		{"replacement character", "a\ufffdb", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, NotPlain(tt.text)); diff != "" {
				t.Errorf("NotPlain(%q), -want +got:\n%s", tt.text, diff)
			}
		})
	}
}

func FuzzPlain(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		shown := Inbound(text)
		if !utf8.ValidString(shown) {
			t.Fatalf("Inbound(%q) = %q is not UTF-8", text, shown)
		}
		if offending := NotPlain(shown); offending != nil {
			t.Fatalf("Inbound(%q) = %q is not plain: %q", text, shown, offending)
		}
		if again := Inbound(shown); again != shown {
			t.Fatalf("Inbound(%q) = %q, whose own is %q", text, shown, again)
		}
		offending := NotPlain(text)
		if (offending == nil) != (shown == text) {
			t.Fatalf("%q offends by %q, but is shown as %q", text, offending, shown)
		}
		if !utf8.ValidString(text) {
			return
		}
		rest := text
		for i, cluster := range offending {
			at := strings.Index(rest, cluster)
			if at < 0 {
				t.Fatalf("NotPlain(%q) = %q, but cluster %d is not there in order", text, offending, i)
			}
			rest = rest[at+len(cluster):]
		}
	})
}
