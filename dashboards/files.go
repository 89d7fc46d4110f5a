package dashboards

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// files are what is committed beside this package: what is made of its values, and what leads Grafana, Prometheus and Docker to it.
//
//go:embed compose.yaml Dockerfile grafana prometheus
var files embed.FS

// generated are the files that are made of this package's values, by where they are committed.
func generated() (map[string][]byte, error) {
	made := map[string][]byte{}
	var err error
	for _, d := range All() {
		if made["grafana/dashboards/"+d.UID+".json"], err = d.JSON(); err != nil {
			return nil, err
		}
	}
	made["prometheus/switchyard.rules.yaml"], err = Rules()
	return made, err
}

// Export writes all files below a directory, which is made if it is not there. Files that are there already are replaced.
func Export(dir string) error {
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755) //nolint:gosec // for Grafana and Prometheus to read, who are other users
		}
		content, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644) //nolint:gosec // likewise
	})
	if err != nil {
		return fmt.Errorf("export dashboards: %w", err)
	}
	return nil
}
