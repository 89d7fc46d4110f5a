package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
)

// ParseTenant reads a tenant's configuration and checks it. The content type says whether it is written in JSON
// (application/json) or in YAML (anything else). Channels must have what their carriers need, when carriers are given. The error is a [*routing.Error] of code invalid whose problems say what to
// correct, for YAML with line and column.
func ParseTenant(source []byte, contentType string, carriers ...carrier.Carrier) (routing.Tenant, error) {
	if isJSON(contentType) {
		return parseJSON(source, carriers)
	}
	source = plainLines(source)
	var t routing.Tenant
	if err := yaml.UnmarshalWithOptions(source, &t, yaml.Strict()); err != nil {
		return t, unreadable(yamlProblem(err))
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return t, unreadable(yamlProblem(err))
	}
	if len(file.Docs) > 1 && file.Docs[1].Start != nil { // what is read ends there
		at := file.Docs[1].Start.Position
		return t, unreadable(routing.Problem{Message: lineColumn(at.Line, at.Column) + "a second document begins here; write one alone, and take out the ---"})
	}
	return t, checked(file, t, carriers)
}

// plainLines is a text as editors of other systems would have written it: without a byte order mark, and each line ending in a line
// feed alone, which is how lines are counted.
func plainLines(source []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(source, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
}

// checked says what is wrong with what was read, and where it is written.
func checked(file *ast.File, t routing.Tenant, carriers []carrier.Carrier) error {
	problems := slices.Concat(checkNumbers(file, t), t.Check(), checkPasswords(t), checkChannels(t, carriers))
	if len(problems) == 0 {
		return nil
	}
	for i, p := range problems {
		problems[i].Message = position(file, p) + p.Message
	}
	return invalid("the configuration is not valid", problems...)
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

func parseJSON(source []byte, carriers []carrier.Carrier) (routing.Tenant, error) {
	source = plainLines(source)
	written := bytes.ReplaceAll(source, []byte("\t"), []byte(" ")) // JSON is YAML, but for tabs between what it says
	var t routing.Tenant
	d := json.NewDecoder(bytes.NewReader(source))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return t, unreadable(jsonProblem(err, source, written))
	}
	end := d.InputOffset()
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return t, unreadable(routing.Problem{Message: offset(source, end+1) + "something follows after the document"})
	}
	file, err := parser.ParseBytes(written, 0)
	switch {
	case err == nil:
	case strings.Contains(err.Error(), "already defined"): // of which JSON takes the last
		return t, unreadable(yamlProblem(err))
	default: // some escapes are JSON's alone
		file = &ast.File{}
	}
	return t, checked(file, t, carriers)
}

// jsonProblem says where reading stopped: written tells more than JSON itself, whose reader knows no lines.
func jsonProblem(err error, source, written []byte) routing.Problem {
	syntax := (*json.SyntaxError)(nil)
	if errors.As(err, &syntax) {
		return routing.Problem{Message: offset(source, syntax.Offset) + syntax.Error() + "; write it as JSON"}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return routing.Problem{Message: offset(source, int64(len(source))) + "the document is not complete; end what has begun"}
	}
	if again := yaml.UnmarshalWithOptions(written, &routing.Tenant{}, yaml.Strict()); again != nil {
		return yamlProblem(again)
	}
	p := routing.Problem{Message: strings.TrimPrefix(err.Error(), "json: ")}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		p = routing.Problem{Path: wrong.Field, Message: offset(source, wrong.Offset) + kindRemedy(wrong.Type.Kind())}
	}
	return p
}

func unreadable(p routing.Problem) error {
	return invalid("the configuration cannot be read", p)
}

// yamlProblem says where reading stopped.
func yamlProblem(err error) routing.Problem {
	var placed yaml.Error
	if !errors.As(err, &placed) {
		return routing.Problem{Message: err.Error()}
	}
	p := routing.Problem{Message: remedy(placed)}
	if t := placed.GetToken(); t != nil && t.Position != nil {
		p.Message = lineColumn(t.Position.Line, t.Position.Column) + p.Message
	}
	return p
}

// remedy says what to write instead of what cannot be read.
func remedy(err yaml.Error) string {
	switch err := err.(type) {
	case *yaml.UnknownFieldError:
		return err.Message + "; docs/tenant.yaml shows those that there are"
	case *yaml.TypeError:
		return kindRemedy(err.DstType.Kind())
	case *yaml.UnexpectedNodeTypeError:
		if err.Expected == ast.SequenceType {
			return "write a list here, such as [one, two]"
		}
		return "write names and values here, such as {name: value}"
	case *yaml.DuplicateKeyError:
		return err.Message + "; write each name once, and none that << brings in already"
	}
	return err.GetMessage() + syntaxRemedy(err.GetMessage())
}

func kindRemedy(kind reflect.Kind) string {
	switch kind { //nolint:exhaustive // the others are in no configuration
	case reflect.Int:
		return "write a whole number here"
	case reflect.Float64:
		return "write a number here"
	case reflect.Bool:
		return "write true or false here"
	}
	return "write a text here"
}

// syntaxRemedy adds to the words of the YAML reader what an administrator has most likely meant to write.
func syntaxRemedy(message string) string {
	for _, r := range []struct{ said, write string }{
		{"already defined", "leave one of the two out"},
		{"tab character", "indent with spaces"},
		{"'\t'", "indent with spaces"},
		{"']'", "end the list with ]"},
		{"'}'", "end what { begins with }"},
		{"alias", "write what is meant, or the &name before it is used"},
		{"anchor", "write what is meant, or the &name before it is used"},
		{"non-map value", "write a name, a colon and a space, as in name: value"},
		{"quot", "end the text with the quotation mark that it begins with"},
	} {
		if strings.Contains(message, r.said) {
			return "; " + r.write
		}
	}
	return "; look for a quotation mark, a bracket, or a colon with its space that is missing here or before, and at the indentation"
}
