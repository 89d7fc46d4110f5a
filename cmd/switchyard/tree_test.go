package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// repositoryRoot is the repository as seen from the folder in which this package's tests run.
const repositoryRoot = "../.."

// maxFileLines is how long a source file may be.
const maxFileLines = 400

func TestTopLevelNames(t *testing.T) {
	t.Parallel()
	rooms := []string{
		"actors", "api", "cmd", "dashboards", "docs", "persistence",
		"go.mod", "go.sum", "CHANGELOG.md", "LICENSE", "Makefile", "README.md",
		".ci", ".editorconfig", ".gitattributes", ".gitignore", ".golangci.yml",
	}
	strangers := make(map[string]bool)
	for name := range repositoryFiles(t) {
		top, _, _ := strings.Cut(name, "/")
		if !slices.Contains(rooms, top) && !strangers[top] {
			strangers[top] = true
			t.Errorf("%s: the repository's root holds the rooms only; move it into one, or list it in .gitignore", top)
		}
	}
}

func TestFileLength(t *testing.T) {
	t.Parallel()
	sources := []string{".go", ".js", ".mjs", ".ts", ".tsx"}
	generated := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	for name, text := range repositoryFiles(t) {
		folders := strings.Split(path.Dir(name), "/")
		if !slices.Contains(sources, path.Ext(name)) || slices.Contains(folders, "testdata") || slices.Contains(folders, "vendor") {
			continue
		}
		if lines := bytes.Count(text, []byte("\n")); lines > maxFileLines && !generated.Match(text) {
			t.Errorf("%s has %d lines, more than %d: one concept a file; split it", name, lines, maxFileLines)
		}
	}
}

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	t.Parallel()
	for name, text := range repositoryFiles(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		for node := range ast.Preorder(file) {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				continue
			}
			if complaint := idleCall(call); complaint != "" {
				t.Errorf("%v: %s", files.Position(call.Pos()), complaint)
			}
		}
	}
}

// idleCall says what is wrong with a call that sleeps, or that skips a test without a reason; nothing if it does neither.
func idleCall(call *ast.CallExpr) string {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch function.Sel.Name {
	case "Sleep":
		if pkg, ok := function.X.(*ast.Ident); ok && pkg.Name == "time" {
			return "a test that sleeps is slow or wrong; wait for what it waits for (in a testing/synctest bubble, for a timer's channel)"
		}
	case "SkipNow":
		return "a test that is skipped without a reason is no test; give the reason with Skip"
	case "Skip", "Skipf":
		if len(call.Args) > 0 {
			reason, ok := call.Args[0].(*ast.BasicLit)
			if ok && reason.Kind == token.STRING && len(reason.Value) > len(`""`) {
				return ""
			}
		}
		return "a test that is skipped without a reason is no test; write the reason out"
	}
	return ""
}

func TestNoPathsOfOneMachine(t *testing.T) {
	t.Parallel()
	machine := regexp.MustCompile(`(^|[^\w./:-])/(root|work|home)/\S*`)
	for name, text := range repositoryFiles(t) {
		for i, line := range bytes.Split(text, []byte("\n")) {
			if found := machine.Find(line); found != nil {
				t.Errorf("%s:%d: %s: a path of one machine is of no use to others", name, i+1, bytes.TrimSpace(found))
			}
		}
	}
}

// repositoryFiles reads the repository's files by their slash-separated names, without those that .gitignore names.
func repositoryFiles(t *testing.T) map[string][]byte {
	t.Helper()
	ignore, err := os.ReadFile(filepath.Join(repositoryRoot, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	patterns := append(strings.Fields(string(ignore)), ".git")

	files := make(map[string][]byte)
	err = fs.WalkDir(os.DirFS(repositoryRoot), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case gitIgnored(name, patterns) && entry.IsDir():
			return fs.SkipDir
		case gitIgnored(name, patterns) || !entry.Type().IsRegular():
			return nil
		}
		files[name], err = os.ReadFile(filepath.Join(repositoryRoot, filepath.FromSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// gitIgnored knows as much of .gitignore's language as ours uses: names, and paths from the root that begin with a slash.
func gitIgnored(name string, patterns []string) bool {
	for _, pattern := range patterns {
		subject := path.Base(name)
		if strings.HasPrefix(pattern, "/") {
			subject = name
		}
		if ok, err := path.Match(strings.Trim(pattern, "/"), subject); ok && err == nil {
			return true
		}
	}
	return false
}
