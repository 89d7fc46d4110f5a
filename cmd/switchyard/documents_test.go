package main

import (
	"os"
	"path/filepath"
	"testing"

	"switchyard/api"
)

// TestDocumentedTenantIsValid reads the tenant that the documentation tells people to start from.
func TestDocumentedTenantIsValid(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join(repositoryRoot, "docs", "tenant.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := api.ParseTenant(source, "application/yaml", carriers(nil)...)
	if err != nil {
		t.Fatal(err)
	}
	if problems := tenant.Check(); len(problems) > 0 {
		t.Error(problems)
	}
}
