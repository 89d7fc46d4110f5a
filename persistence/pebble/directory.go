package pebble

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"switchyard/persistence"
)

// directory is a locked data directory. The lock is an flock on the directory itself: it needs no file of its own, so a
// directory that is refused stays as it was, and it ends with the process however that ends. It is what makes this
// process the only one that can own a partition.
type directory struct {
	path  string
	lock  *os.File
	fresh bool // there is no store in it yet
}

// openDirectory locks path, making it when it is missing, and says whether a store is in it.
func openDirectory(path string) (*directory, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		if errors.Is(err, syscall.ENOTDIR) {
			return nil, fmt.Errorf("%w (%s is not a directory)", persistence.ErrFormat, path)
		}
		return nil, fmt.Errorf("pebble: data directory: %w", err)
	}
	lock, err := os.Open(path) //nolint:gosec // the operator chooses the data directory
	if err != nil {
		return nil, fmt.Errorf("pebble: data directory: %w", err)
	}
	d := &directory{path: path, lock: lock}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = fmt.Errorf("%w (%s)", persistence.ErrInUse, path)
		}
		return nil, errors.Join(err, lock.Close())
	}
	if d.fresh, err = isFresh(path); err != nil {
		return nil, errors.Join(err, d.unlock())
	}
	return d, nil
}

// isFresh says whether a store may be made in path. It is an error when there are things in it that are not ours.
func isFresh(path string) (bool, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false, fmt.Errorf("pebble: data directory: %w", err)
	}
	strange := ""
	for _, e := range entries {
		switch e.Name() {
		case storeDir:
			return false, nil
		case unfinished, "lost+found":
		default:
			strange = e.Name()
		}
	}
	if strange != "" {
		return false, fmt.Errorf("%w (%s is not empty and holds no store, but %q)", persistence.ErrFormat, path, strange)
	}
	return true, nil
}

func (d *directory) db() string { return filepath.Join(d.path, storeDir, dbDir) }

// unlock frees the directory at once, also when a child process that is being started still has a copy of the lock.
func (d *directory) unlock() error {
	return errors.Join(syscall.Flock(int(d.lock.Fd()), syscall.LOCK_UN), d.lock.Close())
}
