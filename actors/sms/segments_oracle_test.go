package sms

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// judged is what Twilio's own calculator says of a text.
type judged struct {
	Segments int
	Encoding string
}

// TestCountAsTwilioDoes holds our segments against Twilio's calculator, which .ci/install installs, over texts that may be sent: around the
// borders of one, two and ten parts, with what counts double and what forces UCS-2. (It never ends a part inside an emoji of several
// characters, which carriers do; such a text is not sent.)
func TestCountAsTwilioDoes(t *testing.T) {
	t.Parallel()
	const texts = 10_000
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]string, texts)
	for i := range all {
		all[i] = randomText(random)
	}
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	const program = `const { SegmentedMessage } = require('sms-segments-calculator');
let text = '';
process.stdin.setEncoding('utf8').on('data', b => { text += b; }).on('end', () => process.stdout.write(JSON.stringify(JSON.parse(text).map(t => {
  const m = new SegmentedMessage(t);
  return { segments: m.segmentsCount, encoding: m.encodingName };
}))));`
	cmd := exec.CommandContext(t.Context(), "node", "-e", program)
	cmd.Dir = "../../api/carrier/carriertest/testdata/vendors"
	cmd.Stdin = bytes.NewReader(input)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("Twilio's calculator cannot be asked; run .ci/install: %v\n%.1000s", err, &complaints)
	}
	var want []judged
	if err := json.Unmarshal(output, &want); err != nil || len(want) != texts {
		t.Fatalf("%d verdicts on %d texts: %v", len(want), texts, err)
	}
	wrong, encodings := 0, map[string]int{}
	for i, text := range all {
		got := Count(text)
		encodings[got.Encoding]++
		if got.Count == want[i].Segments && got.Encoding == want[i].Encoding {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("%q: %d %s, Twilio says %d %s", text, got.Count, got.Encoding, want[i].Segments, want[i].Encoding)
		}
	}
	if wrong > 0 || encodings[GSM7] < texts/10 || encodings[UCS2] < texts/10 {
		t.Errorf("%d of %d differ; encodings %v", wrong, texts, encodings)
	}
}

func randomText(random *rand.Rand) string {
	ordinary := []string{"a", "Z", "0", " ", "\n", "@", "é", "Ñ", "ß", "Ω", "€", "[", "}", "\\", "^", "~"}
	others := []string{"’", "ç", "漢", "ы", "𝒳", "\u00a0", "\t"}
	length := []int{1 + random.IntN(20), 60 + random.IntN(20), 125 + random.IntN(15), 150 + random.IntN(20)}[random.IntN(4)]
	switch random.IntN(100) { // the calculator takes its time over long ones
	case 0, 1, 2, 3, 4, 5:
		length = 290 + random.IntN(30)
	case 6:
		length = 1400 + random.IntN(200)
	}
	outside := random.IntN(3) == 0
	var b strings.Builder
	for range length {
		from := ordinary[:1+random.IntN(len(ordinary))]
		if outside && random.IntN(8) == 0 {
			from = others
		}
		b.WriteString(from[random.IntN(len(from))])
	}
	return b.String()
}
