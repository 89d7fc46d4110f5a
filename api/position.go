package api

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"switchyard/actors/routing"
)

// lineColumn says where in a document something is.
func lineColumn(line, column int) string { return fmt.Sprintf("line %d, column %d: ", line, column) }

// offset says where in a document the last of so many bytes is.
func offset(source []byte, bytesRead int64) string {
	n := max(0, min(int(bytesRead), len(source))-1)
	line := bytes.LastIndexByte(source[:n], '\n') + 1
	return lineColumn(bytes.Count(source[:n], []byte("\n"))+1, len([]rune(string(source[line:n])))+1)
}

// position says where in the document a problem's path stands, if that is known, such as "queues[0].skills[1].level"; for what is not written, where
// that which lacks it stands. A problem that quotes the name at which it is has to do with that name, and any other with its value.
func position(file *ast.File, p routing.Problem) string {
	switch {
	case len(file.Docs) == 0:
		return ""
	case file.Docs[0].Body == nil:
		return lineColumn(1, 1)
	}
	at := file.Docs[0].Body
	named := start(at)
	for rest := p.Path; rest != ""; {
		key, value, after := step(at, rest)
		if value == nil {
			return lineColumn(named.Line, named.Column)
		}
		at, rest, named = value, after, start(value)
		if key != nil && rest == "" && strings.Contains(p.Message, strconv.Quote(key.Value)) && at.GetToken().Value != key.Value {
			named = key.Position
		}
	}
	return lineColumn(named.Line, named.Column)
}

// step goes from a node to what the path names first in it, and says what of the path is left; key is nil in a list.
func step(at ast.Node, path string) (key *token.Token, value ast.Node, rest string) {
	switch at := unwrapped(at).(type) {
	case *ast.SequenceNode:
		number, after, ok := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if n, err := strconv.Atoi(number); ok && err == nil && n < len(at.Values) {
			return nil, at.Values[n], strings.TrimPrefix(after, ".")
		}
	case *ast.MappingNode:
		for _, v := range at.Values {
			if after, ok := strings.CutPrefix(path, v.Key.GetToken().Value); ok && (after == "" || after[0] == '.' || after[0] == '[') {
				return v.Key.GetToken(), v.Value, strings.TrimPrefix(after, ".")
			}
		}
	}
	return nil, nil, ""
}

// unwrapped is what an anchor stands before.
func unwrapped(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.AnchorNode:
		return unwrapped(n.Value)
	case *ast.MappingValueNode: // the only one
		return ast.Mapping(n.Start, false, n)
	}
	return n
}

// start is where a node begins. One in block style begins with its first element.
func start(n ast.Node) *token.Position {
	switch n := unwrapped(n).(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken().Position
		}
	case nil:
	default:
		return n.GetToken().Position
	}
	return n.GetToken().Position
}
