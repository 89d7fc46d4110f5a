package api

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"switchyard/actors/routing"
)

// checkFractions names the numbers of a document that have a fraction where only whole ones are kept: the decoder drops it, and what is
// in force would be another number than the one that is written.
func checkFractions(file *ast.File, kept routing.Tenant) []routing.Problem {
	text, err := json.Marshal(kept)
	if err != nil {
		return nil
	}
	read, err := parser.ParseBytes(text, 0) // JSON is YAML
	if err != nil {
		return nil
	}
	f := fractions{read: read}
	for _, doc := range file.Docs {
		ast.Walk(&f, doc.Body)
	}
	return f.problems
}

// fractions goes through a document beside what was read of it.
type fractions struct {
	read     *ast.File
	problems []routing.Problem
}

// Visit implements [ast.Visitor].
func (f *fractions) Visit(n ast.Node) ast.Visitor {
	if number, ok := n.(*ast.FloatNode); ok && number.Value != math.Trunc(number.Value) && !f.keeps(number.GetPath()) {
		f.problems = append(f.problems, routing.Problem{
			Path: strings.TrimPrefix(number.GetPath(), "$."), Message: number.GetToken().Value + " has a fraction; write a whole number",
		})
	}
	return f
}

// keeps says whether what was read at a path has room for a fraction; a number that is left out was read as 0.
func (f *fractions) keeps(path string) bool {
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
