package desktop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSources: the pages' sources pass the strict type checker and the linter.
func TestSources(t *testing.T) {
	t.Parallel()
	for tool, arguments := range map[string][]string{"tsc": {"-p", "."}, "oxlint": {"--deny-warnings"}} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			check := exec.CommandContext(t.Context(), filepath.Join("node_modules", ".bin", tool), arguments...)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v: %v (.ci/install installs what is missing)\n%s", check, err, out)
			}
		})
	}
}

// TestVendored: what others made is what they published in the versions of package.json.
func TestVendored(t *testing.T) {
	t.Parallel()
	const font = "@fontsource-variable/atkinson-hyperlegible-next/"
	for name, published := range map[string]string{
		"preact.mjs":                             "preact/dist/preact.mjs",
		"preact-hooks.mjs":                       "preact/hooks/dist/hooks.mjs",
		"preact-jsx-runtime.mjs":                 "preact/jsx-runtime/dist/jsxRuntime.mjs",
		"preact.LICENSE.txt":                     "preact/LICENSE",
		"signals.mjs":                            "@preact/signals/dist/signals.mjs",
		"signals-core.mjs":                       "@preact/signals-core/dist/signals-core.mjs",
		"signals.LICENSE.txt":                    "@preact/signals/LICENSE",
		"atkinson-hyperlegible-next.woff2":       font + "files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
		"atkinson-hyperlegible-next.LICENSE.txt": font + "LICENSE",
	} {
		ours, err := web.ReadFile("web/vendor/" + name)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile(filepath.Join("node_modules", filepath.FromSlash(published)))
		if err != nil {
			t.Fatalf("%v; .ci/install installs it", err)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("web/vendor/%s is not %s of the version in package.json", name, published)
		}
	}
}
