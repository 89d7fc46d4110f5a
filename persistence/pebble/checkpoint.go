package pebble

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"

	"switchyard/persistence"
)

// Checkpoint makes a copy of the store in dir, which must be empty or missing, while the store is in use. The copy holds
// everything that was acknowledged before the call and can be opened as it is. On the same file system it consists of
// hard links and takes little room at first.
func (s *Store) Checkpoint(dir string) (err error) {
	v, err := s.views.enter()
	if err != nil {
		return err
	}
	defer s.views.leave(v) // keeps the database open
	if err := s.health.err(); err != nil {
		return err
	}
	d, err := openDirectory(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.unlock()) }()
	if !d.fresh {
		return fmt.Errorf("%w: %s holds a store already; give an empty directory for the copy", persistence.ErrInvalid, dir)
	}
	copied := filepath.Join(dir, unfinished)
	if err := os.RemoveAll(copied); err != nil {
		return fmt.Errorf("pebble: checkpoint: %w", err)
	}
	if err := s.db.Checkpoint(filepath.Join(copied, dbDir), pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("pebble: checkpoint: %w", err)
	}
	if err := s.format.finish(dir); err != nil {
		return fmt.Errorf("pebble: checkpoint: %w", err)
	}
	return nil
}
