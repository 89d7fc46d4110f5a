package dashboards

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files that are made of this package's values")

// TestCommitted: the files beside this package are what its values make.
func TestCommitted(t *testing.T) {
	t.Parallel()
	made, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	if made[cases], err = ruleTests(); err != nil {
		t.Fatal(err)
	}
	for path, want := range made {
		if *update {
			if err := os.WriteFile(path, want, 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, want) {
			t.Errorf("%s is not what the values make (%v); go test ./dashboards -update writes it", path, err)
		}
	}
	for _, dir := range []string{"grafana/dashboards", "prometheus"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if _, is := made[dir+"/"+e.Name()]; !is && e.Name() != "prometheus.yaml" {
				t.Errorf("nothing makes %s/%s; remove it", dir, e.Name())
			}
		}
	}
}

// TestExport writes the files twice, and looks whether all are there as they are committed.
func TestExport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "place")
	for range 2 {
		if err := Export(dir); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		n++
		is, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(is, want) {
			t.Errorf("%s is exported otherwise than it is committed: %v", path, err)
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Errorf("%d files, %v", n, err)
	}
	if err := Export(filepath.Join(dir, "compose.yaml")); err == nil || !strings.Contains(err.Error(), "compose.yaml") {
		t.Errorf("into a file that is no directory: %v", err)
	}
}
