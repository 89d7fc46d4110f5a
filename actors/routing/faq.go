package routing

import (
	"regexp"
	"slices"
	"strings"
)

// FAQ is a text-only answer that agents insert into replies. {customer} and {agent} stand for names.
type FAQ struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Text   string    `json:"text"`
	Queues []QueueID `json:"queues,omitempty"` // empty: every queue's
}

var (
	customerGap = regexp.MustCompile(` ?\{customer\}`)
	variables   = regexp.MustCompile(`\{[a-z_]+\}`)
)

// Filled is the answer's text with names in the place of its variables. A customer without a record has none, and is greeted without
// one; of a name the first word is used.
func (f FAQ) Filled(customer, agent string) string {
	text := f.Text
	if first, _, _ := strings.Cut(customer, " "); first != "" {
		text = strings.ReplaceAll(text, "{customer}", first)
	}
	text = customerGap.ReplaceAllString(text, "")
	return strings.TrimSpace(strings.ReplaceAll(text, "{agent}", agent))
}

// Strange lists what looks like a variable in the text and is none.
func (f FAQ) Strange() []string {
	return slices.DeleteFunc(variables.FindAllString(f.Text, -1), func(v string) bool { return v == "{customer}" || v == "{agent}" })
}
