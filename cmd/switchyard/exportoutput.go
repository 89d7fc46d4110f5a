package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// exportFile is where an export is written: beside its name until it is whole, so that what bears the name is.
type exportFile struct {
	io.Writer
	path   string // empty: standard output
	file   *os.File
	packer *gzip.Writer
}

// unfinishedExport is what the name of a file ends in that is not whole.
const unfinishedExport = ".part"

func newExportFile(path string, stdout io.Writer) (*exportFile, error) {
	if path == "-" {
		return &exportFile{Writer: stdout}, nil
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s is there already; name another file", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("export: %w", err)
	}
	if err := os.Remove(path + unfinishedExport); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("export: %w", err)
	}
	//nolint:gosec // the file that the operator names
	file, err := os.OpenFile(path+unfinishedExport, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	f := &exportFile{Writer: file, path: path, file: file}
	if filepath.Ext(path) == ".gz" {
		f.packer = gzip.NewWriter(file)
		f.Writer = f.packer
	}
	return f, nil
}

// keep makes the file whole and gives it its name.
func (f *exportFile) keep() error {
	if f.path == "" {
		return nil
	}
	var err error
	if f.packer != nil {
		err = f.packer.Close()
	}
	if err = errors.Join(err, f.file.Sync()); err != nil {
		return errors.Join(fmt.Errorf("export: %w", err), f.abandon())
	}
	if err := errors.Join(f.file.Close(), os.Rename(f.path+unfinishedExport, f.path)); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// abandon removes what is not whole.
func (f *exportFile) abandon() error {
	if f.path == "" {
		return nil
	}
	return errors.Join(f.file.Close(), os.Remove(f.path+unfinishedExport))
}
