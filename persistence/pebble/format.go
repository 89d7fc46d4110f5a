package pebble

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"switchyard/persistence"
)

const (
	// formatVersion is the version of the layout in layout.go together with Pebble's own format. Whoever changes either
	// raises it.
	formatVersion = 1

	storeDir   = "store"     // everything of a finished store
	unfinished = "store.new" // a store that is being made; renamed to storeDir when it is whole
	formatFile = "FORMAT"
	dbDir      = "db"
)

// format is the content of the FORMAT file: three lines that a person can read, and the checksum of these.
//
//	switchyard store
//	version 1
//	partitions 16
//	crc32 0123abcd
//
// Every later version begins with the same two lines and ends with the checksum of all lines before it.
type format struct {
	partitions uint16
}

func (f format) encode() []byte {
	text := fmt.Sprintf("switchyard store\nversion %d\npartitions %d\n", formatVersion, f.partitions)
	return fmt.Appendf(nil, "%scrc32 %08x\n", text, crc32.ChecksumIEEE([]byte(text)))
}

func readFormat(dir string) (format, error) {
	path := filepath.Join(dir, storeDir, formatFile)
	raw, err := os.ReadFile(path) //nolint:gosec // within the data directory, which the operator chooses
	if err != nil {
		if os.IsNotExist(err) {
			return format{}, fmt.Errorf("%w (%s is missing)", persistence.ErrDamaged, path)
		}
		return format{}, fmt.Errorf("pebble: read %s: %w", path, err)
	}
	f, err := parseFormat(string(raw))
	if err != nil {
		return format{}, fmt.Errorf("%w (%s)", err, path)
	}
	return f, nil
}

func parseFormat(text string) (format, error) {
	body, sum, found := strings.Cut(text, "crc32 ")
	if !found || sum != fmt.Sprintf("%08x\n", crc32.ChecksumIEEE([]byte(body))) {
		return format{}, persistence.ErrDamaged
	}
	lines := strings.Split(body, "\n")
	if len(lines) < 2 || lines[0] != "switchyard store" {
		return format{}, persistence.ErrFormat
	}
	version, err := strconv.Atoi(strings.TrimPrefix(lines[1], "version "))
	if err != nil || version != formatVersion {
		return format{}, fmt.Errorf("%w: %s, this one reads version %d", persistence.ErrFormat, lines[1], formatVersion)
	}
	partitions, err := strconv.ParseUint(strings.TrimPrefix(lines[2], "partitions "), 10, 16)
	if err != nil || partitions < 1 || partitions > maxPartitions {
		return format{}, persistence.ErrDamaged
	}
	return format{partitions: uint16(partitions)}, nil
}

// finish turns the unfinished store in dir, whose database is closed and synced, into a whole one, in one step.
func (f format) finish(dir string) error {
	if err := writeSynced(filepath.Join(dir, unfinished, formatFile), f.encode()); err != nil {
		return err
	}
	if err := syncDir(filepath.Join(dir, unfinished)); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, unfinished), filepath.Join(dir, storeDir)); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeSynced(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // within the data directory, which the operator chooses
	if err != nil {
		return err
	}
	if _, err = file.Write(content); err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

func syncDir(path string) error {
	dir, err := os.Open(path) //nolint:gosec // within the data directory, which the operator chooses
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
