//go:build ignore

// Writes emoji_names.txt: every character that can be an emoji, in order, with its Unicode name in small letters.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/text/unicode/runenames"
)

// listing prints the emoji of the running Node, whose Unicode tables emoji_table.go comes from too.
const listing = `for (let c = 0x80; c <= 0x10ffff; c++)
  if (/^[\p{Emoji}\p{Extended_Pictographic}]$/u.test(String.fromCodePoint(c))) console.log(c)`

func main() {
	codes, err := exec.Command("node", "-e", listing).Output()
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	for line := range strings.Lines(string(codes)) {
		var code rune
		if _, err := fmt.Sscan(line, &code); err != nil {
			log.Fatal(err)
		}
		if name := runenames.Name(code); name != "" && !strings.HasPrefix(name, "<") {
			fmt.Fprintf(&out, "%05X %s\n", code, strings.ToLower(name))
		}
	}
	if err := os.WriteFile("emoji_names.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
