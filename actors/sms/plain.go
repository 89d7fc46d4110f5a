package sms

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

//go:generate node emoji_table_gen.mjs

const (
	zeroWidthJoiner   = '\u200d'
	enclosingKeycap   = '\u20e3'
	emojiStyle        = '\ufe0f' // variation selector 16: show the character before as emoji
	pastedObject      = '\ufffc' // what remains of a picture that was pasted into text
	firstTag, lastTag = '\U000e0020', '\U000e007f'
	firstFlag         = '\U0001f1e6' // regional indicator A; two of them make a flag
	lastFlag          = '\U0001f1ff'
	firstSkinTone     = '\U0001f3fb'
	lastSkinTone      = '\U0001f3ff'
)

// NotPlain returns what keeps text from being plain: each offending grapheme cluster once, in the order of the text; none for a text
// that may be sent. Offending are
//   - emoji: a character that is shown as emoji by itself (flags and skin tones too), a pictograph with U+FE0F or in a ZWJ sequence,
//     a keycap, a tag. Signs such as © ™ ☎ ↔ and the digits, which Unicode counts among the pictographs or emoji, are plain.
//   - control characters other than line feed, carriage return and tab;
//   - U+FFFC, the trace of a pasted picture, and bytes that are not UTF-8 (given as U+FFFD).
func NotPlain(text string) []string {
	if isSurelyPlain(text) {
		return nil
	}
	return distinctClusters(text, func(cluster string) bool { return isEmoji(cluster) || hasRefused(cluster) })
}

// isSurelyPlain finds at little cost that a text is plain, as nearly all are, and valid UTF-8. False means nothing.
func isSurelyPlain(text string) bool {
	for _, r := range text {
		if r >= enclosingKeycap || r == zeroWidthJoiner || isRefusedControl(r) {
			return false
		}
	}
	return true
}

// clusters iterates over the grapheme clusters of text: what a reader takes for one character.
func clusters(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		state := -1
		for text != "" {
			var cluster string
			cluster, text, _, state = uniseg.FirstGraphemeClusterInString(text, state)
			if !yield(cluster) {
				return
			}
		}
	}
}

// distinctClusters returns the clusters of text that offend, each once, in the order of the text and as valid UTF-8.
func distinctClusters(text string, offends func(cluster string) bool) []string {
	var found []string
	seen := make(map[string]bool)
	for cluster := range clusters(text) {
		if seen[cluster] || !offends(cluster) {
			continue
		}
		seen[cluster] = true
		found = append(found, strings.ToValidUTF8(cluster, string(utf8.RuneError)))
	}
	return found
}

// isEmoji reports whether a phone would show the cluster as a picture.
func isEmoji(cluster string) bool {
	var before rune
	for _, r := range cluster {
		switch {
		case r < enclosingKeycap && r != zeroWidthJoiner: // no such character makes an emoji
		case r == enclosingKeycap, r >= firstTag && r <= lastTag, unicode.Is(emojiPresentation, r):
			return true
		case (r == emojiStyle || r == zeroWidthJoiner) && unicode.Is(pictographic, before):
			return true
		}
		before = r
	}
	return false
}

func hasRefused(cluster string) bool {
	for i, r := range cluster {
		if isRefusedControl(r) || r == pastedObject {
			return true
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(cluster[i:]); size == 1 {
				return true
			}
		}
	}
	return false
}

// isRefusedControl spares what message editors produce: the line ends and the tab.
func isRefusedControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}
