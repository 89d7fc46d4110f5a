package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"reflect"
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
	var t routing.Tenant
	if err := yaml.UnmarshalWithOptions(source, &t, yaml.Strict()); err != nil {
		return t, unreadable(yamlProblem(err))
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return t, unreadable(yamlProblem(err))
	}
	problems := append(append(checkNumbers(file, t), t.Check()...), checkChannels(t, carriers)...)
	if len(problems) == 0 {
		return t, nil
	}
	for i := range problems {
		problems[i].Message = position(file, problems[i].Path) + problems[i].Message
	}
	return t, invalid("the configuration is not valid", problems...)
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

func parseJSON(source []byte, carriers []carrier.Carrier) (routing.Tenant, error) {
	var t routing.Tenant
	d := json.NewDecoder(bytes.NewReader(source))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		path := ""
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			path = wrong.Field
		}
		return t, unreadable(routing.Problem{Path: path, Message: strings.TrimPrefix(err.Error(), "json: ")})
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return t, unreadable(routing.Problem{Message: "something follows after the document"})
	}
	var problems []routing.Problem
	var plain bytes.Buffer
	if json.Compact(&plain, source) == nil {
		if file, err := parser.ParseBytes(plain.Bytes(), 0); err == nil { // JSON is YAML, but for tabs
			problems = checkNumbers(file, t)
		}
	}
	if problems = append(append(problems, t.Check()...), checkChannels(t, carriers)...); len(problems) > 0 {
		return t, invalid("the configuration is not valid", problems...)
	}
	return t, nil
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
		p.Message = fmt.Sprintf("line %d, column %d: %s", t.Position.Line, t.Position.Column, p.Message)
	}
	return p
}

// remedy says what to write instead of what cannot be read.
func remedy(err yaml.Error) string {
	switch err := err.(type) {
	case *yaml.UnknownFieldError:
		return err.Message + "; docs/tenant.yaml shows those that there are"
	case *yaml.TypeError:
		switch err.DstType.Kind() { //nolint:exhaustive // the others are in no configuration
		case reflect.Int:
			return "write a whole number here"
		case reflect.Float64:
			return "write a number here"
		case reflect.Bool:
			return "write true or false here"
		}
		return "write a text here"
	case *yaml.UnexpectedNodeTypeError:
		if err.Expected == ast.SequenceType {
			return "write a list here, such as [one, two]"
		}
		return "write names and values here, such as {name: value}"
	}
	return err.GetMessage()
}

// position says where a path such as "queues[0].skills[1].level" stands in the document; for what is not written, where that
// which lacks it stands.
func position(file *ast.File, path string) string {
	for path != "" {
		if at, err := yaml.PathString("$." + path); err == nil {
			if node, err := at.FilterFile(file); err == nil && node.GetToken() != nil {
				p := node.GetToken().Position
				return fmt.Sprintf("line %d, column %d: ", p.Line, p.Column)
			}
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return ""
}
