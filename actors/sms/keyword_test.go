package sms

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	configured := NewKeywords([]string{"ARRÊT", "fin de  contact", " ", "!"}, []string{"oui", "stop"}, []string{"aide", "OUI"})
	tests := []struct {
		text string
		want Keyword
	}{
		{"STOP", Stop},
		{"stop", Stop},
		{"Stop.", Stop},
		{" \t\"Stop!\"\r\n", Stop},
		{"“STOP”", Stop},
		{"‘stop’!!", Stop},
		{"«stop»", Stop},
		{"'stop.';", Stop},
		{"\ufeffstop\u200b", Stop},
		{"ſtop", Stop},
		{"STOPALL", Stop},
		{"stop   all", Stop},
		{"Unsubscribe", Stop},
		{"cancel", Stop},
		{"END", Stop},
		{"Quit", Stop},
		{"optout", Stop},
		{"opt-out", Stop},
		{"Opt\u00a0\n Out", Stop},
		{"revoke", Stop},
		{"Start", Start},
		{"unstop", Start},
		{"HELP", Help},
		{"info", Help},
		{"arrêt", Stop},
		{"Fin de contact.", Stop},
		{"Oui", Start},
		{"AIDE", Help},
		{"", None},
		{" ", None},
		{"!", None},
		{"yes", None},
		{"stop please", None},
		{"please stop", None},
		{"st op", None},
		{"stopp", None},
		{"opt o u t", None},
		{"help?", None},
		{".stop", None},
		{"cancel my booking", None},
		{"stop\x00", None},
		{"stop\xff", None},
		{strings.Repeat(" ", 1<<16) + "stop" + strings.Repeat("!", 1<<16), Stop},
		{strings.Repeat("stop ", 1<<16), None},
	}
	for _, tt := range tests {
		if got := configured.Match(tt.text); got != tt.want {
			t.Errorf("Match(%.40q) = %v, want %v", tt.text, got, tt.want)
		}
	}
}

func TestKeywordsWithoutAny(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "stop"} {
		if got := (Keywords{}).Match(text); got != None {
			t.Errorf("zero value: Match(%q) = %v, want none", text, got)
		}
	}
	if got := NewKeywords(nil, nil, nil).Match("arrêt"); got != None {
		t.Errorf("Match of a word not configured = %v, want none", got)
	}
}

// TestMatchReadsNoMore: a long text is given up after a few letters, without a copy of it.
func TestMatchReadsNoMore(t *testing.T) {
	keywords := NewKeywords(nil, nil, nil)
	long := strings.Repeat("The parcel has not come. ", 4000)
	if n := testing.AllocsPerRun(100, func() { keywords.Match(long) }); n > 2 {
		t.Errorf("Match of a long text makes %v allocations, want at most 2", n)
	}
}

func TestKeywordString(t *testing.T) {
	t.Parallel()
	for keyword, want := range map[Keyword]string{None: "none", Stop: "stop", Start: "start", Help: "help", 99: "none"} {
		if got := keyword.String(); got != want {
			t.Errorf("Keyword(%d) = %q, want %q", keyword, got, want)
		}
	}
}

// FuzzKeyword checks Match against a search through all words, and that dress does not change a meaning.
func FuzzKeyword(f *testing.F) {
	keywords := NewKeywords(nil, nil, nil)
	words := map[Keyword]string{
		Stop:  "stop,stopall,stop all,unsubscribe,cancel,end,quit,optout,opt-out,opt out,revoke",
		Start: "start,unstop",
		Help:  "help,info",
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := None
		bare := strings.TrimFunc(text, func(r rune) bool { return isBlank(r) || isQuote(r) })
		bare = strings.TrimRightFunc(bare, func(r rune) bool { return isBlank(r) || isQuote(r) || isFinalMark(r) })
		bare = strings.Join(strings.FieldsFunc(bare, isBlank), " ")
		for keyword, list := range words {
			for word := range strings.SplitSeq(list, ",") {
				if strings.EqualFold(bare, word) {
					want = keyword
				}
			}
		}
		got := keywords.Match(text)
		if got != want {
			t.Fatalf("Match(%q) = %v, want %v", text, got, want)
		}
		for _, dressed := range []string{" \"" + text + "\" ", "“" + text + "!”.", "\n" + text + "\u200b"} {
			if again := keywords.Match(dressed); again != got {
				t.Fatalf("Match(%q) = %v, but Match(%q) = %v", text, got, dressed, again)
			}
		}
	})
}
