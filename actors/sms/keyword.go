package sms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keyword is what a customer's text commands by itself.
type Keyword int

// The keywords. Stop ends sending to the customer (47 CFR 64.1200(a)(10)), Start permits it again, Help asks who is writing.
const (
	None Keyword = iota
	Stop
	Start
	Help
)

// String returns the keyword in small letters: "none", "stop", "start" or "help".
func (k Keyword) String() string {
	switch k {
	case Stop:
		return "stop"
	case Start:
		return "start"
	case Help:
		return "help"
	case None:
	}
	return "none"
}

// Keywords knows which texts are keywords. The zero value knows none; a value never changes and may be used by many at once.
type Keywords struct {
	meaning map[string]Keyword // by the word as wholeWord leaves it
	longest int                // bytes of the longest word
}

// NewKeywords returns the keywords that always hold, and the given words in addition. A word may have several parts, as in "OPT OUT".
// A word that is given twice is a stop rather than a start, and a start rather than a help; one without a letter or digit is ignored.
// YES is no start by itself, since customers answer questions with it.
func NewKeywords(stop, start, help []string) Keywords {
	k := Keywords{meaning: make(map[string]Keyword)}
	k.add(Help, "HELP", "INFO")
	k.add(Help, help...)
	k.add(Start, start...)
	k.add(Start, "START", "UNSTOP")
	k.add(Stop, stop...)
	k.add(Stop, "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT-OUT", "OPT OUT", "REVOKE")
	for word := range k.meaning {
		k.longest = max(k.longest, len(word))
	}
	return k
}

func (k Keywords) add(meaning Keyword, words ...string) {
	for _, word := range words {
		if folded, ok := wholeWord(word, len(word)*utf8.UTFMax); ok && strings.ContainsFunc(folded, isLetterOrDigit) {
			k.meaning[folded] = meaning
		}
	}
}

// Match returns the keyword that text is, or None. The whole text must be the keyword: only case, blanks, quotes around it and the
// marks .!,; after it do not matter. "Stop!" is a Stop, "please stop" is not.
func (k Keywords) Match(text string) Keyword {
	word, ok := wholeWord(text, k.longest)
	if !ok {
		return None
	}
	return k.meaning[word]
}

// wholeWord strips and folds text for comparison. It is not ok, and costs no more than reading limit letters and the blanks between
// them, when that takes more than limit bytes.
func wholeWord(text string, limit int) (string, bool) {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return isBlank(r) || isQuote(r) })
	text = strings.TrimRightFunc(text, func(r rune) bool { return isBlank(r) || isQuote(r) || isFinalMark(r) })
	var word []byte
	blank := false
	for _, r := range text {
		if isBlank(r) {
			blank = true
			continue
		}
		if blank {
			word = append(word, ' ')
			blank = false
		}
		// Upper case first: ſ has a capital that folds to s, but is small itself.
		word = utf8.AppendRune(word, unicode.ToLower(unicode.ToUpper(r)))
		if len(word) > limit {
			return "", false
		}
	}
	return string(word), true
}

// isBlank includes the characters without a width, which keyboards and address books leave behind.
func isBlank(r rune) bool {
	switch r {
	case '\u200b', '\u200e', '\u200f', '\u2060', '\ufe0e', '\ufe0f', '\ufeff':
		return true
	}
	return unicode.IsSpace(r)
}

func isQuote(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '"' || r == '\'' || r == '`'
	}
	return r == '´' || unicode.In(r, unicode.Pi, unicode.Pf) || r == '‚' || r == '„'
}

func isFinalMark(r rune) bool { return r == '.' || r == '!' || r == ',' || r == ';' }

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
