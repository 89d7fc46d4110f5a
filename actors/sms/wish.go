package sms

import (
	"slices"
	"strings"
	"unicode"
)

// longestWish is how many words a text may have in which one word alone is taken for a wish.
const longestWish = 4

// wishWords are words that say "no more texts" by themselves, in a short text. CANCEL, END and QUIT are not among them: customers
// write them about orders.
//
//nolint:gochecknoglobals // a constant table
var wishWords = []string{"stop", "stopall", "unsubscribe", "optout", "revoke", "arret", "arrêt"}

// wishNots turn those into their opposite, as in "don't stop".
//
//nolint:gochecknoglobals // a constant table
var wishNots = []string{"not", "dont", "never", "cant", "wont", "doesnt", "didnt"}

// wishPhrases are those that say so in a text of any length.
//
//nolint:gochecknoglobals // a constant table
var wishPhrases = [][]string{
	{"opt", "out"},
	{"opt", "me", "out"},
	{"unsubscribe", "me"},
	{"remove", "me"},
	{"remove", "my", "number"},
	{"delete", "my", "number"},
	{"lose", "my", "number"},
	{"take", "me", "off"},
	{"leave", "me", "alone"},
	{"revoke", "consent"},
	{"revoke", "my", "consent"},
	{"withdraw", "my", "consent"},
}

// wishVerbs are what a customer may ask to be spared, after "stop", "quit" or "don't".
//
//nolint:gochecknoglobals // a constant table
var wishVerbs = []string{
	"text", "texts", "texting", "txting", "message", "messages", "messaging", "sms", "smsing", "contact", "contacting", "write", "writing",
	"sending", "spam", "spamming", "bother", "bothering",
}

// AsksToStop reports whether a text that is no keyword may be a customer's wish to get no more texts, such as "please stop texting me".
// American law lets customers say so in any reasonable way (47 CFR 64.1200(a)(10)). It errs on the side of asking: a person is to
// judge what it finds.
func AsksToStop(text string) bool {
	var room [32]string
	words := appendWishWords(room[:0], text)
	says := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	if len(words) <= longestWish && says(wishWords) && !says(wishNots) {
		return true
	}
	for i := range words {
		if wishAt(words[i:]) {
			return true
		}
	}
	return false
}

// wishAt says whether the words begin with a wish.
func wishAt(words []string) bool {
	for _, phrase := range wishPhrases {
		if len(words) >= len(phrase) && slices.Equal(words[:len(phrase)], phrase) {
			return true
		}
	}
	switch words[0] {
	case "stop", "quit", "dont", "never":
		words = words[1:]
	case "no":
		return len(words) > 2 && words[1] == "more" && slices.Contains(wishVerbs, words[2])
	case "do":
		if len(words) < 2 || words[1] != "not" {
			return false
		}
		words = words[2:]
	default:
		return false
	}
	reach := 2 // "stop these texts", "don't ever text me"
	if len(words) > 0 && words[0] == "send" {
		reach = 6 // "don't send me any more texts", but not "don't send the red one"
	}
	return slices.ContainsFunc(words[:min(reach, len(words))], func(w string) bool { return slices.Contains(wishVerbs, w) })
}

// wishMost is how much of a text is looked at. A wish is not hidden behind more.
const wishMost = 2000

// appendWishWords adds the words of a text in small letters; an apostrophe is no end of a word and no part of it.
func appendWishWords(words []string, text string) []string {
	if len(text) > wishMost {
		text = text[:wishMost]
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\'' || r == '’' || r == '´' || r == '`':
			return -1
		case isLetterOrDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	for word := range strings.FieldsSeq(text) {
		words = append(words, word)
	}
	return words
}
