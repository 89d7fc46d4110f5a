package main

import (
	"fmt"
	"os"
	"strings"
)

// secret resolves what a configuration calls a secret: the value of an environment variable (env:NAME), the content of a file
// without the white space around it (file:PATH), or the text itself.
func secret(ref string) (string, error) {
	if name, ok := strings.CutPrefix(ref, "env:"); ok {
		value := os.Getenv(name)
		if value == "" {
			return "", fmt.Errorf("environment variable %s is not set; set it to the secret", name)
		}
		return value, nil
	}
	path, ok := strings.CutPrefix(ref, "file:")
	if !ok {
		return ref, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the file that the administrator's configuration names
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	value := strings.TrimSpace(string(text))
	if value == "" {
		return "", fmt.Errorf("file %s is empty; write the secret into it", path)
	}
	return value, nil
}
