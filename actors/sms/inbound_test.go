package sms

import (
	"strings"
	"testing"
)

func TestInbound(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"plain", "Where is my parcel?\r\nAnna", "Where is my parcel?\r\nAnna"},
		{"signs", "“100 €” ™ ☎", "“100 €” ™ ☎"},
		{"emoji", "thanks 😀👍!", "thanks [emoji: grinning face][emoji: thumbs up sign]!"},
		{"first and last name of the table", "©\ufe0f\U0001faf8", "[emoji: copyright sign][emoji: rightwards pushing hand]"},
		{"skin tone", "👍🏽", "[emoji: thumbs up sign]"},
		{"skin tone alone", "🏽", "[emoji: emoji modifier fitzpatrick type-4]"},
		{"joined", "👩\u200d❤\ufe0f\u200d👨", "[emoji: woman, heavy black heart, man]"},
		{"flag", "🇺🇸", "[emoji: flag US]"},
		{"keycap", "1\ufe0f\u20e3 #\u20e3", "[emoji: keycap 1] [emoji: keycap #]"},
		{"keycap without a key", "\u20e3", "[emoji]"},
		{"keycap of a pasted picture", "\ufffc\u20e3", "[emoji]"},
		{"no name known", "\U0001fac8", "[emoji]"},
		{"tags cannot hide a letter", "a\U000e0061", "[emoji: a]"},
		{"control characters", "a\x00b\x1b[31m", "a\ufffdb\ufffd[31m"},
		{"not UTF-8", "caf\xe9", "caf\ufffd"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Inbound(tt.text); got != tt.want {
				t.Errorf("Inbound(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// TestEmojiNames finds every line of the table by its code, and nothing between.
func TestEmojiNames(t *testing.T) {
	t.Parallel()
	names := make(map[rune]string)
	for line := range strings.Lines(emojiNames) {
		names[lineCode(line)] = strings.TrimSuffix(line[len("1F44D "):], "\n")
	}
	if len(names) < 1400 || names['👍'] != "thumbs up sign" {
		t.Fatalf("the table has %d names, thumbs up is %q", len(names), names['👍'])
	}
	for r := rune(0); r <= 0x1fbff; r++ {
		if got := emojiName(r); got != names[r] {
			t.Errorf("emojiName(%U) = %q, want %q", r, got, names[r])
		}
	}
}

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"image/jpeg":                    "[image not shown: image/jpeg]",
		"IMAGE/PNG; name=a.png":         "[image not shown: image/png]",
		"audio/amr":                     "[audio not shown: audio/amr]",
		"video/3gpp":                    "[video not shown: video/3gpp]",
		"text/x-vcard":                  "[file not shown: text/x-vcard]",
		"application/vnd.api+json":      "[file not shown: application/vnd.api+json]",
		"":                              "[file not shown]",
		"image":                         "[file not shown]",
		"image/":                        "[file not shown]",
		"image/a b":                     "[file not shown]",
		"image/<script>":                "[file not shown]",
		"x/" + strings.Repeat("y", 128): "[file not shown]",
	}
	for in, want := range tests {
		if got := Placeholder(in); got != want {
			t.Errorf("Placeholder(%q) = %q, want %q", in, got, want)
		}
	}
}
