package sms

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

var (
	// ErrNumber says that a string cannot be a phone number in any country.
	ErrNumber = errors.New("not a phone number: give it in E.164 form, a plus and 8 to 15 digits with the country code, such as +14155550100")
	// ErrShortCode says that a string is a short code (3 to 8 digits without a plus), which the product does not serve.
	ErrShortCode = errors.New("short codes are not supported: use a toll-free or ordinary number in E.164 form, such as +14155550100")
	// ErrAlphanumeric says that a string is an alphanumeric sender such as "MTN": its texts can be read but never answered.
	ErrAlphanumeric = errors.New("an alphanumeric sender cannot be answered: use a number in E.164 form, such as +14155550100")
)

const (
	minDigits       = 8  // the shortest numbers in service, such as those of Saint Helena
	maxDigits       = 15 // ITU-T E.164 §6.1
	minShortCode    = 3
	maxShortCode    = 8
	maxAlphanumeric = 11 // 3GPP TS 23.040 §9.1.2.5: what fits the address field
)

// Number returns s in E.164 form: a plus, a country code and 8 to 15 digits in all, as in "+14155550100".
//
// A string that has that form already is returned as it is, without a look at numbering plans. Otherwise blanks, dashes, dots,
// slashes and brackets are dropped, a leading 00 is a plus, a missing plus is added (so national numbers are not understood), and the
// length must be possible in the country; whether the number is in service is not asked, since numbering plans change faster than
// software. The Mexican mobile prefix +52 1, abolished in 2019, becomes +52. Number(Number(s)) equals Number(s).
//
// The error is ErrShortCode, ErrAlphanumeric or ErrNumber; it never quotes s, so that it can be logged.
func Number(s string) (string, error) {
	if isE164(s) {
		return s, nil
	}
	if isAlphanumeric(s) {
		return "", ErrAlphanumeric
	}
	digits, international, ok := dial(s)
	if !ok {
		return "", ErrNumber
	}
	if n := len(digits); !international && n >= minShortCode && n <= maxShortCode {
		return "", ErrShortCode
	}
	if !international {
		digits = strings.TrimPrefix(digits, "00")
	}
	if isOldMexican(digits) {
		digits = "52" + digits[3:]
	}
	parsed, ok := parse("+" + digits)
	if !ok || !phonenumbers.IsPossibleNumber(parsed) {
		return "", ErrNumber
	}
	// A number that is possible only inside its own area passes the test above; its form gives it away.
	number := phonenumbers.Format(parsed, phonenumbers.E164)
	if !isE164(number) {
		return "", ErrNumber
	}
	return number, nil
}

// Region returns the ISO 3166-1 alpha-2 country of a number as Number returns it, such as "US", or "" where there is none, as for
// the international +800 and +883. Numbers that libphonenumber cannot place, such as those reserved for films, belong to the main
// country of their code: +1 is "US", +44 is "GB".
func Region(e164 string) string {
	parsed, ok := parse(e164)
	if !ok {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(parsed)
	if region == "" || region == unknownRegion {
		region = phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
	}
	if region == unknownRegion || region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		return ""
	}
	return region
}

// TollFree reports whether the receiver pays for calls to a number as Number returns it, such as +18005550199.
func TollFree(e164 string) bool { return kind(e164) == phonenumbers.TOLL_FREE }

// Landline reports whether a number as Number returns it is certainly a fixed line, which cannot receive texts. North American
// numbers are never certain, since mobiles share their ranges.
func Landline(e164 string) bool { return kind(e164) == phonenumbers.FIXED_LINE }

// Mask returns a number as logs may show it: "+14155550100" becomes "+1415555**00". Anything that is not in E.164 form, and so may
// be something else that is private, becomes "****".
func Mask(e164 string) string {
	if !isE164(e164) {
		return "****"
	}
	n := len(e164)
	return e164[:n-4] + "**" + e164[n-2:]
}

// unknownRegion is libphonenumber's word for no region; as a parsing default it demands that numbers carry their country code.
const unknownRegion = "ZZ"

// isE164 reports whether s needs no repair at all. It is asked for every webhook and therefore knows only the two cheapest rules of
// numbering plans: no country code begins with 0, and in +1 there are always ten digits more.
func isE164(s string) bool {
	if len(s) < 1+minDigits || len(s) > 1+maxDigits || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	if s[1] == '1' && len(s) != len("+14155550100") {
		return false
	}
	return !isOldMexican(s[1:])
}

func isOldMexican(digits string) bool {
	return len(digits) == len("5215512345678") && strings.HasPrefix(digits, "521")
}

// isAlphanumeric reports whether s has the form of an alphanumeric sender: short, printable, and with at least one letter.
func isAlphanumeric(s string) bool {
	if s == "" || len(s) > maxAlphanumeric || s[0] == '+' {
		return false
	}
	letter := false
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' {
			return false
		}
		letter = letter || 'a' <= c|0x20 && c|0x20 <= 'z'
	}
	return letter
}

// dial returns the digits of s without what people put between them, and whether a plus came first. It is not ok when anything else
// is in s.
func dial(s string) (digits string, plus, ok bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteByte(byte(r))
		case r == '+' && b.Len() == 0 && !plus:
			plus = true
		case !isDialSeparator(r):
			return "", false, false
		}
	}
	return b.String(), plus, true
}

// isDialSeparator knows the marks between digits, including the invisible direction marks that address books put around numbers.
func isDialSeparator(r rune) bool {
	switch r {
	case ' ', '\t', '-', '.', '/', '(', ')', '\u00a0', '\u2010', '\u2011', '\u2012', '\u2013', '\u202f':
		return true
	case '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u2066', '\u2068', '\u2069':
		return true
	}
	return false
}

func parse(e164 string) (*phonenumbers.PhoneNumber, bool) {
	parsed, err := phonenumbers.Parse(e164, unknownRegion)
	return parsed, err == nil
}

func kind(e164 string) phonenumbers.PhoneNumberType {
	parsed, ok := parse(e164)
	if !ok {
		return phonenumbers.UNKNOWN
	}
	return phonenumbers.GetNumberType(parsed)
}
