package sms

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	gateway "github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/gsm7/charset"
)

func TestCount(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	zhe := func(n int) string { return strings.Repeat("ж", n) }
	tests := []struct {
		name, text              string
		encoding                string
		count, characters, left int
		notGSM7                 []string
	}{
		{"empty", "", GSM7, 0, 0, 160, []string{}},
		{"short", "Hello", GSM7, 1, 5, 155, []string{}},
		{"full", a(160), GSM7, 1, 160, 0, []string{}},
		{"one more", a(161), GSM7, 2, 161, 145, []string{}},
		{"two full", a(306), GSM7, 2, 306, 0, []string{}},
		{"three", a(307), GSM7, 3, 307, 152, []string{}},
		{"ten full", a(1530), GSM7, MaxSegments, 1530, 0, []string{}},
		{"eleven", a(1531), GSM7, MaxSegments + 1, 1531, 152, []string{}},
		{"extension characters", "^{}\\[~]|€\f", GSM7, 1, 20, 140, []string{}},
		{"extension character full", a(158) + "€", GSM7, 1, 160, 0, []string{}},
		{"extension character not divided", a(152) + "€" + a(10), GSM7, 2, 164, 141, []string{}},
		{"extension character that costs a part", a(152) + "€" + a(152), GSM7, 3, 306, 152, []string{}},
		{"accents of GSM-7", "èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà", GSM7, 1, 23, 137, []string{}},
		{"small c with cedilla", "ç", UCS2, 1, 1, 69, []string{"ç"}},
		{"escape is no character", "\x1b", UCS2, 1, 1, 69, []string{"\x1b"}},
		{"backtick and tab", "`\t", UCS2, 1, 2, 68, []string{"`", "\t"}},
		{"full UCS-2", zhe(70), UCS2, 1, 70, 0, []string{"ж"}},
		{"one more UCS-2", zhe(71), UCS2, 2, 71, 63, []string{"ж"}},
		{"two full UCS-2", zhe(134), UCS2, 2, 134, 0, []string{"ж"}},
		{"curly quote costs a part", "It’s " + a(70), UCS2, 2, 75, 59, []string{"’"}},
		{"pair", "😀", UCS2, 1, 2, 68, []string{"😀"}},
		{"pair not divided", zhe(66) + "😀" + zhe(10), UCS2, 2, 78, 55, []string{"ж", "😀"}},
		{"clusters once", "e\u0301e\u0301 👍🏽", UCS2, 1, 9, 61, []string{"e\u0301", "👍🏽"}},
		{"not UTF-8", "a\xff", UCS2, 1, 2, 68, []string{"\ufffd"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := Segments{tt.encoding, tt.count, tt.characters, tt.left, tt.notGSM7}
			if diff := cmp.Diff(want, Count(tt.text)); diff != "" {
				t.Errorf("Count(%q), -want +got:\n%s", tt.text, diff)
			}
		})
	}
}

func TestSegmentsJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Count("Hi"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"encoding":"GSM-7","segments":1,"characters":2,"left":158,"not_gsm7":[]}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSeptets compares every character of Unicode with the tables of an independent library.
func TestSeptets(t *testing.T) {
	t.Parallel()
	alphabet, extension := charset.NewEncoder(0), charset.DefaultExtEncoder()
	for r := range rune(0x110000) {
		want := 0
		if _, ok := alphabet[r]; ok && r != '\x1b' { // the escape itself is no character
			want = 1
		} else if _, ok := extension[r]; ok {
			want = 2
		}
		if got := septets(r); got != want {
			t.Errorf("septets(%U) = %d, want %d", r, got, want)
		}
	}
}

// FuzzSegments compares Count with parts cut by hand, and with those that a gateway library would put on the air.
func FuzzSegments(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string, repeat uint8) {
		text = strings.ToValidUTF8(strings.Repeat(text, int(repeat)), "\ufffd")
		if strings.ContainsRune(text, '\x1b') || len(text) > 10_000 {
			return
		}
		got := Count(text)
		parts := cut(text)
		if got.Count != len(parts) {
			t.Errorf("Count(%q) = %d parts, by hand %d", text, got.Count, len(parts))
		}
		room := map[string][2]int{GSM7: {gsm7Whole, gsm7Part}, UCS2: {ucs2Whole, ucs2Part}}[got.Encoding][min(max(len(parts)-1, 0), 1)]
		total, last := 0, 0
		for _, last = range parts {
			total += last
		}
		if got.Characters != total || got.Left != room-last {
			t.Errorf("Count(%q) = %d characters, %d left; by hand %d, %d", text, got.Characters, got.Left, total, room-last)
		}
		if (got.Encoding == GSM7) != (len(got.NotGSM7) == 0) || got.NotGSM7 == nil {
			t.Errorf("Count(%q) is %s with %q", text, got.Encoding, got.NotGSM7)
		}
		if text == "" {
			return
		}
		onAir, err := gateway.Encode([]byte(text))
		if err != nil || len(onAir) != got.Count {
			t.Errorf("Count(%q) = %d parts, a gateway makes %d (%v)", text, got.Count, len(onAir), err)
		}
		repaired, all := Repair(text)
		if all != (Count(repaired).Encoding == GSM7) || got.Encoding == GSM7 && repaired != text {
			t.Errorf("Repair(%q) = %q, %v", text, repaired, all)
		}
	})
}

// cut returns the length of each part of text, found the slow way: spell the text in units, then look where it may be divided.
func cut(text string) []int {
	const alphabet = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	const escape = 'E' // stands for the escape before an extension character, and below for the first half of a pair
	var units []rune
	whole, part := 160, 153
	for _, r := range text {
		switch {
		case strings.ContainsRune(alphabet, r):
			units = append(units, 'c')
		case strings.ContainsRune("^{}\\[~]|€\f", r):
			units = append(units, escape, 'c')
		default:
			whole, part = 70, 67
		}
	}
	if whole == 70 {
		units = nil
		for _, unit := range utf16.Encode([]rune(text)) {
			if unit >= 0xd800 && unit < 0xdc00 {
				units = append(units, escape)
			} else {
				units = append(units, 'c')
			}
		}
	}
	if len(units) > whole {
		whole = part
	}
	var parts []int
	for len(units) > 0 {
		n := min(whole, len(units))
		if units[n-1] == escape {
			n--
		}
		parts, units = append(parts, n), units[n:]
	}
	return parts
}

func BenchmarkCount(b *testing.B) {
	texts := map[string]string{
		"GSM-7 160": strings.Repeat("Hello, my order is late. ", 7)[:160],
		"UCS-2 70":  strings.Repeat("Где мой заказ? ", 5),
		"UCS-2 10k": strings.Repeat("Где мой заказ? 😀", 700),
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Count(text)
			}
		})
	}
}
