package api

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"switchyard/actors/routing"
)

//nolint:gochecknoglobals // a constant
var offerTimes = fmt.Sprintf("%.0f to %.0f seconds", routing.MinOfferTimeout.Seconds(), routing.MaxOfferTimeout.Seconds())

// zeros are the numbers for which nothing written means another number than 0, by their places without indices, and what to write
// instead: what is kept cannot tell 0 from nothing, and an agent with room for 0 conversations would get four.
//
//nolint:gochecknoglobals // a constant table
var zeros = map[string]string{
	"agents.capacity":              fmt.Sprintf("1 to %d conversations, or leave it out for %d", routing.MaxCapacity, routing.DefaultCapacity),
	"agents.offer_timeout_seconds": fmt.Sprintf("%s, or leave it out for %.0f", offerTimes, routing.DefaultOfferTimeout.Seconds()),
	"queues.offer_timeout_seconds": offerTimes + ", or leave it out for the agent's own",
	"queues.offer_to":              fmt.Sprintf("1 to %d agents at once, or leave it out for 1", routing.MaxOfferTo),
	"queues.priority":              fmt.Sprintf("%d to %d (higher first), or leave it out for %d", routing.MinPriority, routing.MaxPriority, routing.DefaultPriority),
	"channels.rules.priority":      fmt.Sprintf("%d to %d (higher first), or leave it out", routing.MinPriority, routing.MaxPriority),
	"channels.segments_per_second": "more than 0, or leave it out for the number's own rate",
}

// index is an element's place in a list, as paths have it.
var index = regexp.MustCompile(`\[\d+\]`)

// checkNumbers names the numbers of a document that would not be kept as they are written: those with a fraction where only whole ones are
// kept, and zeros that would be taken for nothing. What is in force would be another number, and nobody would know.
func checkNumbers(file *ast.File, kept routing.Tenant) []routing.Problem {
	text, err := json.Marshal(kept)
	if err != nil {
		return nil
	}
	read, err := parser.ParseBytes(text, 0) // JSON is YAML
	if err != nil {
		return nil
	}
	f := figures{read: read}
	for _, doc := range file.Docs {
		ast.Walk(&f, doc.Body)
	}
	return f.problems
}

// figures goes through a document beside what was read of it.
type figures struct {
	read     *ast.File
	problems []routing.Problem
}

// Visit implements [ast.Visitor].
func (f *figures) Visit(n ast.Node) ast.Visitor {
	var value float64
	switch n := n.(type) {
	case *ast.FloatNode:
		value = n.Value
	case *ast.IntegerNode:
		if n.GetToken().Value != "0" {
			return f
		}
	default:
		return f
	}
	path := strings.TrimPrefix(n.GetPath(), "$.")
	if value != math.Trunc(value) && !f.keeps(n.GetPath()) {
		f.problems = append(f.problems, routing.Problem{Path: path, Message: n.GetToken().Value + " has a fraction; write a whole number"})
	}
	if write := zeros[index.ReplaceAllString(path, "")]; write != "" && value == 0 {
		f.problems = append(f.problems, routing.Problem{Path: path, Message: "0 is out of range; write " + write})
	}
	return f
}

// keeps says whether what was read at a path has room for a fraction; a number that is left out was read as 0.
func (f *figures) keeps(path string) bool {
	at, err := yaml.PathString(path)
	if err != nil {
		return false
	}
	n, err := at.FilterFile(f.read)
	if err != nil {
		return false
	}
	_, whole := n.(*ast.IntegerNode)
	return !whole
}
