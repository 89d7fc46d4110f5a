package api

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"switchyard/actors/routing"
)

// rewritings are ways to write a document in which one member of a list has become another value, those that leave the most as it
// was written first. Whether one is right shows when it is read. The member's place is -1 when it is new, its value nil when it is
// taken out.
func rewritings(source, list string, at int, value any, whole routing.Tenant) []string {
	var ways []string
	if s, ok := sectionOf(source, list); ok {
		if text, ok := s.withMember(at, value); ok {
			ways = append(ways, text)
		}
		ways = append(ways, s.anew(list, whole))
	} else if value != nil {
		ways = append(ways, strings.TrimRight(source, "\n")+"\n\n"+listText(list, whole))
	}
	return append(ways, writtenAnew(whole)...)
}

// rewrittenField are the same for a field of the document itself, whatever becomes of it.
func rewrittenField(source, field string, whole routing.Tenant) []string {
	var ways []string
	if s, ok := sectionOf(source, field); ok {
		ways = append(ways, s.anew(field, whole))
	} else if text := listText(field, whole); text != "" {
		ways = append(ways, strings.TrimRight(source, "\n")+"\n\n"+text)
	} else {
		ways = append(ways, source)
	}
	return append(ways, writtenAnew(whole)...)
}

func writtenAnew(whole routing.Tenant) []string {
	text, err := yaml.MarshalWithOptions(whole, yaml.IndentSequence(true))
	if err != nil {
		return nil
	}
	return []string{string(text)}
}

// section is one list or other field of a document: its lines, and where each member begins. Lines count from 0.
type section struct {
	lines    []string
	from, to int // the list's lines, its name included
	begins   []int
	indent   int
	flow     bool // its last member is written between braces
}

// sectionOf finds a field at the top of a document.
func sectionOf(source, list string) (section, bool) {
	s := section{lines: strings.Split(source, "\n")}
	file, err := parser.ParseBytes([]byte(source), 0)
	if err != nil || len(file.Docs) != 1 {
		return s, false
	}
	top, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok || top.IsFlowStyle {
		return s, false
	}
	for i, field := range top.Values {
		if field.Key.GetToken().Value != list {
			continue
		}
		s.from, s.to = field.Key.GetToken().Position.Line-1, len(s.lines)
		if i+1 < len(top.Values) {
			s.to = top.Values[i+1].Key.GetToken().Position.Line - 1
		}
		s.find(field.Value)
		s.to = s.endOf(s.from, s.to)
		return s, true
	}
	return s, false
}

// find notes where the members begin, when each begins on a line of its own.
func (s *section) find(value ast.Node) {
	seq, ok := value.(*ast.SequenceNode)
	if !ok || seq.IsFlowStyle {
		return
	}
	s.indent = seq.Start.Position.Column - 1
	for i, v := range seq.Values {
		line := v.GetToken().Position.Line - 1
		for line > s.from && !strings.HasPrefix(strings.TrimLeft(s.lines[line], " "), "- ") {
			line--
		}
		s.begins = append(s.begins, line)
		if m, ok := v.(*ast.MappingNode); ok && i == len(seq.Values)-1 {
			s.flow = m.IsFlowStyle
		}
	}
}

// endOf is where lines end when those are left out at the end that are blank or a comment on what follows. What stands deeper than
// the members may be the end of a text.
func (s *section) endOf(from, to int) int {
	for to > from+1 {
		line := s.lines[to-1]
		text := strings.TrimLeft(line, " ")
		if strings.TrimSpace(text) != "" && (!strings.HasPrefix(text, "#") || len(line)-len(text) > s.indent) {
			break
		}
		to--
	}
	return to
}

// withMember is the document with one member replaced, added or taken out.
func (s *section) withMember(at int, value any) (string, bool) {
	if len(s.begins) == 0 || value == nil && len(s.begins) == 1 {
		return "", false
	}
	from, to := s.to, s.to
	flow := s.flow
	if at >= 0 {
		from = s.begins[at]
		if at+1 < len(s.begins) {
			to = s.endOf(from, s.begins[at+1])
		}
		flow = strings.HasPrefix(strings.TrimSpace(s.lines[from]), "- {")
	}
	var text []string
	if value != nil {
		written, err := yaml.MarshalWithOptions(value, yaml.IndentSequence(true), yaml.Flow(flow))
		if err != nil {
			return "", false
		}
		text = strings.Split(strings.TrimRight(string(written), "\n"), "\n")
		for i, line := range text {
			lead := "- "
			if i > 0 {
				lead = "  "
			}
			text[i] = strings.Repeat(" ", s.indent) + lead + line
		}
	}
	return s.spliced(from, to, text), true
}

// anew is the document with the whole list written anew.
func (s *section) anew(list string, whole routing.Tenant) string {
	text := strings.TrimRight(listText(list, whole), "\n")
	if text == "" {
		return s.spliced(s.from, s.to, nil)
	}
	return s.spliced(s.from, s.to, strings.Split(text, "\n"))
}

func (s *section) spliced(from, to int, text []string) string {
	lines := append([]string{}, s.lines[:from]...)
	lines = append(lines, text...)
	return strings.Join(append(lines, s.lines[to:]...), "\n")
}

// listText is one list or other field of a configuration with its name, in YAML; nothing when it is empty.
func listText(list string, whole routing.Tenant) string {
	text, err := yaml.MarshalWithOptions(whole, yaml.IndentSequence(true))
	if err != nil {
		return ""
	}
	s, ok := sectionOf(string(text), list)
	if !ok {
		return ""
	}
	return strings.Join(s.lines[s.from:s.to], "\n") + "\n"
}
