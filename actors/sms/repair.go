package sms

import "strings"

// Repair replaces what editors and other phones put for plain typewriter characters (curly quotes, dashes, the ellipsis, blanks of
// special widths, accents apart from their letter) by what GSM-7 has, and drops invisible characters. It never changes a letter, and
// nothing of GSM-7. The result is true when all of the text is GSM-7 now; otherwise the repair would save nothing.
func Repair(text string) (string, bool) {
	if isGSM7(text) {
		return text, true
	}
	repaired := repairs.Replace(text)
	return repaired, isGSM7(repaired)
}

// repairs holds pairs: what is found, what GSM-7 has for it. No replacement contains anything that is found.
//
//nolint:gochecknoglobals // a constant table
var repairs = strings.NewReplacer(
	// Quotes and primes.
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "′", "'", "ʹ", "'", "ʼ", "'", "`", "'", "´", "'", "‹", "<", "›", ">",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "″", `"`, "«", `"`, "»", `"`,
	// Dashes, dots and signs.
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-", "⁃", "-",
	"…", "...", "‥", "..", "․", ".", "•", "*", "·", ".", "‣", "*", "∗", "*", "⁄", "/", "∕", "/", "×", "x",
	"©", "(c)", "®", "(R)", "™", "(TM)", "½", "1/2", "¼", "1/4", "¾", "3/4",
	// Blanks.
	"\t", " ", "\v", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\u00a0", " ", "\u1680", " ", "\u202f", " ",
	"\u205f", " ", "\u3000", " ", "\u2000", " ", "\u2001", " ", "\u2002", " ", "\u2003", " ", "\u2004", " ", "\u2005", " ",
	"\u2006", " ", "\u2007", " ", "\u2008", " ", "\u2009", " ", "\u200a", " ",
	// Invisible characters: soft hyphen, zero widths, direction marks, byte order mark.
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufe0e", "", "\ufeff", "",
	// Accents apart from their letter, where GSM-7 has both in one.
	"A\u030a", "Å", "A\u0308", "Ä", "C\u0327", "Ç", "E\u0301", "É", "N\u0303", "Ñ", "O\u0308", "Ö", "U\u0308", "Ü",
	"a\u030a", "å", "a\u0308", "ä", "a\u0300", "à", "e\u0300", "è", "e\u0301", "é", "i\u0300", "ì", "n\u0303", "ñ",
	"o\u0308", "ö", "o\u0300", "ò", "u\u0308", "ü", "u\u0300", "ù",
	// Doubles of letters and signs.
	"\u212b", "Å", "\u2126", "Ω", "\u2206", "Δ", "\u03f4", "Θ",
)
