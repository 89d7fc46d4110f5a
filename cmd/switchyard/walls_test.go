package main

import (
	"bytes"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// wall says what a room must never reach, however long the way. A pattern is an import path, a [path.Match] pattern, or a
// path that ends in /... for itself and everything below it.
type wall struct {
	from  string
	never []string
	why   string
}

// walls are the arrows between the rooms, from docs/architecture.md, turned round.
func walls() []wall {
	const (
		echo      = "github.com/labstack/echo/..."
		hollywood = "github.com/anthdm/hollywood/..."
		pebble    = "github.com/cockroachdb/pebble/..."
		redis     = "github.com/redis/go-redis/..."
	)
	return []wall{
		{
			"switchyard/...",
			[]string{"github.com/anthdm/hollywood/remote/...", "github.com/anthdm/hollywood/cluster/..."},
			"actors live inside one node; between nodes there is only the store",
		},
		{
			"switchyard/actors/sms",
			[]string{
				"net/...", "os/exec", echo, hollywood, pebble, redis, "switchyard/actors/routing",
				"switchyard/actors", "switchyard/api/...", "switchyard/cmd/...", "switchyard/persistence/...",
			},
			"the leaf knows texts and numbers, and does no I/O",
		},
		{
			"switchyard/actors/routing",
			[]string{
				"net/...", "os/exec", echo, hollywood, pebble,
				"switchyard/actors", "switchyard/api/...", "switchyard/cmd/...", "switchyard/persistence/...",
			},
			"the core does no I/O and knows no room but the leaf",
		},
		{
			"switchyard/actors/routing/simulation",
			[]string{
				"net/...", "os/exec", echo, hollywood, pebble, redis,
				"switchyard/actors", "switchyard/api/...", "switchyard/cmd/...", "switchyard/persistence/...",
			},
			"virtual time does no I/O and knows no room but the core",
		},
		{
			"switchyard/actors/measures",
			[]string{
				"os/exec", echo, hollywood, pebble, redis, "switchyard/actors", "switchyard/actors/routing/...", "switchyard/actors/sms",
				"switchyard/api/...", "switchyard/cmd/...", "switchyard/persistence/...",
			},
			"the definitions of what is counted know nobody who counts",
		},
		{
			"switchyard/actors",
			[]string{
				echo, pebble, redis, "switchyard/actors/routing/simulation", "switchyard/api/...", "switchyard/cmd/...", "switchyard/persistence/*",
			},
			"the engine knows no face, and the store's port only",
		},
		{
			"switchyard/api/...",
			[]string{hollywood, pebble, redis, "switchyard/actors", "switchyard/cmd/...", "switchyard/persistence/*"},
			"the face knows the trade's words and the store's port, not the engine",
		},
		{
			"switchyard/api/carrier/...",
			[]string{"switchyard/api", "switchyard/persistence/..."},
			"a carrier's dialect knows no server and remembers nothing",
		},
		{
			"switchyard/api/openid/...",
			[]string{echo, "switchyard/actors/...", "switchyard/api", "switchyard/api/carrier/...", "switchyard/persistence/..."},
			"a provider proves who somebody is, and knows nobody here",
		},
		{
			"switchyard/api/desktop",
			[]string{echo, "switchyard/actors/...", "switchyard/api", "switchyard/api/carrier/...", "switchyard/persistence/..."},
			"the pages speak the contract like any other client",
		},
		{
			"switchyard/persistence/...",
			[]string{echo, hollywood, "switchyard/actors/...", "switchyard/api/...", "switchyard/cmd/..."},
			"the memory knows bytes, keys and order",
		},
		{
			"switchyard/dashboards",
			[]string{
				echo, hollywood, pebble, redis, "switchyard/actors", "switchyard/actors/routing/...", "switchyard/actors/sms", "switchyard/api/...",
				"switchyard/cmd/...", "switchyard/persistence/...",
			},
			"dashboards know the definitions of what is counted, and nothing else",
		},
		{"switchyard/persistence/redis", []string{pebble}, "one store knows no other"},
		{"switchyard/persistence/pebble", []string{redis}, "one store knows no other"},
		{"switchyard/persistence", []string{pebble, redis, "switchyard/persistence/*"}, "the port knows no store behind it"},
		{
			"switchyard/cmd/switchyard",
			[]string{
				"github.com/alicebob/miniredis/...", "github.com/getkin/kin-openapi/...", "github.com/google/go-cmp/...", "go.uber.org/goleak/...", "pgregory.net/rapid/...",
				"switchyard/api/carrier/carriertest", "switchyard/api/openid/openidtest", "switchyard/persistence/faulty", "switchyard/persistence/redis/redistest",
				"switchyard/persistence/storetest",
			},
			"what only tests need stays out of the binary",
		},
	}
}

// TestWalls looks through all imports of imports; the linter's walls see the direct ones.
func TestWalls(t *testing.T) {
	t.Parallel()
	packages := reachable(t)
	for _, w := range walls() {
		t.Run(w.from, func(t *testing.T) {
			t.Parallel()
			rooms := 0
			for room, reached := range packages {
				if !matchesImport(room, w.from) {
					continue
				}
				rooms++
				for _, pattern := range w.never {
					i := slices.IndexFunc(reached, func(dependency string) bool { return matchesImport(dependency, pattern) })
					if i >= 0 {
						t.Errorf("%s reaches %s, but %s; `go mod why %[2]s` shows a way", room, reached[i], w.why)
					}
				}
			}
			if rooms == 0 {
				t.Errorf("no package matches %s: the wall guards nothing; correct its name", w.from)
			}
		})
	}
}

// reachable lists the module's packages with everything that each of them reaches, tests left out.
func reachable(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./...")
	list.Dir = repositoryRoot
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", list, err, &complaints)
	}
	packages := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		packages[words[0]] = words[1:]
	}
	return packages
}

// matchesImport says whether the import path matches the pattern of a [wall].
func matchesImport(importPath, pattern string) bool {
	if tree, ok := strings.CutSuffix(pattern, "/..."); ok {
		return importPath == tree || strings.HasPrefix(importPath, tree+"/")
	}
	ok, err := path.Match(pattern, importPath)
	return ok && err == nil
}
