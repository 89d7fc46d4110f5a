package sms

import (
	_ "embed"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inbound returns a customer's text as an agent sees it. Every emoji becomes a marker with its Unicode name, such as
// "[emoji: thumbs up sign]"; the parts of a ZWJ sequence are named one after the other without skin tones, a flag by its letters, and
// what has no name is "[emoji]". Bytes that are not UTF-8, control characters other than line ends and tabs, and U+FFFC become U+FFFD.
// All else stays as it is, so that NotPlain finds nothing in the result and Inbound(Inbound(text)) equals Inbound(text).
func Inbound(text string) string {
	if isSurelyPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for cluster := range clusters(text) {
		if isEmoji(cluster) {
			writeMarker(&b, cluster)
			continue
		}
		for _, r := range cluster {
			if isRefusedControl(r) || r == pastedObject {
				r = utf8.RuneError
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Placeholder returns the line that stands for an attachment of the given content type, such as "[image not shown: image/jpeg]".
// Audio and video are called so, anything else is a file. Parameters are left out, and so is a content type that is none, since it
// comes from outside.
func Placeholder(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	kind, subtype, _ := strings.Cut(media, "/")
	if !isToken(kind) || !isToken(subtype) {
		return "[file not shown]"
	}
	switch kind {
	case "image", "audio", "video":
		return "[" + kind + " not shown: " + media + "]"
	}
	return "[file not shown: " + media + "]"
}

// isToken reports whether s is a restricted name of RFC 6838 §4.2 in small letters, the halves of a content type.
func isToken(s string) bool {
	if s == "" || len(s) > 127 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte("!#$&-^_.+", c) < 0 {
			return false
		}
	}
	return true
}

func writeMarker(b *strings.Builder, cluster string) {
	b.WriteString("[emoji")
	separator := ": "
	for part := range emojiParts(cluster) {
		b.WriteString(separator)
		b.WriteString(part)
		separator = ", "
	}
	b.WriteByte(']')
}

// emojiParts names what a cluster consists of. Marks that only change the look of the part before (skin tones, U+FE0F, tags) are left
// out. A letter, digit or sign that is no emoji itself, as in a keycap, is given as it is: nothing that a customer wrote is lost.
func emojiParts(cluster string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if letters := flagLetters(cluster); letters != "" {
			yield("flag " + letters)
			return
		}
		prefix := ""
		if strings.ContainsRune(cluster, enclosingKeycap) {
			prefix = "keycap "
		}
		for i, r := range cluster {
			part := emojiName(r)
			switch {
			case i > 0 && r >= firstSkinTone && r <= lastSkinTone:
				continue
			// A pictograph without a name is younger than the table.
			case part == "" && isVisible(r) && !unicode.Is(pictographic, r):
				part = prefix + string(r)
			}
			if part != "" && !yield(part) {
				return
			}
		}
	}
}

// isVisible reports whether r shows by itself: neither a mark, nor a blank, nor a character that directs others.
func isVisible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && r != pastedObject
}

// flagLetters returns the letters of a cluster of regional indicators, "US" for 🇺🇸, and "" for any other cluster.
func flagLetters(cluster string) string {
	var letters []byte
	for _, r := range cluster {
		if r >= firstFlag && r <= lastFlag {
			letters = append(letters, 'A'+byte(r-firstFlag))
		}
	}
	return string(letters)
}

// emojiNames has one line for each character that can be an emoji: five hexadecimal digits, a blank, its name; ordered by code.
//
//go:generate go run emoji_names_gen.go
//go:embed emoji_names.txt
var emojiNames string

// emojiName returns the Unicode name of r in small letters, or "" if r is no emoji or younger than the table.
func emojiName(r rune) string {
	lo, hi := 0, len(emojiNames) // both at the beginning of a line
	for lo < hi {
		start := strings.LastIndexByte(emojiNames[:lo+(hi-lo)/2], '\n') + 1
		end := start + strings.IndexByte(emojiNames[start:], '\n')
		switch code := lineCode(emojiNames[start:]); {
		case code == r:
			return emojiNames[start+len("1F44D ") : end]
		case code < r:
			lo = end + 1
		default:
			hi = start
		}
	}
	return ""
}

// lineCode reads the five hexadecimal digits at the beginning of a line of emojiNames.
func lineCode(line string) rune {
	var code rune
	for i := range 5 {
		digit := rune(line[i]) - '0'
		if digit > 9 {
			digit = rune(line[i]) - 'A' + 10
		}
		code = code<<4 | digit
	}
	return code
}
