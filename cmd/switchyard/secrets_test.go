package main

import (
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	t.Setenv("SWITCHYARD_TEST_SECRET", "from the environment")
	for _, row := range []struct{ ref, want, complaint string }{
		{"plain", "plain", ""},
		{"env:SWITCHYARD_TEST_SECRET", "from the environment", ""},
		{"env:SWITCHYARD_TEST_NOTHING", "", "is not set"},
		{"file:" + file(t, "secret", " from a file\n"), "from a file", ""},
		{"file:" + file(t, "secret", "\n"), "", "is empty"},
		{"file:/nowhere/at/all", "", "no such file"},
	} {
		got, err := secret(row.ref)
		if got != row.want || (err == nil) != (row.complaint == "") || (err != nil && !strings.Contains(err.Error(), row.complaint)) {
			t.Errorf("secret(%q) = %q, %v; want %q, %q", row.ref, got, err, row.want, row.complaint)
		}
	}
}
