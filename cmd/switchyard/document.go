package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"switchyard/actors/routing"
	"switchyard/api"
)

// document is a tenant's configuration as a file holds it.
type document struct {
	tenant routing.Tenant
	source string
	kind   string // content type
}

// readDocument reads and checks a configuration in YAML, or in JSON when the file is named so; "-" is standard input.
func readDocument(path string, stdin io.Reader) (document, error) {
	var (
		text []byte
		err  error
	)
	if path == "-" {
		text, err = io.ReadAll(stdin)
	} else {
		text, err = os.ReadFile(path) //nolint:gosec // the file that the operator names
	}
	if err != nil {
		return document{}, fmt.Errorf("read the configuration: %w", err)
	}
	d := document{source: string(text), kind: "application/yaml"}
	if filepath.Ext(path) == ".json" {
		d.kind = "application/json"
	}
	if d.tenant, err = api.ParseTenant(text, d.kind, carriers(nil)...); err != nil {
		return d, fmt.Errorf("%s: %w", path, listed(err))
	}
	return d, nil
}

func readDocuments(paths []string) ([]document, error) {
	all := make([]document, 0, len(paths))
	for _, path := range paths {
		d, err := readDocument(path, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// listed puts each problem of a refused configuration on a line of its own.
func listed(err error) error {
	refused := (*routing.Error)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	return errors.New(problemLines(refused.Detail, refused.Problems))
}

func problemLines(detail string, problems []routing.Problem) string {
	var b strings.Builder
	b.WriteString(detail)
	for _, p := range problems {
		b.WriteString("\n  ")
		if p.Path != "" {
			b.WriteString(p.Path + ": ")
		}
		b.WriteString(p.Message)
	}
	return b.String()
}

func decodeConfig(raw []byte, c *routing.Config) error {
	if err := json.Unmarshal(raw, c); err != nil {
		return fmt.Errorf("stored configuration: %w", err)
	}
	return nil
}
