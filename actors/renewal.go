package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"switchyard/persistence"
)

// keepLease renews the tenure's lease three times in its lifetime, until the tenure ends; commits alone would not keep the
// lease of a quiet partition. A lease that is lost ends the tenure. A store that does not answer does not: whether
// somebody else has taken the partition meanwhile is for the next answer, or the next commit, to say.
func (t *tenure) keepLease(lease persistence.Lease) {
	if lease.Lasts == 0 {
		return
	}
	tick := time.NewTicker(lease.Lasts / 3)
	defer tick.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-tick.C:
		}
		err := t.engine.store.Renew(t.ctx, lease)
		switch {
		case t.ctx.Err() != nil:
			return
		case errors.Is(err, persistence.ErrLost), errors.Is(err, persistence.ErrClosed):
			t.fail(fmt.Errorf("renew: %w", err))
			return
		case err != nil:
			t.log.WarnContext(t.ctx, "the lease could not be renewed; trying again", slog.Any("error", err))
		}
	}
}
