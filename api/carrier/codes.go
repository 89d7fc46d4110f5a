package carrier

import "strings"

// Meaning is what one of a carrier's error codes tells us. The words are ours: carriers' own may hold phone numbers.
type Meaning struct {
	Class Class
	Words string
}

// Codes are a carrier's error codes that say something about a text.
type Codes map[string]Meaning

// NewCodes reads a table of a code, a class and words a line. It panics at a class that is none.
func NewCodes(table string) Codes {
	codes := Codes{}
	for line := range strings.Lines(table) {
		code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		class, words, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if code == "" {
			continue
		}
		if Class(class).Known() != Class(class) {
			panic("carrier: code " + code + " has class " + class + ", which is none")
		}
		codes[code] = Meaning{Class(class), strings.TrimSpace(words)}
	}
	return codes
}

// Failure is why a text will not arrive, by the code in its report: the class, and the code with its words for people. State stands
// in for a code that is missing.
func (c Codes) Failure(state, code string) (class Class, detail string) {
	if code == "" || code == "0" {
		return ClassUnknown, state + " without a reason"
	}
	m, known := c[code]
	if !known {
		return ClassUnknown, "code " + clip(code)
	}
	return m.Class, code + " " + m.Words
}

// Refusal makes the error of a text that was refused with a code: the code says most, else the HTTP status.
func (c Codes) Refusal(answer Answer, code string) *SendError {
	m, known := c[code]
	if !known {
		m = MeaningOfStatus(answer.Status)
	}
	return Refused(answer, clip(code), m)
}

// clip bounds a code that comes from outside.
func clip(code string) string {
	const longest = 40
	code = Readable(code)
	if len(code) > longest {
		return Readable(code[:longest])
	}
	return code
}
