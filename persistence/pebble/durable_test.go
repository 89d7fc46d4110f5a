package pebble

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"switchyard/persistence"
)

// slowDisk holds the syncs of logs while it is shut.
type slowDisk struct{ shut, open chan struct{} }

func (d *slowDisk) String() string { return "slow disk" }

func (d *slowDisk) MaybeError(op errorfs.Op) error {
	isSync := op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
	if isSync && strings.HasSuffix(op.Path, ".log") {
		select {
		case <-d.shut:
			<-d.open
		default:
		}
	}
	return nil
}

// What has not been synced is shown to nobody: not to a caller, a repetition, a reader, the owner or a watcher.
func TestNothingBeforeTheSync(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := &slowDisk{shut: make(chan struct{}), open: make(chan struct{})}
		s, err := Open(dir, Options{Partitions: 1, fs: errorfs.Wrap(vfs.Default, disk)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx := t.Context()
		l, err := s.Acquire(ctx, 0, "node")
		if err != nil {
			t.Fatal(err)
		}
		bells := s.Watch(ctx, 0)
		heard := make(chan string, 10)
		say := func(what string, err error) {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			heard <- what
		}
		go func() {
			for _, err := range s.Inbox(ctx, l, "") {
				say("inbox", err)
				return
			}
		}()
		synctest.Wait()
		close(disk.shut)
		// Whichever of the two comes first is being synced, and the other one gathers for the next group.
		go func() { _, err := s.Ingest(ctx, 0, input("a")); say("ingest", err) }()
		go func() {
			say("commit", s.Commit(ctx, l, persistence.Batch{
				ID: "1", Seq: 1, Put: map[string][]byte{"record": nil},
				Event: []persistence.Event{{Stream: "stream"}},
			}))
		}()
		synctest.Wait()
		go func() { _, err := s.Ingest(ctx, 0, input("a")); say("repetition", err) }()
		synctest.Wait()
		if len(heard) != 0 {
			t.Fatalf("before the sync: %s", <-heard)
		}
		if _, err := s.Get(ctx, 0, "record"); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("a record is read before the sync: %v", err)
		}
		if last, err := s.Last(ctx, 0, "stream"); last != "" || err != nil {
			t.Errorf("an event is read before the sync: %q, %v", last, err)
		}
		select {
		case bell := <-bells:
			t.Errorf("a bell rings before the sync: %+v", bell)
		default:
		}
		close(disk.open)
		synctest.Wait()
		if len(heard) != 4 || len(bells) != 1 {
			t.Errorf("after the sync %d were answered and %d bells rang, want 4 and 1", len(heard), len(bells))
		}
		if _, err := s.Get(ctx, 0, "record"); err != nil {
			t.Errorf("get: %v", err)
		}
	})
}
