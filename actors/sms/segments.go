package sms

import (
	"strings"
	"unicode/utf16"
)

// MaxSegments is the longest text that may be sent: carriers refuse more parts, or cut the rest off without a word.
const MaxSegments = 10

// The encodings of a text, as Segments names them.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// Room for text in a message, in septets of GSM-7 and in UTF-16 units of UCS-2. In a text of several parts each part has a header of
// six octets (3GPP TS 23.040 §9.2.3.24.1).
const (
	gsm7Whole, gsm7Part = 160, 153
	ucs2Whole, ucs2Part = 70, 67
)

// Segments tells what sending a text takes.
type Segments struct {
	Encoding   string   `json:"encoding"`   // GSM7 or UCS2; one character outside GSM-7 makes the whole text UCS-2
	Count      int      `json:"segments"`   // parts that the carrier sends and charges; 0 for an empty text
	Characters int      `json:"characters"` // as carriers count: septets of GSM-7, where €^{}[]~\| take two, or UTF-16 units
	Left       int      `json:"left"`       // characters that still fit the last part
	NotGSM7    []string `json:"not_gsm7"`   // grapheme clusters that force UCS-2, each once in the order of the text; never nil
}

// Count returns the segments of text. As phones must show each part by itself, none ends inside an extension character of GSM-7 or a
// surrogate pair. Bytes that are not UTF-8 count as U+FFFD.
//
// It counts by itself: github.com/warthog618/sms, which agrees in the tests, fills its tables at first use without a lock, and
// texts are counted from many goroutines.
func Count(text string) Segments {
	if isGSM7(text) {
		s := Segments{Encoding: GSM7, NotGSM7: []string{}}
		s.Count, s.Characters, s.Left = pack(text, septets, gsm7Whole, gsm7Part)
		return s
	}
	s := Segments{Encoding: UCS2}
	s.Count, s.Characters, s.Left = pack(text, utf16.RuneLen, ucs2Whole, ucs2Part)
	s.NotGSM7 = distinctClusters(text, func(cluster string) bool { return !isGSM7(cluster) })
	return s
}

// pack fills parts one after the other with characters of the given width, none of which it divides.
func pack(text string, width func(rune) int, whole, part int) (count, units, left int) {
	for _, r := range text {
		units += width(r)
	}
	switch {
	case units == 0:
		return 0, 0, whole
	case units <= whole:
		return 1, units, whole - units
	}
	count, left = 1, part
	for _, r := range text {
		w := width(r)
		if w > left {
			count, left = count+1, part
		}
		left -= w
	}
	return count, units, left
}

func isGSM7(text string) bool {
	for _, r := range text {
		if septets(r) == 0 {
			return false
		}
	}
	return true
}

// gsm7BeyondASCII are the characters of the GSM-7 default alphabet that are not in ASCII (3GPP TS 23.038 §6.2.1).
const gsm7BeyondASCII = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"

// septets returns how many septets r takes in GSM-7: one in the default alphabet, two in its extension table, none in neither.
func septets(r rune) int {
	switch r {
	case '^', '{', '}', '\\', '[', '~', ']', '|', '€', '\f':
		return 2
	case '\n', '\r':
		return 1
	case '`', '\x7f':
		return 0
	}
	if r >= ' ' && r <= '~' || r > '~' && strings.ContainsRune(gsm7BeyondASCII, r) {
		return 1
	}
	return 0
}
