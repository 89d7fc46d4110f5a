package pebble

import (
	"context"
	"fmt"

	"switchyard/persistence"
)

var _ persistence.Purger = (*Store)(nil)

// Purge implements [persistence.Purger]: all tables are written anew, without what has been deleted. Pebble uses a handful of log files
// again and again; what they held is overwritten by what is written later, or gone when the store is opened the next time.
func (s *Store) Purge(ctx context.Context) error {
	v, err := s.views.enter()
	if err != nil {
		return err
	}
	defer s.views.leave(v) // keeps the database open
	if err := s.db.Flush(); err != nil {
		return fmt.Errorf("pebble: purge: %w", err)
	}
	if err := s.db.Compact(ctx, []byte{0}, []byte{0xff, 0xff, 0xff}, false); err != nil {
		return fmt.Errorf("pebble: purge: %w", err)
	}
	return nil
}
