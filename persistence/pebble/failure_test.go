package pebble

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"switchyard/persistence"
)

// faultyDisk fails what matches as soon as it is on, and counts the syncs of logs.
type faultyDisk struct {
	on    atomic.Bool
	fails func(op errorfs.Op) bool
	syncs atomic.Uint64
}

func (d *faultyDisk) MaybeError(op errorfs.Op) error {
	isSync := op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
	if isSync && strings.HasSuffix(op.Path, ".log") {
		d.syncs.Add(1)
	}
	if d.on.Load() && d.fails(op) {
		return syscall.ENOSPC
	}
	return nil
}

func (d *faultyDisk) String() string { return "faulty disk" }

func (d *faultyDisk) open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{Partitions: 2, fs: errorfs.Wrap(vfs.Default, d)})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func input(key string) persistence.Input {
	return persistence.Input{Key: key, Body: []byte(key), Window: time.Hour}
}

func TestBrokenDisk(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(op errorfs.Op) bool{
		"log sync": func(op errorfs.Op) bool {
			return strings.HasSuffix(op.Path, ".log") && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData)
		},
		"log write":  func(op errorfs.Op) bool { return strings.HasSuffix(op.Path, ".log") && op.Kind == errorfs.OpFileWrite },
		"everything": func(op errorfs.Op) bool { return op.Kind.ReadOrWrite() == errorfs.OpIsWrite },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			disk := &faultyDisk{fails: fails}
			s := disk.open(t, dir)
			ctx := t.Context()
			first, err := s.Ingest(ctx, 0, input("acknowledged"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.Acquire(ctx, 0, "node")
			if err != nil {
				t.Fatal(err)
			}
			disk.on.Store(true)
			_, err = s.Ingest(ctx, 0, input("unknown"))
			if err == nil || errors.Is(err, persistence.ErrUnavailable) {
				t.Errorf("the write that met the fault: %v, want an error that leaves the outcome open", err)
			}
			disk.on.Store(false) // the disk is well again, the store is not
			expectRefusal(t, s, l)
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}

			s = disk.open(t, dir)
			defer s.Close()
			if r, err := s.Ingest(ctx, 0, input("acknowledged")); err != nil || !r.Duplicate || r.ID != first.ID {
				t.Errorf("what was acknowledged: %+v, %v", r, err)
			}
			if r, err := s.Ingest(ctx, 0, input("refused")); err != nil || r.Duplicate {
				t.Errorf("what was refused as not written: %+v, %v", r, err)
			}
			if l, err = s.Acquire(ctx, 0, "node"); err != nil || l.Seq != 0 {
				t.Errorf("acquire: %+v, %v", l, err)
			}
		})
	}
}

// expectRefusal calls everything that a broken store refuses.
func expectRefusal(t *testing.T, s *Store, l persistence.Lease) {
	t.Helper()
	ctx := t.Context()
	_, ingest := s.Ingest(ctx, 1, input("refused"))
	_, acquire := s.Acquire(ctx, 0, "node")
	_, get := s.Get(ctx, 0, "a")
	_, scan := s.Scan(ctx, 0, "", "", 1)
	_, last := s.Last(ctx, 0, "a")
	var inbox error
	for _, err := range s.Inbox(ctx, l, "") {
		inbox = err
		break
	}
	for name, err := range map[string]error{
		"ingest": ingest, "acquire": acquire, "get": get, "scan": scan, "last": last, "inbox": inbox,
		"commit":     s.Commit(ctx, l, persistence.Batch{ID: "refused", Seq: 1}),
		"renew":      s.Renew(ctx, l),
		"ping":       s.Ping(ctx),
		"checkpoint": s.Checkpoint(t.TempDir()),
	} {
		if !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("%s of a broken store: %v, want %v", name, err, persistence.ErrUnavailable)
		}
	}
}

// A reader of the inbox that waits is told when the store breaks.
func TestBrokenWakesReaders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := &faultyDisk{fails: func(op errorfs.Op) bool { return strings.HasSuffix(op.Path, ".log") }}
		s := disk.open(t, dir)
		defer s.Close()
		l, err := s.Acquire(t.Context(), 0, "node")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			for _, err := range s.Inbox(t.Context(), l, "") {
				ended <- err
			}
		}()
		synctest.Wait() // the reader waits
		disk.on.Store(true)
		if _, err := s.Ingest(t.Context(), 1, input("a")); err == nil {
			t.Error("a write that met the fault succeeded")
		}
		if err := <-ended; !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("the inbox of a broken store: %v", err)
		}
	})
}

// A flush happens behind everybody's back; its failure breaks the store before the log outgrows memory.
func TestBrokenFlush(t *testing.T) {
	t.Parallel()
	disk := &faultyDisk{fails: func(op errorfs.Op) bool { return strings.HasSuffix(op.Path, ".sst") }}
	dir := t.TempDir()
	s := disk.open(t, dir)
	if _, err := s.Ingest(t.Context(), 0, input("acknowledged")); err != nil {
		t.Fatal(err)
	}
	disk.on.Store(true)
	if _, err := s.db.AsyncFlush(); err != nil {
		t.Fatal(err)
	}
	var err error
	for err == nil {
		err = s.Ping(t.Context())
	}
	if !errors.Is(err, persistence.ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("ping: %v", err)
	}
	disk.on.Store(false)
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	s = disk.open(t, dir)
	defer s.Close()
	if r, err := s.Ingest(t.Context(), 0, input("acknowledged")); err != nil || !r.Duplicate {
		t.Errorf("what was acknowledged: %+v, %v", r, err)
	}
}

// Each group is one sync of the log, a duplicate none, and many callers share.
func TestGroups(t *testing.T) {
	t.Parallel()
	disk := &faultyDisk{}
	s := disk.open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	started := disk.syncs.Load()
	for n := range 20 {
		for range 3 {
			if _, err := s.Ingest(ctx, n%2, input(fmt.Sprint(n))); err != nil {
				t.Fatal(err)
			}
		}
	}
	alone := s.Stats()
	if syncs := disk.syncs.Load() - started; alone.Groups != 20 || alone.Syncs != 20 || alone.Operations != 60 || syncs != 20 {
		t.Errorf("one caller, 20 inputs and 40 duplicates: %+v, %d syncs on disk", alone, syncs)
	}
	const callers, each = 64, 20
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for n := range each {
				if _, err := s.Ingest(ctx, c%2, input(fmt.Sprint(c, "/", n))); err != nil {
					t.Errorf("ingest: %v", err)
				}
			}
		})
	}
	all.Wait()
	together := s.Stats()
	if together.Operations-alone.Operations != callers*each {
		t.Errorf("%d operations", together.Operations-alone.Operations)
	}
	if groups := together.Groups - alone.Groups; groups*4 > callers*each {
		t.Errorf("%d inputs of %d callers took %d groups", callers*each, callers, groups)
	}
	if syncs := disk.syncs.Load() - started; syncs != together.Syncs {
		t.Errorf("%d syncs on disk, %d counted", syncs, together.Syncs)
	}
}
